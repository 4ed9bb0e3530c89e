"""Until when an article is under embargo: as a person said, or as its own publication date does. Pure but for the row it is asked about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from bot.values import Hold, HoldCode

TOLERANCE = timedelta(minutes=10)
"""Clocks differ: a date this far ahead of when the article was read is now."""
LONGEST = timedelta(days=90)
"""A date farther ahead is taken for a mistake, not waited for: the article would be lost without a word. What is written about it stays
on this machine, and a person has to let it pass."""


class Dated(Protocol):
    """What of an article its embargo follows from: a row, or one that is not stored yet."""

    @property
    def not_before(self) -> datetime | None:
        """As a person said; it counts before any date, one in the past too."""

    @property
    def published_at(self) -> datetime | None:
        """As the publisher says."""

    @property
    def created_at(self) -> datetime:
        """When it was read first."""

    @property
    def dates_ahead(self) -> bool:
        """Its feed's dates run ahead of the clock."""


class Read(NamedTuple):
    """An article that was read just now, or again."""

    not_before: datetime | None
    published_at: datetime | None
    created_at: datetime
    dates_ahead: bool = False


def until(article: Dated) -> datetime | None:
    """When its embargo ends, or ended; None when it has none."""
    if article.not_before is not None:
        return article.not_before
    ahead = _ahead(article)
    return article.published_at if TOLERANCE < ahead <= LONGEST else None


def stands(article: Dated, now: datetime) -> datetime | None:
    """When the embargo ends that stands now; None when none does."""
    end = until(article)
    return end if end is not None and end > now else None


def mistaken(article: Dated) -> Hold | None:
    """The hold of an article whose date is too far ahead to be waited for."""
    if article.not_before is not None or _ahead(article) <= LONGEST:
        return None
    assert article.published_at is not None
    told = f"its publication date, {article.published_at:%Y-%m-%d}, is over {LONGEST.days} days ahead: a mistake, or an embargo?"
    return Hold(code=HoldCode.EMBARGO, detail=f"{told} bot add … --not-before T says when it may be told")


def barred(article: Dated, now: datetime) -> str | None:
    """Why its text may not be sent to a language model, or None."""
    end = stands(article, now)
    if end is not None:
        return f"the article is under embargo until {end:%Y-%m-%d %H:%M} UTC, and its text stays on this machine until then."
    doubt = mistaken(article)
    return f"{doubt.detail}; until then its text stays on this machine." if doubt else None


def hold(article: Dated, now: datetime) -> Hold | None:
    """The hold that shows the embargo on a post while it stands. It is never stored: it goes by itself."""
    end = stands(article, now)
    return Hold(code=HoldCode.EMBARGO, detail=f"nothing goes out before {end:%Y-%m-%d %H:%M} UTC") if end is not None else None


def _ahead(article: Dated) -> timedelta:
    if article.published_at is None or article.dates_ahead:
        return timedelta()
    return article.published_at - article.created_at
