"""Is what was read an article at all, or what a site shows instead: a consent notice, a paywall, an error, a login, a list?

Judged by structure: such words must make up most of a short text, or stand at its end with little before them. An article
about cookies or paywalls speaks of them in the third person and at length, and passes.
"""

from __future__ import annotations

import re
from collections import Counter

from bot.text import sentences, stub_walls, stub_words
from bot.text.sentences import HEADING
from bot.values import Article

REASONS = {
    "consent": "the page shows a notice about cookies or privacy instead of an article",
    "paywall": "only the beginning stands before a paywall",
    "missing": "the page says that there is nothing at this address",
    "login": "the page asks for a login instead of showing an article",
    "script": "the page shows its text only to a browser that runs scripts",
    "denied": "the site refused to show the page to a program",
    "away": "the site shows a notice of trouble or maintenance instead of an article",
    "parked": "the page offers the address itself for sale, and is no article",
    "list": "the page is a list of articles, or of nothing, and no article itself",
}
"""By kind, what a hold says."""

MOST_LETTERS = 4_000
"""Letters and digits from which on a text is an article, whatever stands in it."""
TEASER = 600
"""Letters of an article's own that may stand before a paywall."""
BESIDE_TITLE = 1_200
"""Letters that may stand below a title which says that this is no article."""
WALL = 1_500
"""Letters from which on words of a wall inside its sentences say nothing about a text: it has something of its own to say."""
_LABEL = 25
"""Letters below which a line without a stop is a button or a field: neither for nor against."""

_IN = {kind: tuple(re.compile(words, re.I) for words in given) for kind, given in stub_words.SENTENCES.items()}
_NAMED = tuple((kind, re.compile(words, re.I)) for titles in (stub_words.TITLES, stub_walls.TITLES) for kind, words in titles.items())
_PARTS = re.compile(r"\s+[|–—·•»:-]+\s+")
_LEAD = "\"'“”‘’«»()[]¿¡*•→›>-–— \t"
_QUOTES = "\"“„«‘「"
_TEASED = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|(?:read|see|view) more|continue reading|weiterlesen|mehr lesen|lire la suite|leer más|leggi (?:tutto|di più)|lees (?:meer|verder)|leia mais|続きを読む)[\s\]»›→.)]*\Z", re.I)
_LONGEST = 400
"""Characters of a sentence that are looked at."""


def reason(article: Article) -> str | None:
    """Why this is no article, in one line for a person; None for an article, and wherever there is doubt."""
    found = kind(article)
    return REASONS[found] if found else None


def kind(article: Article) -> str | None:
    """Which of REASONS holds; None for an article, and wherever there is doubt."""
    letters = _letters(article.body)
    if letters > MOST_LETTERS:
        return None
    lines = [line.removeprefix(HEADING) for line in article.body.split("\n\n")]
    marked: Counter[str] = Counter()
    own = 0
    last: str | None = None
    for said in (said for line in lines for said in sentences.split(line, article.language)):
        count = _letters(said)
        if not count:
            continue
        spoken = kind_of(said) or (walled(said) if letters <= WALL else None)
        if spoken:
            marked[spoken] += count
            last = spoken
        elif count >= _LABEL or sentences.ended(said):
            own += count
            last = None if own > TEASER else last
    return _judged(article, lines, marked, own, last)


def _judged(article: Article, lines: list[str], marked: Counter[str], own: int, last: str | None) -> str | None:
    total = marked.total()
    most = marked.most_common(1)[0][0] if marked else None
    titled = _titled(article.title)
    if titled == "list":
        teasers = sum(bool(_TEASED.search(line)) for line in lines)
        headlines = sum(not sentences.ended(line) for line in lines)
        if marked["list"] * 2 >= own or teasers >= 2 or headlines * 2 >= len(lines):
            return "list"
    elif titled and own <= BESIDE_TITLE and (marked[titled] or total > own):
        return titled
    if most and total >= own:
        return most
    if last == "paywall" and own <= TEASER:
        return "paywall"
    return None


def kind_of(sentence: str) -> str | None:
    """Which of REASONS a sentence speaks for: what a site says to its visitor; None for a quotation, and for anything else."""
    if sentence[:1] in _QUOTES:
        return None
    bare = sentence.lstrip(_LEAD).replace("’", "'")[:_LONGEST]
    return next((name for name, patterns in _IN.items() if any(words.match(bare) for words in patterns)), None)


def walled(sentence: str) -> str | None:
    """Which of REASONS a sentence of a short page speaks for, by words anywhere in it; None for a quotation."""
    bare = sentence.lstrip(_LEAD).replace("’", "'")[:_LONGEST]
    return stub_walls.kind_of(bare) if sentence[:1] not in _QUOTES else None


def _titled(title: str) -> str | None:
    """What a title says that this is, the name of the site before or behind it left aside."""
    parts = [title, *_PARTS.split(title)]
    bare = [part.strip(_LEAD).replace("’", "'").rstrip(".!") for part in parts]
    return next((name for name, words in _NAMED if any(words.fullmatch(part) for part in bare)), None)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
