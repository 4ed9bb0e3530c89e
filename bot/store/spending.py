"""Money: what was paid, to whom and for what, and what is about to be."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Text, func, select, text, type_coerce
from sqlalchemy.orm import Session

from bot.store import models
from bot.store.states import DeliveryState, State
from bot.values import Content

_LOCK = 0x626F7401
"""Key of the PostgreSQL advisory lock under which a budget is checked; any number serves."""
_SEGMENTS = TypeAdapter(tuple[int, ...])
ON_THE_WAY = (State.PUBLISHING, State.UNCERTAIN, State.STOPPED)
"""States of posts of which part may be paid for, and the rest may still cost."""
UNSENT = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)
"""States of deliveries that are not paid for, and may be yet."""


def book(
    session: Session, payee: str, what: str, micros: int, now: datetime, *, delivery_id: int | None = None
) -> int | None:
    """Write down what was paid (micro-dollars), and return the row's id; nothing when it was free. A delivery is paid for once."""
    if not micros:
        return None
    row = models.Spend(payee=payee, what=what, micros=micros, delivery_id=delivery_id, at=now)
    session.add(row)
    session.flush()
    return row.id


def cost(content: Content, segments: Iterable[int]) -> int:
    """Micro-dollars that these segments cost."""
    return sum(content.segments[index].cost_micros for index in segments)


def spent(session: Session, since: datetime) -> dict[str, int]:
    """Micro-dollars paid since then, by payee."""
    query = select(models.Spend.payee, func.sum(models.Spend.micros)).where(models.Spend.at >= since)
    return {payee: int(micros) for payee, micros in session.execute(query.group_by(models.Spend.payee))}


def committed(session: Session, platform: str) -> int:
    """Micro-dollars that posts on their way on this platform may still cost; those that can not be read are not counted."""
    unsent = session.execute(
        select(type_coerce(models.Revision.content, Text), type_coerce(models.Delivery.segments, Text))
        .select_from(models.Delivery).join(models.Revision).join(models.Post).join(models.Account)
        .where(
            models.Account.platform == platform, models.Post.state.in_(ON_THE_WAY), models.Post.revision_n == models.Revision.n,
            models.Delivery.state.in_(UNSENT),
        )
    )
    total = 0
    for content, segments in unsent:
        with suppress(ValidationError, IndexError):  # changed by hand: it is held, and no reason to hold others
            total += cost(Content.model_validate_json(content), _SEGMENTS.validate_json(segments))
    return total


def one_at_a_time(session: Session) -> None:
    """Until this unit ends nobody else checks a budget: two posts can not both take the last dollar."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
