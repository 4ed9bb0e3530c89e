"""Until when an article is under embargo. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import embargo
from bot.values import HoldCode

READ = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAR = datetime(2999, 1, 1, tzinfo=UTC)


def dated(ahead: timedelta | None, not_before: datetime | None = None, **more: bool) -> embargo.Read:
    return embargo.Read(not_before, None if ahead is None else READ + ahead, READ, **more)


@pytest.mark.parametrize(("ahead", "waits"), [
    (None, False), (timedelta(days=-20_000), False), (timedelta(), False), (timedelta(minutes=10), False), (timedelta(minutes=11), True),
    (timedelta(hours=9), True), (timedelta(days=90), True), (timedelta(days=91), False), (timedelta(days=3652), False),
])
def test_a_date_ahead_is_waited_for_within_reason(ahead: timedelta | None, waits: bool) -> None:
    article = dated(ahead)
    assert (embargo.stands(article, READ) is not None) == waits
    assert (embargo.barred(article, READ) is not None) == (waits or embargo.mistaken(article) is not None)
    if ahead is not None and waits:
        assert embargo.stands(article, READ) == READ + ahead
        assert embargo.stands(article, READ + ahead) is None, "and then it goes on by itself"
        assert embargo.barred(article, READ + ahead) is None


def test_a_date_years_ahead_is_a_mistake_that_a_person_lets_pass_or_dates() -> None:
    hold = embargo.mistaken(dated(timedelta(days=3652)))
    assert hold
    assert hold.code is HoldCode.EMBARGO
    assert "2036-02-29" in hold.detail
    assert "--not-before" in hold.detail
    assert embargo.mistaken(dated(timedelta(days=3652), READ)) is None


def test_a_person_s_word_counts_before_the_date() -> None:
    assert embargo.stands(dated(timedelta(hours=5), READ), READ) is None
    assert embargo.stands(dated(None, FAR), READ) == FAR
    assert embargo.stands(dated(timedelta(hours=5), READ + timedelta(hours=1)), READ) == READ + timedelta(hours=1)


def test_a_feed_whose_dates_run_ahead_puts_nothing_under_embargo() -> None:
    article = dated(timedelta(hours=8), dates_ahead=True)
    assert (embargo.stands(article, READ), embargo.mistaken(article), embargo.barred(article, READ)) == (None, None, None)


@given(st.timedeltas(timedelta(days=-30_000), timedelta(days=30_000)), st.timedeltas(timedelta(), timedelta(days=100)))
def test_no_date_delays_for_longer_than_the_longest_embargo(ahead: timedelta, later: timedelta) -> None:
    end = embargo.stands(dated(ahead), READ + later)
    assert end is None or READ + later < end <= READ + embargo.LONGEST
