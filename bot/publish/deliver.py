"""Sending one claimed post, delivery by delivery: upload, intend, send, write the outcome down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot import clock
from bot.errors import StoreError
from bot.platforms import Platform
from bot.publish.claim import Claimed, stand_down
from bot.publish.outcome import conclude
from bot.publish.stored import made
from bot.publish.terms import UNREADABLE, Terms
from bot.store import accounts, aside, deliveries, leases, models, posts
from bot.store.db import Store
from bot.store.states import DeliveryState, State
from bot.values import Content, Image, Outcome, OutcomeKind, Request

_PATIENCE = 600
"""Seconds for which an outcome is held on to while the database is away."""
_SLEPT = Outcome(kind=OutcomeKind.NOT_SENT, detail="this machine stood still between the intent and the call: nothing was sent")


@dataclass(frozen=True)
class _Step:
    """What one intent came to: a request to send, or the reason there is none."""

    request: Request | None = None
    delivery: int = 0
    started_at: datetime | None = None
    """Whose outcome it will be: a delivery that was taken over, or tried again, has another."""
    more: bool = False


def deliver(store: Store, platform: Platform, account_id: int, post_id: int, claimed: Claimed, terms: Terms) -> None:
    """Send what is left of the post, until all is out, an answer says otherwise, or the work is to stop."""
    first = True
    while True:
        failed = platform.upload(claimed.content, claimed.images)
        if failed is not None:
            _not_intended(store, platform, account_id, post_id, failed, terms)
            return
        if not first and terms.segment_pause:
            terms.sleep(terms.segment_pause)
        if not first and terms.stopping():
            return  # the thread goes on from here on the next pass
        began = clock.monotonic()
        step = _intend(store, platform, account_id, post_id, claimed.content, claimed.images, terms)
        if step.request is None:
            return
        # A machine that slept since the intent may not be the sender any more. The adapter's own time, under half a lease,
        # begins when it is asked, so the first byte must leave within the other half.
        late = clock.monotonic() - began > terms.short
        sent = _SLEPT if late else _send(platform, step.request, before=began + terms.lease_seconds / 2)
        _write_down(store, platform, post_id, step, sent, terms)
        if sent.kind is not OutcomeKind.SENT or not step.more:
            return
        first = False


def _send(platform: Platform, request: Request, *, before: float) -> Outcome:
    """An adapter never raises; if one does, what it was doing may be out."""
    try:
        return platform.send(request, before=before)
    except Exception as error:
        return Outcome(kind=OutcomeKind.UNKNOWN, detail=f"the program failed while it was being sent ({type(error).__name__})", call_ended=False)


def _write_down(store: Store, platform: Platform, post_id: int, step: _Step, outcome: Outcome, terms: Terms) -> None:
    """Store the outcome; a database that is away for a while must not turn a clear answer into an unknown one.

    Long after the lease, too: until another takes the delivery over nobody else knows what became of it, and an answer that
    comes late is fenced (`conclude`).
    """
    from tenacity import (
        RetryCallState,
        Retrying,
        retry_if_exception_type,
        retry_if_not_exception_type,
        wait_exponential,
    )

    def write() -> None:
        with store.write() as session:
            delivery = session.get_one(models.Delivery, step.delivery)
            conclude(session, platform, delivery, step.started_at, outcome, clock.now(session))

    def enough(state: RetryCallState) -> bool:
        return (state.seconds_since_start or 0) > (terms.short if terms.stopping() else _PATIENCE)

    def say(state: RetryCallState) -> None:
        if state.attempt_number == 1 and state.outcome is not None:
            terms.tell(f"post {post_id}", StoreError(f"{state.outcome.exception()} Its delivery was answered, {outcome.kind}: that is kept until it can be written down."))

    try:
        Retrying(
            retry=retry_if_exception_type(StoreError) & retry_if_not_exception_type(UNREADABLE), stop=enough,
            wait=wait_exponential(0.2, max=3), before_sleep=say, reraise=True,
        )(write)
    except UNREADABLE as error:
        ids = ", ".join(remote.id for remote in outcome.remote)
        why = f"what is stored of it can not be read ({type(error).__name__}); its delivery was answered: {outcome.kind} {ids or outcome.detail}"
        with store.write() as session:
            aside.post(session, post_id, why, clock.now(session))
        raise StoreError(f"{why}. `bot db check` says where.") from error


def _intend(
    store: Store, platform: Platform, account_id: int, post_id: int, content: Content,
    images: Mapping[str, Image], terms: Terms,
) -> _Step:
    """Store the exact request of the next delivery and mark it `sending`, if this worker still may."""
    with store.write() as session:
        found = _next(session, account_id, post_id, terms)
        if found is None:
            return _Step()
        delivery, more = found
        now = clock.now(session)
        post = delivery.revision.post
        delivery.fixed_at = delivery.fixed_at or now
        request, hold = made(platform, delivery, content, images)
        if hold is not None:
            stand_down(session, post, hold, now)
            return _Step()
        deliveries.intend(delivery, request, now)
        post.attempts += 1
        post.out_at = now
        return _Step(request, delivery.id, now, more)


def _next(session: Session, account_id: int, post_id: int, terms: Terms) -> tuple[models.Delivery, bool] | None:
    """The next delivery to send, and whether more follow; None when this worker may not, or nothing is left.

    Renews the lease: it must outlive the call.
    """
    account = session.get_one(models.Account, account_id)
    if not leases.renew(session, account, terms.owner, terms.lease_seconds):
        return None
    post = posts.get(session, post_id, lock=True)
    if post.state != State.PUBLISHING or accounts.paused(account, clock.now(session)):
        return None
    rows = post.revision.deliveries
    if any(row.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.REFUSED) for row in rows):
        return None
    pending = [row for row in rows if row.state == DeliveryState.PENDING]
    return (pending[0], len(pending) > 1) if pending else None


def _not_intended(store: Store, platform: Platform, account_id: int, post_id: int, outcome: Outcome, terms: Terms) -> None:
    """An upload failed before any intent: nothing of the next delivery can be out."""
    with store.write() as session:
        found = _next(session, account_id, post_id, terms)
        if found is not None:
            delivery, now = found[0], clock.now(session)
            delivery.state, delivery.started_at, delivery.tries = DeliveryState.SENDING, now, delivery.tries + 1
            delivery.revision.post.attempts += 1
            conclude(session, platform, delivery, now, outcome, now)
