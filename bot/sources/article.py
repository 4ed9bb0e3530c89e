"""An Article from paragraphs, the same for every format: repeats of the head, the tail and the FAQ leave the body."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.errors import SourceError
from bot.sources import faq, furniture, picture, tail
from bot.sources.characters import key
from bot.sources.head import BY, Head
from bot.text import language, sentences
from bot.text.sentences import HEADING
from bot.values import Article, FaqPair, Image

Load = Callable[[str], bytes | None]
"""The bytes of a picture by its address as the article names it; None where it may not or can not be had."""

MIN_LETTERS = 60
"""Fewer letters and digits are no article: what is left of a page that needs a script to show itself."""
MIN_GUESSED = 400
"""Characters from which a guessed language may stand against a declared one."""
_BYLINE = re.compile(rf"(?:{BY}|text|words by|written by|published(?: on| by)?|updated|posted(?: on| by)?|veröffentlicht|publié|publicado)\b[:\s].{{2,80}}", re.I)
_DATELINE = re.compile(r"^[A-ZÀ-Þ][\w .,/À-ÿ-]{1,40}(?:\([\w. /-]+\))?\s*[—–-]{1,2}\s")
_FORMAL = re.compile(r"^(?:sponsored|advertisement|anzeige|publicité|publicidad|image|photo|foto|credit)\b", re.I)


def made(
    paragraphs: Sequence[str], *, where: str, head: Head, pairs: Sequence[FaqPair] = (), url: str | None = None,
    hidden: str = "", load: Load | None = None,
) -> Article:
    """Put an article together. `pairs` were read from the page's markup; those in running text are found here.

    Raises SourceError when there is no text.
    """
    title = head.title or _first_words(paragraphs)
    body = _below_head(paragraphs, title, head.author)
    body = _without_furniture(body)
    body, was_cut = tail.cut(body)
    told, body = faq.take_out(body)
    found = faq.unique([*(pair for pair in pairs if pair.visible), *told, *(pair for pair in pairs if not pair.visible)])[: faq.MAX_PAIRS]
    body = faq.without(body, [pair for pair in found if pair.visible])
    dek, body = _without_dek(head.dek, body, title)
    while body and body[-1].startswith(HEADING):
        body.pop()
    if not title or (_letters(body) < MIN_LETTERS and not (found and (dek or body))):
        raise SourceError(f"{where}: there is no article text in it; give the article's own page, or its text as a file.")
    text = "\n\n".join(body)
    return Article(
        title=title, dek=dek, body=text, faq=tuple(found), url=url,
        language=_language(head.language, f"{title}\n{dek}\n{text}"), author=head.author, published_at=head.published_at,
        image=_image(head, load), tail_cut=was_cut, hidden=hidden,
    )


def _without_furniture(body: list[str]) -> list[str]:
    """The paragraphs without what the page put between them; all of them where they are nothing else: that is for a person to see."""
    kept = [line for line in body if not furniture.is_piece(line)]
    return kept if _letters(kept) >= MIN_LETTERS else body


def _language(declared: str | None, text: str) -> str | None:
    """The declared language, unless a text of some length is plainly in another: templates declare what nobody changed."""
    guessed = language.guess(text)
    if declared is None or guessed is None or declared.partition("-")[0] == guessed:
        return declared or guessed
    return guessed if len(text) >= MIN_GUESSED and declared.partition("-")[0] in language.KNOWN else declared


def _letters(body: Sequence[str]) -> int:
    return sum(char.isalnum() for line in body if not line.startswith(HEADING) for char in line)


def _first_words(paragraphs: Sequence[str]) -> str:
    heading = next((line.removeprefix(HEADING) for line in paragraphs if line.startswith(HEADING)), "")
    if heading or not paragraphs:
        return heading
    first = sentences.split(paragraphs[0])[0]
    return first if len(first) <= 120 else first[:120].rpartition(" ")[0] + "…"


def _below_head(paragraphs: Sequence[str], title: str, author: str | None) -> list[str]:
    """The paragraphs without the headline, byline and date that some pages have above the text."""
    body = list(paragraphs)
    while body:
        line = body[0].removeprefix(HEADING)
        is_repeat = key(line) == key(title) or (author is not None and key(line) in (key(author), key(f"by {author}")))
        is_note = len(line) <= 100 and not sentences.ended(line) and bool(_BYLINE.fullmatch(line) or _FORMAL.match(line))
        if not (is_repeat or is_note):
            break
        body.pop(0)
    return [line for line in body if key(line) != key(title)] if title else body


def _without_dek(dek: str, body: list[str], title: str) -> tuple[str, list[str]]:
    """The dek, and the body without it where it opens the body: no sentence of an article counts twice."""
    if not dek or key(dek) == key(title):
        return "", body
    first = next((at for at, line in enumerate(body) if not line.startswith(HEADING)), None)
    if first is None:
        return dek, body
    opening, told = key(body[first]), key(dek)
    if opening == told and not _DATELINE.match(dek):
        rest = body[:first] + body[first + 1 :]
        return (dek, rest) if _letters(rest) >= MIN_LETTERS else ("", body)
    if told.startswith(opening):
        return "", body
    if opening.startswith(told):
        if _DATELINE.match(dek) or not sentences.ended(dek):
            return "", body
        if body[first].startswith(dek):
            after = body[first][len(dek) :].lstrip()
            return dek, [*body[:first], after, *body[first + 1 :]]
    return dek, body


def standfirst(body: Sequence[str]) -> str:
    """The first paragraph, where it reads as a dek: one to three whole sentences, short, with the text proper after it."""
    if len(body) < 2 or body[0].startswith(HEADING) or body[1].startswith(HEADING):
        return ""
    line = body[0]
    if not 40 <= len(line) <= 300 or not sentences.ended(line) or len(sentences.split(line)) > 3:
        return ""
    return "" if _DATELINE.match(line) or line[0] in "\"'“„«‘" else line


def _image(head: Head, load: Load | None) -> Image | None:
    """The picture, if there is one that can be used: an article does not fail for its picture."""
    if not head.image or load is None:
        return None
    try:
        data = load(head.image)
        return picture.checked(data, url=head.image if "://" in head.image else None, alt=head.image_alt) if data else None
    except (SourceError, OSError, ValueError):  # ValueError: a name with a NUL in it
        return None
