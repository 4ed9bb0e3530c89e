"""The publish stage: each approved post goes out once. The order of steps here is what makes that true.

    claim   under the account's lease: approved, due, unchanged since approval → publishing, deliveries written
    upload  images, before anything is promised
    intend  one transaction: lease still ours, exact request stored, `sending`. Commit. Only then the socket opens
    send    once, by the adapter, which never retries
    settle  one transaction: the outcome, and the move it calls for. Whatever is not a clear answer is `unknown`
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import clock
from bot.errors import BotError, ConfigError, Tell, told
from bot.platforms import Platform
from bot.store import accounts, articles, deliveries, leases, models, posts
from bot.store.db import Store
from bot.store.states import DeliveryState, Move, State
from bot.text import keys
from bot.values import Content, Fixed, Hold, HoldCode, Image, Outcome, OutcomeKind, Request

WORKER = "publisher"
"""Who the history names for what no person did."""

_SLEPT = Outcome(kind=OutcomeKind.NOT_SENT, detail="this machine stood still between the intent and the call: nothing was sent")

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Terms:
    """How publishing goes about it."""

    owner: str
    """This worker's name on leases; unlike any other's."""
    lease_seconds: float
    segment_pause: float
    stopping: Callable[[], bool] = lambda: False
    """Asked between deliveries: True ends the work after the current one."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class _Step:
    """What one intent came to: a request to send, or the reason there is none."""

    request: Request | None = None
    delivery: int = 0
    started_at: datetime | None = None
    """Whose outcome it will be: a delivery that was taken over, or tried again, has another."""
    more: bool = False


def publish_due(
    store: Store, platforms: Mapping[str, Platform], terms: Terms, tell: Tell, only: Collection[int] | None = None
) -> list[int]:
    """Publish all that is approved and due (or of that only some posts), account by account.

    Returns the ids of the posts it worked on; `tell` is told of each account or post that could not be served. Accounts
    without a platform here (preview-only, or gone from the configuration) and paused ones keep their posts as they are.
    """
    done: list[int] = []
    with store.read() as session:
        waiting = deliveries.due(session, clock.now(session), only)
        names = {row: session.get_one(models.Account, row).name for row in waiting}
    for account_id, ids in waiting.items():
        name = names[account_id]
        platform = platforms.get(name)
        if platform is None or terms.stopping():
            continue
        with leases.held(store, models.Account, account_id, terms.owner, terms.lease_seconds) as ours, told(tell, name, passing=()):
            if ours and _ready(store, account_id, platform, terms):
                done += _publish_all(store, platform, account_id, ids, terms, tell)
    return done


def _ready(store: Store, account_id: int, platform: Platform, terms: Terms) -> bool:
    """Settle what a dead sender left; then: may this account publish now, and whose is it?"""
    _settle_orphans(store, account_id, terms)
    with store.read() as session:
        account = session.get_one(models.Account, account_id)
        if accounts.paused(account, clock.now(session)):
            return False
        known = account.remote_id is not None
    if not known:
        _identify(store, account_id, platform)
    return True


def _publish_all(
    store: Store, platform: Platform, account_id: int, ids: Collection[int], terms: Terms, tell: Tell
) -> list[int]:
    done: list[int] = []
    for post_id in ids:
        with told(tell, f"post {post_id}", passing=()):
            try:
                if _publish(store, platform, account_id, post_id, terms):
                    done.append(post_id)
            except BotError:
                raise
            except Exception:  # a row that can not be read must not be met again at every pass
                with store.write() as session:
                    deliveries.put_off(session, post_id, clock.now(session) + _LONGEST_WAIT)
                raise
    return done


def _settle_orphans(store: Store, account_id: int, terms: Terms) -> None:
    """A write whose sender died may be out: it is for a person to look, never for a machine to send again."""
    with store.write() as session:
        if not leases.holds(session, session.get_one(models.Account, account_id), terms.owner):
            return
        now = clock.now(session)
        for delivery in deliveries.orphans(session, account_id):
            lost = Outcome(kind=OutcomeKind.UNKNOWN, detail="the program ended while it was being sent", call_ended=False)
            _conclude(session, delivery, delivery.started_at, lost, now)


def _identify(store: Store, account_id: int, platform: Platform) -> None:
    """Know whose account this is before the first write to it. Refused credentials pause it."""
    try:
        who = platform.verify()
    except ConfigError as error:
        with store.write() as session:
            accounts.pause(session.get_one(models.Account, account_id), str(error), None)
        raise
    with store.write() as session:
        accounts.identify(session.get_one(models.Account, account_id), who)


def _publish(store: Store, platform: Platform, account_id: int, post_id: int, terms: Terms) -> bool:
    """Send what is left of one post. False when it was not (or no longer) there to be sent."""
    claimed = _claim(store, platform, account_id, post_id, terms)
    if claimed is None:
        return False
    content, images = claimed
    first = True
    while True:
        failed = platform.upload(content, images)
        if failed is not None:
            _not_intended(store, account_id, post_id, failed, terms)
            return True
        if not first and terms.segment_pause:
            terms.sleep(terms.segment_pause)
        if not first and terms.stopping():
            return True  # the thread goes on from here on the next pass
        began = clock.monotonic()
        step = _intend(store, platform, account_id, post_id, content, images, terms)
        if step.request is None:
            return True
        # A machine that slept since the intent may not be the sender any more: the adapter's own deadline, under half a lease,
        # begins only now.
        late = clock.monotonic() - began > terms.lease_seconds / 3
        sent = _SLEPT if late else platform.send(step.request)
        with store.write() as session:
            delivery = session.get_one(models.Delivery, step.delivery)
            _conclude(session, delivery, step.started_at, sent, clock.now(session))
        if sent.kind is not OutcomeKind.SENT or not step.more:
            return True
        first = False


def _claim(
    store: Store, platform: Platform, account_id: int, post_id: int, terms: Terms
) -> tuple[Content, dict[str, Image]] | None:
    """Claim a due post: all that was checked at approval must still hold."""
    with store.write() as session:
        now = clock.now(session)
        post = posts.get(session, post_id, lock=True)
        account = session.get_one(models.Account, account_id)
        if not leases.holds(session, account, terms.owner) or accounts.paused(account, now):
            return None
        if post.state not in (State.APPROVED, State.PUBLISHING) or post.due_at is None or post.due_at > now:
            return None
        revision = post.revision
        if not _as_approved(session, post, revision, now):
            return None
        images = {digest: articles.picture(session, digest) for digest in posts.thumbs(revision.content)}
        if post.state == State.APPROVED:
            untouched = all(delivery.state == DeliveryState.PENDING for delivery in revision.deliveries)
            if untouched and post.expires_at is not None and post.expires_at <= now:
                posts.move(session, post, Move.MISS, WORKER, f"its time ended {post.expires_at:%Y-%m-%d %H:%M} UTC", now)
                posts.release_said(session, post)
                return None
            deliveries.ensure(session, revision, platform.deliveries(revision.content, images, None))
            posts.move(session, post, Move.CLAIM, terms.owner, None, now)
        return revision.content, images


def _as_approved(session: Session, post: models.Post, revision: models.Revision, now: datetime) -> bool:
    """Only what was approved is sent: same bytes, and no hold that nobody overrode."""
    let_pass = {override.code for override in post.overrides}
    open_holds = [hold for hold in post.holds if hold.code not in let_pass]
    if post.approved_hash == revision.approval_hash == keys.approval_hash(revision.content) and not open_holds:
        return True
    if post.state == State.APPROVED:
        reason = open_holds[0] if open_holds else Hold(
            code=HoldCode.REQUEST_MISMATCH, detail="the stored post is not what was approved"
        )
        posts.hold(session, post, reason, who=WORKER, now=now)
    return False


def _intend(
    store: Store, platform: Platform, account_id: int, post_id: int, content: Content,
    images: Mapping[str, Image], terms: Terms,
) -> _Step:
    """Store the exact request of the next delivery and mark it `sending`, if this worker still may."""
    with store.write() as session:
        now = clock.now(session)
        found = _next(session, account_id, post_id, terms)
        if found is None:
            return _Step()
        delivery, more = found
        post, rows = delivery.revision.post, delivery.revision.deliveries
        delivery.fixed_at = delivery.fixed_at or now
        fixed = Fixed(
            account_id=post.account.remote_id, post=post.id, created_at=delivery.fixed_at,
            sent=tuple(remote.id for row in rows for remote in row.remote if row.state == DeliveryState.SENT),
        )
        request = platform.deliveries(content, images, fixed)[delivery.position]
        deliveries.intend(delivery, request, now)
        post.attempts += 1
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


def _not_intended(store: Store, account_id: int, post_id: int, outcome: Outcome, terms: Terms) -> None:
    """An upload failed before any intent: nothing of the next delivery can be out."""
    with store.write() as session:
        found = _next(session, account_id, post_id, terms)
        if found is not None:
            delivery, now = found[0], clock.now(session)
            delivery.state, delivery.started_at = DeliveryState.SENDING, now
            delivery.revision.post.attempts += 1
            _conclude(session, delivery, now, outcome, now)


def _conclude(
    session: Session, delivery: models.Delivery, started_at: datetime | None, outcome: Outcome, now: datetime
) -> None:
    """The outcome of the call that started then, and the move that it calls for.

    A call that outlived its lease answers late: the delivery is settled, or tried again, by then. Its answer is history only.
    """
    post = posts.get(session, delivery.revision.post_id, lock=True)
    session.refresh(delivery)
    if delivery.state != DeliveryState.SENDING or delivery.started_at != started_at:
        ids = ", ".join(remote.id for remote in outcome.remote)
        posts.note(session, post, WORKER, f"late answer: delivery {delivery.position + 1} {outcome.kind}", ids or outcome.detail, now)
        return
    deliveries.conclude(session, delivery, outcome, now)
    posts.note(session, post, WORKER, f"delivery {delivery.position + 1} {outcome.kind}", outcome.detail or None, now)
    if outcome.pause:
        accounts.pause(post.account, outcome.pause, outcome.pause_until)
    rows = delivery.revision.deliveries
    move = deliveries.settle([row.state for row in rows])
    if outcome.kind is OutcomeKind.NOT_SENT and move is None:
        out = any(row.state == DeliveryState.SENT for row in rows)
        move = Move.NOT_SENT_PART if out else Move.NOT_SENT
        post.due_at = outcome.retry_at or now + min(_FIRST_WAIT * 2 ** min(post.attempts, 10), _LONGEST_WAIT)
    if move is not None:
        posts.move(session, post, move, WORKER, outcome.detail or None, now)
