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
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from bot import clock
from bot.errors import BotError, ConfigError, Tell, told
from bot.platforms import Platform
from bot.store import accounts, articles, deliveries, leases, models, posts
from bot.store.db import Store
from bot.store.states import DeliveryState, Move, State
from bot.values import Content, Fixed, Hold, HoldCode, Image, Outcome, OutcomeKind, Request

WORKER = "publisher"
"""Who the history names for what no person did."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


class Hasher(Protocol):
    """Computes the approval hash of a content, so that what was approved is what is sent."""

    def __call__(self, content: Content) -> str: ...


@dataclass(frozen=True)
class Terms:
    """How publishing goes about it."""

    owner: str
    """This worker's name on leases; unlike any other's."""
    approval_hash: Hasher
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
        platform, name = platforms.get(names[account_id]), names[account_id]
        if platform is None or terms.stopping():
            continue
        with ExitStack() as stack:
            if not _lease(store, stack, account_id, terms):
                continue
            try:
                _settle_orphans(store, account_id)
                _identify(store, account_id, platform)
            except BotError as error:
                tell(name, error)
                continue
            for post_id in ids:
                with told(tell, f"post {post_id}"):
                    if _publish(store, platform, account_id, post_id, terms):
                        done.append(post_id)
    return done


def _lease(store: Store, stack: ExitStack, account_id: int, terms: Terms) -> bool:
    """Take the account's lease for as long as `stack` is open."""
    with store.write() as session:
        if not leases.claim_account(session, terms.owner, account_id, terms.lease_seconds):
            return False

    def release() -> None:
        with store.write() as session:
            leases.release(session, session.get_one(models.Account, account_id), terms.owner)

    stack.callback(release)
    return True


def _settle_orphans(store: Store, account_id: int) -> None:
    """A write whose sender died may be out: it is for a person to look, never for a machine to send again."""
    with store.write() as session:
        now = clock.now(session)
        for delivery in deliveries.orphans(session, account_id):
            lost = Outcome(kind=OutcomeKind.UNKNOWN, detail="the program ended while it was being sent", call_ended=False)
            _conclude(session, delivery, lost, now)


def _identify(store: Store, account_id: int, platform: Platform) -> None:
    """Know whose account this is before the first write to it."""
    with store.read() as session:
        if session.get_one(models.Account, account_id).remote_id is not None:
            return
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
            _not_intended(store, post_id, failed)
            return True
        if not first and terms.segment_pause:
            terms.sleep(terms.segment_pause)
        if not first and terms.stopping():
            return True  # the thread goes on from here on the next pass
        step = _intend(store, platform, account_id, post_id, content, images, terms)
        if step.request is None:
            return True
        sent = platform.send(step.request)
        with store.write() as session:
            delivery = session.get_one(models.Delivery, step.delivery)
            _conclude(session, delivery, sent, clock.now(session))
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
        if not _as_approved(session, post, revision, terms, now):
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


def _as_approved(session: Session, post: models.Post, revision: models.Revision, terms: Terms, now: datetime) -> bool:
    """Only what was approved is sent: same bytes, and no hold that nobody overrode."""
    let_pass = {override.code for override in post.overrides}
    open_holds = [hold for hold in post.holds if hold.code not in let_pass]
    if post.approved_hash == revision.approval_hash == terms.approval_hash(revision.content) and not open_holds:
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
        account = session.get_one(models.Account, account_id)
        post = posts.get(session, post_id, lock=True)
        if not leases.renew(session, account, terms.owner, terms.lease_seconds):
            return _Step()
        if post.state != State.PUBLISHING or accounts.paused(account, now):
            return _Step()
        rows = post.revision.deliveries
        if any(row.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.REFUSED) for row in rows):
            return _Step()
        pending = [row for row in rows if row.state == DeliveryState.PENDING]
        if not pending:
            return _Step()
        delivery = pending[0]
        delivery.fixed_at = delivery.fixed_at or now
        fixed = Fixed(
            account_id=account.remote_id, post=post.id, created_at=delivery.fixed_at,
            sent=tuple(remote.id for row in rows for remote in row.remote if row.state == DeliveryState.SENT),
        )
        request = platform.deliveries(content, images, fixed)[delivery.position]
        deliveries.intend(delivery, request, now)
        post.attempts += 1
        return _Step(request, delivery.id, more=len(pending) > 1)


def _not_intended(store: Store, post_id: int, outcome: Outcome) -> None:
    """An upload failed before any intent: nothing of the next delivery can be out."""
    with store.write() as session:
        rows = posts.get(session, post_id, lock=True).revision.deliveries
        delivery = next(row for row in rows if row.state == DeliveryState.PENDING)
        _conclude(session, delivery, outcome, clock.now(session))


def _conclude(session: Session, delivery: models.Delivery, outcome: Outcome, now: datetime) -> None:
    """The outcome, and the move that it calls for."""
    post = delivery.revision.post
    account = post.account
    deliveries.conclude(session, delivery, outcome, now)
    posts.note(session, post, WORKER, f"delivery {delivery.position + 1} {outcome.kind}", outcome.detail or None, now)
    if outcome.pause:
        accounts.pause(account, outcome.pause, outcome.pause_until)
    rows = delivery.revision.deliveries
    move = deliveries.settle([row.state for row in rows])
    if outcome.kind is OutcomeKind.NOT_SENT and move is None:
        out = any(row.state == DeliveryState.SENT for row in rows)
        move = Move.NOT_SENT_PART if out else Move.NOT_SENT
        post.due_at = outcome.retry_at or now + min(_FIRST_WAIT * 2 ** min(post.attempts, 10), _LONGEST_WAIT)
    if move is not None:
        posts.move(session, post, move, WORKER, outcome.detail or None, now)
