"""What a figure counts, and per what: the nouns behind it, against those behind the article's (English)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from bot.text import english, measures, predicates
from bot.text.numbers import Figure
from bot.text.reading import Found, Reading

_NOUN = re.compile(r"[ -]([^\W\d_]+(?:'s)?)")
_OF = re.compile(r" of(?: (?:the|a|an|its|their|your))?(?= )")
_OUT_OF = re.compile(r" (?:out )?of (?:the |its |their |all )*")
_OUT_OF_THEM = re.compile(r" (?:out )?of (?:them|these|those|the|its|their|\d)")
_RATE = re.compile(r"(?P<per> per| (?:a|an|each|every)) (?P<noun>[a-z]{3,})(?![\w-])")
_RATES = {
    "year": "annual annually yearly", "month": "monthly", "week": "weekly", "day": "daily", "hour": "hourly", "night": "nightly overnight", "person": "each apiece capita head everyone everybody", "head": "each person",
}
_EVERY = english.words("per each every")
_EACH = _EVERY | english.words("a an one any")
_POINTS_BACK = re.compile(r"(?:it|they|its|their|this|these|he|she|his|her)(?!\w)", re.IGNORECASE)
_BETWEEN = 2
"""Words that may stand between "a" and the noun that a rate is for: a typical home battery."""
_STOP = english.FUNCTION - english.words("new old first last high low big small good bad great long short")


_LIKE_UNITS = english.words("season seasons term terms campaign campaigns summer summers winter winters spell birthday anniversary old session sessions straight times time")
"""Words that stand for years, or for no unit at all."""
_LIKE_STEMS = frozenset(map(english.stem, _LIKE_UNITS | {"place"}))


class Misuse(NamedTuple):
    """A figure that counts what it never counts in the article."""

    end: int
    """Where what it counts ends in the text."""
    found: Found
    sure: bool
    """One of the two is a unit of time, length or weight, so it is another figure; else only another noun."""


def changed(figure: Figure, sentence: str, reading: Reading) -> Misuse | None:
    """Weeks where the article counts months, or people; the figure's offsets are of the sentence.

    Where the article's figure has nothing to count behind it (`Sinfield, 34, …`), it may be anything.
    """
    if figure.unit not in ("", "th"):
        return None
    found = reading.saying(figure, most=predicates.MANY)
    if not found or not all(_counts(one) for one in found):
        return None
    unit, end = measures.unit_of(sentence, figure)
    if unit:
        return _measured(unit, end, sentence, found, reading) if any(measures.has(one.line.text, unit) for one in found) else Misuse(end, found[0], True)
    counted, end = _nouns(sentence, figure.end)
    if not counted or not set(counted) <= reading.stems or set(counted) & _LIKE_STEMS:
        return None
    if any(set(counted) & english.content(f"{one.line.before} {one.line.text}") for one in found):
        return None
    return Misuse(end, found[0], all(measures.unit_of(one.line.text, one.claim.figure)[0] for one in found))


def _measured(unit: str, end: int, sentence: str, found: list[Found], reading: Reading) -> Misuse | None:
    """150 g of sugar, where the article has 150 g of butter: the unit is the same, what is measured is not."""
    of = _OF.match(sentence, end)
    counted, end = _nouns(sentence, of.end()) if of else ([], end)
    if not counted or not set(counted) <= reading.stems:
        return None
    for one in found:
        own, at = measures.unit_of(one.line.text, one.claim.figure)
        its = _OF.match(one.line.text, at)
        if own != unit or not _nouns(one.line.text, its.end() if its else at)[0] or set(counted) & english.content(one.line.text):
            return None
    return Misuse(end, found[0], False)


def rate(figure: Figure, sentence: str, reading: Reading) -> Misuse | None:
    """€4,100 per kilowatt hour, where the article has €4,100 for ten: per what the article never has the figure for."""
    if figure.unit in ("th", "name"):
        return None
    _, end = measures.unit_of(sentence, figure)
    match = next((rated for at in (figure.end, end, _nouns(sentence, end)[1]) if (rated := _RATE.match(sentence, at))), None)
    if not match or (match.start() == figure.end and figure.unit == "" and match["per"] != " per"):
        return None
    found = reading.saying(figure, most=predicates.MANY)
    noun = english.stem(match["noun"])
    known = bool(measures.unit_named(match["noun"])) or (noun in reading.stems and match["per"] == " per")
    if not found or not known or any(_per(match["noun"], noun, one) for one in found):
        return None
    return Misuse(match.end(), found[0], False)


def _per(word: str, noun: str, found: Found) -> bool:
    """Does the article's sentence, or the one before it, speak of each of these?"""
    for text, each in ((found.line.text, _EACH), (found.line.before, _EACH if _POINTS_BACK.match(found.line.text) else _EVERY)):
        words = [match[0].lower() for match in english.WORD.finditer(text)]
        for at, one in enumerate(words):
            if one in _RATES.get(word, "").split():
                return True
            if english.stem(one) == noun and (set(words[max(0, at - _BETWEEN - 1) : at]) & each or words[at - 1 : at] in (["on"], ["over"], ["the"])):
                return True
    return False


def whole(figure: Figure, sentence: str, others: Iterable[Figure], reading: Reading) -> Misuse | None:
    """23 of 64 hangers, where the article has 17 of the 64: nowhere near the whole does it have this part, but it has another."""
    of = None if figure.unit else _OUT_OF.match(sentence, figure.end)
    total = next((one for one in others if of and one.start == of.end() and one.unit == ""), None)
    if not of or not total or figure.readings & total.readings:
        return None
    part = {reading.number(one.line) for one in reading.saying(figure, most=predicates.MANY)}
    near = {at + step for one in reading.saying(total, most=predicates.MANY) if (at := reading.number(one.line)) >= 0 for step in (-1, 0, 1)}
    if not part or not near or any(at + step in near for at in part for step in (-1, 0, 1)):
        return None
    for at in sorted(near & set(range(len(reading.lines)))):
        for one in reading.beside(reading.lines[at]):
            if not one.claim.figure.unit and not one.claim.figure.weak and _OUT_OF_THEM.match(one.line.text, one.claim.figure.end):
                return Misuse(total.end, one, False)
    return None


def twin(figure: Figure, text: str, reading: Reading) -> bool:
    """Is it the article's figure, once as an ordinal, once not, of the same unit: the 30th minute, after 30 minutes?"""
    if figure.unit not in ("", "th"):
        return False
    unit, _ = measures.unit_of(text, figure)
    other = "th" if figure.unit == "" else ""
    return bool(unit) and any(measures.unit_of(one.line.text, one.claim.figure)[0] in (unit, "year" if unit == "anniversary" else unit) for one in reading.saying(figure, unit=other, most=predicates.MANY))


def _counts(found: Found) -> bool:
    """Has a figure of the article something to count right behind it?"""
    behind = measures.behind(found.line.text, found.claim.figure)
    return behind.islower() and behind not in _STOP | _LIKE_UNITS


def _nouns(text: str, at: int) -> tuple[list[str], int]:
    """Stems of the words of content, three at most, that follow here, and where they end: a noun in the plural ends them."""
    found: list[str] = []
    last = ""
    while len(found) < 3:
        match = _NOUN.match(text, at)
        if not match or match[1].lower() in _STOP or not match[1].islower():
            break
        if found and (english.is_past(match[1]) or (_plural(last) and not _plural(match[1]))):
            break
        last = match[1]
        found.append(english.stem(last))
        at = match.end()
    return found, at


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
