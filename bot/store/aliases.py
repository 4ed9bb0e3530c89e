"""Links that entries had before, and links that several entries have at once, so that they name none of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.store.models_source import Entry as Row
from bot.store.models_source import EntryAlias

MOST = 4
"""So many former links of an entry are kept: a feed that gives it another one at each fetch fills nothing."""
_AT_ONCE = 400
"""Keys asked for in one statement; databases bound its parameters."""


def _some(keys: Iterable[str | None]) -> Iterator[list[str]]:
    asked = sorted({key for key in keys if key is not None})
    for at in range(0, len(asked), _AT_ONCE):
        yield asked[at : at + _AT_ONCE]


def _of(session: Session, source_id: int, links: Iterable[str | None]) -> dict[str, int | None]:
    row = EntryAlias
    return {
        link: entry for some in _some(links)
        for link, entry in session.execute(select(row.link, row.entry_id).where(row.source_id == source_id, row.link.in_(some)))
    }


def entries_of(session: Session, source_id: int, links: Iterable[str | None]) -> dict[str, int]:
    """The entries (ids) that had these links."""
    return {link: entry for link, entry in _of(session, source_id, links).items() if entry is not None}


def shared(session: Session, source_id: int, links: Iterable[str | None]) -> frozenset[str]:
    """Those of these links that several entries had at once."""
    return frozenset(link for link, entry in _of(session, source_id, links).items() if entry is None)


def add(session: Session, source_id: int, former: Mapping[str, int], now: datetime) -> None:
    """These links were those of these entries (ids) until now."""
    there = _of(session, source_id, former)
    rows = [{"source_id": source_id, "link": link, "entry_id": entry, "kept_at": now} for link, entry in former.items() if link not in there]
    if rows:
        session.execute(insert(EntryAlias), rows)


def share(session: Session, source_id: int, links: Collection[str], now: datetime, coarse: timedelta) -> None:
    """Several entries have each of these links, as the feed shows them now."""
    row = EntryAlias
    there = _of(session, source_id, links)
    rows = [{"source_id": source_id, "link": link, "entry_id": None, "kept_at": now} for link in sorted({*links} - {*there})]
    if rows:
        session.execute(insert(row), rows)
    for some in _some(there):
        session.execute(
            update(row).where(row.source_id == source_id, row.link.in_(some), row.entry_id.is_not(None) | (row.kept_at < now - coarse))
            .values(entry_id=None, kept_at=now)
        )


def forget(session: Session, source_id: int, before: datetime | None = None) -> None:
    """Those of the source's entries that it has not shown since `before`, and the links several had then; None: all of the source."""
    row = EntryAlias
    if before is None:
        session.execute(delete(row).where(row.source_id == source_id))
        return
    old = select(Row.id).where(Row.source_id == source_id, Row.kept_at < before)
    session.execute(delete(row).where(row.source_id == source_id, row.entry_id.in_(old)))
    session.execute(delete(row).where(row.source_id == source_id, row.entry_id.is_(None), row.kept_at < before))
