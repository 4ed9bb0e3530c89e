"""docs/offline-drafts.md: what the offline drafter writes about real pages, with its evidence and an editor's word on each.

`BOT_UPDATE_DOCS=1 BOT_TEST_DATA=… python -m pytest tests/unit/house/test_offline_drafts.py` writes it anew. A judgement is of the very words
it was written about: a draft that changed must be read again (READ, below).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bot import intake
from bot.drafters.extractive import Extractive
from bot.sources import page
from bot.text import grounding
from bot.values import Article, Brief, Kind, Part, Variant
from tests.bench import offline

BRIEF = Brief(platforms=("x", "bluesky"), room={"x": 255, "bluesky": 300}, units={"x": "weighted characters", "bluesky": "graphemes"})
"""As an X post with a link, and a Bluesky post with a card."""
_NAMES = {"x": "X", "bluesky": "Bluesky"}
SHOWN_PAIRS = 3

READ: dict[str, tuple[str, str]] = {
    "sample": ("93ba93e5", "Would publish: the dek says who reports it and that it is a forecast."),
    "04a6711c": ("8f95a215", "Would publish: an opinion piece’s own promise, though only the headline of the card says whose president."),
    "1ee91d1f": ("9fd82320", "Weak: true and whole, but it is a later accusation, not the fact check’s finding; the dek has that and leans on its headline (“these accusations”)."),
    "359fee22": ("7766336e", "Weak on X: a fine sentence about Titan that does not mention the new map; the one that does is too long for it. Would publish on Bluesky."),
    "3cb5e2f4": ("e06c3b9a", "Weak: safety features are not the news; the sentence that unveils the car is lost among general praise."),
    "612cd298": ("44fe5d7f", "Weak: a bare headline, because the review speaks of “these manuals” and “this book” in nearly every sentence."),
    "63db31a1": ("8b3fa31a", "Would publish."),
    "6a72de37": ("1341905e", "Would publish, if without excitement: nothing of the snap counts that the page is about."),
    "70cb2d5b": ("c11449af", "Would publish both; on X it is the headline, since the sentences that carry the news are too long for it together."),
    "7ab16ade": ("ff7aa619", "Would publish: a teaser of an opinion piece, and all that stands before its paywall."),
    "85439e26": ("a1827288", "Would publish: a blog’s opening, in its own polite voice."),
    "8cad00dc": ("a0fc7434", "Weak: enthusiasm without news; the page has little else."),
    "92101975": ("89da2e18", "Would publish: the dek would have called him “the Portuguese boss”, and was passed over."),
    "a1fca19b": ("b4143b6a", "Would publish."),
    "b0cf2bbf": ("5308d336", "Would publish: names the ministry, where the dek says only “the government”; the figures of the dek are missed."),
    "c69e539d": ("9ac3bf11", "Would publish: a press release’s sentence, and reads like one."),
    "cc03ddb5": ("801a0a20", "Weak: a bare headline; the page is a calendar without one sentence."),
    "e100c961": ("82ea495d", "Would publish."),
    "e7994d55": ("b295f675", "Would publish both; on X the headline, since the first sentence is too long and the rest say less."),
    "f81c6c05": ("f4b13dfb", "Would publish: the dek’s own words, opening on its question."),
    "ff0f958a": ("46cfe7d6", "Weak: half a headline with a dash; diet pages promise more than one would repeat."),
}
"""By the first characters of a page's file name: the fingerprint of the drafts that were read, and what an editor says of them."""


class Drafted(NamedTuple):
    """One article and its drafts."""

    name: str
    publisher: str
    article: Article
    shorts: tuple[Variant, ...]
    faq: tuple[Part, ...]

    @property
    def fingerprint(self) -> str:
        """Of every word drafted."""
        words = [text(part) for variant in self.shorts for part in variant.parts] + [text(part) for part in self.faq]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]

    @property
    def verdict(self) -> str | None:
        """The editor's word on these drafts; None when they were not read as they are now."""
        fingerprint, words = READ.get(self.name, ("", ""))
        return words if fingerprint == self.fingerprint else None


def drafted(data: Path) -> list[Drafted]:
    """The sample article, and every other page of `data/extraction` by file name."""
    folder = data / "extraction"
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    (sample,) = intake.read(str(data / "articles" / "ai-inference-compute-surges.txt"), url="https://example.com/ai-inference-2026").articles
    found = [_drafted("sample", "example.com", sample)]
    for path in sorted((folder / "html").glob("*.gz"))[::2]:
        address = truth[path.name.partition(".")[0]]["url"]
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        found.append(_drafted(path.name[:8], (urlsplit(address).hostname or "").removeprefix("www."), page.read(html, where=path.name, address=address)))
    return found


def _drafted(name: str, publisher: str, article: Article) -> Drafted:
    by_kind = {draft.kind: draft.variants for draft in Extractive().draft(article, BRIEF).drafts}
    return Drafted(name, publisher, article, by_kind[Kind.SHORT], by_kind[Kind.FAQ][0].parts if Kind.FAQ in by_kind else ())


def text(part: Part) -> str:
    """The words of a part without its question."""
    return " ".join(said.text for paragraph in part.paragraphs for said in paragraph)


def document(data: Path) -> str:
    """All of docs/offline-drafts.md."""
    found = drafted(data)
    good = sum(1 for one in found if (one.verdict or "").startswith("Would publish"))
    return "\n".join([*_head(len(found), good), "", offline.table(offline.results(offline.rows(data))), "", "## The drafts", "", *(line for at, one in enumerate(found) for line in _shown(at, one))])


def _head(count: int, good: int) -> list[str]:
    return [
        "# What the offline drafter writes",
        "",
        "Made from the program by `tests/offline_drafts.py`; the judgements are an editor's, written after reading each draft as it stands.",
        "",
        f"The sample article and every other page of `data/extraction` (20 of 40, by file name). Of these {count}, {good} would be published as they are;",
        "what is weak is named, and is weak because a program that may not change a word can only choose. Evidence stands in brackets: s0 is the",
        "headline, s1 and on are dek and body. `ok` means that `bot.text.grounding` has neither a hold nor a warning.",
        "",
        "The rules, all of them general: the dek, where it can stand alone; else the set of at most three whole sentences whose words come nearest to",
        "those of the article and its headline together, a further sentence only where it brings them clearly nearer. No sentence that leans on one",
        "before it, is said by nobody, asks, lies inside a longer quotation, speaks of the page, or holds an address or a handle. Where the sentence",
        "that matters is too long for the platform and the others say little, the headline.",
        "",
        "## Against simpler ways of picking",
        "",
        f"ROUGE-1 F1 at {offline.ROOM} characters on the 300 abstracts of `data/summaries`, in one run. The rules cost every way of picking some of it:",
        "a torn or dangling sentence shares words with a summary too. No weight depends on where a sentence stands.",
    ]


def _shown(at: int, one: Drafted) -> Iterator[str]:
    yield f"### {at} · {one.article.title}"
    yield ""
    yield f"{one.publisher} · {one.article.language or 'language unknown'}"
    for variant in one.shorts:
        (part,) = variant.parts
        ids = " ".join(at for paragraph in part.paragraphs for said in paragraph for at in said.evidence)
        yield ""
        yield f"> {text(part)}"
        yield ">"
        yield f"> {' and '.join(_NAMES[platform] for platform in variant.platforms)} · [{ids}] · {_checked(text(part), one.article)}"
    if one.faq:
        asked = [part.question.text for part in one.faq if part.question]
        yield ""
        yield f"> FAQ, {len(asked)} questions, opening: {text(one.faq[0])}"
        yield ">"
        yield f"> {' · '.join(asked[:SHOWN_PAIRS])}"
    yield ""
    yield f"*{one.verdict or 'Not read since it changed.'}*"
    yield ""


def _checked(words: str, article: Article) -> str:
    holds, warnings = grounding.check(words, article)
    return " · ".join([*(f"HOLD {one.code.value}: {one.span}" for one in holds), *(f"warn {one.code.value}: {one.span}" for one in warnings)]) or "ok"
