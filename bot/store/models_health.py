"""The tables of what runs and whom it told: a row for each worker, and one for each matter that a person is told of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Worker(Base):
    """A process that makes passes; kept for some days after its end."""

    __tablename__ = "worker"
    owner: Mapped[str] = mapped_column(primary_key=True)
    """Its name on leases."""
    host: Mapped[str]
    pid: Mapped[int]
    version: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    """When it last said that it is there."""
    moved_at: Mapped[datetime | None]
    """When the pass that it is in last got on; null between passes."""
    stopped_at: Mapped[datetime | None]
    """When it ended as it was told; null while it runs, and when it died."""
    passes: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    """Passes that did not come to their end, or in which the database refused."""
    pass_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    """Milliseconds that all its passes took."""
    last_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    """The same of the last one."""


class Notice(Base):
    """A matter that needs a person, on one way of telling it. The constraint is what two workers can not race past."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("channel", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(120))
    """Which matter: `uncertain:12`."""
    at: Mapped[datetime]
    """Since when it stands."""
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was over; the row is forgotten some time later."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    try_at: Mapped[datetime | None]
    """Not before then: the last sending failed, or somebody is at it."""
