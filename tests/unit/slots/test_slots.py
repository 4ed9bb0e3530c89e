"""When an account may publish next: general properties, and each rule by itself."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import slots
from bot.slots import Bar, Rules, Taken, find

NOW = datetime(2027, 6, 1, 10, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOURLY, DAILY = ("0 * * * *",), ("0 9 * * *",)

zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "Asia/Kathmandu"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
quiets = st.none() | st.tuples(walls, walls).filter(lambda pair: pair[0] != pair[1] and not (pair[0] <= time(12) < pair[1] or (pair[1] < pair[0] and not pair[1] <= time(12) < pair[0])))
"""Not over noon, so that some slot is left."""
rules = st.builds(
    Rules, slots=st.sampled_from([(), HOURLY, ("*/20 * * * *",), ("30 2 * * *", "0 12 * * *"), ("0 12 * * MON", "15 12 1 * *")]), zone=zones, quiet=quiets,
    gap=st.sampled_from([0, 60, 1800, 7200]).map(lambda seconds: timedelta(seconds=seconds)), cap=st.none() | st.integers(1, 4),
    jitter=st.sampled_from([0, 600, 7200]).map(lambda seconds: timedelta(seconds=seconds)), spread=st.sampled_from([timedelta(), 5 * MINUTE]),
)


@settings(deadline=None, max_examples=150)
@given(rules, moments, st.lists(st.integers(0, 3 * 86_400), max_size=8), st.lists(st.integers(0, 7200), max_size=3), st.integers(1, 10**6))
def test_a_place_keeps_every_rule(rules: Rules, earliest: datetime, others: list[int], siblings: list[int], post: int) -> None:
    taken = Taken(sorted(earliest + timedelta(seconds=n) for n in others), frozenset(), sorted(earliest + timedelta(seconds=n) for n in siblings))
    place = find(rules, earliest, post, taken)
    assert place == find(rules, earliest, post, taken), "deterministic"
    assert place.at >= earliest
    assert not slots.quiet(rules, place.at)
    assert all(abs(place.at - moment) >= rules.gap for moment in taken.moments)
    assert all(abs(place.at - moment) >= rules.spread for moment in taken.siblings)
    if rules.cap is not None:
        assert slots.on_day(rules, taken.moments, place.at) < rules.cap
    if rules.slots:
        assert place.slot is not None
        following = next(slots.firing(rules, place.slot + timedelta(seconds=1)))
        assert earliest <= place.slot <= place.at < following
    else:
        assert place.slot is None


@settings(deadline=None, max_examples=50)
@given(rules, moments)
def test_a_run_of_posts_is_in_order_and_has_a_slot_each(rules: Rules, earliest: datetime) -> None:
    places = []
    for post in range(6):
        taken = Taken(sorted(place.at for place in places), frozenset(place.slot for place in places if place.slot))
        places.append(find(rules, earliest, post, taken))
    assert all(after.at - before.at >= rules.gap for before, after in pairwise(places))
    if rules.slots:
        assert len({place.slot for place in places}) == 6
        assert [place.at for place in places] == sorted(place.at for place in places)


@settings(deadline=None, max_examples=60)
@given(rules, moments)
def test_what_is_barred_is_free_at_the_end_of_the_bar_or_later(rules: Rules, at: datetime) -> None:
    barred = slots.bar(rules, at, Taken([at - MINUTE, at + MINUTE]))
    if barred is not None:
        assert barred[1] > at


def test_jitter_is_the_posts_own_and_stays_within_its_bounds() -> None:
    rules = Rules(slots=("0,10 * * * *",), jitter=HOUR)
    places = [find(rules, NOW, post, Taken()) for post in range(60)]
    late = [place.at - NOW for place in places]
    assert {place.slot for place in places} == {NOW}
    assert max(late) <= 5 * MINUTE, "half the way to the next slot"
    assert len(set(late)) > 20


def test_jitter_leads_into_no_quiet_hours() -> None:
    rules = Rules(slots=("55 21 * * *",), jitter=HOUR, quiet=(time(22), time(7)))
    assert all(not slots.quiet(rules, find(rules, NOW, post, Taken()).at) for post in range(40))


def test_urgent_passes_over_slots_and_quiet_hours_and_nothing_else() -> None:
    rules = Rules(slots=DAILY, quiet=(time(9), time(11)), gap=HOUR, cap=2)
    assert find(rules, NOW, 1, Taken(), urgent=True).at == NOW
    assert find(rules, NOW, 1, Taken([NOW - 30 * MINUTE]), urgent=True).at == NOW + 30 * MINUTE
    assert find(rules, NOW, 1, Taken([NOW - 9 * HOUR, NOW - 8 * HOUR]), urgent=True).at == datetime(2027, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rules", "taken", "bar", "until"),
    [
        (Rules(quiet=(time(9), time(11))), [], Bar.QUIET, NOW + HOUR),
        (Rules(quiet=(time(22), time(10, 30))), [], Bar.QUIET, NOW + HOUR / 2),
        (Rules(gap=HOUR), [NOW - MINUTE], Bar.GAP, NOW + 59 * MINUTE),
        (Rules(gap=HOUR), [NOW + MINUTE], Bar.GAP, NOW + 61 * MINUTE),
        (Rules(cap=1, zone="Asia/Kathmandu"), [NOW - HOUR], Bar.CAP, datetime(2027, 6, 1, 18, 15, tzinfo=UTC)),
    ],
)
def test_what_is_in_the_way_and_until_when(rules: Rules, taken: list[datetime], bar: Bar, until: datetime) -> None:
    assert slots.bar(rules, NOW, Taken(taken)) == (bar, until)
    assert slots.bar(rules, until, Taken([moment for moment in taken if moment < until])) is None or bar is Bar.CAP


def test_the_cap_counts_a_day_of_25_hours_as_one() -> None:
    rules = Rules(zone="Europe/Berlin", cap=1)
    first = datetime(2027, 10, 30, 22, 30, tzinfo=UTC)  # 00:30 of the 31st, which ends at 23:00 UTC
    assert find(rules, first + 24 * HOUR, 1, Taken([first])).at == datetime(2027, 10, 31, 23, tzinfo=UTC)


def test_quiet_hours_that_come_twice_are_quiet_twice() -> None:
    rules = Rules(zone="Europe/Berlin", quiet=(time(22), time(2, 30)))
    first, second = datetime(2027, 10, 31, 0, 15, tzinfo=UTC), datetime(2027, 10, 31, 1, 15, tzinfo=UTC)
    assert [slots.bar(rules, at, Taken()) for at in (first, second)] == [(Bar.QUIET, at + 15 * MINUTE) for at in (first, second)]


def test_a_slot_is_missed_when_the_next_one_comes_or_after_ten_minutes() -> None:
    rules = Rules(slots=("*/5 * * * *",))
    assert not slots.missed(rules, NOW, NOW, NOW + 4 * MINUTE)
    assert slots.missed(rules, NOW, NOW, NOW + 5 * MINUTE)
    assert not slots.missed(Rules(slots=DAILY), NOW, NOW, NOW + 9 * MINUTE)
    assert slots.missed(Rules(slots=DAILY), NOW, NOW, NOW + 10 * MINUTE)


def test_the_last_slot_is_found_however_long_ago() -> None:
    assert slots.last_slot(Rules(slots=DAILY), NOW) == NOW - HOUR
    assert slots.last_slot(Rules(slots=("0 9 1 1 *",)), NOW) == datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert slots.last_slot(Rules(slots=("0 10 * * *",)), NOW) == NOW


def test_what_never_fires_outside_quiet_hours_is_named() -> None:
    assert slots.never(Rules(slots=("0 12 * * *", "0 23 * * *"), quiet=(time(22), time(7)))) == "0 23 * * *"
    assert slots.never(Rules(slots=("0,30 6,7 * * *",), quiet=(time(22), time(7)))) is None


def test_a_leap_day_is_waited_for() -> None:
    assert find(Rules(slots=("0 9 29 2 *",)), NOW, 1, Taken()).at == datetime(2028, 2, 29, 9, tzinfo=UTC)
