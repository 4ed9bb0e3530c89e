"""What an article says of itself: that it was corrected, or taken back. Judged where a sentence begins, in the words that publishers use."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from bot.text import notice_words, sentences
from bot.text.plain import fold
from bot.text.sentences import HEADING
from bot.values import Article


class Kind(StrEnum):
    """What a notice says."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Notice(NamedTuple):
    """A sentence in which an article speaks of its own correction or withdrawal."""

    kind: Kind
    text: str
    key: str
    """The same, so that layout, case and punctuation make no difference."""


_LONGEST = 500
"""Characters of a sentence that are looked at."""
_QUOTES = "\"“”„«»‘'「『"
_LEAD = re.compile(r"^[\s*•→›>()\[\]_#~=|–—-]+")
_IN = {
    Kind.WITHDRAWN: tuple(re.compile(words, re.I) for words in notice_words.WITHDRAWN),
    Kind.CORRECTED: tuple(re.compile(words, re.I) for words in notice_words.CORRECTED),
}
_TITLED = tuple(re.compile(words, re.I) for words in notice_words.TITLED)
_LABEL = re.compile(rf"{notice_words.LABEL}(?:[ ,]*[(\[]?(?=[^)\]:\n]{{0,40}}\d)[\w .,/-]{{1,40}}[)\]]?)?\s*[:—–-]\s*", re.I)
_DATED = re.compile(r"(?:on )?(?=[^:,\n]{0,40}\d)[\w ./-]{3,40}[:,—–]\s*", re.I)
_LABEL_LENGTH = 60
_BARE = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,3}(?:,? [(\[]?[\w ./-]{1,30}\d[\w ./-]{0,10}[)\]]?)?")
_NOT_WORD = re.compile(r"[\W_]+")


def find(article: Article) -> tuple[Notice, ...]:
    """The notices of an article, its headline's first; each once."""
    found: dict[str, Notice] = {}
    title = fold(article.title)[:_LONGEST]
    if any(words.match(_LEAD.sub("", title) if not title.startswith("[") else title) for words in _TITLED):
        found[_key(title)] = Notice(Kind.WITHDRAWN, sentences.fold(title), _key(title))
    said: list[str] = []
    for line in (*article.dek.splitlines(), *article.body.splitlines()):
        said += sentences.split(line.removeprefix(HEADING), article.language)
    for at, one in enumerate(said):
        kind = kind_of(one)
        following = said[at + 1] if at + 1 < len(said) else ""
        if kind is None and following and len(one) < _LABEL_LENGTH and _BARE.fullmatch(one.rstrip(" .:")) and kind_of(following) is None:
            one = f"{one.rstrip(' .:')}: {following}"  # the label is a sentence, or a line, of its own
            kind = kind_of(one)
        if kind is not None:
            found.setdefault(_key(one), Notice(kind, sentences.fold(one)[:_LONGEST], _key(one)))
    return tuple(found.values())


def kind_of(sentence: str) -> Kind | None:
    """What a sentence says of the article that it stands in; None for a quotation, and for anything else."""
    text = fold(sentence[:_LONGEST])
    if text[:1] in _QUOTES:
        return None
    bare = _LEAD.sub("", text)
    label = _LABEL.match(bare)
    dated = _DATED.match(bare)
    forms = [bare, *([bare[label.end() :]] if label else ()), *([bare[dated.end() :]] if dated else ())]
    return next((kind for kind, patterns in _IN.items() if any(words.match(form) for words in patterns for form in forms)), None)


def _key(text: str) -> str:
    return " ".join(_NOT_WORD.sub(" ", text.casefold()).split())
