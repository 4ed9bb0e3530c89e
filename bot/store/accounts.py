"""Accounts in the store: what is remembered about each beyond its settings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.errors import UsageError
from bot.store import models
from bot.values import Identity


def ensure(session: Session, *, name: str, platform: str, handle: str | None) -> models.Account:
    """The account's row, made when it is new. A changed handle or platform forgets the remote id and login."""
    row = session.scalar(select(models.Account).where(models.Account.name == name))
    if row is None:
        try:
            with session.begin_nested():
                row = models.Account(name=name, platform=platform, handle=handle)
                session.add(row)
        except IntegrityError:  # another worker's first start was quicker
            row = get(session, name)
    elif row.platform != platform or (handle is not None and row.handle != handle):
        row.platform, row.handle, row.remote_id, row.session = platform, handle, None, None
    session.flush()
    return row


def get(session: Session, name: str) -> models.Account:
    """The account of this name. Raises UsageError when there is none."""
    row = session.scalar(select(models.Account).where(models.Account.name == name))
    if row is None:
        raise UsageError(f"there is no account {name}. `bot accounts` lists them.")
    return row


def identify(row: models.Account, who: Identity) -> None:
    """Remember whose account it is."""
    row.remote_id, row.handle = who.remote_id, row.handle or who.handle


def paused(row: models.Account, now: datetime) -> bool:
    """Is it paused now? Without an end it stays so until a person unpauses."""
    return row.paused_reason is not None and (row.paused_until is None or row.paused_until > now)


def pause(row: models.Account, reason: str, until: datetime | None) -> None:
    """Nothing goes out on this account until then (None: until a person unpauses); its posts keep their states."""
    row.paused_reason, row.paused_until = reason, until


def unpause(row: models.Account) -> None:
    """Let it publish again."""
    row.paused_reason = row.paused_until = None
