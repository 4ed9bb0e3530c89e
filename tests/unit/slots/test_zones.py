"""Slots on the days on which clocks change, in every zone there is: each goes out once, in order, never when it is quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.slots import Rules, Taken, between, find, quiet

YEAR, DAY, MINUTE = 2027, timedelta(days=1), timedelta(minutes=1)
HALF_HOURS = ("0,30 * * * *",)
NAMED = ("15 0 * * *", "30 1 * * *", "15 2 * * *", "45 2 * * *", "0 3 * * *", "40 23 * * *")


@cache
def changes() -> list[tuple[str, date, bool]]:
    """Each zone, the local day on which its clocks change, and whether they are put forward."""
    found = []
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = [datetime(YEAR, 1, 1, tzinfo=UTC) + DAY * n for n in range(367)]
        for before, after in pairwise(offsets):
            was, then = before.astimezone(zone).utcoffset(), after.astimezone(zone).utcoffset()
            assert was is not None
            assert then is not None
            if was != then:
                low, high = before, after
                while high - low > MINUTE:
                    middle = low + (high - low) // 2
                    low, high = (middle, high) if middle.astimezone(zone).utcoffset() == was else (low, middle)
                found.append((name, (high - MINUTE).astimezone(zone).date(), then > was))
    return found


@cache
def distinct() -> list[tuple[str, date, bool]]:
    """Of the zones that change at the same moment, from and to the same offsets, one."""
    found = {}
    for name, day, forward in changes():
        noons = (datetime.combine(day + DAY * n, time(12), ZoneInfo(name)) for n in (-1, 0, 1))
        found[tuple((noon.astimezone(UTC), noon.utcoffset()) for noon in noons)] = (name, day, forward)
    return list(found.values())


def _days(around: date) -> Iterator[date]:
    yield from (around + DAY * n for n in range(-1, 3))


def _span(rules: Rules, around: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(rules.zone)
    start = datetime.combine(around - DAY, time(), zone).astimezone(UTC)
    return start, datetime.combine(around + 2 * DAY, time(), zone).astimezone(UTC)


def test_there_are_changes_of_both_kinds_to_test_with() -> None:
    assert Counter(forward for _, _, forward in changes()).keys() == {True, False}
    assert len({name for name, _, _ in changes()}) > 150


@pytest.mark.parametrize("slots", [HALF_HOURS, NAMED], ids=["half hours", "named"])
def test_each_slot_of_three_days_around_a_change_goes_out_once_and_in_order(slots: tuple[str, ...]) -> None:
    wanted = 3 * (48 if slots is HALF_HOURS else len(NAMED))
    for zone, day, _ in changes():
        rules = Rules(slots=slots, zone=zone)
        found = between(rules, *_span(rules, day))
        assert len(found) == len(set(found)) == wanted, (zone, day)
        assert found == sorted(found)


def test_a_slot_that_exists_is_at_its_own_time_and_one_that_is_skipped_right_after_the_gap() -> None:
    for zone, day, forward in changes():
        rules = Rules(slots=NAMED, zone=zone)
        for on in _days(day):
            walls = [datetime.combine(on, time(*wall)) for wall in ((0, 15), (1, 30), (2, 15), (2, 45), (3, 0), (23, 40))]
            local = [moment.astimezone(ZoneInfo(zone)) for moment in between(rules, *_span(rules, day))]
            for wall in walls[:6]:
                exists = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
                assert exists or forward
                if exists and day - DAY <= on < day + 2 * DAY:
                    assert [moment for moment in local if moment.replace(tzinfo=None) == wall and moment.fold == 0], (zone, wall)


@pytest.mark.parametrize("hours", [(time(22), time(2, 30)), (time(1, 15), time(2, 45)), (time(0), time(3))])
def test_nothing_is_planned_in_quiet_hours_or_within_the_gap_or_over_the_cap(hours: tuple[time, time]) -> None:
    gap = timedelta(minutes=45)
    for name, day, _ in distinct():
        for slots in (HALF_HOURS, ()):
            rules = Rules(slots=slots, zone=name, quiet=hours, gap=gap, cap=9, jitter=timedelta(minutes=7))
            planned: list[datetime] = []
            taken: set[datetime] = set()
            start, _ = _span(rules, day)
            while len(planned) < 20:
                place = find(rules, start, len(planned), Taken(sorted(planned), frozenset(taken)))
                planned.append(place.at)
                taken |= {place.slot} if place.slot else set()
            assert planned == sorted(planned)
            assert not any(quiet(rules, at) for at in planned), name
            assert all(after - before >= gap for before, after in pairwise(planned)), name
            per_day = Counter(at.astimezone(ZoneInfo(name)).date() for at in planned)
            assert max(per_day.values()) == 9, (name, "the cap is reached, and not passed")


@pytest.mark.parametrize(
    ("zone", "slot", "day", "told"),
    [
        ("Europe/Berlin", "30 2 * * *", date(2027, 3, 28), ["03:00 CEST"]),
        ("Europe/Berlin", "30 2 * * *", date(2027, 10, 31), ["02:30 CEST"]),
        ("Europe/Berlin", "*/30 2 * * *", date(2027, 10, 31), ["02:00 CEST", "02:30 CEST"]),
        ("Europe/Berlin", "15,45 2 * * *", date(2027, 3, 28), ["03:00 CEST", "03:01 CEST"]),
        ("Europe/Berlin", "0 2,3 * * *", date(2027, 3, 28), ["03:00 CEST", "03:01 CEST"]),
        ("Australia/Lord_Howe", "15 2 * * *", date(2027, 10, 3), ["02:30 +11"]),
        ("Africa/Cairo", "0 0 * * *", date(2027, 4, 30), ["01:00 EEST"]),
        ("America/Havana", "30 0 * * *", date(2027, 11, 7), ["00:30 CDT"]),
    ],
)
def test_known_days(zone: str, slot: str, day: date, told: list[str]) -> None:
    rules = Rules(slots=(slot,), zone=zone)
    start = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    local = [moment.astimezone(ZoneInfo(zone)) for moment in between(rules, start, start + timedelta(hours=26))]
    assert [f"{moment:%H:%M %Z}" for moment in local if moment.date() == day] == told


def test_what_is_skipped_waits_for_the_end_of_quiet_hours_that_the_gap_leads_into() -> None:
    rules = Rules(slots=("30 2 * * *",), zone="Europe/Berlin", quiet=(time(3), time(5)))
    start = datetime(2027, 3, 27, 23, tzinfo=UTC)
    (found,) = between(rules, start, start + timedelta(hours=12))
    assert f"{found.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == "05:00"
