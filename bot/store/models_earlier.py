"""What an account said before this database knew of it, as its platform showed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Earlier(Base):
    """A post of the account that this database did not send; a row of `said` without a post claims its words."""

    __tablename__ = "earlier"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    said_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str]
    """As posts are compared: its segments' texts, without their numbering."""
    sketch: Mapped[int | None] = mapped_column(BigInteger)
    """As in `said`: tells likely ones from others before any text is read."""
    url: Mapped[str]
    at: Mapped[datetime]
