"""The table of accounts: what is known of each beside its configuration."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Account(Base):
    """One account on one platform; what is configured about it stands in the settings."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_served_at", "served_at", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    platform: Mapped[str]
    handle: Mapped[str | None]
    remote_id: Mapped[str | None]
    session: Mapped[str | None]
    """The platform's login, sealed with the account's own secret."""
    paused_until: Mapped[datetime | None]
    paused_reason: Mapped[str | None]
    """Paused while set; without `paused_until`, until a person unpauses."""
    threads_off: Mapped[str | None]
    """Why this account makes no threads any more; null while it does."""
    credentials: Mapped[str | None]
    """Fingerprint of the credentials that were last asked whose they are."""
    said_read_at: Mapped[datetime | None]
    """Since when it is known what the account said before this database; null until then, and nothing is published."""
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    served_at: Mapped[datetime] = mapped_column(default=NEVER, server_default="1970-01-01 00:00:00.000000")
    """When it had its last turn to publish: the one that waited longest is next."""
