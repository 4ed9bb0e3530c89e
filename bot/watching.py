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
from bot.deadline import Left, StillRunning, unless
from bot.errors import Aside, BotError, ConfigError, SourceError, StoreError, Tell, told, unforeseen
from bot.sources import Since
from bot.sources.fetch import Gone
from bot.store import articles, leases, models, pages, turns, watch
from bot.text import changes, links, notices, sentences, stub
from bot.text.notices import Kind
from bot.values import Article, Batch, UrlRules

AT_ONCE, MOST = 6, 18
"""Pages that are read at the same time, and in one pass; the rest is read in the next."""
SAME, OTHER = 0.5, 0.2
"""Share of an article's sentences from which a page at another address is still the article, and below which what its own
address shows is something else, not taken for the article's text."""
_SHORT = 0.5
"""Share of an article's length below which what shows nothing of it is something else, whatever its headline."""
_TITLE, _HOME = 80, "the address leads to the site's home page"
_PUT_OFF = timedelta(hours=1)
_AS_IT_IS, _LATER = "It could not be read again; its posts go out as they are.", "It could not be read again; that is tried later."
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
    read is told, once in BOT_RECHECK_SECONDS, and its posts go out as they are; those of a page that shows another text wait
    (`pages.other`).
    """
    span = timedelta(seconds=bot.settings.recheck_seconds)
    if not span or not accounts:
        return
    with bot.store.read() as session:
        found = turns.unread(session, turns.Wanted(accounts, only, span), clock.now(session), MOST)
    for number, looked in _look_at(bot, found, tell, stopping, _AS_IT_IS).items():
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
    for number, looked in _look_at(bot, wanted, tell, stopping, _LATER).items():
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


def _look_at(bot: Bot, ids: Sequence[int], tell: Tell, stopping: Callable[[], bool], fate: str) -> dict[int, _Looked]:
    """Read these pages again, several at a time, and not more than MOST; by article what came of it. `fate`: what follows where one can not be read."""
    chosen = ids[:MOST]

    def one(article_id: int) -> _Looked:
        if stopping():
            return _Looked(False)
        try:
            return _look(bot, article_id, fate, stopping)
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


def _look(bot: Bot, article_id: int, fate: str, stopping: Callable[[], bool]) -> _Looked:
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
            batch = unless(stopping, lambda: _read(bot, before, since), "watching", seconds=seconds)
        except (Gone, _Nothing) as error:
            what = f"its page is gone: the server answers {error.status}" if isinstance(error, Gone) else f"its page is gone: {error}"
            return _Looked(_write(bot, article_id, lambda session, row: pages.gone(session, row, what, clock.now(session))))
        except _Another as error:
            shown, again = f"{pages.ANOTHER}: {error}", timedelta(seconds=bot.settings.recheck_seconds) or _PUT_OFF
            waits = Aside(f"{where}: {shown}. Posts of it wait until the article is there again.")
            return _Looked(_write(bot, article_id, lambda session, row: pages.other(session, row, shown, clock.now(session), again)), where, waits)
        except Left:
            return _Looked(False)  # read again at the next start; until then its posts wait
        except StillRunning:
            trouble: BotError = Aside(f"{where}: that took too long. {fate}")
        except BotError as error:
            trouble = Aside(f"{error} {fate}")
        except Exception as error:
            trouble = unforeseen(error)
        else:
            return _Looked(_write(bot, article_id, lambda session, row: _found(session, row, batch)))
        return _Looked(_write(bot, article_id, lambda session, row: None), where, trouble)


def _read(bot: Bot, before: Article, since: Since) -> Batch:
    """What the article's address shows now; an empty batch when it is what it was. Raises SourceError when that is no article."""
    assert before.url is not None
    settings = bot.settings
    source = intake.open_source(before.url, timeout=settings.http_timeout, allow_private=settings.allow_private, limit=1, rules=settings.url_rules)
    try:
        batch = source.fetch(since)
    except SourceError as error:
        if error.address and _is_home(before, error.address):
            raise _Nothing(_HOME) from error
        raise
    if batch.is_feed or len(batch.articles) > 1:
        raise SourceError(f"{links.masked(before.url)}: there is a feed now where the article was.")
    if not batch.articles:
        return batch
    found = batch.articles[0]
    found = found.model_copy(update={
        "author": found.author or before.author, "published_at": found.published_at or before.published_at, "language": found.language or before.language,
    })
    if not any(notice.kind is Kind.WITHDRAWN for notice in notices.find(found)):
        _asserted(before, found, settings.url_rules)
    return batch.model_copy(update={"articles": (found.model_copy(update={"url": before.url}),)} if _moved(before, found, settings.url_rules) else {})


def _asserted(before: Article, found: Article, rules: UrlRules) -> None:
    """Raises what is wrong with a page that is not the article's: _Nothing, _Another, or SourceError where it may be there again soon."""
    kind = stub.kind(found)
    if kind == "missing":
        raise _Nothing(stub.REASONS[kind])
    if kind and not (kind == "list" and _is_home(before, found.url)):
        raise SourceError(f"{links.masked(before.url or '')}: {stub.REASONS[kind]}.")
    change = changes.compare(before, found)
    if change.kept < SAME and _moved(before, found, rules):
        if _is_home(before, found.url):
            raise _Nothing(_HOME)
        raise _Another(f"it leads to {links.masked(found.url or '')}")
    if change.kept < OTHER and (change.title is not None or len(found.body) < _SHORT * len(before.body)):
        title = sentences.fold(found.title)
        raise _Another(f'"{title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"}"')


def _is_home(before: Article, shown: str | None) -> bool:
    """Does the article's address lead to the front page?"""
    return links.is_home(shown or "") and not links.is_home(before.url or "")


def _moved(before: Article, found: Article, rules: UrlRules) -> bool:
    return dedup.article_keys(found, rules).url_key != dedup.article_keys(before, rules).url_key


class _Nothing(SourceError):
    """The address shows that there is nothing, without saying so to machines."""


class _Another(SourceError):
    """The address shows another text altogether."""


def _found(session: Session, row: models.Article, batch: Batch) -> None:
    """The page was read, and it is the article's."""
    if not batch.articles:
        if row.alert_kind in pages.STRANGE:
            pages.back(session, row, clock.now(session))
        return
    stored = making.store_article(session, batch.articles[0])
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
