"""By what texts that are alike are found, besides the words themselves: keys from `bot.text.bands`."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class Bands:
    """Columns of what is said: the sketch and the bands of its text, the account folded into each. Null: found by its very words only."""

    sketch: Mapped[int | None] = mapped_column(BigInteger)
    b0: Mapped[int | None] = mapped_column(Integer, index=True)
    b1: Mapped[int | None] = mapped_column(Integer, index=True)
    b2: Mapped[int | None] = mapped_column(Integer, index=True)
    b3: Mapped[int | None] = mapped_column(Integer, index=True)
    b4: Mapped[int | None] = mapped_column(Integer, index=True)
    b5: Mapped[int | None] = mapped_column(Integer, index=True)
    b6: Mapped[int | None] = mapped_column(Integer, index=True)


class ArticleLikeness(Base):
    """Some runs of words of each article, by their hashes."""

    __tablename__ = "article_likeness"
    __table_args__ = {"sqlite_with_rowid": False}
    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True, autoincrement=False, index=True)
