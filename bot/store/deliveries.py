"""Deliveries in the store: what is due, the intent before a write, and the outcome after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Text, TextClause, or_, select, text, type_coerce, update
from sqlalchemy.orm import Session

from bot.store import models, spending
from bot.store.states import DeliveryState, Move, State
from bot.values import Outcome, OutcomeKind, Remote, Request

FORMAT = 1
"""Version of the stored requests. One of another version is held: what it would send, this program can not tell."""

_REMOTE = TypeAdapter(tuple[Remote, ...])
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


def orphans(session: Session, account_id: int) -> list[tuple[int, int]]:
    """Writes whose sender is gone, as (delivery, post): `sending`, while whoever asks holds the account's lease. They may be out."""
    return _of_account(session, account_id, text("delivery." + models.OPEN["sending"]))


def looking(session: Session, account_id: int) -> list[tuple[int, int]]:
    """Writes that are being looked for, as (delivery, post). The account waits until that is over."""
    return _of_account(session, account_id, text("delivery." + models.OPEN["looking"]))


def _of_account(session: Session, account_id: int, condition: TextClause) -> list[tuple[int, int]]:
    # In two steps: the few open deliveries of all accounts have an index, the many deliveries of one account have none.
    open_ids = list(session.scalars(select(models.Delivery.id).where(condition)))
    query = (
        select(models.Delivery.id, models.Post.id).join(models.Revision, models.Revision.id == models.Delivery.revision_id)
        .join(models.Post, models.Post.id == models.Revision.post_id)
        .where(models.Post.account_id == account_id, models.Delivery.id.in_(open_ids))
    )
    return [(delivery, post) for delivery, post in session.execute(query.order_by(models.Delivery.id))] if open_ids else []


def known(session: Session, account_id: int, but: int, *, namesakes: bool = True) -> tuple[str, ...]:
    """Remote ids of the account's deliveries, newest first, but one: what a look must not take for that one. As many as a look reads.

    `namesakes`: also those made under another name of the same account, an older one perhaps.
    """
    account = session.get_one(models.Account, account_id)
    rows = session.scalars(
        select(type_coerce(models.Delivery.remote, Text)).join(models.Revision).join(models.Post)
        .join(models.Account).where(
            or_(models.Post.account_id == account_id, models.Account.remote_id == account.remote_id) if namesakes else models.Post.account_id == account_id,
            models.Delivery.id != but, models.Delivery.state == DeliveryState.SENT,
        )
        .order_by(models.Delivery.ended_at.desc()).limit(1000)
    )
    found: list[str] = []
    for row in rows:
        with suppress(ValidationError):  # changed by hand; another's row is no reason to stop looking for this one
            found += [remote.id for remote in _REMOTE.validate_json(row)]
    return tuple(found)


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
    delivery.request, delivery.state, delivery.tries = request.body, DeliveryState.SENDING, delivery.tries + 1
    delivery.started_at, delivery.ended_at, delivery.call_ended, delivery.detail = now, None, False, None
    delivery.look_at, delivery.looks, delivery.sender = None, 0, delivery.revision.post.account.remote_id


def conclude(session: Session, delivery: models.Delivery, outcome: Outcome, now: datetime) -> None:
    """Write down what became of it, and book what it cost."""
    delivery.state = _RESULT[outcome.kind]
    delivery.remote, delivery.detail = outcome.remote, outcome.detail or None
    delivery.ended_at, delivery.call_ended = now, outcome.call_ended
    _over(session, delivery, now)


def adopt(session: Session, delivery: models.Delivery, remote: tuple[Remote, ...], now: datetime) -> None:
    """It was found, out as `remote`: it is sent, and booked now."""
    delivery.state, delivery.remote, delivery.detail, delivery.look_at = DeliveryState.SENT, remote, None, None
    _over(session, delivery, now)


def _over(session: Session, delivery: models.Delivery, now: datetime) -> None:
    if delivery.state == DeliveryState.SENT:
        revision = delivery.revision
        micros = spending.cost(revision.content, delivery.segments)
        spending.book(session, revision.post.account.platform, "post", micros, now, delivery_id=delivery.id)


def send_again(delivery: models.Delivery, *, resend: bool) -> None:
    """It is not out, and goes out once more, the same request; `resend`: it may have been out, and this is counted."""
    delivery.state, delivery.look_at = DeliveryState.PENDING, None
    delivery.resends += resend


def resolve(session: Session, delivery: models.Delivery, remote: tuple[Remote, ...] | None, now: datetime) -> Move:
    """A person looked: it is out as `remote`, or (None) it is not. Returns the move that this calls for."""
    delivery.call_ended = True
    if remote is None:
        delivery.state, delivery.look_at = DeliveryState.PENDING, None
    else:
        adopt(session, delivery, remote, now)
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
