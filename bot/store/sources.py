"""Sources in the store: added, removed, due; the entries each has shown, and how its polls went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store.models_source import Entry as Row
from bot.store.models_source import Source
from bot.values import Entry

FEED = "feed"
LONGEST = timedelta(days=15)
"""No poll is set for later; one that is dates from before the clock was set back."""
_AT_ONCE = 400
"""Keys asked for in one statement; databases bound its parameters."""


@dataclass(frozen=True)
class Known:
    """An entry as it is stored."""

    id: int
    link: str | None
    guid: str | None
    tries: int
    try_at: datetime | None


def add(session: Session, url: str, *, now: datetime, backlog: int = 0, every: int | None = None) -> tuple[Source, bool]:
    """A source to poll, due at once, or the one of this address; whether it is new. One that is off is polled again."""
    row = session.scalar(select(Source).where(Source.url == url))
    is_new = row is None
    if row is None:
        row = Source(url=url, kind=FEED, added_at=now, backlog=backlog, failures=0, off=False, baseline=False)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # somebody else added it just now
            row, is_new = session.scalars(select(Source).where(Source.url == url)).one(), False
    row.every = every if every is not None else row.every
    row.next_poll_at, row.off = now, False
    session.flush()
    return row, is_new


def remove(session: Session, source_id: int) -> None:
    """Forget a source and what it has shown; its articles stay."""
    session.execute(delete(Row).where(Row.source_id == source_id))
    session.execute(delete(Source).where(Source.id == source_id))


def listed(session: Session) -> list[tuple[Source, int]]:
    """All sources, with how many entries of each are known."""
    found = session.execute(select(Source, func.count(Row.id)).outerjoin(Row, Row.source_id == Source.id).group_by(Source.id).order_by(Source.id))
    return [(row, count) for row, count in found]


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the sources to poll now, the longest waiting first."""
    at = Source.next_poll_at
    rows = session.scalars(select(Source.id).where(~Source.off, or_(at.is_(None), at <= now, at > now + LONGEST)).order_by(at, Source.id))
    return list(rows)


def is_due(row: Source, now: datetime) -> bool:
    """The same of one."""
    at = row.next_poll_at
    return not row.off and (at is None or at <= now or at > now + LONGEST)


def known(session: Session, source_id: int, entries: Sequence[Entry]) -> list[Known]:
    """What is stored under any key of these entries."""
    found: dict[int, Known] = {}
    for column, keys in ((Row.link, {key for entry in entries for key in (entry.link, entry.former)}), (Row.guid, {entry.guid for entry in entries})):
        asked = sorted(key for key in keys if key is not None)
        for at in range(0, len(asked), _AT_ONCE):
            some = asked[at : at + _AT_ONCE]
            rows = session.execute(
                select(Row.id, Row.link, Row.guid, Row.tries, Row.try_at).where(Row.source_id == source_id, column.in_(some))
            )
            found.update((row.id, Known(*row)) for row in rows)
    return list(found.values())


def settle(session: Session, source_id: int, entry: Entry, row_id: int | None, now: datetime) -> None:
    """An entry needs nothing more: its article is stored, or it is no news."""
    _keep(session, source_id, entry, row_id, now, tries=0, try_at=None)


def failed(session: Session, source_id: int, entry: Entry, row_id: int | None, now: datetime, *, tries: int, try_at: datetime | None) -> None:
    """Its page could not be read; it is tried again at `try_at`, or no more."""
    _keep(session, source_id, entry, row_id, now, tries=tries, try_at=try_at)


def _keep(session: Session, source_id: int, entry: Entry, row_id: int | None, now: datetime, *, tries: int, try_at: datetime | None) -> None:
    if row_id is None:
        session.add(Row(source_id=source_id, link=entry.link, guid=entry.guid, tries=tries, try_at=try_at, seen_at=now))
        session.flush()
    else:
        session.execute(update(Row).where(Row.id == row_id).values(tries=tries, try_at=try_at))


def note(session: Session, source_id: int, entries: Iterable[Entry], now: datetime) -> None:
    """Entries that are known from now on, and were never news."""
    rows = [{"source_id": source_id, "link": entry.link, "guid": entry.guid, "tries": 0, "seen_at": now} for entry in entries]
    if rows:
        session.execute(insert(Row), rows)


def rename(session: Session, renamed: Mapping[int, Entry]) -> None:
    """Known entries that came under another link or GUID: under that they are known from now on."""
    rows = [{"id": number, "link": entry.link, "guid": entry.guid} for number, entry in renamed.items()]
    if rows:
        session.execute(update(Row), rows)


def by_address(session: Session, urls: Collection[str]) -> Source | None:
    """The source that stands at one of these addresses."""
    return session.scalar(select(Source).where(Source.url.in_(urls)).order_by(Source.id).limit(1))
