"""Reading an article's page again: before its posts go out, and for some days after. What changed holds what waits, and is told.

    lease    of the article; never while an account's is held
    read     its page, bounded in time, no transaction open
    write    one transaction: lease still ours, the newer text, holds, alert, and that the page was asked

Whoever dies in between has written nothing: the page is still to be read, and until then the posts wait.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from bot import clock, dedup, intake, making
from bot.context import Bot
from bot.deadline import StillRunning, within
from bot.errors import BotError, ConfigError, SourceError, StoreError, Tell, told, unforeseen
from bot.sources import Since
from bot.sources.fetch import Gone
from bot.store import articles, leases, models, turns, watch
from bot.text import changes, links, notices, stub
from bot.text.notices import Kind
from bot.values import Article, Batch

AT_ONCE, MOST = 6, 18
"""Pages that are read at the same time, and in one pass; the rest is read in the next."""
SAME, OTHER = 0.5, 0.2
"""Share of an article's sentences from which a page at another address is still the article, and below which what its own
address shows is something else: held, but not drafted."""
_PUT_OFF = timedelta(hours=1)
_MARGIN, _LONGEST = 30, 1500
"""Seconds of the lease beyond the reading itself, and the most that the reading may take: `leases.LONGEST` bounds both."""


@dataclass(frozen=True)
class _Looked:
    """What reading a page again came to."""

    settled: bool
    """Written down; else another worker has the article, or lost it meanwhile."""
    where: str = ""
    trouble: BotError | None = None
    failed: bool = False
    """What was read could not be written down."""


def before_slot(
    bot: Bot, accounts: Collection[str], tell: Tell, only: Collection[int] | None = None, stopping: Callable[[], bool] = lambda: False
) -> None:
    """Read the articles again whose posts go out soon on these accounts, as many as one pass reads, in the order of the turns.

    Posts of which the page is still to be read, or being read by another worker, wait (`Terms.unread`). A page that can not be
    read is told, once in BOT_RECHECK_SECONDS, and its posts go out as they are.
    """
    span = timedelta(seconds=bot.settings.recheck_seconds)
    if not span or not accounts:
        return
    with bot.store.read() as session:
        found = turns.unread(session, turns.Wanted(accounts, only, span), clock.now(session), MOST)
    for number, looked in _look_at(bot, found, tell, stopping).items():
        if looked.failed:  # not to be met again at every pass
            with bot.store.write() as session:
                now = clock.now(session)
                watch.wait(session, number, now + span, now + _PUT_OFF)


def begin(bot: Bot, posts: Collection[int]) -> None:
    """These posts were just worked on: their articles are watched from now on."""
    if posts and bot.settings.watch_days:
        with bot.store.write() as session:
            watch.published(session, posts, clock.now(session))


def after(bot: Bot, tell: Tell, stopping: Callable[[], bool] = lambda: False) -> None:
    """Look again at the articles of posts that are out, as far as they are due for it."""
    days = bot.settings.watch_days
    if not days:
        return
    with bot.store.read() as session:
        due = watch.due(session, clock.now(session), MOST)
    if not due:
        return
    wanted = []
    for number in due:
        with told(tell, f"article {number}"), _or_later(bot, number), bot.store.write() as session:
            row, now = session.get_one(models.Article, number), clock.now(session)
            if watch.wanted(session, row, now, days):
                wanted.append(number)
            else:
                watch.plan(session, row, now, days)
    for number, looked in _look_at(bot, wanted, tell, stopping).items():
        if looked.failed:
            _later(bot, number)


@contextmanager
def _or_later(bot: Bot, article_id: int) -> Iterator[None]:
    """An article that somebody changed by hand is not met again at every pass."""
    try:
        yield
    except (ConfigError, StoreError):
        raise
    except Exception:
        _later(bot, article_id)
        raise


def _later(bot: Bot, article_id: int) -> None:
    with bot.store.write() as session:
        watch.put_off(session, article_id, clock.now(session) + _PUT_OFF)


def _look_at(bot: Bot, ids: Sequence[int], tell: Tell, stopping: Callable[[], bool]) -> dict[int, _Looked]:
    """Read these pages again, several at a time, and not more than MOST; by article what came of it."""
    chosen = ids[:MOST]

    def one(article_id: int) -> _Looked:
        if stopping():
            return _Looked(False)
        try:
            return _look(bot, article_id)
        except (ConfigError, StoreError):
            raise
        except Exception as error:  # what was read may be grave, and could not be written down: its posts do not go out
            return _Looked(False, f"article {article_id}", unforeseen(error), failed=True)

    if len(chosen) < 2:
        found = [one(article_id) for article_id in chosen]
    else:
        with ThreadPoolExecutor(min(AT_ONCE, len(chosen)), "watching") as pool:
            found = list(pool.map(one, chosen))
    for looked in found:
        if looked.trouble is not None:
            tell(looked.where, looked.trouble)
    return dict(zip(chosen, found, strict=True))


def _look(bot: Bot, article_id: int) -> _Looked:
    seconds = min(2 * bot.settings.http_timeout + _MARGIN, _LONGEST)
    with leases.held(bot.store, models.Article, article_id, bot.owner, seconds + _MARGIN) as ours:
        with bot.store.read() as session:
            row = session.get_one(models.Article, article_id)
            before = articles.text_of(row)
            since = Since(etag=row.etag, last_modified=row.last_modified)
            stranded = leases.stranded(row, clock.now(session))
        if not ours:
            return _Looked(settled=stranded)  # a lease from before the clock was set back keeps nobody waiting
        where = links.masked(before.url or "")
        try:
            # The fetch bounds page and picture; this bounds what is made of them, too.
            batch = within(seconds, lambda: _read(bot, before, since), "watching")
            other = bool(batch.articles) and _is_other(before, batch.articles[0])
        except Gone as error:
            what = f"its page is gone: the server answers {error.status}"
            return _Looked(_write(bot, article_id, lambda session, row: watch.gone(session, row, what, clock.now(session))))
        except StillRunning:
            trouble: BotError = SourceError(f"{where}: it could not be read again in time.")
        except BotError as error:
            trouble = SourceError(f"{error} It could not be read again.")
        except Exception as error:
            trouble = unforeseen(error)
        else:
            return _Looked(_write(bot, article_id, lambda session, row: _found(session, row, batch, other=other)))
        return _Looked(_write(bot, article_id, lambda session, row: None), where, trouble)


def _read(bot: Bot, before: Article, since: Since) -> Batch:
    """What the article's address shows now; an empty batch when it is what it was. Raises SourceError when that is no article."""
    assert before.url is not None
    settings = bot.settings
    source = intake.open_source(before.url, timeout=settings.http_timeout, allow_private=settings.allow_private, limit=1)
    batch = source.fetch(since)
    if batch.is_feed or len(batch.articles) > 1:
        raise SourceError(f"{links.masked(before.url)}: there is a feed now where the article was.")
    if not batch.articles:
        return batch
    found = batch.articles[0]
    found = found.model_copy(update={
        "author": found.author or before.author, "published_at": found.published_at or before.published_at, "language": found.language or before.language,
    })
    withdrawn = any(notice.kind is Kind.WITHDRAWN for notice in notices.find(found))
    reason = stub.reason(found)
    if reason and not withdrawn:
        raise SourceError(f"{links.masked(before.url)}: {reason}.")
    if dedup.article_keys(found).url_key != dedup.article_keys(before).url_key:
        if changes.compare(before, found).kept < SAME and not withdrawn:
            raise SourceError(f"{links.masked(before.url)}: it leads to another page now, {links.masked(found.url or '')}.")
        found = found.model_copy(update={"url": before.url})
    return batch.model_copy(update={"articles": (found,)})


def _is_other(before: Article, found: Article) -> bool:
    """Is what the address shows now another text altogether?"""
    change = changes.compare(before, found)
    return change.kept < OTHER and change.title is not None


def _found(session: Session, row: models.Article, batch: Batch, *, other: bool) -> None:
    """The page was read. What is another text altogether is held, and not drafted."""
    if not batch.articles:
        if row.alert_kind == watch.Kind.GONE:
            watch.back(session, row, clock.now(session))
        return
    stored = making.store_article(session, batch.articles[0], redraft=not other)
    if stored.id == row.id:
        row.etag, row.last_modified = batch.etag, batch.last_modified


def _write(bot: Bot, article_id: int, act: Callable[[Session, models.Article], object]) -> bool:
    """One transaction: what was found, and that the page was asked. False when the article is another worker's by now."""
    with bot.store.write() as session:
        row = session.get_one(models.Article, article_id)
        if not leases.holds(session, row, bot.owner):
            return False
        session.refresh(row)
        act(session, row)
        now = clock.now(session)
        row.watched_at = now
        if row.watch_at is not None and row.watch_at <= now:
            watch.plan(session, row, now, bot.settings.watch_days)
        return True
