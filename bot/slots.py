"""When an account may publish next: slots, quiet hours, gap, daily cap, jitter, spread. Pure; times in and out are aware, UTC.

A slot is a time on the wall. Expressions are therefore asked for wall-clock times, without a zone, and each of those becomes one
moment here: cronsim's own handling of clock changes goes out twice in a doubled hour where the hour is `*`, and gives several
slots of a skipped hour the same moment. A slot in a doubled hour is its first; one in a skipped hour follows right after the
gap, at the first minute that exists, is no other slot, and is not quiet.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from bot import wall as wall_clock

TOLERANCE = timedelta(minutes=10)
"""How long after its time a post still goes out as planned: the looks for an earlier post take five minutes, a busy pass some more."""
_MINUTE, _SECOND, _DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
_YEARS = 50
"""Whoever finds no slot in so many years finds none."""
LONGEST_DAY = timedelta(hours=27)
"""No local day is longer, whatever the clocks do."""

Quiet = tuple[time, time]


@dataclass(frozen=True)
class Rules:
    """What governs when one account publishes; none of it: as soon as approved and graced."""

    slots: tuple[str, ...] = ()
    """Cron expressions of five fields, read in `zone`; empty: at any time."""
    zone: str = "UTC"
    quiet: Quiet | None = None
    """From when on until when (local) nothing goes out; may cross midnight."""
    gap: timedelta = timedelta()
    """Between two posts of the account, at least."""
    cap: int | None = None
    """Posts in a calendar day of the zone, at most."""
    jitter: timedelta = timedelta()
    """A post goes out up to so long after its slot."""
    spread: timedelta = timedelta()
    """Between the posts of one article, over all accounts."""
    late_now: bool = False
    """A post whose slot was missed goes out at once, where nothing went out since the last slot; else at the next free slot."""

    @property
    def bounded(self) -> bool:
        """Does it matter what else the account publishes?"""
        return bool(self.slots or self.gap or self.cap is not None)

    @property
    def free(self) -> bool:
        """Is there nothing to heed at all?"""
        return not (self.bounded or self.quiet or self.spread)


@dataclass(frozen=True)
class Taken:
    """What is out and what is planned; each in order of time."""

    moments: Sequence[datetime] = ()
    """Of the account."""
    slots: frozenset[datetime] = frozenset()
    """The account's slots that other posts have."""
    siblings: Sequence[datetime] = ()
    """Of the same article, on any account."""


@dataclass(frozen=True)
class Place:
    """When a post goes out, and the slot it takes; None: none."""

    at: datetime
    slot: datetime | None = None


class Bar(StrEnum):
    """What keeps a post from going out at a moment."""

    QUIET = "quiet hours"
    GAP = "the gap to another post"
    SPREAD = "the spread of the article's posts"
    CAP = "the daily cap"


def find(rules: Rules, earliest: datetime, key: object, taken: Taken, *, urgent: bool = False) -> Place:
    """The first place for a post from `earliest` on. `key` (the post's id) decides the jitter.

    Urgent: whatever the slots and quiet hours; gap, cap and spread hold. Raises ValueError when there is none in fifty years.
    """
    if not rules.slots or urgent:
        at = earliest
        while (found := bar(rules, at, taken, urgent=urgent)) is not None:
            at = found[1]
        return Place(at)
    for slot, following in pairwise(firing(rules, earliest)):
        if slot not in taken.slots:
            at_slot = _within(rules, slot, following, key, taken)
            if at_slot is not None:
                return Place(at_slot, slot)
    raise ValueError("no slot is free in fifty years")


def _within(rules: Rules, slot: datetime, following: datetime, key: object, taken: Taken) -> datetime | None:
    """The moment of the post in this slot: jittered where that is possible; None when the slot is barred."""
    half = (following - slot) / 2  # the later half is for being late in
    room = min(rules.jitter, half)
    limit = slot + max(room, min(rules.spread * len(taken.siblings), half))
    for at in dict.fromkeys((slot + _offset(key, room), slot)):
        while at <= limit:
            found = bar(rules, at, taken)
            if found is None:
                return at
            if found[0] in (Bar.QUIET, Bar.CAP):
                break
            at = found[1]
    return None


def _offset(key: object, room: timedelta) -> timedelta:
    """The same for the same post, on any machine; whole seconds, not more than the room."""
    drawn = int.from_bytes(sha256(str(key).encode()).digest()[:8])
    return timedelta(seconds=drawn % (int(room.total_seconds()) + 1))


def bar(rules: Rules, at: datetime, taken: Taken, *, urgent: bool = False) -> tuple[Bar, datetime] | None:
    """What is in the way at this moment, and a later moment at which that is over; None: nothing. `urgent`: as for `find`."""
    if not urgent and quiet(rules, at):
        return Bar.QUIET, _quiet_end(rules, at)
    near = _last_near(taken.moments, at, rules.gap)
    if near is not None:
        return Bar.GAP, near + rules.gap
    near = _last_near(taken.siblings, at, rules.spread)
    if near is not None:
        return Bar.SPREAD, near + rules.spread
    if rules.cap is not None and on_day(rules, taken.moments, at) >= rules.cap:
        zone = ZoneInfo(rules.zone)
        day = at.astimezone(zone).date() + _DAY
        return Bar.CAP, max(wall_clock.moment(datetime.combine(day, time()), zone), at + _SECOND)
    return None


def _last_near(moments: Sequence[datetime], at: datetime, span: timedelta) -> datetime | None:
    """The last of the moments that is nearer to `at` than the span, before or after it."""
    index = bisect_left(moments, at + span) - 1
    return moments[index] if span and index >= 0 and moments[index] > at - span else None


def same_day(rules: Rules, one: datetime, other: datetime) -> bool:
    """Are both on the same local calendar day?"""
    zone = ZoneInfo(rules.zone)
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def on_day(rules: Rules, moments: Sequence[datetime], at: datetime) -> int:
    """How many of the moments are on the local calendar day of `at`, however many hours that has."""
    zone = ZoneInfo(rules.zone)
    day = at.astimezone(zone).date()
    around = moments[bisect_left(moments, at - LONGEST_DAY):bisect_right(moments, at + LONGEST_DAY)]
    return sum(moment.astimezone(zone).date() == day for moment in around)


def quiet(rules: Rules, at: datetime) -> bool:
    """Is it quiet then, by the clock on the wall?"""
    return rules.quiet is not None and _is_quiet(rules.quiet, at.astimezone(ZoneInfo(rules.zone)).time())


def _is_quiet(hours: Quiet, wall: time) -> bool:
    start, end = hours
    return start <= wall < end if start < end else not end <= wall < start


def _quiet_end(rules: Rules, at: datetime) -> datetime:
    """The first moment after `at`, which is quiet, that is not."""
    assert rules.quiet is not None
    zone = ZoneInfo(rules.zone)
    day = at.astimezone(zone).date()
    ends = [wall_clock.moment(datetime.combine(day + _DAY * n, rules.quiet[1]), zone, fold) for n in range(3) for fold in (0, 1)]
    return min(end for end in ends if end > at and not quiet(rules, end))


# --- slots ---------------------------------------------------------------------------------------


def firing(rules: Rules, after: datetime) -> Iterator[datetime]:
    """The slots from `after` (included) on, in order; those in quiet hours are none."""
    zone, waiting = ZoneInfo(rules.zone), set[datetime]()
    day = wall_clock.next_day(rules.slots, after.astimezone(zone).date() - _DAY)
    while day is not None and day.year <= after.year + _YEARS:
        waiting |= set(_of_day(rules.slots, rules.zone, rules.quiet, day))
        day = wall_clock.next_day(rules.slots, day + _DAY)
        # What was skipped before midnight may come after it: nothing is told before the days behind it are known.
        known = wall_clock.moment(datetime.combine(day, time()), zone) if day else None
        ready = sorted(moment for moment in waiting if known is None or moment < known)
        yield from (moment for moment in ready if moment >= after)
        waiting -= set(ready)


def between(rules: Rules, start: datetime, end: datetime) -> list[datetime]:
    """The slots from start (included) to end."""
    return list(takewhile(lambda slot: slot < end, firing(rules, start)))


def never(rules: Rules) -> str | None:
    """The first expression that fires in quiet hours only; None: there is none."""
    hours = rules.quiet
    return next((one for one in rules.slots if hours is not None and all(_is_quiet(hours, wall) for wall in wall_clock.times(one))), None)


def is_slot(rules: Rules, at: datetime) -> bool:
    """Is this moment a slot?"""
    return next(firing(rules, at), None) == at


def last_slot(rules: Rules, now: datetime) -> datetime | None:
    """The slot that came last; None when there was none in a year."""
    for days in (1, 8, 32, 370):
        found = between(rules, now - _DAY * days, now + _SECOND)
        if found:
            return found[-1]
    return None


def missed(rules: Rules, due: datetime, slot: datetime | None, now: datetime) -> bool:
    """Has a post that was due then missed its time? In a slot it has until the next one comes, and not longer than `TOLERANCE`."""
    end = due + TOLERANCE
    if slot is not None:
        end = min(end, next(firing(rules, slot + _SECOND), end))
    return now >= end


@lru_cache(maxsize=4096)
def _of_day(expressions: tuple[str, ...], zone_name: str, hours: Quiet | None, day: date) -> tuple[datetime, ...]:
    """The moments of the slots that stand on this day of the wall calendar."""
    zone = ZoneInfo(zone_name)
    walls = [wall for wall in wall_clock.walls(expressions, day) if hours is None or not _is_quiet(hours, wall.time())]
    there = [wall_clock.moment(wall, zone) for wall in walls if wall_clock.exists(wall, zone)]
    skipped = [wall for wall in walls if not wall_clock.exists(wall, zone)]
    if skipped:
        rules = Rules(zone=zone_name, quiet=hours)
        taken = {wall_clock.moment(wall, zone) for n in range(2) for wall in wall_clock.walls(expressions, day + _DAY * n) if wall_clock.exists(wall, zone)}
        for wall in skipped:
            at = wall_clock.moment(wall, zone)
            while at in taken or quiet(rules, at):
                at = _quiet_end(rules, at) if quiet(rules, at) else at + _MINUTE
            taken.add(at)
            there.append(at)
    return tuple(sorted(there))
