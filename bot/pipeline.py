"""The whole flow, in order: sources → intake → draft → format → dedup → review → publish. Read this file first.

Each stage takes values and returns values; this file, `polling`, `drafting`, `watching` and `making` call them in order and store what they return.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO

from bot import budget, drafting, intake, making, polling, publish, routing, watching
from bot.context import Bot
from bot.errors import SourceError, Tell, told
from bot.platforms import Platform
from bot.store import articles
from bot.values import Fault

MOST, LONGEST = 64, 30
"""Posts, and seconds, after which a bounded pass publishes no more."""


@dataclass(frozen=True)
class Pass:
    """What one pass came to."""

    made: tuple[int, ...]
    """Posts that were drafted."""
    tried: tuple[int, ...]
    """Posts that were published, or tried."""
    duplicates: tuple[int, ...] = ()
    """Articles that were asked for, or came from a feed, and are not drafted, because each says the same as another."""


def run(
    bot: Bot, sources: Iterable[str] = (), *, tell: Tell, dry_run: bool = False, sample: bool = False,
    url: str | None = None, drafter: str | None = None, stdin: BinaryIO | None = None,
    progress: Callable[[list[int]], Iterable[int]] = lambda ids: ids, stopping: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep, bounded: bool = False,
) -> Pass:
    """The main job, one pass: take in the sources, poll those that are due, ask new accounts what they said before, draft what is
    queued, publish what is approved and due, and look whether the articles of earlier posts still say the same.

    A dry run sends nothing. `sample`: take the built-in sample when there is no article at all. `tell` is told what went wrong,
    and where; one bad source, article or account never stops the others. `bounded`: of a long backlog only a part is published, so
    that what else is to be done has its turn. Raises ConfigError when a part itself is missing.
    """
    with bot.store.read() as session:
        known = articles.last(session)
    asked: list[int] = []
    for spec in sources:
        with told(tell, spec):
            ids, faults = take_in(bot, spec, url=url, stdin=stdin)
            asked += ids
            for fault in faults:
                tell(fault.where, SourceError(fault.what))
    polling.poll_due(bot, tell, stopping)
    with bot.store.read() as session:
        duplicates = articles.left_out(session, asked, after=known)
    if sample:
        _take_sample(bot)
    if not dry_run:  # before drafting, so that what was said before is held already in review
        publish.prepare(bot.store, _ready(bot), _terms(bot, stopping, sleep), tell)
    made = drafting.draft_queued(bot, tell=tell, drafter=drafter, progress=progress, stopping=stopping)
    tried = [] if dry_run else publish_due(bot, tell=tell, stopping=stopping, sleep=sleep, bounded=bounded)
    if not dry_run:
        watching.after(bot, tell, stopping)
    return Pass(tuple(made), tuple(tried), tuple(duplicates))


def take_in(
    bot: Bot, spec: str, *, url: str | None = None, not_before: datetime | None = None, stdin: BinaryIO | None = None,
    again: bool = False, urgent: bool = False,
) -> tuple[list[int], list[Fault]]:
    """Sources → intake → queue: read one SOURCE and store its articles. Raises SourceError when nothing could be read.

    `again`: the user wants those too that say the same as another article. `urgent`: they go before others, see `approving.approve`.
    """
    settings = bot.settings
    batch = intake.read(spec, timeout=settings.http_timeout, allow_private=settings.allow_private, url=url, stdin=stdin, rules=settings.url_rules)
    ids, feeds = [], routing.feeds(spec, batch)
    for article in batch.articles:
        with bot.store.write() as session:
            row = making.store_article(session, article, not_before=not_before, again=settings.who if again else None, feeds=feeds, urgent=urgent)
            ids.append(row.id)
    return ids, list(batch.faults)


def publish_due(
    bot: Bot, only: Collection[int] | None = None, *, tell: Tell, stopping: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep, bounded: bool = False,
) -> list[int]:
    """Publish what is approved and due, on every account that is ready; returns the posts it worked on. See `bot.publish`.

    Articles whose pages were not read for a while are read again before that, and posts that no longer say what they say are held.
    `bounded`: as for `run`.
    """
    ready = _ready(bot)
    watching.before_slot(bot, list(ready), tell, only, stopping)
    terms = _terms(bot, stopping, sleep)
    if bounded:
        terms = replace(terms, most=MOST, longest=LONGEST)
    done = publish.publish_due(bot.store, ready, terms, tell, only)
    watching.begin(bot, done)
    return done


def _ready(bot: Bot) -> dict[str, Platform]:
    return {name: platform for name, account in bot.accounts.items() if account.ready and (platform := bot.platform(name))}


def _terms(bot: Bot, stopping: Callable[[], bool], sleep: Callable[[float], None]) -> publish.Terms:
    settings = bot.settings
    return publish.Terms(
        owner=bot.owner, lease_seconds=settings.lease_seconds, segment_pause=settings.segment_pause,
        thread_resume=timedelta(seconds=settings.thread_resume), may_resend=settings.x_resend != "off",
        budget=budget.of(bot), endings={name: account.ending for name, account in bot.accounts.items()},
        unread=timedelta(seconds=settings.recheck_seconds), rules=bot.rules, stopping=stopping, sleep=sleep,
    )


def _take_sample(bot: Bot) -> None:
    with bot.store.write() as session:
        if not articles.any_real(session):
            making.store_article(session, intake.sample(), sample=True)
