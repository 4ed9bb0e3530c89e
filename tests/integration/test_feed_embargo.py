"""Embargoes by the dates of a feed: waited for, moved with the feed or the page, and not believed of a clock in the wrong zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock, polling, watching
from bot.context import Bot
from bot.store import articles, embargo, models
from tests.integration.test_fetch import Site
from tests.integration.test_polling import Feed, opened, story, untroubled
from tests.leasing import Clock

HOUR = timedelta(hours=1)


@pytest.fixture
def feed() -> Iterator[Feed]:
    site = Site()
    made = Feed(site)
    made.publish(1)
    made.serve()
    yield made
    site.close()


@pytest.fixture
def bot(database_url: str, tick: Clock) -> Iterator[Bot]:
    with opened(database_url) as found:
        yield found


def poll(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.serve()
    tick.pass_by(1000)
    polling.poll_due(bot, untroubled)


def bring(bot: Bot, feed: Feed, tick: Clock, number: int, ahead: timedelta) -> None:
    """An entry that the feed dates ahead of when it is read."""
    feed.publish(number)
    feed.items[0] = replace(feed.items[0], date=(tick() + ahead + timedelta(seconds=1000)).replace(microsecond=0))
    poll(bot, feed, tick)


def ready(bot: Bot) -> list[int]:
    """The stories that may be drafted now."""
    with bot.store.read() as session:
        return [int(session.get_one(models.Article, number).title.split()[1]) for number in articles.queued(session, clock.now(session))]


def test_a_date_of_the_feed_is_waited_for_and_moves_with_it(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    bring(bot, feed, tick, 2, 5 * HOUR)
    assert ready(bot) == []
    feed.items[0] = replace(feed.items[0], date=tick() + 9 * HOUR)
    poll(bot, feed, tick)
    tick.pass_by(6 * 3600)
    assert ready(bot) == []
    feed.items[0] = replace(feed.items[0], date=tick() - HOUR)
    poll(bot, feed, tick)
    assert ready(bot) == [2]


def test_a_date_of_the_page_moves_the_embargo_when_the_page_is_asked_again(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.publish(2)

    def dated(ahead: timedelta) -> None:
        meta = f"<meta property='article:published_time' content='{(tick() + ahead).isoformat()}'>"
        feed.site.add("/2", story(2).replace("<head>", f"<head>{meta}"))

    dated(2 * 24 * HOUR)
    poll(bot, feed, tick)
    assert ready(bot) == []
    tick.pass_by(7 * 3600)
    dated(-HOUR)
    watching.after(bot, untroubled)
    assert ready(bot) == [2], "lifted"


def test_a_feed_in_the_wrong_zone_delays_five_articles_and_no_more(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    for number in range(2, 7):
        bring(bot, feed, tick, number, 8 * HOUR - number * timedelta(minutes=3))
    assert ready(bot) == []
    bring(bot, feed, tick, 7, 8 * HOUR)
    assert ready(bot) == [7]
    tick.pass_by(8 * 3600)
    assert ready(bot) == [2, 3, 4, 5, 6, 7], "none is delayed for ever"


@pytest.mark.parametrize("ahead", [(1, 5, 20, 3, 9), (8, 8, 8, 8, 0), (30, 30, 30, 30, 30)])
def test_embargoes_of_different_length_are_embargoes(bot: Bot, feed: Feed, tick: Clock, ahead: tuple[int, ...]) -> None:
    polling.add(bot, feed.site.url("/feed"))
    for number, hours in enumerate(ahead, start=2):
        bring(bot, feed, tick, number, hours * HOUR)
    bring(bot, feed, tick, 7, 8 * HOUR)
    assert 7 not in ready(bot)


def test_a_feed_s_dates_in_1970_and_ten_years_ahead_delay_nothing(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    bring(bot, feed, tick, 2, -timedelta(days=20_000))
    bring(bot, feed, tick, 3, timedelta(days=3652))
    assert ready(bot) == [2, 3]
    with bot.store.read() as session:
        assert [embargo.mistaken(row) is not None for row in session.scalars(select(models.Article).order_by(models.Article.id))] == [False, True]
