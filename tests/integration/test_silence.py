"""Which polled feeds are silent against their own rhythm, from the entries that are stored; and how long entries are stored."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot import polling
from bot.store import models, sources
from bot.store.db import Store
from bot.store.models import Entry, Source
from bot.values import Entry as Shown
from tests.integration.test_fetch import Site
from tests.integration.test_polling import Feed, opened, titles, untroubled
from tests.leasing import START, Clock

DAY, WEEK = timedelta(days=1), timedelta(days=7)
FIRST = START - timedelta(hours=12) + DAY
"""A Monday, 0:00."""


def a_source(store: Store, *, asked: datetime, news: bool, weeks: int = 8, **more: object) -> int:
    """A feed that brought an item at nine on every weekday; as news, or in its baseline at the end of these weeks."""
    end = FIRST + weeks * WEEK
    with store.write() as session:
        row = Source(url=f"https://example.com/{news}{more}", kind="feed", added_at=FIRST if news else end, baseline=True, last_ok_at=asked, **more)
        session.add(row)
        session.flush()
        for at in (FIRST + week * WEEK + day * DAY + timedelta(hours=9) for week in range(weeks) for day in range(5)):
            session.add(Entry(source_id=row.id, link=f"{at:%m%d%H}", seen_at=at if news else end, published_at=at, kept_at=end, news=news, tries=0))
        return row.id


@pytest.mark.parametrize("news", [True, False])
def test_a_weekday_feed_is_silent_from_wednesday_on_not_on_sunday(store: Store, news: bool) -> None:
    end = FIRST + 8 * WEEK
    number = a_source(store, asked=end + 3 * DAY, news=news)
    with store.read() as session:
        assert sources.silent(session, end - timedelta(hours=2)) == []
        (found,) = sources.silent(session, end + 2 * DAY + timedelta(hours=20))
        assert (found.source, found.since, found.usual) == (number, end - 3 * DAY + timedelta(hours=9), "about 5 a week, on Mondays to Fridays")
        assert sources.silent(session, end + 30 * WEEK) == [found], "and stays so"


def test_what_was_not_asked_or_can_not_be_read_or_is_off_is_not_called_silent(store: Store) -> None:
    end = FIRST + 8 * WEEK
    a_source(store, asked=end, news=True)
    a_source(store, asked=end + WEEK, news=True, failures=3)
    a_source(store, asked=end + WEEK, news=True, off=True)
    with store.read() as session:
        assert sources.silent(session, end + WEEK) == []


def test_entries_are_forgotten_a_year_after_the_feed_showed_them_last_and_are_no_news_then(database_url: str, tick: Clock) -> None:
    site = Site()
    feed = Feed(site)
    feed.publish(1, 2, 3)
    feed.serve()
    with opened(database_url) as bot:
        polling.add(bot, site.url("/feed"))
        old, feed.items = feed.items[2], feed.items[:2]
        for _ in range(16):
            tick.pass_by(25 * 86_400)
            feed.ttl = (feed.ttl or 0) + 1
            feed.serve()
            polling.poll_due(bot, untroubled)
        with bot.store.read() as session:
            assert session.scalar(select(func.count(models.Entry.id))) == 2, "those still in the feed are known, the other is forgotten"
        feed.items = [old, *feed.items]
        feed.publish(4)
        feed.items[0] = type(old)(4, feed.items[0].link, feed.items[0].guid, tick())
        feed.serve()
        tick.pass_by(2000)
        polling.poll_due(bot, untroubled)
        assert titles(bot) == [4]
    site.close()


def test_nothing_is_forgotten_by_the_first_poll_after_a_long_failure(store: Store) -> None:
    number = a_source(store, asked=FIRST, news=True)
    later = FIRST + timedelta(days=600)
    for last_ok, left in ((FIRST, 40), (later - DAY, 0)):
        with store.write() as session:
            row = session.get_one(Source, number)
            row.last_ok_at = last_ok
            sources.keep(session, row, [], later)
        with store.read() as session:
            assert session.scalar(select(func.count(Entry.id))) == left


def test_what_is_shown_is_kept_with_few_writes(store: Store) -> None:
    number = a_source(store, asked=FIRST, news=True)
    with store.write() as session:
        shown = [Shown(link=link, guid=None, where="") for link in session.scalars(select(Entry.link))]
        for later in (DAY, 40 * DAY):
            now = FIRST + 8 * WEEK + later
            sources.keep(session, session.get_one(Source, number), sources.known(session, number, shown), now)
            kept = set(session.scalars(select(Entry.kept_at)))
            assert kept == {FIRST + 8 * WEEK if later == DAY else now}
