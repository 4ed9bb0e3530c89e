"""Taking a post down again, newest message first; each deletion is written down, so that anyone can go on with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import clock
from bot.errors import StateError
from bot.platforms import Platform
from bot.publish import decide
from bot.publish.look import ask, seek
from bot.publish.outcome import paid
from bot.publish.stored import check
from bot.publish.terms import WORKER, MismatchError, Terms
from bot.store import accounts, deliveries, leases, models, posts, said
from bot.store.db import Store
from bot.store.states import DeliveryState, Move, State
from bot.values import Outcome, OutcomeKind, Remote


def unwind(store: Store, platform: Platform, account_id: int, post_id: int, terms: Terms) -> bool:
    """Delete what is left of the post, if it is to be taken down and due. False when it is not.

    Raises StateError when the platform will not, or when it can not be told whether part of it is out: the taking down ends
    there, and a person must say more.
    """
    worked = False
    while True:
        with store.write() as session:
            account = session.get_one(models.Account, account_id)
            if not leases.renew(session, account, terms.owner, terms.lease_seconds):
                return worked
            post = posts.get(session, post_id, lock=True)
            now = clock.now(session)
            if post.unwind_at is None or post.unwind_at > now or accounts.paused(account, now) or (worked and terms.stopping()):
                return worked
            unknown = next((row for row in post.revision.deliveries if row.state == DeliveryState.UNKNOWN), None)
            sought = refusal = None
            if unknown is not None:
                try:
                    check(session, platform, unknown)
                    sought = seek(session, unknown)
                except MismatchError as error:
                    refusal = _ended(session, post, _untold(unknown, str(error)), now)
            target = _newest(post)
            if unknown is None and target is None:
                posts.move(session, post, Move.UNWIND, WORKER, "all of it is deleted", now)
                said.release(session, post)
                post.unwind_at = None
                return True
        worked = True
        if sought is not None:
            refusal = _looked(store, platform, post_id, ask(platform, sought))
        elif refusal is None:
            assert target is not None
            refusal = _deleted(store, post_id, target, platform.delete(target))
        if refusal is not None:
            raise StateError(refusal)


def _untold(row: models.Delivery, why: str) -> str:
    return f"it can not be told whether segment {row.position + 1} is out: {why}"


def _newest(post: models.Post) -> Remote | None:
    """The message to delete next: the last that is still there."""
    there = [remote for row in post.revision.deliveries for remote in row.remote if not remote.deleted]
    return there[-1] if there else None


def _looked(store: Store, platform: Platform, post_id: int, found: Outcome) -> str | None:
    """Whether the unknown part is out must be known before it can be taken down; a refusal to tell ends the taking down.

    Not there is believed when it is time for the last look only: until then it may not show yet.
    """
    with store.write() as session:
        post = posts.get(session, post_id, lock=True)
        now = clock.now(session)
        paid(session, post.account, found, now)
        row = next((row for row in post.revision.deliveries if row.state == DeliveryState.UNKNOWN), None)
        if row is None:
            return None
        number = row.position + 1
        if found.kind is OutcomeKind.SENT:
            deliveries.adopt(session, row, found.remote, now)
            posts.note(session, post, WORKER, f"delivery {number} found", None, now)
        elif found.kind is OutcomeKind.NOT_SENT and (
            then := decide.believed_at(platform.looks, row.ended_at or now, repeatable=platform.repeatable)
        ) > now:
            post.unwind_at = then
        elif found.kind is OutcomeKind.NOT_SENT:
            deliveries.send_again(row, resend=False)
            posts.note(session, post, WORKER, f"looked for delivery {number}: it is not there", None, now)
        elif found.kind is OutcomeKind.UNKNOWN:
            _later(post, found, now)
        else:
            return _ended(session, post, _untold(row, found.detail), now)
        return None


def _deleted(store: Store, post_id: int, target: Remote, outcome: Outcome) -> str | None:
    with store.write() as session:
        post = posts.get(session, post_id, lock=True)
        now = clock.now(session)
        paid(session, post.account, outcome, now, "delete")
        if outcome.kind is OutcomeKind.SENT:
            for row in post.revision.deliveries:
                row.remote = tuple(
                    one.model_copy(update={"deleted": True}) if one.id == target.id else one for one in row.remote
                )
            posts.note(session, post, WORKER, "deleted", target.id, now)
        elif outcome.kind is OutcomeKind.REFUSED:
            return _ended(session, post, f"it can not be taken down: {outcome.detail}", now)
        else:
            posts.note(session, post, WORKER, "not deleted yet", outcome.detail, now)
            _later(post, outcome, now)
        return None


def _later(post: models.Post, outcome: Outcome, now: datetime) -> None:
    post.attempts += 1
    post.unwind_at = decide.again_at(outcome, post.attempts, now)


def _ended(session: Session, post: models.Post, why: str, now: datetime) -> str:
    post.unwind_at = None
    posts.note(session, post, WORKER, "unwind ended", why, now)
    states = [row.state for row in post.revision.deliveries]
    if post.state == State.UNCERTAIN and DeliveryState.UNKNOWN not in states:  # it was found while it was to be taken down
        if deliveries.settle(states) is Move.ALL_SENT:
            posts.move(session, post, Move.RESOLVED_ALL_SENT, WORKER, "found", now)
        else:
            posts.move(session, post, Move.RESOLVED_PART, WORKER, "found", now)
            posts.move(session, post, Move.INTERRUPTED, WORKER, why, now)
    return f"post {post.id}: {why}. bot show {post.id} says what can be done."
