"""What to do next about a write, decided from values alone: when to try again, when to look, what a look means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.values import Outcome, OutcomeKind

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=2), timedelta(hours=1)
_LOOKED_LONG_ENOUGH = timedelta(days=1)
_FIRST_LOOK_AGAIN = timedelta(seconds=15)
_SHOWS_BY = timedelta(minutes=5)

REPEATS = 20
"""Times that a request is sent again where that can not double it: hours, with the waits between. Then a person should know."""


class Verdict(StrEnum):
    """What a look at the platform calls for."""

    ADOPT = "adopt"
    """It is out: take it for sent."""
    LOOK_AGAIN = "look again"
    SEND_AGAIN = "send again"
    """It is not there, and sending the same request again can not double it."""
    RESEND = "resend"
    """It was not there in any look: the one resend there is."""
    UNSETTLED = "unsettled"
    """Looking does not settle it: a person must."""


def wait(tries: int) -> timedelta:
    """How long to wait after so many tries that did not go out: 2 s, 4 s, 8 s … an hour."""
    doublings = min(max(tries - 1, 0), 20)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def again_at(outcome: Outcome, tries: int, now: datetime) -> datetime:
    """When to try again what was not sent: never before the platform said, and later each time it fails.

    A paused account is what keeps it back; the post itself goes on as soon as that ends. An end that is past already (by our
    clock) keeps nothing back, so that the waits grow as for anything else.
    """
    if outcome.pause and (outcome.pause_until is None or outcome.pause_until > now):
        return outcome.pause_until or now
    return max(outcome.retry_at or now, now + wait(tries))


def next_look(looks: Sequence[float], ended_at: datetime, now: datetime) -> datetime | None:
    """The first of the moments to look that is still to come; None after the last. `looks`: seconds after the call."""
    return next((moment for moment in (ended_at + timedelta(seconds=span) for span in looks) if moment > now), None)


def look_missed(looks: Sequence[float], made: int, now: datetime) -> datetime | None:
    """When to look again though the last moment is past: as often as there are looks, each as far from the one before as they are.

    Moments pass without a look when nobody was there, and when the clock was put forward. Then no time has passed for the platform,
    and what it does not show yet would be taken for absent.
    """
    if made >= len(looks):
        return None
    return now + timedelta(seconds=looks[made] - (looks[made - 1] if made else 0))


def believed_at(looks: Sequence[float], ended_at: datetime, *, repeatable: bool) -> datetime:
    """When what is not there is believed not to be there, also where nobody looks by itself. `looks`: seconds after the call."""
    last = timedelta(seconds=max(looks, default=0))
    return ended_at + (last if repeatable else max(last, _SHOWS_BY))


def ask_again(outcome: Outcome, ended_at: datetime, now: datetime) -> datetime | None:
    """When to look again after the platform could not be asked: at growing spans, for a day; then None."""
    if now - ended_at > _LOOKED_LONG_ENOUGH:
        return None
    span = min(max((now - ended_at) / 2, _FIRST_LOOK_AGAIN), _LONGEST_WAIT)
    return max(outcome.retry_at or now, outcome.pause_until or now, now + span)


def after_look(
    kind: OutcomeKind, *, more: bool, repeatable: bool, call_ended: bool, resends: int, may_resend: bool
) -> Verdict:
    """What a look means.

    `more`: another look is to come. `repeatable`: the same request can not be taken twice. `call_ended`: the sender itself
    recorded the end of its call; else it may still be on its way, and what is not there now may be there later.
    """
    if kind is OutcomeKind.SENT:
        return Verdict.ADOPT
    if kind is OutcomeKind.REFUSED:
        return Verdict.UNSETTLED
    if kind is OutcomeKind.NOT_SENT:
        if repeatable:
            return Verdict.SEND_AGAIN if resends < REPEATS else Verdict.UNSETTLED
        if not more:
            return Verdict.RESEND if call_ended and may_resend and not resends else Verdict.UNSETTLED
    return Verdict.LOOK_AGAIN if more else Verdict.UNSETTLED


def interrupted(moments: Iterable[datetime | None], now: datetime, longest: timedelta) -> bool:
    """Has a thread that is partly out stood still for too long? `moments`: when something last happened to it."""
    known = [moment for moment in moments if moment is not None]
    return bool(known) and now - max(known) > longest
