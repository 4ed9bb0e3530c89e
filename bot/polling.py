"""The sources that are polled: each under a lease of its own, its news into the queue, what it has shown remembered."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot import clock, intake, making, news
from bot.context import Bot
from bot.deadline import Left, unless
from bot.errors import BotError, ConfigError, SourceError, StoreError, Tell, told, unforeseen
from bot.polled import DUPLICATE
from bot.polled import Polled as Polled
from bot.sources import Since
from bot.sources.fetch import Gone, NotAFeed, Refused
from bot.store import aliases, keyed, leases, models, sources
from bot.store.articles import Taken
from bot.store.states import ArticleState
from bot.text import links
from bot.values import Batch, Entry, Fault

_MOST_TRIED = 3
"""Feeds of a page that are tried, where the first can not be read."""
GONE = 410
"""The HTTP status that says that a feed will never be there again."""
_MOST_SECONDS = 3000
"""A lease is never longer, whatever is to be read: `leases.LONGEST` bounds it. What is left then is read at the next poll."""


def add(bot: Bot, url: str, *, backlog: int = 0, every: int | None = None) -> tuple[int, bool, Polled | None]:
    """Poll this feed from now on: its id, whether it is new, and what the first poll came to, which is made at once.

    What it holds is known then, not news, but for the newest `backlog` entries. `every`: seconds between polls. A source that is
    there already is polled too, and on again if it was off. Of a page, the main feed of its site is taken. Raises SourceError for
    what is no feed and names none, or can not be read: it is not kept.
    """
    address = links.parsed(url)
    if address is None:
        raise SourceError(f"{links.masked(url)}: not an http or https address with a host; check it.")
    try:
        return _add(bot, address, backlog=backlog, every=every)
    except NotAFeed as error:
        page, no_feed = links.masked(address), error
    feeds = intake.feeds_of(no_feed, timeout=bot.settings.http_timeout, allow_private=bot.settings.allow_private)
    troubles = []
    for at, feed in enumerate(feeds[:_MOST_TRIED]):
        try:
            number, is_new, polled = _add(bot, feed, backlog=backlog, every=every, added_as=address)
        except SourceError as error:
            troubles.append(str(error))
            continue
        if polled is not None:
            polled.page, polled.others = page, tuple(links.masked(one) for one in (*feeds[:at], *feeds[at + 1 :]))
        return number, is_new, polled
    if troubles:
        raise SourceError(f"{page} names a feed that can not be read: {troubles[0]}")
    raise SourceError(f"{page}: this is a page, not a feed, and it names none; add the address of a feed, or read the page once: bot add {page}")


def _add(bot: Bot, address: str, *, backlog: int, every: int | None, added_as: str | None = None) -> tuple[int, bool, Polled | None]:
    with bot.store.write() as session:
        row, is_new = sources.add(session, address, now=clock.now(session), backlog=backlog, every=every, added_as=added_as)
    polled = poll(bot, row.id, now_due=True)
    if is_new and polled and polled.error:
        with bot.store.write() as session:
            sources.remove(session, row.id)
        raise polled.error if isinstance(polled.error, NotAFeed) else SourceError(str(polled.error)) from polled.error.__cause__
    return row.id, is_new, polled


def poll_due(bot: Bot, tell: Tell, stopping: Callable[[], bool] = lambda: False) -> list[Polled]:
    """Poll each source that is due. What goes wrong is told once, not at each poll, and stops no other source."""
    done = []
    with bot.store.read() as session:
        due = sources.due(session, clock.now(session))
    for source_id in due:
        if stopping():
            break
        with told(tell, f"source {source_id}"):
            polled = poll(bot, source_id, stopping=stopping)
            if polled is None:
                continue
            done.append(polled)
            for fault in polled.faults:
                tell(fault.where, SourceError(fault.what))
            if polled.trouble and (polled.failures == 1 or polled.off):
                tell(polled.where, polled.trouble)
    return done


def poll(bot: Bot, source_id: int, *, now_due: bool = False, stopping: Callable[[], bool] = lambda: False) -> Polled | None:
    """Poll one source if it is due (or counts as due by `now_due`). None when it is not, or another worker has it.

    Once `stopping`, nobody waits for what is still being fetched: the source stays due.

    Raises StoreError and ConfigError; what else goes wrong stands in the answer.
    """
    with bot.store.read() as session:
        row = session.get(models.Source, source_id)
        reads = max(bot.settings.feed_cap, 0 if row is None or row.baseline else row.backlog)
    seconds = min((2 * reads + 1) * bot.settings.http_timeout + bot.settings.lease_seconds, _MOST_SECONDS)
    with leases.held(bot.store, models.Source, source_id, bot.owner, seconds) as ours:
        if not ours:
            return None
        with bot.store.read() as session:
            row = session.get(models.Source, source_id)
            now = clock.now(session)
        if row is None or row.off or not (now_due or sources.is_due(row, now)):  # another worker was here between our look and our lease
            return None
        return _Poll(bot, row, now, stopping).run()


class _Poll:
    """One poll: fetch, store each article together with its entry, then the rest and when to come again."""

    def __init__(self, bot: Bot, row: models.Source, now: datetime, stopping: Callable[[], bool]) -> None:
        self._bot, self._row, self._now, self._stopping = bot, row, now, stopping
        self._interval = row.every or bot.settings.feed_interval
        self._choice, self._entries = news.Choice(), list[Entry]()
        self._done = Polled(source=row.id, where=links.masked(row.url), first=not row.baseline)

    def run(self) -> Polled:
        try:
            batch = unless(self._stopping, self._fetch, "polling")
            if all(self._store(batch.entries[at], at) for at in self._choice.take):
                self._finish(batch)
        except (ConfigError, StoreError):
            raise  # not the source's fault: it stays due
        except Left:
            pass
        except Exception as error:
            self._failed(error if isinstance(error, BotError) else unforeseen(error))
        return self._done

    def _fetch(self) -> Batch:
        settings, row = self._bot.settings, self._row
        asked = Since(
            etag=row.etag, last_modified=row.last_modified, body=row.body, pick=self._pick, shares_page=lambda at: self._entries[at].page is not None,
            whole=not row.baseline, rules=keyed.read_rules(row.url_rules),
        )
        return intake.open_source(row.url, timeout=settings.http_timeout, allow_private=settings.allow_private, rules=settings.url_rules).fetch(asked)

    def _pick(self, entries: Sequence[Entry]) -> Sequence[int]:
        row = self._row
        with self._bot.store.read() as session:
            self._entries = news.named(entries, aliases.shared(session, row.id, {entry.link for entry in entries}))
            known = sources.known(session, row.id, self._entries)
        self._choice = news.choose(
            self._entries, known, now=self._now, cap=self._bot.settings.feed_cap, baseline=row.baseline, backlog=row.backlog, added_at=row.added_at,
            empty=row.last_ok_at is not None,
        )
        return self._choice.take

    def _store(self, entry: Entry, at: int) -> bool:
        """The article of an entry, and that the entry is settled, in one unit. False when the lease was lost."""
        if entry.article is None:
            return self._not_read(entry, at, entry.fault or Fault(where=entry.where, what="it could not be read."))
        try:
            with self._bot.store.write() as session:
                if not self._ours(session):
                    return False
                row, ahead = self._row, sources.dates_ahead(session, self._row.id)
                heard: list[Taken] = []
                stored = making.store_article(session, entry.article, feeds=sources.keys_of(row), dates_ahead=ahead, hear=heard.append)
                number, came = stored.id, DUPLICATE if heard == [Taken.NEW] and stored.state == ArticleState.DUPLICATE else heard[0]
                sources.settle(session, row.id, self._entries[at], self._row_id(at), clock.now(session), article=number)
        except (ConfigError, StoreError):
            raise
        except Exception as error:  # one article must not keep the others out
            return self._not_read(entry, at, Fault(where=entry.where, what=str(unforeseen(error))))
        self._done.came[came] += 1
        if number not in self._done.articles:
            self._done.articles.append(number)
        return True

    def _not_read(self, entry: Entry, at: int, fault: Fault) -> bool:
        known = self._choice.known.get(at)
        tries = (known.tries if known else 0) + 1
        with self._bot.store.write() as session:
            if not self._ours(session):
                return False
            now = clock.now(session)
            again = news.try_again(now, tries)
            sources.failed(session, self._row.id, self._entries[at], self._row_id(at), now, tries=tries, try_at=again)
        if again is not None:
            self._choice.waiting = True
            fate = "It is tried again by itself."
        else:
            fate = f"It was tried {tries} times and is left now; `bot add` takes it later."
        if tries == 1 or again is None:
            self._done.faults.append(Fault(where=fault.where, what=f"{fault.what} {fate}"))
        return True

    def _finish(self, batch: Batch) -> None:
        choice, done = self._choice, self._done
        with self._bot.store.write() as session:
            if not self._ours(session):
                return
            row = session.get_one(models.Source, self._row.id)
            now = clock.now(session)
            shown = [(known, self._entries[at]) for at, known in choice.known.items()]
            sources.note(session, row.id, [self._entries[at] for at in choice.noted], now)
            sources.rename(session, row.id, choice.renamed, choice.known.values(), now)
            sources.retitle(session, shown)
            sources.redate(session, row.id, {known.id: entry for known, entry in shown})
            aliases.share(session, row.id, {entry.page for entry in self._entries if entry.page}, now, sources.COARSE)
            done.first, done.noted, done.left = done.first and bool(batch.entries), len(choice.noted), choice.left
            if not choice.settled:  # without what a 304 would rest on, the next poll brings the whole feed: something of it is still to be read
                row.etag = row.last_modified = row.body = None
            if batch.cut:  # what is missing may be anything, so that nothing rests on this poll
                self._fail(row, SourceError(f"{done.where}: the feed ends in its middle; what comes before that was read."), now)
                return
            sources.keep(session, row, choice.known.values(), now)
            if choice.settled:
                row.etag, row.last_modified, row.body = batch.etag or None, batch.last_modified or None, batch.body or row.body
            if batch.ttl is not None:
                row.ttl, row.skips = batch.ttl or None, batch.skips or None
            row.baseline = row.baseline or bool(batch.entries)  # an empty feed says nothing about what is old
            row.failures, row.last_error, row.last_ok_at = 0, None, now
            row.url_rules = self._bot.settings.url_rules.stored
            wait = max(batch.wait, row.ttl or 0)
            row.next_poll_at = news.next_poll(now, self._interval, shake=_shake(), wait=wait, rest=choice.left > 0, skips=row.skips or "")
            if batch.moved is not None and batch.moved != row.url:
                self._move(session, row, batch.moved)

    def _move(self, session: Session, row: models.Source, address: str) -> None:
        """It answered there, redirected for good."""
        other = sources.by_address(session, [address])
        if other is None:
            row.added_as, row.url = row.added_as or row.url, address
            return
        row.off, row.last_error = True, f"it moved to {links.masked(address)}, which is source {other.id}"
        self._done.off, self._done.error = True, SourceError(f"{self._done.where} is polled no more: {row.last_error}.")

    def _failed(self, error: BotError) -> None:
        with self._bot.store.write() as session:
            if self._ours(session):
                self._fail(session.get_one(models.Source, self._row.id), error, clock.now(session))
            else:
                self._done.error = error

    def _fail(self, row: models.Source, error: BotError, now: datetime) -> None:
        done = self._done
        done.error = error
        row.failures, row.last_error = row.failures + 1, str(error)
        wait = error.wait if isinstance(error, Refused) else 0
        row.next_poll_at = news.next_poll(now, self._interval, shake=_shake(), failures=row.failures, wait=wait, rest=done.left > 0)
        row.off = isinstance(error, Gone) and error.status == GONE
        done.failures, done.off = row.failures, row.off
        done.fate = f"It is polled no more; once it is there again: bot sources add {done.where}" if done.off else "It is tried again by itself, ever more seldom."

    def _ours(self, session: Session) -> bool:
        return leases.holds(session, self._row, self._bot.owner)

    def _row_id(self, at: int) -> int | None:
        known = self._choice.known.get(at)
        return known.id if known else None


def _shake() -> float:
    return random.uniform(-1, 1)  # noqa: S311 — spreads load, guards nothing
