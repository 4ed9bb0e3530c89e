"""The publish stage: each approved post goes out once. The order of steps is what makes that true.

    know       whose account it is, and what it said before this database: once, before its first post
    take over  what a dead sender left is unknown: it may be out
    look       unknown is looked for, never sent again blindly; the account waits until that is over
    claim      under the account's lease: approved, due, unchanged since approval → publishing, deliveries written
    upload     images, before anything is promised
    intend     one transaction: lease still ours, exact request stored, `sending`. Commit. Only then the socket opens
    send       once, by the adapter, which never retries
    conclude   one transaction: the outcome, and the move it calls for. Whatever is not a clear answer is `unknown`
    unwind     what a person wants taken down, newest message first

Only what is proven not sent is tried again; a short wait is sat out here, a longer one is written down (`due_at`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from bot import clock
from bot.deadline import Left
from bot.errors import BotError, StateError, StoreError, Tell, told
from bot.platforms import Platform
from bot.publish.claim import claim
from bot.publish.deliver import deliver
from bot.publish.known import known
from bot.publish.leaving import leavable
from bot.publish.look import look, take_over
from bot.publish.terms import UNREADABLE, Budget, MismatchError, Terms, never
from bot.publish.unwind import unwind
from bot.store import accounts, aside, deliveries, earlier, leases, models, posts
from bot.store.db import Store
from bot.store.states import State
from bot.values import HoldCode

__all__ = ["Budget", "Terms", "prepare", "publish_due"]

_TRIES = 3
"""Tries of one post within one pass, where the waits between are short."""
_PUT_OFF = timedelta(hours=1)


def publish_due(
    store: Store, platforms: Mapping[str, Platform], terms: Terms, tell: Tell, only: Collection[int] | None = None
) -> list[int]:
    """Publish all that is approved and due (or of that only some posts), account by account, and take down what is to be.

    Returns the ids of the posts it worked on; `tell` is told of each account or post that could not be served. Accounts
    without a platform here (preview-only, or gone from the configuration) and paused ones keep their posts as they are.
    """
    done: list[int] = []
    terms = replace(terms, tell=tell)
    with store.read() as session:
        now = clock.now(session)
        waiting, leaving = deliveries.due(session, now, only), deliveries.unwinding(session, now, only)
        for account_id, ids in aside.strange_posts(session, only).items():
            waiting[account_id] = [*ids, *waiting.get(account_id, ())]
        names = accounts.names(session, {**waiting, **leaving})
    for account_id, name in names.items():
        platform = platforms.get(name) if name is not None else None
        if name is None:
            _without_account(store, waiting.get(account_id, ()), tell)
        if platform is None or name is None or terms.stopping() or not _readable(store, account_id, name, tell):
            continue
        platform = _leavable(platform, terms)
        with leases.held(store, models.Account, account_id, terms.owner, terms.lease_seconds) as ours, told(tell, name, passing=()):
            if not ours:
                _taken(store, account_id, name)
            elif _ready(store, account_id, platform, terms, tell):
                done += _looked(store, platform, account_id, terms, tell)
                if not _waits(store, account_id):
                    done += _publish_all(store, platform, account_id, waiting.get(account_id, ()), terms, tell)
                    done += _unwind_all(store, platform, account_id, leaving.get(account_id, ()), terms, tell)
    return list(dict.fromkeys(done))


def prepare(store: Store, platforms: Mapping[str, Platform], terms: Terms, tell: Tell) -> None:
    """Have what each of these accounts said before this database read now, if it was not, so that review can show what repeats it.

    `tell` is told of each account that does not answer; publishing asks again before its first post.
    """
    terms = replace(terms, tell=tell)
    with store.read() as session:
        unread = earlier.unread(session, platforms, clock.now(session))
    for account_id, name in unread.items():
        if not terms.stopping() and _readable(store, account_id, name, tell):
            with leases.held(store, models.Account, account_id, terms.owner, terms.lease_seconds) as ours, told(tell, name, passing=()):
                if ours:
                    _ready(store, account_id, _leavable(platforms[name], terms), terms, tell)


def _leavable(platform: Platform, terms: Terms) -> Platform:
    return platform if terms.stopping is never else leavable(platform, terms.stopping)


def _readable(store: Store, account_id: int, name: str, tell: Tell) -> bool:
    """An account that somebody changed by hand is paused: until when, or whose it is, is not known any more."""
    try:
        with store.read() as session:
            session.get_one(models.Account, account_id)
    except UNREADABLE as error:
        reason = f"what is stored of the account can not be read ({type(error).__name__})"
        with store.write() as session:
            aside.account(session, account_id, reason)
        tell(name, StoreError(f"{reason}: it is paused. `bot db check` says where; then `bot unpause {name}`."))
        return False
    return True


def _without_account(store: Store, ids: Collection[int], tell: Tell) -> None:
    for post_id in ids:
        with told(tell, f"post {post_id}", passing=()):
            raise _set_aside(store, post_id, MismatchError("its account is not there"), HoldCode.ACCOUNT)


def _taken(store: Store, account_id: int, name: str) -> None:
    """Another worker's, for now. Raises StateError when no worker can have taken it for so long."""
    with store.read() as session:
        account = session.get_one(models.Account, account_id)
        if leases.stranded(account, clock.now(session)):
            until = f"{account.lease_until:%Y-%m-%d %H:%M} UTC"
            raise StateError(
                f"it is taken by {account.lease_owner} until {until}; was the clock set back? If no worker is at it: bot unpause {name}"
            )


def _ready(store: Store, account_id: int, platform: Platform, terms: Terms, tell: Tell) -> bool:
    """Take over what a dead sender left; then: may this account publish now, and whose is it?"""
    with store.read() as session:
        orphans = deliveries.orphans(session, account_id)
    for delivery_id, post_id in orphans:
        with told(tell, f"post {post_id}", passing=StoreError), _or_aside(store, post_id):
            take_over(store, platform, account_id, delivery_id, terms)
    with store.read() as session:
        account = session.get_one(models.Account, account_id)
        if accounts.paused(account, clock.now(session)):
            return False
    try:
        return known(store, account_id, platform, terms)
    except Left:
        return False


def _looked(store: Store, platform: Platform, account_id: int, terms: Terms, tell: Tell) -> list[int]:
    """Look for all that may be out and is due to be looked for; returns the posts."""
    with store.read() as session:
        unknown = deliveries.looking(session, account_id)
    done = []
    for delivery_id, post_id in unknown:
        with told(tell, f"post {post_id}", passing=()), _or_aside(store, post_id):
            if not look(store, platform, account_id, delivery_id, terms):
                done.append(post_id)
    return done


def _waits(store: Store, account_id: int) -> bool:
    with store.read() as session:
        return bool(deliveries.looking(session, account_id))


def _publish_all(
    store: Store, platform: Platform, account_id: int, ids: Collection[int], terms: Terms, tell: Tell
) -> list[int]:
    done: list[int] = []
    for post_id in ids:
        if terms.stopping() or _waits(store, account_id):
            break
        with told(tell, f"post {post_id}", passing=()):
            try:
                if _publish(store, platform, account_id, post_id, terms):
                    done.append(post_id)
            except BotError:
                raise
            except Exception:  # not to be met again at every pass
                with store.write() as session:
                    deliveries.put_off(session, post_id, clock.now(session) + _PUT_OFF)
                raise
    return done


def _publish(store: Store, platform: Platform, account_id: int, post_id: int, terms: Terms) -> bool:
    """Send what is left of one post. False when it was not (or no longer) there to be sent.

    What was proven not sent is tried again here when the wait is short: claimed anew, so that lease, pause and approval are
    checked again each time.
    """
    from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

    tried = []

    def attempt() -> float | None:
        """Seconds until it may be tried again; None when there is nothing more to try."""
        with _or_aside(store, post_id):
            claimed = claim(store, platform, account_id, post_id, terms)
            if claimed is None:
                return None
            tried.append(post_id)
            deliver(store, platform, account_id, post_id, claimed, terms)
        return _wait(store, post_id)

    def pause(state: RetryCallState) -> float:
        assert state.outcome is not None
        return float(state.outcome.result() or 0)

    Retrying(
        retry=retry_if_result(lambda wait: wait is not None and wait <= terms.short and not terms.stopping()),
        stop=stop_after_attempt(_TRIES), wait=pause, sleep=terms.sleep, retry_error_callback=lambda state: None,
    )(attempt)
    return bool(tried)


def _wait(store: Store, post_id: int) -> float | None:
    """Seconds until the post is due again, when it is one that may go on by itself and nothing of it is being looked for."""
    with store.read() as session:
        post = posts.get(session, post_id)
        if post.state not in (State.APPROVED, State.PUBLISHING) or post.due_at is None:
            return None
        if any(row.look_at for row in post.revision.deliveries) or accounts.paused(post.account, clock.now(session)):
            return None
        return max((post.due_at - clock.now(session)).total_seconds(), 0.0)


def _unwind_all(
    store: Store, platform: Platform, account_id: int, ids: Collection[int], terms: Terms, tell: Tell
) -> list[int]:
    done: list[int] = []
    for post_id in ids:
        with told(tell, "", passing=()):
            try:
                if unwind(store, platform, account_id, post_id, terms):
                    done.append(post_id)
            except UNREADABLE as error:
                reason = f"what is stored of it can not be read ({type(error).__name__})"
                with store.write() as session:
                    aside.leave_up(session, post_id, reason, clock.now(session))
                raise StoreError(f"post {post_id}: {reason}: it is not taken down. `bot db check` says where.") from error
    return done


@contextmanager
def _or_aside(store: Store, post_id: int) -> Iterator[None]:
    """A post that can not be read is held with the reason, never sent, never deleted; and not met again at every pass."""
    try:
        yield
    except UNREADABLE as error:
        raise _set_aside(store, post_id, error) from error


def _set_aside(store: Store, post_id: int, error: Exception, code: HoldCode = HoldCode.REQUEST_MISMATCH) -> StoreError:
    """Returns what is to be told."""
    name, ours = type(error).__name__, isinstance(error, MismatchError)
    why = str(error) if ours else f"what is stored of it can not be read ({name})"
    with store.write() as session:
        aside.post(session, post_id, why, clock.now(session), code)
    if ours:
        return StoreError(f"{why}. It is held and not sent; bot show {post_id} says more.")
    return StoreError(f"{name}: what is stored of it can not be read, so it is held and not sent. `bot db check` says where.")
