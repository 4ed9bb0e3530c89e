"""What all steps of publishing share: the terms that the composition root hands in, and the names for rows that are not as they should be."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from bot.errors import Tell
from bot.slots import Rules
from bot.store import models, posts
from bot.store.engine import UnreadableError
from bot.values import Hold, HoldCode


class MismatchError(ValueError):
    """What is stored of a post can be read, and can not be so; says what, for the hold."""


UNREADABLE = (LookupError, ValueError, TypeError, NoResultFound, UnreadableError)
"""What a row raises that somebody changed by hand (pydantic's ValidationError is a ValueError)."""

WORKER = "publisher"
"""Who the history names for what no person did."""


def hold_for_budget(session: Session, post: models.Post, why: str, now: datetime) -> None:
    """A post that would cost too much goes back into review."""
    posts.hold(session, post, Hold(code=HoldCode.BUDGET, detail=why), who=WORKER, now=now)


@dataclass(frozen=True)
class Budget:
    """What a platform may cost within a time."""

    platform: str
    micros: int
    """Micro-dollars."""
    since: Callable[[datetime], datetime]
    """The beginning of the time that a moment belongs to."""
    exceeded: Callable[[Session, models.Post, str, datetime], None] = hold_for_budget
    """Takes the claimed-for post, why, and now: does what the policy says. As it was, the post is not sent; what the policy
    approved in its place (the same words without the link) and made due may go out in this pass."""


def never() -> bool:
    """Nobody can tell this work to stop."""
    return False


@dataclass(frozen=True)
class Terms:
    """How publishing goes about it."""

    owner: str
    """This worker's name on leases; unlike any other's."""
    lease_seconds: float
    segment_pause: float
    thread_resume: timedelta = timedelta(minutes=30)
    """A thread that stood still for longer waits for a person."""
    may_resend: bool = True
    """May what no look found be sent once more, where the platform could take it twice?"""
    budget: Budget | None = None
    endings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By account, its sign-off and hashtags, which count for nothing when posts are compared."""
    unread: timedelta = timedelta(0)
    """Approved posts whose article's page was not read for so long wait until it was; 0: none does."""
    most: float = inf
    """Posts of one pass, about: it ends with the turn in which they are reached, and the rest is due at the next."""
    longest: float = inf
    """Seconds of one pass, in the same way."""
    rules: Callable[[str], Rules] = lambda account: Rules()
    """When the account of this name may publish."""
    tell: Tell = lambda where, error: None
    """Told of what goes wrong and is still being mended: `publish_due` hands its own in."""
    stopping: Callable[[], bool] = never
    """Asked between deliveries: True ends the work after the current one."""
    sleep: Callable[[float], None] = time.sleep

    @property
    def short(self) -> float:
        """The longest wait, in seconds, that is sat out under the lease: a third of it."""
        return self.lease_seconds / 3
