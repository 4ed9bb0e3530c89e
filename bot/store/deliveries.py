"""Deliveries in the store: what is due, the intent before a write, and the outcome after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.store import models
from bot.store.states import DeliveryState, Move, State
from bot.values import Outcome, OutcomeKind, Remote, Request

FORMAT = 1
"""Version of the stored requests; a newer program sends older ones as they are, or holds them."""

_RESULT = {
    OutcomeKind.SENT: DeliveryState.SENT,
    OutcomeKind.REFUSED: DeliveryState.REFUSED,
    OutcomeKind.NOT_SENT: DeliveryState.PENDING,
    OutcomeKind.UNKNOWN: DeliveryState.UNKNOWN,
}


def due(session: Session, now: datetime, only: Collection[int] | None = None) -> dict[int, list[int]]:
    """Posts to publish now, by account id, in order of priority and time. `only` names posts, whatever their slot."""
    query = select(models.Post.account_id, models.Post.id).where(
        models.Post.state.in_([State.APPROVED, State.PUBLISHING]), models.Post.due_at <= now
    )
    if only is not None:
        query = query.where(models.Post.id.in_(only))
    found: dict[int, list[int]] = {}
    for account, post in session.execute(query.order_by(models.Post.priority.desc(), models.Post.due_at, models.Post.id)):
        found.setdefault(account, []).append(post)
    return found


def orphans(session: Session, account_id: int) -> list[models.Delivery]:
    """Writes whose sender is gone: `sending`, while whoever asks holds the account's lease. They may be out."""
    return list(
        session.scalars(
            select(models.Delivery)
            .join(models.Revision).join(models.Post)
            .where(models.Post.account_id == account_id, models.Delivery.state == DeliveryState.SENDING)
        )
    )


def put_off(session: Session, post_id: int, until: datetime) -> None:
    """Try a post again later, without reading it: it may be what can not be read."""
    session.execute(update(models.Post).where(models.Post.id == post_id).values(due_at=until))


def ensure(session: Session, revision: models.Revision, requests: Sequence[Request]) -> list[models.Delivery]:
    """The deliveries of a revision, written when its post is first claimed."""
    if not revision.deliveries:
        for request in requests:
            session.add(
                models.Delivery(
                    revision_id=revision.id, position=request.position, segments=request.segments, format=FORMAT,
                    state=DeliveryState.PENDING, remote=(),
                )
            )
        session.flush()
        session.refresh(revision, ["deliveries"])
    return revision.deliveries


def intend(delivery: models.Delivery, request: Request, now: datetime) -> None:
    """Write down exactly what is about to be sent. Commit before the socket opens."""
    delivery.request, delivery.state = request.body, DeliveryState.SENDING
    delivery.started_at, delivery.ended_at, delivery.call_ended, delivery.detail = now, None, False, None


def conclude(session: Session, delivery: models.Delivery, outcome: Outcome, now: datetime) -> None:
    """Write down what became of it, and book what it cost."""
    delivery.state = _RESULT[outcome.kind]
    delivery.remote, delivery.detail = outcome.remote, outcome.detail or None
    delivery.ended_at, delivery.call_ended = now, outcome.call_ended
    if outcome.kind is OutcomeKind.SENT:
        book(session, delivery, now)


def book(session: Session, delivery: models.Delivery, now: datetime) -> None:
    """A sent delivery costs what its segments cost; booked once."""
    revision = delivery.revision
    micros = sum(revision.content.segments[index].cost_micros for index in delivery.segments)
    if micros:
        payee = revision.post.account.platform
        session.add(models.Spend(payee=payee, micros=micros, delivery_id=delivery.id, at=now))


def resolve(session: Session, delivery: models.Delivery, remote: tuple[Remote, ...] | None, now: datetime) -> Move:
    """A person looked: it is out as `remote`, or (None) it is not. Returns the move that this calls for."""
    delivery.call_ended = True
    if remote is None:
        delivery.state = DeliveryState.PENDING
    else:
        delivery.state, delivery.remote = DeliveryState.SENT, remote
        book(session, delivery, now)
    states = [row.state for row in delivery.revision.deliveries]
    if settle(states) is Move.ALL_SENT:
        return Move.RESOLVED_ALL_SENT
    return Move.RESOLVED_PART if DeliveryState.SENT in states else Move.RESOLVED_NONE


def again(delivery: models.Delivery) -> None:
    """A refused write may be tried once more: the refusal proves that it is not out. Others stay as they are."""
    if delivery.state == DeliveryState.REFUSED:
        delivery.state, delivery.detail = DeliveryState.PENDING, None


def settle(states: Sequence[str]) -> Move | None:
    """The move that a post's deliveries call for after an outcome, in order of gravity; None while there is more to send.

    Pure: the same states give the same move, on any machine.
    """
    if DeliveryState.UNKNOWN in states or DeliveryState.SENDING in states:
        return Move.UNSETTLED
    out = DeliveryState.SENT in states
    if DeliveryState.REFUSED in states:
        return Move.REFUSED_PART if out else Move.REFUSED
    if all(state == DeliveryState.SENT for state in states):
        return Move.ALL_SENT
    return None


def spent(session: Session, since: datetime) -> dict[str, int]:
    """Micro-dollars paid since then, by payee."""
    totals: dict[str, int] = {}
    for payee, micros in session.execute(
        select(models.Spend.payee, models.Spend.micros).where(models.Spend.at >= since)
    ):
        totals[payee] = totals.get(payee, 0) + micros
    return totals
