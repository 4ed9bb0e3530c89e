"""The figures and dates of two texts, sentence by sentence, ready to be compared by value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.text import figures
from bot.text.dates import Dated
from bot.text.matching import Said
from bot.text.numbers import Figure
from bot.text.plain import fold

_BEHIND = re.compile(r"[ -]([^\W\d_][\w'-]*)")
_MINUS = re.compile(r"(?i)(?:(?<![\w.,%)\]])-|\bminus )\Z")
"""What makes a figure one below nothing; not the hyphen of a range or a name."""
READ, _LONGEST = 40_000, 4_000
"""Characters of a text, and of a sentence, in which figures are looked for one by one."""
_MOST = 200
"""Figures of one sentence that are compared; what is one list of numbers is no sentence."""


class Part(NamedTuple):
    """A figure or date of a sentence, ready to be compared."""

    words: str
    sort: str
    """Its unit; `date`, `weekday`, or `name` for what is no value."""
    number: int
    """The same for equal figures of one unit."""
    dated: Dated | None
    behind: str
    """The word behind it."""

    @property
    def loose(self) -> bool:
        """Weekdays and names with digits come and go; only one in the place of another says anything."""
        return self.sort in ("weekday", "name")


class Known:
    """Numbers for figures: one for each value of each unit, whatever its spelling."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Decimal | str, str], int] = {}

    def number(self, figure: Figure, sign: str = "") -> int:
        """Its number; that of an equal figure where there was one."""
        readings: Iterable[Decimal | str] = figure.readings or (figure.name,)
        keys = [(one, sign + figure.unit) for one in readings]
        number = next((self._numbers[one] for one in keys if one in self._numbers), len(self._numbers))
        for one in keys:
            self._numbers.setdefault(one, number)
        return number


class Text:
    """The figures and dates of a text, sentence by sentence."""

    def __init__(self, said: Sequence[Said], language: str | None, known: Known) -> None:
        self._said, self._language, self._known = said, language, known
        self._parts: dict[int, list[Part]] = {}
        self._left = READ
        whole = sum(len(one.text) for one in said) <= READ
        for at in range(len(said)) if whole else ():
            self.of(at)
        found = [part for parts in self._parts.values() for part in parts]
        self._values = {(part.sort, part.number) for part in found if part.dated is None}
        self._days = frozenset(reading for part in found if part.dated for reading in _covered(part.dated))
        self._words = None if whole else " ".join(fold(one.text) for one in said).casefold()

    def of(self, at: int) -> list[Part]:
        """Those of one sentence, in order; none once READ characters were looked at."""
        if at not in self._parts:
            text = self._said[at].text[: min(self._left, _LONGEST)]
            self._left -= len(text)
            self._parts[at] = _parts(text, self._language, self._known) if text else []
        return self._parts[at]

    def says(self, part: Part) -> bool:
        """Does it say this anywhere? Of a text too long to be looked at in whole: in these words."""
        if self._words is not None:
            return part.words.casefold() in self._words
        if part.dated is not None:
            return any(reading in self._days for reading in part.dated.readings)
        return (part.sort, part.number) in self._values


def is_weekday(text: str) -> bool:
    """Is this a weekday, and nothing else?"""
    found = _parts(text, None, Known())
    return len(found) == 1 and found[0].sort == "weekday" and len(found[0].words) >= len(text.strip(" .,"))


def _parts(sentence: str, language: str | None, known: Known) -> list[Part]:
    text = fold(sentence)
    found = []
    for one in figures.find(text, language):
        words = text[one.start : one.end].strip(" .,")
        behind = _BEHIND.match(text, one.end)
        if isinstance(one, Dated):
            weekday = one.weekday is not None
            found.append(Part(words, "weekday" if weekday else "date", one.weekday or 0 if weekday else -1, one, ""))
        elif not (text[one.start - 1 : one.start] == "^" and one.start):  # a footnote's mark, or a power
            sign = _MINUS.search(text, max(0, one.start - 8), one.start)
            found.append(Part((sign[0] if sign else "") + words, one.unit, known.number(one, "-" if sign else ""), None, behind[1] if behind else ""))
    return found


def _covered(dated: Dated) -> Iterable[tuple[int | None, int | None, int | None]]:
    """All that a date says: 4 May 2026 says 4 May, May 2026, May and 2026 too."""
    for year, month, day in dated.readings:
        yield from ((y, m, d) for y in {year, None} for m in {month, None} for d in {day, None})


def _says(one: Part, other: Part) -> bool:
    """Does `one` say what `other` says? A date may leave out the year."""
    if one.sort != other.sort:
        return False
    if one.dated is None or other.dated is None or one.sort == "weekday":
        return one.number == other.number
    said = set(_covered(one.dated))
    yearless = all(year is None for year, _, _ in one.dated.readings)
    return any((None if yearless and month else year, month, day) in said for year, month, day in other.dated.readings)


def differ(old: Sequence[Part], new: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """What of each sentence's figures the other does not have; where they only changed places, those that did."""
    old, new = old[:_MOST], new[:_MOST]
    out, rest = [], list(new)
    for part in old:
        same = next((at for at, other in enumerate(rest) if _says(other, part)), None)
        if same is None:
            out.append(part)
        else:
            del rest[same]
    into = [part for part in rest if not any(_says(other, part) for other in old) or part.dated is None]
    if not out and not into and Counter(map(_placed, old)) != Counter(map(_placed, new)):
        for sort in dict.fromkeys(part.sort for part in old if part.dated is None):
            first, second = ([part for part in parts if part.sort == sort] for parts in (old, new))
            moved = [(one, two) for one, two in zip(first, second, strict=False) if one.number != two.number]
            if moved and Counter(map(_placed, first)) != Counter(map(_placed, second)):
                return [one for one, _ in moved], [two for _, two in moved]
    return out, into


def _placed(part: Part) -> tuple[str, int, str]:
    return part.sort, part.number, part.behind.casefold()


def paired(out: Sequence[Part], into: Sequence[Part]) -> list[tuple[Part | None, Part | None]]:
    """What went with what came in its place: of the same unit first, in order."""
    waiting: defaultdict[str, list[Part]] = defaultdict(list)
    for part in into:
        waiting[part.sort].append(part)
    pairs: list[tuple[Part | None, Part | None]] = []
    alone = []
    for part in out:
        if waiting[part.sort]:
            pairs.append((part, waiting[part.sort].pop(0)))
        else:
            alone.append(part)
    rest = [part for part in into if any(part is one for one in waiting[part.sort])]
    for part in alone:
        fits = next((at for at, other in enumerate(rest) if not part.loose and not other.loose and (part.dated is None) == (other.dated is None)), None)
        pairs.append((part, rest.pop(fits) if fits is not None else None))
    return pairs + [(None, part) for part in rest]


def shown(first: Part, second: Part) -> tuple[str, str]:
    """The two as people see them: with the word behind both, where they have one and no unit."""
    word = first.behind
    if word and word.casefold() == second.behind.casefold() and not first.sort:
        return f"{first.words} {word}", f"{second.words} {word}"
    return first.words, second.words
