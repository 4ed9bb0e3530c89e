"""What to do next about a write: pure decisions, as tables and for any values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.publish import decide
from bot.publish.decide import Verdict
from bot.values import Outcome, OutcomeKind

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOOKS = (15.0, 60.0, 300.0)
SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN
MOMENTS = st.none() | st.timedeltas(timedelta(days=-2), timedelta(days=2)).map(lambda span: NOW + span)
TRIES = st.integers(-1, 10**6)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def not_sent(**more: object) -> Outcome:
    return Outcome.model_validate({"kind": NOT_SENT, **more})


# --- when to try again ---


def test_waits_double_from_two_seconds_to_an_hour() -> None:
    spans = [decide.wait(tries).total_seconds() for tries in range(1, 15)]
    assert spans[:6] == [2, 4, 8, 16, 32, 64]
    assert spans[-3:] == [3600, 3600, 3600]


@given(TRIES, st.integers(0, 100))
def test_waits_never_shrink_and_are_bounded(tries: int, more: int) -> None:
    assert timedelta(seconds=2) <= decide.wait(tries) <= decide.wait(tries + more) <= HOUR


@given(TRIES, MOMENTS)
def test_what_was_not_sent_is_never_tried_before_the_platform_said(tries: int, retry_at: datetime | None) -> None:
    then = decide.again_at(not_sent(retry_at=retry_at), tries, NOW)
    assert then >= NOW + decide.wait(tries)
    assert retry_at is None or then >= retry_at
    assert then <= max(retry_at or NOW, NOW + HOUR), "and no later than it need be"


@given(TRIES, MOMENTS, MOMENTS)
def test_a_paused_account_s_post_is_due_when_the_pause_ends(tries: int, pause_until: datetime | None, retry_at: datetime | None) -> None:
    then = decide.again_at(not_sent(pause="daily cap", pause_until=pause_until, retry_at=retry_at), tries, NOW)
    if pause_until is None:
        assert then == NOW, "a person ends it, and then it goes"
    elif pause_until > NOW:
        assert then == pause_until
    else:
        assert then == decide.again_at(not_sent(retry_at=retry_at), tries, NOW) > NOW, "an end that is past already keeps nothing back: no hammering"


# --- when to look ---


@pytest.mark.parametrize(("after", "then"), [(0, 15), (14.9, 15), (15, 60), (59, 60), (60, 300), (299, 300), (300, None), (90_000, None)])
def test_the_next_look_is_the_first_that_is_still_to_come(after: float, then: float | None) -> None:
    assert decide.next_look(LOOKS, NOW, at(after)) == (None if then is None else at(then))


def test_without_looks_there_is_none() -> None:
    assert decide.next_look((), NOW, NOW) is None


@given(st.lists(st.floats(0, 10**5), unique=True).map(sorted), st.floats(0, 10**5))
def test_the_next_look_is_to_come_and_none_is_passed_over(looks: list[float], after: float) -> None:
    now = at(after)
    then = decide.next_look(looks, NOW, now)
    to_come = [at(span) for span in looks if at(span) > now]
    assert then == (min(to_come) if to_come else None)


def test_a_platform_that_can_not_be_asked_is_asked_at_growing_spans_for_a_day() -> None:
    moments, now = [], NOW
    while (then := decide.ask_again(Outcome(kind=UNKNOWN), NOW, now)) is not None:
        moments.append(then)
        now = then
    spans = [later - earlier for earlier, later in pairwise([NOW, *moments])]
    assert spans[0] == timedelta(seconds=15)
    assert spans == sorted(spans)
    assert max(spans) == HOUR
    assert DAY < moments[-1] - NOW <= DAY + HOUR
    assert len(moments) < 50


@given(st.timedeltas(timedelta(days=-2), timedelta(days=3)), MOMENTS, MOMENTS)
def test_asking_again_is_later_never_before_the_platform_said_and_over_after_a_day(
    since: timedelta, retry_at: datetime | None, pause_until: datetime | None
) -> None:
    asked = Outcome(kind=UNKNOWN, retry_at=retry_at, pause="cap" if pause_until else None, pause_until=pause_until)
    then = decide.ask_again(asked, NOW - since, NOW)
    if since > DAY:
        assert then is None
    else:
        assert then is not None
        assert then >= max(NOW + timedelta(seconds=15), retry_at or NOW, pause_until or NOW)


# --- what a look means ---

FACTS = list(product(OutcomeKind, *[(False, True)] * 3, (0, 1, 2), (False, True)))


def verdict(kind: OutcomeKind, more: bool, repeatable: bool, call_ended: bool, resends: int, may_resend: bool) -> Verdict:
    return decide.after_look(
        kind, more=more, repeatable=repeatable, call_ended=call_ended, resends=resends, may_resend=may_resend
    )


@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: "-".join(str(fact) for fact in facts))
def test_every_look_has_the_meaning_the_rules_give_it(facts: tuple[OutcomeKind, bool, bool, bool, int, bool]) -> None:
    kind, more, repeatable, call_ended, resends, may_resend = facts
    rules = [
        (kind is SENT, Verdict.ADOPT),
        (kind is REFUSED, Verdict.UNSETTLED),
        (kind is NOT_SENT and repeatable, Verdict.SEND_AGAIN),
        (more, Verdict.LOOK_AGAIN),
        (kind is NOT_SENT and call_ended and resends == 0 and may_resend, Verdict.RESEND),
        (True, Verdict.UNSETTLED),
    ]
    assert verdict(*facts) is next(then for holds, then in rules if holds)


def test_nothing_goes_again_unless_the_look_said_it_is_not_there() -> None:
    going = {Verdict.SEND_AGAIN, Verdict.RESEND}
    assert {facts[0] for facts in FACTS if verdict(*facts) in going} == {NOT_SENT}
    assert all(facts[2] for facts in FACTS if verdict(*facts) is Verdict.SEND_AGAIN), "only where it can not double"


def test_the_one_resend_needs_an_ended_call_no_earlier_one_leave_and_no_look_to_come() -> None:
    assert {facts[1:] for facts in FACTS if verdict(*facts) is Verdict.RESEND} == {(False, False, True, 0, True)}


# --- a thread that stood still ---


@pytest.mark.parametrize(("moments", "stood"), [
    ([], False), ([None], False), ([at(0)], False), ([at(-1800)], False), ([at(-1801)], True), ([at(-1801), None], True),
    ([at(-4000), at(-1801)], True), ([at(-4000), at(-10)], False), ([at(100)], False),
])
def test_a_thread_stood_still_since_the_last_thing_that_happened_to_it(moments: list[datetime | None], stood: bool) -> None:
    assert decide.interrupted(moments, NOW, timedelta(minutes=30)) is stood
