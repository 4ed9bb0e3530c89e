"""When an article's page is looked at again after publication. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot import config
from bot.errors import ConfigError
from bot.store import watch

OUT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def hours(days: int) -> list[float]:
    """Every look of so many days, each planned at the one before."""
    found, now = [], OUT
    while (at := watch.next_look(OUT, now, days)) is not None:
        found.append((at - OUT) / timedelta(hours=1))
        now = at
    return found


def test_looks_are_ever_further_apart() -> None:
    assert hours(3) == [1, 6, 24, 72]
    assert hours(1) == [1, 6, 24]
    assert hours(2) == [1, 6, 24]
    assert hours(12) == [1, 6, 24, 72, 144, 288]
    assert hours(0) == []


def test_looks_that_were_missed_are_not_made_up_for() -> None:
    assert watch.next_look(OUT, OUT + timedelta(days=2), 3) == OUT + timedelta(days=3)
    assert watch.next_look(OUT, OUT + timedelta(days=4), 3) is None


@pytest.mark.parametrize("settings", [{"watch_days": 366}, {"watch_days": -1}, {"recheck_seconds": 604_801}])
def test_times_beyond_reason_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=r"BOT_WATCH_DAYS|BOT_RECHECK_SECONDS"):
        config.load(**settings)


def test_the_longest_watch_has_an_end() -> None:
    assert len(hours(365)) < 15
