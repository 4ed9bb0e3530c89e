"""Which figures and dates a text says, and which of them another text says too: what grounding holds and evidence shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from bot.text import addresses, dates, numbers
from bot.text.dates import Calendar, Dated
from bot.text.numbers import Figure
from bot.text.plain import fold, plain

MENTION = re.compile(r"(?:(?<![A-Za-z0-9_@])|(?<=RT))@(\w(?:[\w.-]*\w)?)")  # what X links: docs of twitter-text's mention
HASHTAG = re.compile(r"(?<![\w&#])#(\d*[^\W\d_]\w*|_\w+)")
CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?!\w)")
_ADDRESS = re.compile(r"https?://\S+")
_SPACE = re.compile(r"\s+")


_LETTERED = re.compile(r"\d\s?[kmbt]\Z", re.IGNORECASE)
"""A figure that ends with a letter for thousand, million, billion or trillion."""

class Told(NamedTuple):
    """What a text says, prepared for asking whether it says a figure or a date."""

    text: str
    """Folded, in small letters, with single spaces."""
    values: frozenset[tuple[Decimal, str]]
    """Each reading of each figure with its unit."""
    units: Mapping[Decimal, set[str]]
    """The units that each value has somewhere."""
    names: frozenset[str]
    calendar: Calendar
    dates: tuple[Dated, ...]

    def says(self, one: Figure | Dated, words: str) -> bool:
        """Does the text say this figure or date, which its own text spells `words` (folded)?"""
        if isinstance(one, Dated):
            years = (year for year, month, day in one.readings if year and not month and not day)
            known = self.calendar.holds(one) or any((Decimal(year), "") in self.values for year in years)
        else:
            # "3M people" is three million, or the article has "3m" itself: a plain 3 is neither.
            readings = {max(one.readings)} if _LETTERED.search(words) and one.readings else one.readings
            known = one.name in self.names or any((value, one.unit) in self.values for value in readings)
        return known or self._verbatim(words)

    def _verbatim(self, words: str) -> bool:
        """Do these very words stand in it, between word boundaries? Covers what is read differently in other company."""
        wanted = _spaced(words.casefold())
        return wanted in self.text and re.search(rf"(?<![\w.,$€£])(?<![$€£¥₹] ){re.escape(wanted)}(?![\w%]|[.,]\d|{numbers.UNIT_BEHIND})", self.text) is not None

    def loosely(self, one: Figure) -> frozenset[str]:
        """The units this text gives the value, whatever its own is."""
        return frozenset(unit for value in one.readings for unit in self.units.get(value, ()))


def told(text: str, language: str | None = None, days: Iterable[date] = ()) -> Told:
    """What a text says; `days` are dates of its record. `language` (BCP 47) is how numbers are written."""
    text = fold(text)
    return known(text, numbers.find(text, language), tuple(dates.find(text)), days)


def known(text: str, figures: Iterable[Figure], named: tuple[Dated, ...], days: Iterable[date] = ()) -> Told:
    """The same for a folded text whose figures and dates were found before."""
    figures = tuple(figures)
    units: dict[Decimal, set[str]] = {}
    for figure in figures:
        for value in figure.readings:
            units.setdefault(value, set()).add(figure.unit)
    return Told(
        text=_spaced(text.casefold()),
        values=frozenset((value, figure.unit) for figure in figures for value in figure.readings), units=units,
        names=frozenset(figure.name for figure in figures),
        calendar=Calendar(named, days), dates=named,
    )


def find(text: str, language: str | None = None) -> list[Figure | Dated]:
    """The figures and dates of a folded text that need support, in order: none inside a date, an address or a tag."""
    inside = bytearray(len(text))
    for start, end in addresses.links(text):
        inside[start:end] = b"\1" * (end - start)
    named = [dated for dated in dates.find(text) if not inside[dated.start]]
    for start, end in (
        *((dated.start, dated.end) for dated in named), *(match.span() for pattern in (MENTION, HASHTAG, CASHTAG) for match in pattern.finditer(text)),
    ):
        inside[start:end] = b"\1" * (end - start)
    counted = (figure for figure in numbers.find(text, language) if not figure.weak and not inside[figure.start])
    return sorted([*named, *counted], key=lambda one: one.start)


class Sourced(NamedTuple):
    """A figure or date of a text, and where it is from."""

    words: str
    """As the text spells it."""
    sentences: tuple[str, ...]
    """Ids of the sentences that say it; empty when none does."""


def sourced(text: str, evidence: Mapping[str, str], sentences: Mapping[str, str], language: str | None = None) -> list[Sourced]:
    """Where each figure and date of a text is from, in order, each spelling once; names made with digits are left out.

    `evidence` (sentences by id) is asked first, then all `sentences` of the article. A date whose year stands in another
    sentence is from the one that says the rest of it.
    """
    said = plain(text)
    addresses = [match.span() for match in _ADDRESS.finditer(said.text)]
    near = {at: told(sentence, language) for at, sentence in evidence.items()}
    far: dict[str, Told] | None = None
    found: dict[str, Sourced] = {}
    for one in find(said.text, language):
        words = said.verbatim(one.start, one.end).strip().rstrip(".,")
        raised = isinstance(one, Figure) and said.text[one.start - 1 : one.start] == "^"  # a footnote's mark, or a power
        named = isinstance(one, Figure) and one.unit == "name"
        if words in found or raised or named or any(start <= one.start < end for start, end in addresses):
            continue
        folded = said.text[one.start : one.end]
        ids = _saying(one, folded, near)
        if not ids:
            far = far if far is not None else {at: told(sentence, language) for at, sentence in sentences.items()}
            ids = _saying(one, folded, far) or _without_year(one, far)
        found[words] = Sourced(words, ids)
    return list(found.values())


def _saying(one: Figure | Dated, words: str, known: Mapping[str, Told]) -> tuple[str, ...]:
    return tuple(at for at, sentence in known.items() if sentence.says(one, words))


def _without_year(one: Figure | Dated, known: Mapping[str, Told]) -> tuple[str, ...]:
    """The sentences that say a date but for its year, where all together say that, too."""
    if not isinstance(one, Dated) or not any(month for _, month, _ in one.readings):
        return ()
    if not Calendar(dated for sentence in known.values() for dated in sentence.dates).holds(one):
        return ()
    rest = one._replace(readings=tuple((None, month, day) for _, month, day in one.readings))
    return tuple(at for at, sentence in known.items() if sentence.calendar.holds(rest))


def _spaced(text: str) -> str:
    return _SPACE.sub(" ", text)
