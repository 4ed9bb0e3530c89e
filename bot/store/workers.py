"""Workers in the store: that they are there, and how their passes went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.store import models
from bot.store.leases import LONGEST

KEPT = timedelta(days=7)
"""So long after its last beat a worker is remembered."""
_LEASED = (models.Account, models.Article, models.Source)


@dataclass(frozen=True)
class Stats:
    """What a worker says of its passes."""

    passes: int = 0
    failed: int = 0
    pass_ms: int = 0
    last_ms: int = 0


def begin(session: Session, *, owner: str, host: str, pid: int, version: str, now: datetime) -> None:
    """A worker starts; those that were silent for days are forgotten."""
    session.execute(delete(models.Worker).where(models.Worker.beat_at < now - KEPT))
    session.add(models.Worker(owner=owner, host=host, pid=pid, version=version, started_at=now, beat_at=now))


def beat(session: Session, owner: str, now: datetime, stats: Stats, moved_at: datetime | None, *, stopped: bool = False) -> bool:
    """It is there. `moved_at`: when the pass it is in last got on; `stopped`: it ends now, as it was told. False when no row knows it."""
    values = {"beat_at": now, "moved_at": moved_at, "stopped_at": now if stopped else None, **vars(stats)}
    return session.scalar(update(models.Worker).where(models.Worker.owner == owner).values(values).returning(models.Worker.owner)) is not None


def listed(session: Session) -> Sequence[models.Worker]:
    """All that are remembered, the latest beat first."""
    return session.scalars(select(models.Worker).order_by(models.Worker.beat_at.desc(), models.Worker.owner)).all()


@dataclass(frozen=True)
class Stale:
    """A lease that ended long ago and that nobody gave back: its worker died."""

    what: str
    """`account`, `article` or `source`."""
    row: int
    owner: str
    until: datetime


def stale_leases(session: Session, now: datetime, patience: timedelta, most: int = 20) -> list[Stale]:
    """Leases that ended longer ago than `patience`, or that end in no time that one would wait (the clock was set back)."""
    found = []
    for table in _LEASED:
        for wrong in (table.lease_until < now - patience, table.lease_until > now + LONGEST):
            query = select(table.id, table.lease_owner, table.lease_until).where(wrong).order_by(table.lease_until).limit(most)
            found += [Stale(table.__tablename__, row, owner or "?", until) for row, owner, until in session.execute(query) if until is not None]
    return found


def tidy_leases(session: Session, now: datetime, age: timedelta) -> int:
    """Take back leases that ended longer ago than that; returns how many. An expired lease is worth nothing to anybody: this only tells so."""
    taken = 0
    for table in _LEASED:
        ids = session.scalars(select(table.id).where(table.lease_until < now - age).limit(1000)).all()
        for row_id in ids:
            still = (table.id == row_id, table.lease_until < now - age)
            session.execute(update(table).where(*still).values(lease_owner=None, lease_until=None).execution_options(synchronize_session=False))
            taken += 1
    return taken
