"""The tables of what is polled: sources, and the entries that each has shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Source(Base):
    """A feed that is polled."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    url_rules: Mapped[str | None]
    """The user's rules for addresses by which its entries are known (`values.UrlRules` as JSON); null: none."""
    every: Mapped[int | None]
    """Seconds between polls; null: as BOT_FEED_INTERVAL says."""
    next_poll_at: Mapped[datetime | None]
    baseline: Mapped[bool] = mapped_column(default=False)
    """The first fetch was done: what it held is known, not news."""
    backlog: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of the newest entries the first poll takes all the same."""
    added_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Polls in a row that brought nothing readable."""
    last_error: Mapped[str | None]
    off: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Polled no more, for the reason in `last_error`, until it is added again."""
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class Entry(Base):
    """An entry that a source has shown: never news again, whatever date or GUID it comes with."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("source_id", "link"), Index("ix_entry_guid", "source_id", "guid"))
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    link: Mapped[str | None] = mapped_column(String(32))
    """The link it had when last seen, and its GUID: as hashes, see `bot.sources.entries`."""
    guid: Mapped[str | None] = mapped_column(String(32))
    tries: Mapped[int] = mapped_column(default=0)
    """How often its page could not be read."""
    try_at: Mapped[datetime | None]
    """Its page is tried again then; null once it is settled."""
    seen_at: Mapped[datetime]
    """First."""
