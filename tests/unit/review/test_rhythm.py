"""Is a feed silent against its own weekly rhythm? Pure."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import rhythm

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + 9 * rhythm.WEEK
"""A Monday, 0:00."""


def weekly(*slots: tuple[int, int], weeks: Iterable[int] = range(9), shake: float = 0.0) -> list[datetime]:
    """Items on these weekdays (0: Monday) at these hours, in each week, give or take some hours."""
    spoken = random.Random(7)
    return [MONDAY + week * rhythm.WEEK + day * DAY + hour * HOUR + spoken.uniform(-shake, shake) * HOUR for week in weeks for day, hour in slots]


WEEKDAYS = [(day, 9) for day in range(5)]


def silent(came: list[datetime], now: datetime) -> bool:
    return rhythm.silence([moment for moment in came if moment <= now], now) is not None


@pytest.mark.parametrize("shake", [0.0, 2.0])
def test_a_weekly_paper_is_not_silent_before_its_day(shake: float) -> None:
    came = weekly((3, 8), shake=shake)
    assert not any(silent(came, came[-1] + hours * HOUR) for hours in range(7 * 24 + 27))
    assert silent(came, came[-1] + 12 * DAY)


@pytest.mark.parametrize("shake", [0.0, 2.0])
def test_a_weekday_site_is_not_silent_on_sunday_nor_after_a_holiday(shake: float) -> None:
    came = weekly(*WEEKDAYS, shake=shake)
    assert not any(silent(came, NOW - 2 * DAY + hours * HOUR) for hours in range(48))
    assert not silent(came, NOW + 1 * DAY + 9 * HOUR), "Monday was a holiday"
    assert silent(came, NOW + 3 * DAY)
    midweek = [moment for moment in came if moment < NOW - 5 * DAY]  # Monday and Tuesday of the last week are the last
    assert not silent(midweek, NOW - 4 * DAY + 9 * HOUR), "Wednesday was a holiday"
    assert silent(midweek, NOW - 3 * DAY)


def test_one_long_break_in_the_past_does_not_deafen_it() -> None:
    came = [moment for moment in weekly(*WEEKDAYS) if not MONDAY + 25 * DAY <= moment <= MONDAY + 36 * DAY]
    assert silent(came, NOW + 4 * DAY)


def test_one_that_is_busy_all_day_is_missed_after_a_day_and_a_half() -> None:
    came = weekly(*((day, hour) for day in range(7) for hour in range(24)))
    assert not silent(came, came[-1] + 30 * HOUR)
    assert silent(came, came[-1] + 48 * HOUR)


def test_an_irregular_feed_needs_longer() -> None:
    spoken, came, at = random.Random(1), [], MONDAY
    while at < NOW:
        at += timedelta(hours=spoken.choice([3, 20, 50, 100, 170]))
        came.append(at)
    longest = max(after - before for before, after in itertools.pairwise(came))
    assert not silent(came, came[-1] + 1.4 * longest)
    assert silent(came, came[-1] + 1.6 * longest + 2 * DAY)


@pytest.mark.parametrize("came", [[], weekly((0, 9), weeks=[8]), weekly(*WEEKDAYS, weeks=[7, 8]), weekly((3, 8), weeks=[5, 6, 7, 8]), [NOW - 9 * rhythm.WEEK] * 50])
def test_too_little_history_says_nothing(came: list[datetime]) -> None:
    assert not silent(came, NOW + 7 * DAY)


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 23)), min_size=1, max_size=14), st.integers(0, 2), st.data())
def test_who_keeps_a_weekly_rhythm_is_never_silent_and_who_stops_is(slots: set[tuple[int, int]], shake: int, data: st.DataObject) -> None:
    came = sorted(weekly(*slots, shake=shake))
    before, after = data.draw(st.sampled_from(list(itertools.pairwise(came))))
    now = before + data.draw(st.floats(0, 1)) * (after - before)
    assert not silent(came, now)
    assert silent(came, came[-1] + 12.5 * DAY)


@given(st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), max_size=60))
def test_any_history_is_read(came: list[datetime]) -> None:
    found = rhythm.silence(came, NOW)
    assert found is None or found.since < found.overdue_at < NOW


@pytest.mark.parametrize(("slots", "words"), [
    (WEEKDAYS, "about 5 a week, on Mondays to Fridays"), ([(3, 8)], "about one a week, on Thursdays"), ([(0, 9), (3, 8)], "about 2 a week, on Mondays, Thursdays"),
    ([(day, hour) for day in range(7) for hour in (8, 12)], "about 14 a week, on any day"),
])
def test_the_rhythm_in_words(slots: list[tuple[int, int]], words: str) -> None:
    assert rhythm.described(weekly(*slots)) == words


def test_when_an_entry_came() -> None:
    assert rhythm.came(NOW, NOW - HOUR, news=True) == NOW - HOUR
    assert rhythm.came(NOW, NOW - 30 * DAY, news=True) == NOW, "dated long before: it says nothing"
    assert rhythm.came(NOW, NOW + HOUR, news=True) == NOW
    assert rhythm.came(NOW, None, news=True) == NOW
    assert rhythm.came(NOW, NOW - 30 * DAY, news=False) == NOW - 30 * DAY
    assert rhythm.came(NOW, NOW + HOUR, news=False) is None
    assert rhythm.came(NOW, None, news=False) is None
