"""The clock on the wall: which local times an expression names, and which moment a local time is on days on which clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from cronsim import CronSim

_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)


@lru_cache(maxsize=4096)
def walls(expressions: tuple[str, ...], day: date) -> tuple[datetime, ...]:
    """The naive times of a day at which an expression fires, each once."""
    found = {wall for one in expressions for wall in takewhile(lambda wall: wall.date() == day, _cron(one, day))}
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def next_day(expressions: tuple[str, ...], day: date) -> date | None:
    """The first day from this one on with a slot; None when there is none for fifty years."""
    found = [wall.date() for one in expressions if (wall := next(_cron(one, day), None)) is not None]
    return min(found, default=None)


def _cron(expression: str, day: date) -> CronSim:
    from cronsim import CronSim

    return CronSim(expression, datetime.combine(day, time()) - _SECOND)


def times(expression: str) -> Iterator[time]:
    """The times of day at which it fires, on the days on which it does."""
    found = _cron(expression, date(2024, 1, 1))
    return (time(hour, minute) for hour in sorted(found.hours) for minute in sorted(found.minutes))


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    """Does this naive time come in the zone?"""
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def moment(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The moment of a naive local time: the first, where it comes twice; right after the gap, where it is skipped."""
    while not exists(wall, zone):
        wall = wall.replace(second=0, microsecond=0) + _MINUTE
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def pinned(wall: datetime, zone_name: str) -> datetime:
    """The moment that a person means by a naive local time. Raises ValueError, with words for it, where that is none or two."""
    zone = ZoneInfo(zone_name)
    if not exists(wall, zone):
        then = moment(wall, zone).astimezone(zone)
        raise ValueError(f"{wall:%H:%M} does not come on {wall:%Y-%m-%d} in {zone_name}: the clocks go on to {then:%H:%M} there. Name a time that comes")
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValueError(f"{wall:%H:%M} comes twice on {wall:%Y-%m-%d} in {zone_name}. Say which: {first.isoformat()} or {second.isoformat()}")
    return first.astimezone(UTC)
