"""Dates as sources state them: ISO 8601 or RFC 2822, to aware UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def read(text: str | None) -> datetime | None:
    """The moment, UTC; without a zone it counts as UTC. None for what is no date, or not one of an article (before 1990)."""
    stated = (text or "").strip()
    if not stated or len(stated) > 60:
        return None
    moment: datetime | None = None
    for reading in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = reading(stated)
            break
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    if moment is None:
        return None
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if 1990 <= moment.year <= 2100 else None
