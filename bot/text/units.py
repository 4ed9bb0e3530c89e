"""What a bare figure counts: the noun behind it, and whether that is a unit of time, length, weight or the like (English)."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.text import english, predicates
from bot.text.numbers import Figure
from bot.text.reading import Found, Reading

_UNITS = {
    word: listed.split()[0] for listed in (
        "second seconds sec secs", "minute minutes min mins", "hour hours hr hrs", "day days", "night nights", "week weeks", "month months", "year years yr yrs", "decade decades", "century centuries",
        "millimetre millimetres millimeter millimeters mm", "centimetre centimetres centimeter centimeters cm", "metre metres meter meters", "kilometre kilometres kilometer kilometers km kms",
        "mile miles", "foot feet ft", "inch inches", "yard yards", "gram grams", "kilogram kilograms kilo kilos kg kgs", "tonne tonnes ton tons", "ounce ounces", "litre litres liter liters", "gallon gallons",
        "hectare hectares", "acre acres", "degree degrees", "megawatt megawatts mw", "gigawatt gigawatts gw", "kilowatt kilowatts kw", "megabyte megabytes mb", "gigabyte gigabytes gb", "terabyte terabytes tb",
    ) for word in listed.split()
}
_BEHIND = re.compile(r"(?:[ -]?(?:and a half|a|more|long|whole|full|other|square|cubic|straight|consecutive|last|first|or so|plus|\+))?[ -]?(?P<noun>[^\W\d_]+)")
_NEXT = re.compile(r"[ -](?P<noun>[^\W\d_]+)")
_NOUN = re.compile(r"[ -]([^\W\d_]+(?:'s)?)")
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
    unit, end = unit_of(sentence, figure)
    if unit:
        return None if any(_has(one.line.text, unit) for one in found) else Misuse(end, found[0], True)
    counted, end = _nouns(sentence, figure)
    if not counted or not set(counted) <= reading.stems or set(counted) & _LIKE_STEMS:
        return None
    if any(set(counted) & english.content(f"{one.line.before} {one.line.text}") for one in found):
        return None
    return Misuse(end, found[0], all(unit_of(one.line.text, one.claim.figure)[0] for one in found))


def twin(figure: Figure, text: str, reading: Reading) -> bool:
    """Is it the article's figure, once as an ordinal, once not, of the same unit: the 30th minute, after 30 minutes?"""
    if figure.unit not in ("", "th"):
        return False
    unit, _ = unit_of(text, figure)
    other = "th" if figure.unit == "" else ""
    return bool(unit) and any(unit_of(one.line.text, one.claim.figure)[0] in (unit, "year" if unit == "anniversary" else unit) for one in reading.saying(figure, unit=other, most=predicates.MANY))


def _counts(found: Found) -> bool:
    """Has a figure of the article something to count right behind it?"""
    behind = _BEHIND.match(found.line.text, found.claim.figure.end)
    return behind is not None and behind["noun"].islower() and behind["noun"] not in _STOP | _LIKE_UNITS


def unit_of(text: str, figure: Figure) -> tuple[str, int]:
    """The unit behind a figure, at most two words on (14 long months), and where it ends; empty where none stands there."""
    behind = _BEHIND.match(text, figure.end)
    for _ in range(3):
        if not behind or behind["noun"].lower() in english.FUNCTION:
            break
        unit = _UNITS.get(behind["noun"].lower(), "")
        if unit:
            return unit, behind.end()
        behind = _NEXT.match(text, behind.end())
    return "", figure.end


def _has(text: str, unit: str) -> bool:
    return any(_UNITS.get(match[0].lower()) == unit for match in english.WORD.finditer(text.replace("-", " ")))


def _nouns(text: str, figure: Figure) -> tuple[list[str], int]:
    """Stems of the words of content, three at most, that follow a figure, and where they end."""
    found: list[str] = []
    at = figure.end
    while len(found) < 3:
        match = _NOUN.match(text, at)
        if not match or match[1].lower() in _STOP or not match[1].islower():
            break
        found.append(english.stem(match[1].lower()))
        at = match.end()
    return found, at
