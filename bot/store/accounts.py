"""Accounts in the store: what is remembered about each beyond its settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import clock
from bot.errors import UsageError
from bot.store import aside, models
from bot.values import HoldCode, Identity


@dataclass(frozen=True)
class Known:
    """What is remembered about an account that its settings say as well, and its login (sealed)."""

    platform: str
    handle: str | None
    session: str | None


def known(session: Session) -> dict[str, Known]:
    """All accounts by name. Reads only what it returns: a row that somebody changed by hand stops no other account."""
    row = models.Account
    found = session.execute(select(row.name, row.platform, row.handle, row.session))
    return {name: Known(platform, handle, login) for name, platform, handle, login in found}


def fits(known: Known | None, platform: str, handle: str | None) -> bool:
    """Is the row as `ensure` would make it?"""
    return known is not None and known.platform == platform and handle in (None, known.handle)


def ensure(session: Session, *, name: str, platform: str, handle: str | None) -> models.Account:
    """The account's row, made when it is new. A changed handle or platform forgets the remote id and login.

    Posts that were made for another platform are held: their text, lengths and requests are not for this one.
    """
    row = session.scalar(select(models.Account).where(models.Account.name == name))
    if row is None:
        try:
            with session.begin_nested():
                row = models.Account(name=name, platform=platform, handle=handle)
                session.add(row)
        except IntegrityError:  # another worker's first start was quicker
            row = get(session, name)
    elif not fits(Known(row.platform, row.handle, row.session), platform, handle):
        if row.platform != platform:
            why = f"it was made for {row.platform}, and account {name} is on {platform} now: draft it again"
            aside.posts_of(session, row.id, why, clock.now(session), HoldCode.ACCOUNT)
        row.platform, row.handle, row.remote_id, row.session, row.credentials, row.said_read_at = platform, handle, None, None, None, None
    session.flush()
    return row


def get(session: Session, name: str) -> models.Account:
    """The account of this name. Raises UsageError when there is none."""
    row = session.scalar(select(models.Account).where(models.Account.name == name))
    if row is None:
        raise UsageError(f"there is no account {name}. `bot accounts` lists them.")
    return row


def names(session: Session, ids: Iterable[int]) -> dict[int, str | None]:
    """The names of these accounts, without reading the rest of them; None for one that is gone."""
    named = select(models.Account.name)
    return {account: session.scalar(named.where(models.Account.id == account)) for account in ids}


def identify(row: models.Account, who: Identity, fingerprint: str) -> None:
    """Remember whose account it is, and which credentials said so."""
    row.remote_id, row.handle, row.credentials = who.remote_id, row.handle or who.handle, fingerprint


def without_threads(session: Session) -> set[str]:
    """Names of the accounts whose platform does not let them make threads."""
    return set(session.scalars(select(models.Account.name).where(models.Account.threads_off.is_not(None))))


def pausing(session: Session) -> list[str]:
    """Names of the accounts that were paused, though perhaps no longer; nothing else of them is read."""
    return list(session.scalars(select(models.Account.name).where(models.Account.paused_reason.is_not(None))))


def paused(row: models.Account, now: datetime) -> bool:
    """Is it paused now? Without an end it stays so until a person unpauses."""
    return row.paused_reason is not None and (row.paused_until is None or row.paused_until > now)


def pause(row: models.Account, reason: str, until: datetime | None, now: datetime) -> None:
    """Nothing goes out on this account until then (None: until a person unpauses); its posts keep their states.

    A pause is never shortened by one that ends sooner, nor one that a person must end by one that ends by itself.
    """
    if paused(row, now) and until is not None and (row.paused_until is None or row.paused_until > until):
        return
    row.paused_reason, row.paused_until = reason, until


def unpause(row: models.Account) -> None:
    """Let it publish again."""
    row.paused_reason = row.paused_until = None
