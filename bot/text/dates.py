"""Dates in text: days, months, years, weekdays, in the ways English, German, French and Spanish write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

_Reading = tuple[int | None, int | None, int | None]


class Dated(NamedTuple):
    """One date as it stands in a normalised text; what it does not say is None."""

    start: int
    end: int
    readings: tuple[_Reading, ...]
    """Year, month, day; two readings where 03/04/2026 may be March or April."""
    weekday: int | None = None
    """Monday is 0."""


_MONTHS = {
    1: "january januar janvier enero jan januar. janv ene", 2: "february februar février febrero feb févr fév",
    3: "march märz mars marzo mar mär", 4: "april avril abril apr avr abr", 5: "may mai mayo", 6: "june juni juin junio jun",
    7: "july juli juillet julio jul juil", 8: "august août agosto aug ago", 9: "september septembre septiembre sep sept",
    10: "october oktober octobre octubre oct okt", 11: "november novembre noviembre nov", 12: "december dezember décembre diciembre dec dez déc dic",
}
_MONTH = {name.rstrip("."): number for number, names in _MONTHS.items() for name in names.split()}
_WEEKDAYS = {
    0: "monday montag lundi lunes", 1: "tuesday dienstag mardi martes", 2: "wednesday mittwoch mercredi miércoles",
    3: "thursday donnerstag jeudi jueves", 4: "friday freitag vendredi viernes", 5: "saturday samstag samedi sábado",
    6: "sunday sonntag dimanche domingo",
}
_WEEKDAY = {name: number for number, names in _WEEKDAYS.items() for name in names.split()}
_M = rf"(?:{'|'.join(sorted(_MONTH, key=len, reverse=True))})(?!\w)\.?"
_D = r"(?:3[01]|[12]\d|0?[1-9])"
_Y = r"(?:1[5-9]|20|21)\d\d(?!\d)"
# Months that are also words, or lower case everywhere, are dates alone only where a preposition or capital says so.
_ALONE = "January February April June July August September October November December Januar Februar März Juni Juli Oktober Dezember"
_WHEN = "in of by since until till last this next early late mid during from before after through"

_PATTERNS = tuple(
    re.compile(rf"(?<![\w]){pattern}(?![\w])", re.IGNORECASE)
    for pattern in (
        rf"(?P<y>{_Y})-(?P<m>1[0-2]|0[1-9])-(?P<d>{_D})(?=T|\b)",
        rf"(?P<n1>{_D})[./-](?P<n2>{_D})[./-](?P<y>{_Y})",
        rf"(?P<month>{_M}) (?P<d>{_D})(?:st|nd|rd|th)?(?:,? (?P<y>{_Y}))?",
        rf"(?P<d>{_D})(?:st|nd|rd|th|er|\.)? (?:of |de )?(?P<month>{_M})(?:,? (?:de |del )?(?P<y>{_Y}))?",
        rf"(?P<month>{_M}),? (?:de |of )?(?P<y>{_Y})",
    )
)
_MONTH_ALONE = re.compile(rf"(?<!\w)(?:(?:{'|'.join(_ALONE.split())})|(?<=in )(?:March|May)|(?:{'|'.join(_WHEN.split())}) (?P<m>March|May))(?!\w)")
_DAY_OF_WEEK = re.compile(rf"(?<!\w)(?:{'|'.join(_WEEKDAY)})(?!\w)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w.,$€£¥:/-])(?:19|20)\d\d(?![\w%:]|[.,]\d| ?(?:percent|million|billion|dollars|euros|million)\b)")


def find(text: str) -> list[Dated]:
    """Every date of a normalised text, in order, none inside another. A bare year is one: 1900 to 2099."""
    found: list[Dated] = []
    taken = bytearray(len(text))

    def keep(dated: Dated) -> None:
        if not any(taken[dated.start : dated.end]):
            found.append(dated)
            taken[dated.start : dated.end] = b"\1" * (dated.end - dated.start)

    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            keep(Dated(match.start(), match.end(), _readings(match.groupdict())))
    for match in _MONTH_ALONE.finditer(text):
        start = match.start("m") if match["m"] else match.start()
        keep(Dated(start, match.end(), ((None, _MONTH[text[start : match.end()].lower()], None),)))
    for match in _DAY_OF_WEEK.finditer(text):
        keep(Dated(match.start(), match.end(), (), _WEEKDAY[match[0].lower()]))
    for match in _YEAR.finditer(text):
        keep(Dated(match.start(), match.end(), ((int(match[0]), None, None),)))
    return sorted(found)


class Calendar:
    """The dates an article names, and days of its record, for asking what they contain."""

    def __init__(self, named: Iterable[Dated], days: Iterable[date] = ()) -> None:
        named = tuple(named)
        self._readings = frozenset(
            [*((day.year, day.month, day.day) for day in days), *(reading for dated in named for reading in dated.readings)]
        )
        self._years = frozenset(year for year, _, _ in self._readings)
        self._weekdays: set[int | None] = {dated.weekday for dated in named if dated.weekday is not None}
        self._weekdays |= {_weekday(reading) for reading in self._readings}

    def holds(self, dated: Dated) -> bool:
        """Do they contain what this date says?"""
        if dated.weekday is not None:
            return dated.weekday in self._weekdays
        return any(self._covers(reading) for reading in dated.readings)

    def _covers(self, wanted: _Reading) -> bool:
        """Is there a date that says all that is wanted? The year may stand elsewhere where that date names none."""
        year, month, day = wanted
        if month is None and day is None:
            return year in self._years
        return any(
            month in (None, other[1]) and day in (None, other[2])
            and (year in (None, other[0]) or (other[0] is None and year in self._years))
            for other in self._readings
        )


def _weekday(reading: _Reading) -> int | None:
    year, month, day = reading
    try:
        return date(year, month, day).weekday() if year and month and day else None
    except ValueError:
        return None


def _readings(parts: dict[str, str | None]) -> tuple[_Reading, ...]:
    written = parts.get("y")
    year = int(written) if written else None
    if parts.get("n1"):
        one, two = int(parts.get("n1") or 0), int(parts.get("n2") or 0)
        return tuple((year, month, day) for month, day in {(two, one), (one, two)} if month <= 12)
    named, day = parts.get("month"), parts.get("d")
    month = _MONTH[named.rstrip(".").lower()] if named else int(parts.get("m") or 0)
    return ((year, month, int(day) if day else None),)
