"""Figures told loosely: more than £500,000 for £572,206, nearly a million for 965,000; and hundreds, thousands, millions of something; firsts (English)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from bot.text import english
from bot.text.numbers import Figure
from bot.text.reading import Found, Reading

_ABOVE = re.compile(r"(?:more than|over|well over|above|exceeding|in excess of|at least|upwards of) (?:an? )?\Z", re.IGNORECASE)
_BELOW = re.compile(r"(?:nearly|almost|close to|just under|under|less than|fewer than|not quite) (?:an? )?\Z", re.IGNORECASE)
_NEAR = re.compile(r"(?:about|around|roughly|some|approximately|approx\.?|circa|~) ?(?:an? )?\Z", re.IGNORECASE)
_LOOSE = ((_ABOVE, ROUND_FLOOR), (_BELOW, ROUND_CEILING), (_NEAR, ROUND_HALF_UP))
_LEAST = 20
"""Smaller numbers are not rounded in print, only got wrong."""
_VAGUE = re.compile(
    r"(?<![\w'-])(?P<tens>tens of |hundreds of )?(?P<word>dozens|hundreds|thousands|millions|billions|trillions)(?= of )(?! of times)(?!\w)", re.IGNORECASE
)
_FIRST = re.compile(
    r"(?<![\w'-])(?:for the (?:very )?first time|(?:the|a|an|its|his|her|their|our|my|\w+'s) (?:very )?first(?:-ever| ever)?(?= [^\W\d_])"
    r"(?! (?:name|place|aid|hand|half|class|instance|glance|of all|lady|minister|and foremost|quarter|century|place|thing|person singular)\b))(?!\w)", re.IGNORECASE
)
_FIRSTS = re.compile(r"(?<!\w)(?:firsts?|firstly|1st|debut\w*|maiden|inaugura\w+|unprecedented|never before)(?!\w)", re.IGNORECASE)
"""What an article may have in the place of "first"."""
_SHARED = 2
"""Words of content that a sentence of the article must share to be on the same."""
_SIZES = {"dozens": 12, "hundreds": 100, "thousands": 1000, "millions": 10**6, "billions": 10**9, "trillions": 10**12}


def of(figure: Figure, before: str, reading: Reading) -> tuple[Found, str] | None:
    """The article's figure that this one, with these words before it, rounds; and as it stands there."""
    way = next((way for pattern, way in _LOOSE if pattern.search(before)), None)
    wanted = max(figure.readings, default=Decimal(0))
    if way is None or figure.unit == "name" or wanted < _LEAST:
        return None
    step = Decimal(1).scaleb(wanted.normalize().adjusted() - len(wanted.normalize().as_tuple().digits) + 1)
    if wanted / step >= 100:
        return None  # three digits and more are no round number
    for found in reading.claims:
        own = found.claim.figure
        if own.unit == figure.unit and any(
            wanted / 2 < value < wanted * 2 and (value / step).to_integral_value(way) * step == wanted != value for value in own.readings
        ):
            return found, found.line.text[own.start : own.end]
    return None


class Vague(NamedTuple):
    """Thousands of something."""

    start: int
    end: int
    least: Decimal


def vague(text: str) -> Iterator[Vague]:
    """Where a text tells a number only by its size."""
    for match in _VAGUE.finditer(text):
        times = {"tens of ": 10, "hundreds of ": 100}.get((match["tens"] or "").lower(), 1)
        yield Vague(match.start(), match.end(), Decimal(_SIZES[match["word"].lower()] * times))


def firsts(text: str, reading: Reading) -> Iterator[tuple[int, int]]:
    """Where a text has something be the first of its kind, though no sentence of the article on the same says so."""
    found = list(_FIRST.finditer(text))
    if not found:
        return
    wanted = english.content(text)
    least = min(_SHARED, len(wanted))
    lines = [line.text for line in reading.lines if _FIRSTS.search(line.text)]
    if any(len(wanted & english.content(line)) >= least for line in lines):
        return
    for match in found:
        counted = english.WORD.search(text, match.end())
        told = f"first {counted[0]}".lower() if counted else ""
        if match[0].lower().endswith("time") or not any(told in line.lower() for line in lines):
            yield match.span()


def bears(one: Vague, words: str, reading: Reading) -> bool:
    """Does the article say so, in the same words or by a number of that size? One that has the word itself is let pass."""
    if words.lower().split()[-1] in reading.vocabulary:
        return True
    most = one.least * 20
    return any(one.least <= value <= most for found in reading.claims if found.claim.figure.unit != "%" for value in found.claim.figure.readings)
