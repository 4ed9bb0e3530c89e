"""Sources in the store: added, removed, due; the entries each has shown, and how its polls went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import rhythm
from bot.store import aliases, embargo
from bot.store.models import Article
from bot.store.models_source import Entry as Row
from bot.store.models_source import Source
from bot.store.states import ArticleState
from bot.text import links
from bot.values import Entry

FEED = "feed"
LONGEST = timedelta(days=15)
"""No poll is set for later; one that is dates from before the clock was set back."""
KEPT = timedelta(days=365)
"""For so long an entry is known after the feed showed it last."""
COARSE = timedelta(days=30)
"""How often is written down that the feed still shows it."""
_TELLING, _ZONES, _SPREAD = 5, timedelta(hours=14, minutes=30), timedelta(hours=1)
"""So many articles in a row, dated at most so far ahead and alike up to this: no embargoes, but a wrong time zone."""
_MOST_TELLING = 5_000
"""Entries of which a rhythm is read."""
MOST_RETOLD = 1_000
"""So many entries that are all dated anew: they are at each fetch, and that is not worth writing down."""
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
    kept_at: datetime | None = None
    published_at: datetime | None = None
    about: str | None = None
    moves: int = 0
    former: tuple[str, ...] = ()
    """Of the links it had before, those that were asked for."""


_KNOWN = (Row.id, Row.link, Row.guid, Row.tries, Row.try_at, Row.kept_at, Row.published_at, Row.about, Row.moves)


def add(session: Session, url: str, *, now: datetime, backlog: int = 0, every: int | None = None, added_as: str | None = None) -> tuple[Source, bool]:
    """A source to poll, due at once, or the one of this address; whether it is new. One that is off is polled again."""
    row = by_address(session, [url])
    is_new = row is None
    if row is None:
        row = Source(url=url, added_as=added_as, kind=FEED, added_at=now, backlog=backlog, failures=0, off=False, baseline=False)
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
    aliases.forget(session, source_id)
    session.execute(delete(Row).where(Row.source_id == source_id))
    session.execute(delete(Source).where(Source.id == source_id))


def listed(session: Session) -> list[tuple[Source, int]]:
    """All sources, with how many entries of each are known."""
    found = session.execute(select(Source, func.count(Row.id)).outerjoin(Row, Row.source_id == Source.id).group_by(Source.id).order_by(Source.id))
    return [(row, count) for row, count in found]


def count(session: Session, source_id: int) -> int:
    """How many entries of a source are known."""
    return session.scalar(select(func.count(Row.id)).where(Row.source_id == source_id)) or 0


def keys(session: Session) -> frozenset[str]:
    """The keys (`links.url_key`) of the feeds that are polled: where they stand, and as what they were added."""
    named = {url for pair in session.execute(select(Source.url, Source.added_as).where(~Source.off)) for url in pair if url}
    return frozenset(filter(None, map(links.url_key, named)))


def keys_of(row: Source) -> frozenset[str]:
    """The same of one."""
    return frozenset(filter(None, (links.url_key(url) for url in (row.url, row.added_as) if url)))


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
    """What is stored under any key of these entries. Of those with an unknown link, also by the links they had, and by what they are about."""
    found: dict[int, Known] = {}

    def ask(column: Any, keys: Iterable[Any]) -> None:
        asked = sorted({key for key in keys if key is not None})
        for at in range(0, len(asked), _AT_ONCE):
            rows = session.execute(select(*_KNOWN).where(Row.source_id == source_id, column.in_(asked[at : at + _AT_ONCE])))
            found.update((row.id, Known(*row)) for row in rows if row.id not in found)

    ask(Row.link, (key for entry in entries for key in (entry.link, entry.former)))
    there = {row.link for row in found.values()}
    ask(Row.guid, (entry.guid for entry in entries))
    unknown = [entry for entry in entries if entry.link not in there]
    former = aliases.entries_of(session, source_id, (entry.link for entry in unknown))
    ask(Row.id, former.values())
    ask(Row.about, (entry.about for entry in unknown))
    for link, number in former.items():
        if number in found:
            found[number] = replace(found[number], former=(*found[number].former, link))
    return list(found.values())


def settle(session: Session, source_id: int, entry: Entry, row_id: int | None, now: datetime, *, article: int | None = None) -> None:
    """An entry needs nothing more: its article is stored."""
    _keep(session, source_id, entry, row_id, now, tries=0, try_at=None, article=article)


def failed(session: Session, source_id: int, entry: Entry, row_id: int | None, now: datetime, *, tries: int, try_at: datetime | None) -> None:
    """Its page could not be read; it is tried again at `try_at`, or no more."""
    _keep(session, source_id, entry, row_id, now, tries=tries, try_at=try_at)


def _keep(session: Session, source_id: int, entry: Entry, row_id: int | None, now: datetime, *, tries: int, try_at: datetime | None, article: int | None = None) -> None:
    """News, told or still to be read. Only what comes once the feed is known tells by `seen_at` when it came."""
    if row_id is None:
        baseline = select(Source.baseline).where(Source.id == source_id)
        session.add(Row(
            **_columns(source_id, entry, now), tries=tries, try_at=try_at, news=bool(session.scalar(baseline)), article_id=article,
        ))
        session.flush()
    else:
        session.execute(update(Row).where(Row.id == row_id).values(tries=tries, try_at=try_at, article_id=article))


def _columns(source_id: int, entry: Entry, now: datetime) -> dict[str, Any]:
    return {"source_id": source_id, "link": entry.link, "guid": entry.guid, "seen_at": now, "kept_at": now, "published_at": entry.published_at, "about": entry.about}


def note(session: Session, source_id: int, entries: Iterable[Entry], now: datetime) -> None:
    """Entries that are known from now on, and were never news."""
    rows = [{**_columns(source_id, entry, now), "tries": 0} for entry in entries]
    if rows:
        session.execute(insert(Row), rows)


def rename(session: Session, source_id: int, renamed: Mapping[int, Entry], shown: Iterable[Known], now: datetime) -> None:
    """Known entries that came under another link or GUID: under that they are known from now on, and under some of their former links."""
    before = {row.id: row for row in shown}
    rows, former = [], {}
    for number, entry in renamed.items():
        row = before[number]
        moves = row.moves
        if row.link and row.link not in (entry.link, entry.page) and moves < aliases.MOST:
            former[row.link], moves = number, moves + 1
        rows.append({"id": number, "link": entry.link, "guid": entry.guid, "moves": moves})
    if rows:
        session.execute(update(Row), rows)
        aliases.add(session, source_id, former, now)


def retitle(session: Session, shown: Sequence[tuple[Known, Entry]]) -> None:
    """What known entries are about by now. Of a large feed that dates all of them anew it is left as it was."""
    told = {row.id: entry.about for row, entry in shown if entry.about not in (None, row.about)}
    anew = {row.id for row, entry in shown if row.id in told and row.about is not None}
    told = {number: about for number, about in told.items() if len(anew) <= MOST_RETOLD or number not in anew}
    if told:
        session.execute(update(Row), [{"id": number, "about": about} for number, about in told.items()])


def keep(session: Session, source: Source, shown: Iterable[Known], now: datetime) -> None:
    """The feed still shows these; what it has not shown for longer than `KEPT` is forgotten. Not after a time in which it could not be
    read: what it shows then may be a part.
    """
    stale = [row.id for row in shown if row.kept_at is None or row.kept_at < now - COARSE]
    for at in range(0, len(stale), _AT_ONCE):
        session.execute(update(Row).where(Row.id.in_(stale[at : at + _AT_ONCE])).values(kept_at=now))
    if source.last_ok_at is not None and source.last_ok_at > now - COARSE:
        aliases.forget(session, source.id, now - KEPT)
        session.execute(delete(Row).where(Row.source_id == source.id, Row.kept_at < now - KEPT))


def redate(session: Session, source_id: int, shown: Mapping[int, Entry]) -> None:
    """Entries (by their rows' ids) that the feed dates otherwise by now: so is their article, where it waits for the date of the feed."""
    row, article = Row, Article
    waiting = session.execute(
        select(row, article).join(article, article.id == row.article_id).where(
            row.source_id == source_id, article.state == ArticleState.QUEUED, article.not_before.is_(None), article.published_at == row.published_at,
        )
    ).all()
    for stored, told in waiting:
        moved = shown[stored.id].published_at if stored.id in shown else None
        if moved is not None and moved != stored.published_at:
            stored.published_at = told.published_at = moved


def dates_ahead(session: Session, source_id: int) -> bool:
    """Does the feed date everything by the same hours ahead, as a clock does that is set to another zone? Then no date is an embargo."""
    rows = session.execute(
        select(Article.published_at, Article.created_at).join(Row, Row.article_id == Article.id)
        .where(Row.source_id == source_id, Row.news).order_by(Row.id.desc()).limit(_TELLING)
    ).all()
    ahead = [dated - read for dated, read in rows if dated is not None]
    return len(ahead) == _TELLING and min(ahead) > embargo.TOLERANCE and max(ahead) <= _ZONES and max(ahead) - min(ahead) <= _SPREAD


@dataclass(frozen=True)
class Silent:
    """A source that brings nothing for clearly longer than it usually does."""

    source: int
    url: str
    since: datetime
    """When its last entry came."""
    usual: str
    """Its rhythm, in words: `about 12 a week, on Mondays to Fridays`."""


def silent(session: Session, now: datetime) -> list[Silent]:
    """The sources that can be read, and are silent against their own weekly rhythm; see `bot.rhythm`.

    What was not asked since a while says nothing about the time since then.
    """
    found = []
    for row in session.scalars(select(Source).where(~Source.off, Source.failures == 0, Source.last_ok_at.is_not(None)).order_by(Source.id)):
        asked = min(now, row.last_ok_at or now)
        last = session.scalar(select(func.max(Row.seen_at)).where(Row.source_id == row.id, Row.news)) or row.added_at or asked
        start = last - (rhythm.WEEKS + 1) * rhythm.WEEK
        rows = session.execute(
            select(Row.seen_at, Row.published_at, Row.news).where(Row.source_id == row.id, or_(Row.seen_at >= start, Row.published_at >= start))
            .order_by(Row.id.desc()).limit(_MOST_TELLING)
        )
        moments = (rhythm.came(seen_at, published_at, news=news) for seen_at, published_at, news in rows)
        silence = rhythm.silence(filter(None, moments), asked)
        if silence is not None:
            found.append(Silent(row.id, row.url, silence.since, silence.usual))
    return found


def by_address(session: Session, urls: Collection[str]) -> Source | None:
    """The source that stands at one of these addresses, or was added as one of them."""
    found = session.scalar(select(Source).where(Source.url.in_(urls)).order_by(Source.id).limit(1))
    return found or session.scalar(select(Source).where(Source.added_as.in_(urls)).order_by(Source.id).limit(1))
