"""One account's turn: some of what is due on it, in order, under its lease."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import clock
from bot.errors import BotError, StoreError, Tell, told
from bot.platforms import Platform
from bot.publish.claim import claim
from bot.publish.deliver import deliver
from bot.publish.look import look
from bot.publish.odd import or_aside
from bot.publish.terms import UNREADABLE, Terms
from bot.publish.unwind import unwind
from bot.store import accounts, aside, deliveries, posts, turns
from bot.store.db import Store
from bot.store.states import State

TURN, TURN_SECONDS = 8, 20
"""So many posts, or seconds, of one account; then the others' turns come."""
_TRIES = 3
"""Tries of one post within one pass, where the waits between are short."""
_PUT_OFF = timedelta(hours=1)


@dataclass(frozen=True)
class Turn:
    """One account's turn, under its lease: look for what may be out, publish, take down; a few posts, then the others' turns come."""

    store: Store
    platform: Platform
    account_id: int
    terms: Terms
    tell: Tell
    only: Collection[int] | None
    done: dict[int, None]
    """Posts that the pass worked on, of all accounts."""
    published: set[int] = field(default_factory=set)
    """Posts of the account that the pass tried to publish; each is tried once."""
    left: set[int] = field(default_factory=set)
    """And to take down."""

    def run(self, strange: Collection[int]) -> bool:
        """False when nothing is left to do; True when that is not known. `strange`: posts to try though they are not due."""
        self.done.update(dict.fromkeys(_looked(self.store, self.platform, self.account_id, self.terms, self.tell)))
        if _waits(self.store, self.account_id):
            return False
        ends, before, first = clock.monotonic() + TURN_SECONDS, len(self.done), list(strange)
        for next_one, act in ((self._due, self._publish), (self._leaving, self._unwind)):
            while (post_id := first.pop(0) if first else next_one()) is not None:
                if self.terms.stopping():
                    return False
                if len(self.done) - before >= TURN or clock.monotonic() > ends:
                    return True
                act(post_id)
        return False

    def _due(self) -> int | None:
        """The post to publish next; asked anew for each, so that what has become urgent comes first."""
        return self._first(self.published, lambda session, now, most: (
            [] if deliveries.looking(session, self.account_id)
            else turns.due(session, self.account_id, now, most, only=self.only, unread=self.terms.unread)
        ))

    def _leaving(self) -> int | None:
        return self._first(self.left, lambda session, now, most: turns.leaving(session, self.account_id, now, most, only=self.only))

    def _first(self, tried: Collection[int], found: Callable[[Session, datetime, int], list[int]]) -> int | None:
        """The first that was not tried yet: those that were, and are due still, stand before it."""
        most = 1
        while True:
            with self.store.read() as session:
                ids = found(session, clock.now(session), most)
            new = next((one for one in ids if one not in tried), None)
            if new is not None or len(ids) < most:
                return new
            most *= 2

    def _publish(self, post_id: int) -> None:
        self.published.add(post_id)
        with told(self.tell, f"post {post_id}", passing=()):
            try:
                if _publish(self.store, self.platform, self.account_id, post_id, self.terms):
                    self.done[post_id] = None
            except BotError:
                raise
            except Exception:  # not to be met again at every pass
                with self.store.write() as session:
                    deliveries.put_off(session, post_id, clock.now(session) + _PUT_OFF)
                raise

    def _unwind(self, post_id: int) -> None:
        self.left.add(post_id)
        with told(self.tell, "", passing=()):
            try:
                if unwind(self.store, self.platform, self.account_id, post_id, self.terms):
                    self.done[post_id] = None
            except UNREADABLE as error:
                reason = f"what is stored of it can not be read ({type(error).__name__})"
                with self.store.write() as session:
                    aside.leave_up(session, post_id, reason, clock.now(session))
                raise StoreError(f"post {post_id}: {reason}: it is not taken down. `bot db check` says where.") from error


def _looked(store: Store, platform: Platform, account_id: int, terms: Terms, tell: Tell) -> list[int]:
    """Look for all that may be out and is due to be looked for; returns the posts."""
    with store.read() as session:
        unknown = deliveries.looking(session, account_id)
    done = []
    for delivery_id, post_id in unknown:
        with told(tell, f"post {post_id}", passing=()), or_aside(store, post_id):
            if not look(store, platform, account_id, delivery_id, terms):
                done.append(post_id)
    return done


def _waits(store: Store, account_id: int) -> bool:
    with store.read() as session:
        return bool(deliveries.looking(session, account_id))


def _publish(store: Store, platform: Platform, account_id: int, post_id: int, terms: Terms) -> bool:
    """Send what is left of one post. False when it was not (or no longer) there to be sent.

    What was proven not sent is tried again here when the wait is short: claimed anew, so that lease, pause and approval are
    checked again each time.
    """
    from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

    tried = []

    def attempt() -> float | None:
        """Seconds until it may be tried again; None when there is nothing more to try."""
        with or_aside(store, post_id):
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
