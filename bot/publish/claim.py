"""Claiming a due post: all that was checked at its approval must still hold, in the transaction that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.platforms import Platform
from bot.publish import decide
from bot.publish.terms import WORKER, MismatchError, Terms
from bot.store import accounts, articles, deliveries, embargo, leases, models, planning, posts, said, spending
from bot.store.db import Store
from bot.store.states import DeliveryState, Move, State
from bot.text import keys
from bot.values import Content, Hold, HoldCode, Image, Kind

NOT_APPROVED = Hold(code=HoldCode.REQUEST_MISMATCH, detail="the stored post is not what was approved: edit it or draft it again")

_UNAWARE = timedelta(minutes=10)
"""An approval that was begun before what was read was there can not end later."""


@dataclass(frozen=True)
class Claimed:
    """What is to be sent; it does not change any more."""

    content: Content
    images: dict[str, Image]


def claim(store: Store, platform: Platform, account_id: int, post_id: int, terms: Terms) -> Claimed | None:
    """Take a due post; None when it is not (or no longer) there to be sent, and the history says why."""
    claimed, revised = _claim(store, platform, account_id, post_id, terms)
    if revised:  # over the budget with its link: it has none now
        claimed, _ = _claim(store, platform, account_id, post_id, terms)
    return claimed


def _claim(store: Store, platform: Platform, account_id: int, post_id: int, terms: Terms) -> tuple[Claimed | None, bool]:
    """The post, and whether it got a new, approved revision instead."""
    with store.write() as session:
        post = posts.get(session, post_id, lock=True)
        account = session.get_one(models.Account, account_id)
        if not leases.renew(session, account, terms.owner, terms.lease_seconds):
            return None, False
        now = clock.now(session)
        if accounts.paused(account, now) or post.state not in (State.APPROVED, State.PUBLISHING):
            return None, False
        if post.due_at is None:
            raise MismatchError("it is approved, and has no time to go out")
        if post.due_at > now:
            return None, False
        if session.scalar(select(models.Article.id).where(models.Article.id == post.article_id)) is None:
            raise MismatchError("its article is gone")
        if _embargoed(post, now):
            return None, False
        revision = post.revision
        if any(row.state not in (DeliveryState.PENDING, DeliveryState.SENT) for row in revision.deliveries):
            return None, False
        if _held(session, post, now) or _to_nothing(session, post, now) or _stood_still(session, post, terms, now):
            return None, False
        if post.state == State.APPROVED:
            if _too_late(session, post, now) or _said_before(session, post, account, terms, now) or _threads_off(session, post, platform, now):
                return None, False
            if _untouched(revision.deliveries) and not planning.may_go(session, post, terms.rules(account.name), now):
                return None, False
            if _too_dear(session, post, terms, now):
                return None, posts.can(post, Move.CLAIM) and post.due_at is not None and post.due_at <= now
            deliveries.ensure(session, revision, platform.deliveries(revision.content, images(session, revision), None))
            posts.move(session, post, Move.CLAIM, terms.owner, None, now)
        if revision.deliveries and all(row.state == DeliveryState.SENT for row in revision.deliveries):  # its state was changed by hand
            posts.move(session, post, Move.ALL_SENT, WORKER, None, now)
            return None, False
        return Claimed(revision.content, images(session, revision)), False


def _embargoed(post: models.Post, now: datetime) -> bool:
    """An embargo that came, or moved, after the approval is waited for; what is out in part goes on, and a correction of what is out."""
    end = embargo.stands(post.article, now)
    if end is None or post.state != State.APPROVED or post.kind is Kind.CORRECTION:
        return False
    post.expires_at = end + (post.expires_at - post.due_at) if post.expires_at and post.due_at else post.expires_at
    post.due_at = end
    return True


def stand_down(session: Session, post: models.Post, hold: Hold, now: datetime) -> None:
    """A post that was approved may not go out as it is: back into review, or, when part of it is out, it stops."""
    if post.state == State.PUBLISHING:
        if any(row.state == DeliveryState.SENT for row in post.revision.deliveries):
            posts.move(session, post, Move.INTERRUPTED, WORKER, f"{hold.code}: {hold.detail}", now)
        else:
            posts.move(session, post, Move.NOT_SENT, WORKER, None, now)
    posts.hold(session, post, hold, who=WORKER, now=now)


def images(session: Session, revision: models.Revision) -> dict[str, Image]:
    """The images that the content names, by SHA-256. Raises NoResultFound when one is gone."""
    return {digest: articles.picture(session, digest) for digest in posts.thumbs(revision.content)}


def _held(session: Session, post: models.Post, now: datetime) -> bool:
    """Only what was approved is sent: same bytes, and no hold that nobody let pass."""
    revision = post.revision
    held = posts.open_holds(post)
    if not post.approved_hash == revision.approval_hash == keys.approval_hash(revision.content):
        held = (NOT_APPROVED,)
    if not held:
        return False
    stand_down(session, post, held[0], now)
    return True


def _to_nothing(session: Session, post: models.Post, now: datetime) -> bool:
    """A reply goes out only under a message that is there, and will stay: whatever a person let pass."""
    to = post.revision.content.reply_to
    if to is None or any(row.state == DeliveryState.SENT for row in post.revision.deliveries):
        return False
    why = _missing(session.get(models.Post, to.post, populate_existing=True), post, {to.root.id, to.parent.id})
    if why is None:
        return False
    stand_down(session, post, Hold(code=HoldCode.REQUEST_MISMATCH, detail=f"it replies to post {to.post}, {why}"), now)
    return True


def _missing(other: models.Post | None, post: models.Post, ids: set[str]) -> str | None:
    """Why the messages of these ids, of `other`, can not be replied to by `post`; None when they can."""
    if other is None:
        return "which is not there"
    if other.unwind_at is not None or other.state == State.WITHDRAWN:
        return "which is taken down"
    if other.account_id != post.account_id or any(row.sender not in (None, post.account.remote_id) for row in other.revision.deliveries):
        return "which was sent as another account"
    there = {remote.id for row in other.revision.deliveries for remote in row.remote if not remote.deleted}
    return None if ids <= there else "of which a part is not there any more"


def _stood_still(session: Session, post: models.Post, terms: Terms, now: datetime) -> bool:
    """The rest of a thread that stood still for too long waits for a person: it would look torn."""
    sent = [row.ended_at for row in post.revision.deliveries if row.state == DeliveryState.SENT]
    if not sent or len(sent) == len(post.revision.deliveries):
        return False
    if not decide.interrupted([*sent, post.resumed_at], now, terms.thread_resume):
        return False
    posts.move(session, post, Move.INTERRUPTED, WORKER, f"it stood still for longer than BOT_THREAD_RESUME ({terms.thread_resume})", now)
    return True


def _too_late(session: Session, post: models.Post, now: datetime) -> bool:
    if not _untouched(post.revision.deliveries) or post.expires_at is None or post.expires_at > now:
        return False
    posts.move(session, post, Move.MISS, WORKER, f"its time ended {post.expires_at:%Y-%m-%d %H:%M} UTC", now)
    said.release(session, post)
    post.slot_at = None
    return True


def _said_before(session: Session, post: models.Post, account: models.Account, terms: Terms, now: datetime) -> bool:
    """Who approved it did not know yet what the account said before this database."""
    read_at, approved_at = account.said_read_at, post.approved_at
    if read_at is None or approved_at is None or approved_at > read_at + _UNAWARE or not _untouched(post.revision.deliveries):
        return False
    return posts.recheck(session, post, who=WORKER, now=now, ignore=terms.endings.get(account.name, ()))


def _threads_off(session: Session, post: models.Post, platform: Platform, now: datetime) -> bool:
    reason = posts.threads_off(post, allowed=platform.limits.threads)
    if reason is None:
        return False
    stand_down(session, post, reason, now)
    return True


def _too_dear(session: Session, post: models.Post, terms: Terms, now: datetime) -> bool:
    """Would it cost more than what is left? What is on its way counts as spent."""
    budget = terms.budget
    if budget is None or post.account.platform != budget.platform or posts.lets_pass(post, HoldCode.BUDGET):
        return False
    spending.one_at_a_time(session)
    price = spending.cost(post.revision.content, range(len(post.revision.content.segments)))
    gone = spending.spent(session, budget.since(now)).get(budget.platform, 0) + spending.committed(session, budget.platform)
    if price == 0 or gone + price <= budget.micros:
        return False
    why = f"it costs ${price / 1e6:.3f}, and ${gone / 1e6:.2f} of this month's budget of ${budget.micros / 1e6:.2f} are spent or promised"
    budget.exceeded(session, post, why, now)
    return True


def _untouched(rows: Sequence[models.Delivery]) -> bool:
    return all(row.state == DeliveryState.PENDING for row in rows)
