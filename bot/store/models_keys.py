"""By which rules the keys in a database were made."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class KeyRules(Base):
    """The version of the program's rules, and the user's, by which all keys of one sort were last made; see `bot.store.keyed`."""

    __tablename__ = "key_rules"
    sort: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[str]
