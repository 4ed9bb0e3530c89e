"""Rows that can not be worked on, mostly because somebody changed them by hand: set aside, and told of once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from bot import clock
from bot.errors import StateError, StoreError, Tell, told
from bot.publish.terms import UNREADABLE, MismatchError
from bot.store import aside, leases, models, turns
from bot.store.db import Store
from bot.values import HoldCode


def readable(store: Store, account_id: int, name: str, tell: Tell) -> bool:
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


def stranded(store: Store, account_id: int, only: Collection[int] | None = None) -> None:
    """Raises StateError when it has work to do and is another worker's for longer than any worker can have taken it."""
    with store.read() as session:
        account, now = session.get_one(models.Account, account_id), clock.now(session)
        works = turns.due(session, account_id, now, 1, only=only) or turns.leaving(session, account_id, now, 1, only=only)
        if works and leases.stranded(account, now):
            until = f"{account.lease_until:%Y-%m-%d %H:%M} UTC"
            raise StateError(
                f"it is taken by {account.lease_owner} until {until}; was the clock set back? If no worker is at it: bot unpause {account.name}"
            )


def without_account(store: Store, ids: Collection[int], tell: Tell) -> None:
    for post_id in ids:
        with told(tell, f"post {post_id}", passing=()):
            raise set_aside(store, post_id, MismatchError("its account is not there"), HoldCode.ACCOUNT)


@contextmanager
def or_aside(store: Store, post_id: int) -> Iterator[None]:
    """A post that can not be read is held with the reason, never sent, never deleted; and not met again at every pass."""
    try:
        yield
    except UNREADABLE as error:
        raise set_aside(store, post_id, error) from error


def set_aside(store: Store, post_id: int, error: Exception, code: HoldCode = HoldCode.REQUEST_MISMATCH) -> StoreError:
    """Returns what is to be told."""
    name, ours = type(error).__name__, isinstance(error, MismatchError)
    why = str(error) if ours else f"what is stored of it can not be read ({name})"
    with store.write() as session:
        aside.post(session, post_id, why, clock.now(session), code)
    if ours:
        return StoreError(f"{why}. It is held and not sent; bot show {post_id} says more.")
    return StoreError(f"{name}: what is stored of it can not be read, so it is held and not sent. `bot db check` says where.")
