"""`docs/recorded-drafts.md`: real pages of the public test data, drafted by a recorded model's answer through the program.

`BOT_UPDATE_DOCS=1 BOT_TEST_DATA=… python -m pytest tests/evals -n 0` writes it anew.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.values import Segment
from tests.evals.world import Made, Post, World

FOLDER = Path(__file__).parent / "recorded"
CUT = 100
"""Characters of an article's sentence that are shown."""
PRICE = "0.25/2.00"

HEAD = """\
# Five drafts by a language model

Real pages of five kinds, from the public test data. A language model was given exactly the rendered prompt of each (`posts.v2`, with the
page as numbered sentences); its answers were recorded as it wrote them, and are replayed through the program here: counted,
shortened, laid out and checked as any answer is. They stand in `tests/evals/recorded/`. Nothing was chosen or mended after the checks
had read them; further wordings that a reviewer could choose are shown too.

The answers did not come through an API, and their writer knew the program and its checks, as a model that is asked blind does not: take
them as what good answers become, not as a sample. Token counts and costs are estimates.

The sentences named as evidence are cut to a hundred characters. Lengths are the platform's own; X counts the link as 23.
Costs are at $0.25 and $2.00 per million tokens, counted at four characters each.
"""


@dataclass(frozen=True)
class Page:
    """A page, the answer recorded for it, and what an editor says to what came of it."""

    name: str
    page: str
    url: str
    kind: str
    asked: str
    judgement: str
    answer: str


def pages() -> list[Page]:
    """In the order of their names."""
    told = [(path.stem, json.loads(path.read_text())) for path in sorted(FOLDER.glob("*.json"))]
    return [Page(name=name, **{**one, "answer": json.dumps(one["answer"], ensure_ascii=False)}) for name, one in told]


def made(world: World, page: Page, data: Path, folder: Path) -> Made:
    """What comes of the page; it is unpacked into the folder."""
    path = folder / f"{page.name}.html"
    path.write_bytes(gzip.decompress((data / "extraction" / "html" / f"{page.page}.html.gz").read_bytes()))
    return world.replay(world.article(path, page.url), page.answer, PRICE)


def document(done: list[tuple[Page, Made]]) -> str:
    """The whole document."""
    return "\n".join([HEAD, *(line for page, one in done for line in _page(page, one))]) + "\n"


def _page(page: Page, one: Made) -> Iterator[str]:
    usage = one.drafting.usage
    yield f"## {one.article.title}\n"
    yield (
        f"{urlsplit(page.url).hostname}, {page.kind} · {one.article.language} · {usage.calls} call, ${(usage.cost_micros or 0) / 1e6:.4f}"
        + ("" if one.asked == page.asked else " · † the prompt has changed since the answer was written") + "\n"
    )
    for note in one.drafting.notes:
        yield f"Note on the article: {note.text} ({' '.join(note.sentences)})\n"
    for post in sorted(one.posts, key=lambda post: ("faq" in post.name, not post.name.startswith("x"), post.name)):
        if post.name == "bluesky faq":
            yield f"**bluesky faq**: {_as_on_x(post, one.post('x faq'))}; lengths {_lengths(post)}; {_found(post)}.\n"
            continue
        yield f"**{post.name}**, {_lengths(post)} of {post.formatted.content.segments[0].limit}; {_found(post)}\n"
        for segment in post.formatted.content.segments:
            yield from (f"    {line}".rstrip() for line in segment.text.split("\n"))
            yield "    ---" if segment is not post.formatted.content.segments[-1] else ""
        yield from _doubts(post)
        yield f"- from {' '.join(_evidence(post.formatted.content.segments))}\n"
    yield "Article sentences named as evidence:\n"
    every = {at: text for post in one.posts for at, text in _evidence(post.formatted.content.segments).items()}
    yield from (f"- {at}: {_short(text, CUT)}" for at, text in sorted(every.items(), key=lambda item: (item[0][0] != "s", int(item[0][1:]))))
    yield ""
    yield f"Judgement: {page.judgement}\n"


def _as_on_x(post: Post, other: Post | None) -> str:
    count = len(post.formatted.content.segments)
    texts = [segment.text.rpartition("\n\n")[0] if segment.has_url else segment.text for segment in other.formatted.content.segments] if other else []
    same = texts == [segment.text for segment in post.formatted.content.segments]
    return f"the same {count} segments, with the link as a card on the first" if same else f"{count} segments"


def _lengths(post: Post) -> str:
    return " · ".join(str(segment.length) for segment in post.formatted.content.segments)


def _found(post: Post) -> str:
    codes = [*(f"hold {hold.code}" for hold in post.formatted.holds), *(f"warning {warning.code}" for warning in post.formatted.warnings)]
    return ", ".join(codes) or "no hold, no warning"


def _doubts(post: Post) -> Iterator[str]:
    for one in post.findings:
        yield f"- {one.code}: {_short(one.detail, 2 * CUT)}"


def _evidence(segments: tuple[Segment, ...]) -> dict[str, str]:
    return {found.sentence: found.text for segment in segments for found in segment.evidence}


def _short(text: str, most: int) -> str:
    """Cut; a letter of a wide script counts twice."""
    taken = 0
    for at, letter in enumerate(text):
        taken += 2 if ord(letter) > 0x2FF and not 0x2010 <= ord(letter) <= 0x20BF else 1
        if taken > most:
            return f"{text[:at].rstrip()} …"
    return text
