"""A feed's own weekly rhythm: is it silent for clearly longer than it usually is from this weekday and hour on? Pure."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

WEEK = timedelta(days=7)
WEEKS = 8
"""So far back is looked."""
ENOUGH_WEEKS, ENOUGH = 4, 5
"""Less history than so many weeks, and so many items, says nothing."""
_SLACK = timedelta(hours=12)
"""An item that came some hours earlier or later in another week is the same item of the week: the next one is looked for behind it."""
_HOLIDAY = timedelta(hours=27)
"""Tolerance: a day without news, and some hours."""
_ALIKE = 2
"""Waits of which the longest is at most so many times the shortest are a rhythm."""
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


class Silence(NamedTuple):
    """A feed that is silent against its rhythm."""

    since: datetime
    """When its last item came."""
    overdue_at: datetime
    """From then on it was silent for too long."""
    usual: str
    """Its rhythm, in words."""


def silence(came: Iterable[datetime], now: datetime) -> Silence | None:
    """What is to be said of a feed whose items came then; None when it keeps its rhythm, or has none that is known.

    The wait since the last item is compared with the waits of the last weeks from the same weekday and hour. One of many that is far
    longer than the others was a holiday. Where these differ much, the feed is irregular: its longest wait of all counts.
    """
    told = [moment for moment in came if moment <= now]
    last = max(told, default=now)
    moments = sorted(moment for moment in told if moment >= last - (WEEKS + 1) * WEEK)
    if len(moments) < ENOUGH:
        return None
    waits = sorted(wait for week in range(1, WEEKS + 1) if (wait := _wait(moments, last - week * WEEK)) is not None)
    if len(waits) < ENOUGH_WEEKS:
        return None
    if len(waits) > ENOUGH_WEEKS and waits[-1] > _ALIKE * waits[-2]:
        waits.pop()
    usual = waits[-1]
    if usual > _ALIKE * waits[0]:
        usual = max(usual, *(after - before for before, after in itertools.pairwise(moments)))
    overdue_at = last + usual + max(_HOLIDAY, usual / 2)
    return Silence(last, overdue_at, described(moments)) if now > overdue_at else None


def _wait(moments: Sequence[datetime], start: datetime) -> timedelta | None:
    """How long it took from then until an item came; None where the history does not reach back so far."""
    if start < moments[0] - _SLACK:
        return None
    at = bisect_right(moments, start + _SLACK)
    return moments[at] - start if at < len(moments) else None


def described(moments: Sequence[datetime]) -> str:
    """The rhythm in words: `about 12 a week, on Mondays to Fridays`. `moments` are in order, two at least."""
    weeks = max(1.0, (moments[-1] - moments[0]) / WEEK)
    days = [{moment.astimezone(UTC).date() for moment in moments if moment.astimezone(UTC).weekday() == day} for day in range(7)]
    usual = [day for day in range(7) if len(days[day]) >= 0.6 * weeks]
    often = len(moments) / weeks
    told = f"about {often:.0f} a week" if often >= 1.5 else "about one a week"
    if len(usual) in (0, 7):
        return f"{told}, on any day"
    if usual == list(range(usual[0], usual[-1] + 1)) and len(usual) > 2:
        return f"{told}, on {_DAYS[usual[0]]} to {_DAYS[usual[-1]]}"
    return f"{told}, on {', '.join(_DAYS[day] for day in usual)}"


def came(seen_at: datetime, published_at: datetime | None, *, news: bool) -> datetime | None:
    """When an entry came: as it is dated, where that fits when it was seen; else when it was seen. None for what was there when its feed
    was added, and states no date from before that.
    """
    if published_at is not None and (published_at <= seen_at if not news else timedelta() <= seen_at - published_at <= timedelta(days=3)):
        return published_at
    return seen_at if news else None
