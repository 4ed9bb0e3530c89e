"""What two texts that are alike fill in otherwise: the figures of two posts; the numbers, days, months and names of two articles.

"Up 12%" is not "up 21%", and a police report about another driver is another report, however much of the template they share.
Only what each lacks of the other tells that: what one of them leaves out says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import NamedTuple

import regex

from bot.text import dates, figures, names
from bot.text.dates import Dated
from bot.text.numbers import Figure
from bot.text.plain import unpointed

_LONGEST_COUNTED = 20_000
"""Characters of a post in which figures are looked for; no platform takes a post that long."""
_FEWEST_NAMES = 2
"""Names that the body of each must have for itself, where the headlines tell nothing: one may be an agency's."""
_ALIKE = 0.8
"""From here on a name is another spelling of one in the other text."""
_MOST_NAMES, _LONGEST_NAME = 50, 40
"""Names of each text that are compared letter by letter, and the characters of one: it takes the product of both texts' letters."""

_TAG = regex.compile(r"(?<![\p{L}\p{N}_&#])#(\p{L}+|\p{N}+)(?![\p{L}\p{N}_])")
_PICTURE = regex.compile(r"[\p{So}\p{Sk}\p{Cs}--[°^`]]+", regex.V1)
_SPACE = re.compile(r"\s+")
_CLOCK = re.compile(r"(?<![\w.,:])(\d{1,2})(?:[:.](\d\d))? ?([ap])\.?m\b\.?", re.IGNORECASE)
_SHORT_HOUR = re.compile(r"(?<![\w.,:])(\d:\d\d)(?![\d:])")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


class Otherwise(NamedTuple):
    """What each of two articles has in the place of the other's."""

    kind: str
    """numbers, days, months or names."""
    mine: tuple[str, ...]
    yours: tuple[str, ...]


# --- posts ----------------------------------------------------------------------------------------------------------


def own_figures(a: str, b: str, *, same_words: bool) -> tuple[list[str], list[str]]:
    """The figures and dates of each text that the other has not, as they are spelt in the form in which they are counted.

    `same_words`: the two are the same but for marks; then only a currency, which is a mark, makes other figures of them.
    """
    a, b = _counted(a), _counted(b)
    ours, theirs = figures.find(a), figures.find(b)
    if same_words:
        ours, theirs = ([one for one in found if _currency(one)] for found in (ours, theirs))
    return _missing(a, ours, theirs), _missing(b, theirs, ours)


def _counted(text: str) -> str:
    """A post as its figures are counted: emoji and the marks of tags part no date, and hours are those of a day."""
    text = _PICTURE.sub(" ", _TAG.sub(r"\1", unpointed(text[:_LONGEST_COUNTED])))
    return _SHORT_HOUR.sub(r"0\1", _CLOCK.sub(_of_the_day, _SPACE.sub(" ", text)))


def _of_the_day(match: re.Match[str]) -> str:
    hour, minutes = int(match[1]), int(match[2] or 0)
    if not 1 <= hour <= 12 or minutes > 59:
        return match[0]
    return f"{hour % 12 + 12 * (match[3] in 'pP'):02}:{minutes:02}"


def _missing(text: str, ours: Sequence[Figure | Dated], theirs: Sequence[Figure | Dated]) -> list[str]:
    there: dict[object, set[str]] = {}
    for one in theirs:
        for value in _values(one):
            there.setdefault(value, set()).add(_currency(one))
    return [text[one.start : one.end] for one in ours if not any(_agree(_currency(one), there.get(value)) for value in _values(one))]


def _agree(currency: str, there: set[str] | None) -> bool:
    """The same value is there, and not of another currency; where none is said it may be any."""
    return there is not None and (not currency or "" in there or currency in there)


def _currency(one: Figure | Dated) -> str:
    return one.unit if isinstance(one, Figure) and one.unit.isupper() else ""


def _values(one: Figure | Dated) -> set[object]:
    """What a figure or date may be; one of these in common is enough."""
    if isinstance(one, Figure):
        return {one.name} if one.name and not one.readings else {*one.readings}
    if any(any(reading) for reading in one.readings):
        return {Decimal(year) if year and not month and not day else (year, month, day) for year, month, day in one.readings}
    return {("weekday", one.weekday)}


# --- articles -------------------------------------------------------------------------------------------------------


def otherwise(a: str, b: str, words_a: Collection[str], words_b: Collection[str]) -> Otherwise | None:
    """Are two articles that are alike two reports from one template? Then what differs; None when they are not.

    They are when, of the numbers, the days of the week, the months or the names of the one that has fewer of them, more than half are
    missing in the other; or when each headline names somebody, or some place, whom its own text names, too, and the other
    never. A copy under a headline of its own has all the other's headline is about in its text. `words_a`, `words_b`: the
    words of each, in small letters.
    """
    a, b = unpointed(a), unpointed(b)
    for kind, mine, yours in (("numbers", {*_DIGITS.findall(a)}, {*_DIGITS.findall(b)}), *_dates(a, b)):
        fewer, more = sorted((mine, yours), key=len)
        if len(fewer - more) > len(fewer & more):
            return Otherwise(kind, tuple(sorted(mine - yours)), tuple(sorted(yours - mine)))
    return _names(a, b, {*words_a}, {*words_b})


def _dates(a: str, b: str) -> list[tuple[str, set[str], set[str]]]:
    """Days of the week and months; days of a month and years are numbers. A day of the week and a date say nothing of each other."""
    (days, months), (their_days, their_months) = (_named_dates(text) for text in (a, b))
    return [("days", days, their_days), ("months", months, their_months)]


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def _named_dates(text: str) -> tuple[set[str], set[str]]:
    found = dates.find(text)
    lettered = (one for one in found if any(map(str.isalpha, text[one.start : one.end])))
    return (
        {_DAYS[one.weekday] for one in found if one.weekday is not None},
        {_MONTHS[month - 1] for one in lettered for _, month, _ in one.readings if month},
    )


def _names(a: str, b: str, words_a: set[str], words_b: set[str]) -> Otherwise | None:
    (head, body), (their_head, their_body) = (_named(text) for text in (a, b))
    mine, yours = _lacking(body, words_b, their_body), _lacking(their_body, words_a, body)
    if not mine or not yours:
        return None
    if mine & head and yours & their_head:
        return Otherwise("names", *(_spelt(text, found) for text, found in ((a, mine & head), (b, yours & their_head))))
    own, fewer = min((mine, body), (yours, their_body), key=lambda pair: len(pair[1]))
    if min(len(mine), len(yours)) >= _FEWEST_NAMES and len(own) > len(fewer) - len(own):
        return Otherwise("names", _spelt(a, mine), _spelt(b, yours))
    return None


def _named(text: str) -> tuple[set[str], set[str]]:
    """The words of the first line, and the names that the rest has; in a headline many words are written as names are."""
    head, _, body = text.partition("\n")
    return {*names.words(head)}, {*names.written(body)}


def _lacking(ours: set[str], words: set[str], theirs: set[str]) -> set[str]:
    """The names that the other text has in no spelling."""
    missing = {name for name in ours if not {name, f"{name}s", name.removesuffix("s")} & words}
    if len(missing) > _MOST_NAMES:
        return missing
    near = sorted(name for name in theirs - ours if len(name) <= _LONGEST_NAME)[:_MOST_NAMES]
    return {name for name in missing if len(name) > _LONGEST_NAME or not get_close_matches(name, near, 1, _ALIKE)}


def _spelt(text: str, found: set[str]) -> tuple[str, ...]:
    """The names as the text has them, in order."""
    return tuple(dict.fromkeys(word for word in names.spelt(text) if word.lower().removesuffix("'s") in found))
