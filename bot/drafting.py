"""The queue of articles: each drafted under a lease of its own, several at a time where a language model writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from bot import clock, draft, making, routing
from bot.context import Bot
from bot.deadline import Left, unless
from bot.errors import BotError, ConfigError, StoreError, Tell, told
from bot.store import articles, drafts, embargo, leases, models, posts
from bot.store.states import ArticleState

_MORE = 5.0
"""Seconds for which a draft that was begun, and is paid for, is waited for after the signal to stop."""


def draft_queued(
    bot: Bot, *, tell: Tell, drafter: str | None = None, stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[list[int]], Iterable[int]] = lambda ids: ids,
) -> list[int]:
    """Draft every queued article; returns the posts' ids. One that fails is marked.

    Raises ConfigError (a setting, prompt or layout is missing): the articles stay queued.
    """
    with bot.store.read() as session:
        waiting = articles.queued(session, clock.now(session), routing.configured(bot.accounts))
    turn = threading.Lock()

    def tell_in_turn(where: str, error: BotError) -> None:
        with turn:
            tell(where, error)

    def one(article_id: int) -> list[int]:
        if stopping():
            return []
        with leases.held(bot.store, models.Article, article_id, bot.owner, draft.LONGEST_SECONDS + 60) as ours:
            return _draft(bot, article_id, tell_in_turn, drafter, stopping) if ours else []

    at_once = min(bot.settings.drafting_at_once, len(waiting)) if draft.choose(bot.settings, drafter).name == draft.MODEL else 1
    if at_once < 2:  # the offline drafter only computes: threads would make it slower
        return [post for article_id in progress(waiting) for post in one(article_id)]
    with ThreadPoolExecutor(at_once, "drafting") as pool:
        try:
            running = {article_id: pool.submit(one, article_id) for article_id in waiting}
            return [post for article_id in progress(waiting) for post in running[article_id].result()]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _draft(bot: Bot, article_id: int, tell: Tell, drafter: str | None, stopping: Callable[[], bool]) -> list[int]:
    with bot.store.read() as session:
        row, now = session.get_one(models.Article, article_id), clock.now(session)
        untaken = row.untaken_by not in (None, routing.configured(bot.accounts))
        if not (row.state == ArticleState.QUEUED or untaken) or embargo.stands(row, now):
            return []  # another worker drafted it between our look and our lease, or its embargo was moved
        article, feeds, barred = articles.value(session, row), articles.feeds_of(row), embargo.barred(row, now)
    with told(tell, article.title):
        try:
            with bot.store.read() as session:
                had = posts.had_by(session, session.get_one(models.Article, article_id))
            draftings, composed = unless(
                stopping, lambda: making.compose(bot, article, drafter=drafter, feeds=feeds, but=had, barred=barred), "drafting", more=_MORE
            )
            with bot.store.write() as session:
                row = session.get_one(models.Article, article_id)
                if leases.holds(session, row, bot.owner):
                    return [post.id for post in making.keep(bot, session, row, draftings, composed, but=had)]
                for drafting in draftings:  # it took too long and is another's now, but it was paid for
                    drafts.save(session, article_id, drafting, clock.now(session))
        except (ConfigError, StoreError):
            raise  # not the article's fault: it stays queued
        except Left:
            return []  # it stays queued, too
        except Exception as error:
            with bot.store.write() as session:
                articles.fail(session, article_id, str(error) or type(error).__name__)
            raise
    return []

