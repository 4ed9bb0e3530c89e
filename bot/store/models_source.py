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
    body: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 (hex) of what the feed said last, for servers that never answer 304; null while something of it is to be read."""
    ttl: Mapped[int | None]
    """Seconds between polls that the feed itself asks for; it need not say so again in a 304."""
    skips: Mapped[str | None]
    """Hours and days (UTC) in which it asks to be left alone, as words: `3 4 Saturday`."""
    every: Mapped[int | None]
    """Seconds between polls; null: as BOT_FEED_INTERVAL says."""
    next_poll_at: Mapped[datetime | None]
    baseline: Mapped[bool] = mapped_column(default=False)
    """The first fetch was done: what it held is known, not news."""
    backlog: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of the newest entries the first poll takes all the same."""
    added_as: Mapped[str | None]
    """The address it was added by, where that is another: `bot.toml` may name it by either."""
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
    __table_args__ = (
        UniqueConstraint("source_id", "link"), Index("ix_entry_guid", "source_id", "guid"), Index("ix_entry_kept_at", "source_id", "kept_at"),
        Index("ix_entry_about", "source_id", "about"),
    )
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
    kept_at: Mapped[datetime | None]
    """When the feed still had it, give or take `sources.COARSE`."""
    published_at: Mapped[datetime | None]
    """As the feed dates it."""
    news: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It came when the feed was known already, so that `seen_at` says when."""
    article_id: Mapped[int | None]
    """What it became."""
    about: Mapped[str | None] = mapped_column(String(32))
    """Its title and date, as a hash: how it is known again when the whole site moves."""
    moves: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its link became another one, up to `aliases.MOST`."""


class EntryAlias(Base):
    """A link (hash) that an entry had before; or one that several entries have at once, so that it names none of them."""

    __tablename__ = "entry_alias"
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    link: Mapped[str] = mapped_column(String(32), primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(index=True)
    """Null: several have it."""
    kept_at: Mapped[datetime]
    """When the feed still showed it, give or take `sources.COARSE`, where several have it."""


class ArticleSource(Base):
    """A feed that has brought an article: its address as a key (`links.url_key`). It stays when the source is removed."""

    __tablename__ = "article_source"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    feed: Mapped[str] = mapped_column(primary_key=True)
