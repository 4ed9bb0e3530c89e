"""Leases: who may work on an account, article or source, and until when. Columns of the row itself.

Every function locks the lease row, then reads the clock, then decides. In one statement, or with the clock read first, a wait
for the lock would decide on a time that is past. The work that is due is selected after the claim, by a statement of its own.
All of them belong in a unit opened with `Store.write`; what they say is true until that unit ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import clock
from bot.store.db import Store
from bot.store.models import Account, Article, Source

Leased = Account | Article | Source
"""Rows that are worked on by one worker at a time: publishing leases the account, drafting the article, polling the source."""

LONGEST = timedelta(hours=1)
"""No lease is this long: one that ends later is from before the clock was set back. Whether anybody still works under it only a
person can tell."""


def stranded(row: Leased, now: datetime) -> bool:
    """Does its lease come from before the clock was set back? It does not end in any time that one would wait."""
    return row.lease_until is not None and row.lease_until > now + LONGEST


def claim(session: Session, table: type[Leased], row_id: int, owner: str, seconds: float) -> bool:
    """Take the lease of a row for so many seconds. False when another has it, is just taking it, or the row is gone.

    An owner's own lease that still runs is refused too: two threads under one name are two workers. Extend it with `renew`.
    """
    found = _locked(session, table, row_id, skip=True)
    if found is None:
        return False
    _, until = found
    now = clock.now(session)
    if until is not None and until > now:
        return False
    _set(session, table, row_id, owner, now + timedelta(seconds=seconds))
    return True


def renew(session: Session, row: Leased, owner: str, seconds: float) -> bool:
    """Extend a lease that still runs to so many seconds from now. False when it is lost or expired: it is never revived."""
    if not holds(session, row, owner):
        return False
    _set(session, type(row), row.id, owner, clock.now(session) + timedelta(seconds=seconds))
    return True


def release(session: Session, row: Leased, owner: str) -> bool:
    """Give a lease back, expired or not. False when it is another's by now: that one is left alone."""
    return _release(session, type(row), row.id, owner)


def _release(session: Session, table: type[Leased], row_id: int, owner: str) -> bool:
    found = _locked(session, table, row_id)
    if found is None or found[0] != owner:
        return False
    _set(session, table, row_id, None, None)
    return True


def holds(session: Session, row: Leased, owner: str) -> bool:
    """The fence: whether the lease is still this owner's. In the unit that commits an intent, before anything else.

    The row stays locked until the unit ends, so nobody takes the lease in between; reads the table, not what `row` remembers.
    """
    found = _locked(session, type(row), row.id)
    if found is None:
        return False
    holder, until = found
    return holder == owner and until is not None and until > clock.now(session)


@contextmanager
def held(store: Store, table: type[Leased], row_id: int, owner: str, seconds: float) -> Iterator[bool]:
    """Hold the lease of a row for as long as the block runs; yields False when it could not be had."""
    with store.write() as session:
        got = claim(session, table, row_id, owner, seconds)
    with given_back(store, table, row_id, owner) if got else nullcontext():
        yield got


@contextmanager
def given_back(store: Store, table: type[Leased], row_id: int, owner: str) -> Iterator[None]:
    """Give a lease back that was claimed before, when the block ends."""
    try:
        yield
    finally:
        with store.write() as session:
            _release(session, table, row_id, owner)


def _locked(session: Session, table: type[Leased], row_id: int, *, skip: bool = False) -> tuple[str | None, datetime | None] | None:
    """The lease columns, their row locked (on SQLite the unit itself is the lock); None when gone, or locked and `skip`.

    Not against rows that refer to it: whoever approves a post of the account must neither wait for this unit nor be in its way.
    """
    statement = select(table.lease_owner, table.lease_until).where(table.id == row_id).with_for_update(skip_locked=skip, key_share=True)
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1])


def _set(session: Session, table: type[Leased], row_id: int, owner: str | None, until: datetime | None) -> None:
    session.execute(update(table).where(table.id == row_id).values(lease_owner=owner, lease_until=until))
