"""Writing an outcome down, and making the move that it calls for: one transaction after every call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.platforms import Platform
from bot.publish import decide
from bot.publish.terms import WORKER
from bot.store import accounts, deliveries, models, posts, spending
from bot.store.states import DeliveryState, Move, State
from bot.values import Cause, Outcome, OutcomeKind


def conclude(
    session: Session, platform: Platform, delivery: models.Delivery, started_at: datetime | None, outcome: Outcome, now: datetime
) -> None:
    """The outcome of the call that started then.

    A call that outlived its lease answers late: the delivery may be settled, or tried again, by then. What it says is taken
    only when it proves that the delivery is out while that is not known yet; else it is history.
    """
    post = posts.get(session, delivery.revision.post_id, lock=True)
    session.refresh(delivery)
    if delivery.state != DeliveryState.SENDING or delivery.started_at != started_at:
        _late(session, post, delivery, started_at, outcome, now)
        return
    if outcome.cause is Cause.DUPLICATE and delivery.tries > 1:
        detail = f"{outcome.detail}: an earlier try may be out"
        outcome = outcome.model_copy(update={"kind": OutcomeKind.UNKNOWN, "detail": detail})
    deliveries.conclude(session, delivery, outcome, now)
    if outcome.kind is OutcomeKind.SENT:
        post.out_at = now
    posts.note(session, post, WORKER, f"delivery {delivery.position + 1} {outcome.kind}", outcome.detail or None, now)
    paid(session, post.account, outcome, now)
    move = _move(post, platform, delivery, outcome, now)
    if move is not None:
        posts.move(session, post, move, WORKER, outcome.detail or None, now)


def paid(session: Session, account: models.Account, outcome: Outcome, now: datetime, what: str = "read") -> None:
    """What an answer says about the account, and what the call was charged."""
    if outcome.pause:
        accounts.pause(account, outcome.pause, outcome.pause_until, now)
    if outcome.cause is Cause.REPLIES:
        account.threads_off = outcome.detail
    spending.book(session, account.platform, what, outcome.cost_micros, now)


def out(session: Session, post: models.Post, delivery: models.Delivery, outcome: Outcome, how: str, now: datetime) -> None:
    """A delivery turned out to be out: take it for sent; the rest of the post goes on, unless a person wants otherwise."""
    deliveries.adopt(session, delivery, outcome.remote, now)
    ids = ", ".join(remote.id for remote in outcome.remote)
    posts.note(session, post, WORKER, f"delivery {delivery.position + 1} {how}", ids, now)
    whole = deliveries.settle([row.state for row in delivery.revision.deliveries]) is Move.ALL_SENT
    if post.unwind_at is not None or post.state not in (State.APPROVED, State.PUBLISHING, State.UNCERTAIN):
        return  # it is being taken down, and now this part can be; or a person has settled the post otherwise
    if post.state == State.APPROVED:  # somebody said that it is not out
        posts.move(session, post, Move.CLAIM, WORKER, how, now)
    if post.state == State.UNCERTAIN:
        posts.move(session, post, Move.RESOLVED_ALL_SENT if whole else Move.RESOLVED_PART, WORKER, how, now)
    elif whole:
        posts.move(session, post, Move.ALL_SENT, WORKER, None, now)
    post.due_at = now


def _move(
    post: models.Post, platform: Platform, delivery: models.Delivery, outcome: Outcome, now: datetime
) -> Move | None:
    states = [row.state for row in delivery.revision.deliveries]
    is_out = DeliveryState.SENT in states
    if outcome.kind is OutcomeKind.UNKNOWN:
        delivery.look_at = decide.next_look(platform.looks, now, now)
        if delivery.look_at is None:
            return Move.UNSETTLED
        post.due_at = delivery.look_at
        return Move.LOOKING
    if outcome.cause is Cause.REPLIES:  # the rest of this thread will not be taken, whenever it is tried
        return Move.REFUSED_PART if is_out else Move.REFUSED
    if outcome.kind is OutcomeKind.NOT_SENT:
        post.due_at = decide.again_at(outcome, delivery.tries, now)
        return Move.NOT_SENT_PART if is_out else Move.NOT_SENT
    return deliveries.settle(states)


def _late(
    session: Session, post: models.Post, delivery: models.Delivery, started_at: datetime | None, outcome: Outcome, now: datetime
) -> None:
    open_still = delivery.state in (DeliveryState.UNKNOWN, DeliveryState.PENDING) and delivery.started_at == started_at
    if outcome.kind is OutcomeKind.SENT and open_still:  # nothing was sent since
        out(session, post, delivery, outcome, "sent (its answer came late)", now)
        return
    ids = ", ".join(remote.id for remote in outcome.remote)
    posts.note(session, post, WORKER, f"late answer: delivery {delivery.position + 1} {outcome.kind}", ids or outcome.detail, now)
