"""Polling of feeds over real sockets, on every database: what is taken, once, whatever the feed does."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import clock, config, context, making, news, pipeline, polling, worker
from bot.context import Bot
from bot.errors import BotError, SourceError
from bot.sources import Since, slim
from bot.sources import feed as feeds
from bot.store import aliases, models, rekey, sources
from bot.values import Batch
from tests.integration.test_fetch import Site
from tests.leasing import START, Clock

WORDS = "harbor council ferry budget school winter bridge museum orchard railway library river market engine garden station theater village".split()


def story(number: int) -> str:
    """A page that is like no other."""
    spoken = random.Random(number)
    text = " ".join(f"The {' '.join(spoken.choices(WORDS, k=12))} opened on Monday, the mayor said." for _ in range(5))
    return f"<html lang='en'><head><title>Story {number} about the {spoken.choice(WORDS)}</title></head><body><article><h1>Story {number} about the {spoken.choice(WORDS)}</h1><p>{text}</p></article></body></html>"


@dataclass(frozen=True)
class Item:
    number: int
    link: str
    guid: str
    date: datetime


@dataclass
class Feed:
    """A feed on a site, whose entries have pages of their own; the newest on top, unless it is turned round."""

    site: Site
    items: list[Item] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    ttl: int | None = None
    text: str = ""

    def publish(self, *numbers: int) -> None:
        for number in numbers:
            self.site.add(f"/{number}", story(number))
            self.items.insert(0, Item(number, self.site.url(f"/{number}"), f"tag:{number}", START + timedelta(hours=number)))

    def change(self, change: Callable[[Item], Item]) -> None:
        self.items = [change(item) for item in self.items]

    def serve(self, path: str = "/feed", **more: str) -> str:
        lines = "".join(
            f"<item><title>Story {item.number}</title><link>{item.link}</link><guid isPermaLink='false'>{item.guid}</guid><pubDate>{format_datetime(item.date)}</pubDate></item>"
            for item in self.items
        )
        ttl = "" if self.ttl is None else f"<ttl>{self.ttl}</ttl>"
        self.text = f"<rss version='2.0'><channel><title>News</title>{ttl}{lines}</channel></rss>"
        url = self.site.add(path, self.text, kind="application/rss+xml", **{**self.headers, **more})
        whole, etag = self.site.paths[path], {**self.headers, **more}.get("ETag")

        def reply(to: BaseHTTPRequestHandler) -> None:
            if etag and to.headers["If-None-Match"] == etag:
                to.send_response(304)
                to.end_headers()
            else:
                whole(to)

        self.site.paths[path] = reply
        return url


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.close()


@pytest.fixture
def feed(site: Site) -> Feed:
    """A feed with three entries."""
    made = Feed(site)
    made.publish(1, 2, 3)
    made.serve()
    return made


@contextmanager
def opened(url: str, **flags: object) -> Iterator[Bot]:
    bot = context.open_bot(config.load(**{"database_url": url, "allow_private": True, "http_timeout": 5, **flags}))
    try:
        yield bot
    finally:
        bot.store.close()


@pytest.fixture
def bot(database_url: str, tick: Clock) -> Iterator[Bot]:
    with opened(database_url) as found:
        yield found


def untroubled(where: str, error: BotError) -> None:
    raise AssertionError(f"{where}: {error}")


def titles(bot: Bot) -> list[int]:
    """The numbers of the stories that were taken, in this order."""
    with bot.store.read() as session:
        return [int(title.split()[1]) for title in session.scalars(select(models.Article.title).order_by(models.Article.id))]


def source(bot: Bot, number: int = 1) -> models.Source:
    with bot.store.read() as session:
        return session.get_one(models.Source, number)


def entries(bot: Bot) -> int:
    with bot.store.read() as session:
        return session.scalar(select(func.count(models.Entry.id))) or 0


def later(tick: Clock, bot: Bot, seconds: float = 1000, troubles: list[str] | None = None) -> list[polling.Polled]:
    """Let time pass, and poll what is due."""
    tick.pass_by(seconds)
    told = untroubled if troubles is None else lambda where, error: troubles.append(f"{where}: {error}")
    return polling.poll_due(bot, told)


def pages(site: Site) -> list[str]:
    return [path for path, _ in site.asked if path[1:].isdigit()]


# --- baseline and news --------------------------------------------------------------------------


def test_the_first_poll_knows_all_and_takes_none(bot: Bot, feed: Feed) -> None:
    number, is_new, polled = polling.add(bot, feed.site.url("/feed"))
    assert polled
    assert (number, is_new, polled.first, polled.noted, polled.articles) == (1, True, True, 3, [])
    assert (titles(bot), entries(bot), pages(feed.site)) == ([], 3, [])


def test_a_backlog_takes_the_newest_of_them(bot: Bot, feed: Feed) -> None:
    polling.add(bot, feed.site.url("/feed"), backlog=2)
    assert (titles(bot), entries(bot)) == ([2, 3], 3)


def test_a_changed_rule_for_addresses_makes_no_news_of_entries_without_guids(database_url: str, feed: Feed, tick: Clock) -> None:
    """Neither when a rule comes, which makes other keys of all links, nor when it goes."""
    feed.change(lambda item: replace(item, guid="", link=item.link.replace("127.0.0.1", "LOCALHOST") + "?Sid=A"))
    rule = '[url_rules."localhost"]\ndrop = ["sid"]\n'
    feed.serve()
    with opened(database_url) as bot:
        polling.add(bot, feed.site.url("/feed"))
    for toml in (rule, f"{rule}ignore_case = true\n", ""):
        Path("bot.toml").write_text(toml)
        with opened(database_url) as bot:
            for _ in range(2):
                (polled,) = later(tick, bot)
                assert (polled.articles, polled.noted, titles(bot), entries(bot)) == ([], 0, [], 3), toml
            assert source(bot).url_rules == bot.settings.url_rules.stored


def test_later_all_news_is_taken_oldest_first_and_no_page_of_a_known_entry_is_fetched(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.publish(4, 5, 6)
    feed.serve()
    (polled,) = later(tick, bot)
    assert (titles(bot), len(polled.articles), polled.left) == ([4, 5, 6], 3, 0)
    assert pages(feed.site) == ["/4", "/5", "/6"]
    assert later(tick, bot)[0].articles == []
    assert pages(feed.site) == ["/4", "/5", "/6"], "they are known by now"


def test_more_than_the_cap_comes_at_the_next_polls_soon_and_none_is_lost(database_url: str, tick: Clock, feed: Feed) -> None:
    with opened(database_url, feed_cap=3) as bot:
        polling.add(bot, feed.site.url("/feed"))
        feed.publish(*range(4, 12))
        feed.serve(ETag='"1"')
        assert [(len(polled.articles), polled.left) for polled in (later(tick, bot)[0], later(tick, bot, 61)[0], later(tick, bot, 61)[0])] == [(3, 5), (3, 2), (2, 0)]
        assert titles(bot) == list(range(4, 12))
        assert later(tick, bot, 61) == [], "and then the interval counts again"


def by_index(items: list[Item], changed: Callable[[int, Item], Item]) -> list[Item]:
    return [changed(at, item) for at, item in enumerate(items)]


@pytest.mark.parametrize("change", [
    lambda items: [replace(item, date=item.date + timedelta(days=29)) for item in items],
    lambda items: items[::-1],
    lambda items: [replace(item, guid=f"new:{item.number}") for item in items],
    lambda items: by_index(items, lambda at, item: replace(item, guid=str(at))),
    lambda items: [replace(item, guid="") for item in items],
    lambda items: [replace(item, link=item.link.replace("http:", "https:")) for item in items],
    lambda items: [replace(item, link=item.link + "?utm_source=rss&amp;fbclid=7") for item in items],
    lambda items: [replace(item, link=item.link + "-moved") for item in items],
    lambda items: items + items,
], ids=["re-dated", "re-ordered", "other GUIDs", "GUIDs by place", "no GUIDs", "https", "tracking", "moved links", "each twice"])
def test_what_is_known_stays_known_and_news_is_still_seen(bot: Bot, feed: Feed, tick: Clock, change: Callable[[list[Item]], list[Item]]) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.items = change(feed.items)
    feed.serve()
    (polled,) = later(tick, bot)
    assert (polled.articles, polled.noted, pages(feed.site)) == ([], 0, [])
    feed.publish(4)
    feed.items = change([item for item in feed.items if item.number == 4]) + feed.items[1:]
    feed.items[0] = replace(feed.items[0], link=feed.site.url("/4"))
    feed.serve()
    later(tick, bot)
    assert titles(bot) == [4]


def test_guids_that_change_at_each_fetch_post_nothing_again_and_fill_nothing(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    for turn in range(5):
        feed.change(lambda item, turn=turn: replace(item, guid=f"{turn}:{item.number}"))  # type: ignore[misc]
        feed.serve()
        assert later(tick, bot)[0].articles == []
    assert (titles(bot), entries(bot)) == ([], 3)


def test_a_guid_that_is_an_address_may_move_to_https_with_the_links(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.change(lambda item: replace(item, guid=f"http://example.com/?p={item.number}"))
    feed.serve()
    polling.add(bot, feed.site.url("/feed"))
    feed.change(lambda item: replace(item, guid=item.guid.replace("http:", "https:"), link=item.link + "-moved"))
    feed.serve()
    assert later(tick, bot)[0].articles == []


def test_entries_without_links_are_known_by_their_texts(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.change(lambda item: replace(item, link=""))
    for turn in range(2):
        feed.change(lambda item, turn=turn: replace(item, guid=f"{turn}:{item.number}"))  # type: ignore[misc]
        feed.serve()
        (later(tick, bot) if turn else polling.add(bot, feed.site.url("/feed")))
    assert (pages(feed.site), entries(bot), source(bot).etag) == ([], 3, None)


def test_first_the_link_moves_then_the_guid(bot: Bot, feed: Feed, tick: Clock) -> None:
    """A site moves its links, and another time its GUIDs: each time the other key tells that nothing is new."""
    polling.add(bot, feed.site.url("/feed"))
    for change in (lambda item: replace(item, link=item.link + "-b"), lambda item: replace(item, guid=item.guid + "-b"), lambda item: replace(item, link=item.link + "-c")):
        feed.change(change)
        feed.serve()
        assert later(tick, bot)[0].articles == []
    assert entries(bot) == 3


@pytest.mark.parametrize("less", [0, 1])
def test_a_feed_that_is_emptied_or_cut_and_restored_brings_nothing_again(bot: Bot, feed: Feed, tick: Clock, less: int) -> None:
    polling.add(bot, feed.site.url("/feed"))
    whole, feed.items = feed.items, feed.items[:less]
    feed.serve()
    assert later(tick, bot)[0].articles == []
    feed.items = whole
    feed.serve()
    assert later(tick, bot)[0].articles == []
    assert titles(bot) == []


def test_an_empty_feed_sets_no_baseline(bot: Bot, feed: Feed, tick: Clock) -> None:
    whole, feed.items = feed.items, []
    feed.serve()
    polling.add(bot, feed.site.url("/feed"))
    assert not source(bot).baseline
    feed.items = whole
    feed.serve()
    later(tick, bot)
    assert (titles(bot), entries(bot), source(bot).baseline) == ([], 3, True)


def moved(item: Item, to: str) -> Item:
    return replace(item, link=item.link.replace(f"/{item.number}", f"/{to}/{item.number}"), guid="")


def serve_at(feed: Feed, to: str) -> None:
    for item in feed.items:
        feed.site.paths[f"/{to}/{item.number}"] = feed.site.paths[f"/{item.number}"]
    feed.serve()


@pytest.mark.parametrize("guid", ["", "{0}"], ids=["GUIDs gone", "GUIDs are the links"])
def test_a_whole_site_that_moves_brings_only_what_is_new(bot: Bot, feed: Feed, tick: Clock, guid: str) -> None:
    polling.add(bot, feed.site.url("/feed"))
    for to, number in (("fr", 4), ("v2", 5)):
        feed.publish(number)
        feed.items = [replace(one, guid=guid.format(one.link)) for one in (moved(item, to) for item in feed.items)]
        serve_at(feed, to)
        (polled,) = later(tick, bot)
        assert (titles(bot)[-1:], len(polled.articles)) == ([number], 1), to
    assert (titles(bot), entries(bot)) == ([4, 5], 5)


def test_a_move_that_is_taken_back_brings_nothing(bot: Bot, feed: Feed, tick: Clock) -> None:
    """The GUIDs change, then the links, then all is again as it was: and a year's worth of going to and fro fills nothing."""
    polling.add(bot, feed.site.url("/feed"))
    first = feed.items
    for turn in range(6):
        feed.items = [replace(item, guid=f"new:{turn}:{item.number}", date=item.date + timedelta(days=turn)) for item in first]
        feed.serve()
        assert later(tick, bot)[0].articles == []
        feed.change(lambda item, turn=turn: replace(moved(item, f"v{turn}"), guid=item.guid))  # type: ignore[misc]
        feed.serve()
        assert later(tick, bot)[0].articles == []
        feed.items = first
        feed.serve()
        assert later(tick, bot)[0].articles == []
    with bot.store.read() as session:
        former = session.scalar(select(func.count()).select_from(models.EntryAlias)) or 0
    assert (entries(bot), 3 <= former <= 3 * aliases.MOST) == (3, True)
    with bot.store.write() as session:
        sources.remove(session, 1)
        assert session.scalar(select(func.count()).select_from(models.EntryAlias)) == 0


def changelog(site: Site, *numbers: int, link: str = "/changelog", guid: str = "v{0}") -> None:
    """A feed whose entries all stand on one page."""
    lines = "".join(
        f"<item><title>Version {n} of the {WORDS[n]}</title><link>{site.url(link.format(n))}</link><guid isPermaLink='false'>{guid.format(n)}</guid>"
        f"<description>{' '.join(random.Random(n).choices(WORDS, k=90))}, version {n}.</description></item>" for n in numbers
    )
    site.add("/log", f"<rss version='2.0'><channel><title>Log</title>{lines}</channel></rss>", kind="application/rss+xml")
    site.add(link.partition("#")[0], story(99))


@pytest.mark.parametrize(("link", "guid"), [("/", "v{0}"), ("/changelog", "v{0}"), ("/changelog#v{0}", "v{0}"), ("/changelog#v{0}", "")], ids=["home page", "one page", "places on it", "no GUIDs"])
def test_entries_that_share_a_page_are_articles_of_their_own_made_of_their_own_texts(bot: Bot, site: Site, tick: Clock, link: str, guid: str) -> None:
    changelog(site, 2, 1, link=link, guid=guid)
    assert polling.add(bot, site.url("/log"))[2].noted == 2  # type: ignore[union-attr]
    changelog(site, 4, 3, 2, 1, link=link, guid=guid)
    (polled,) = later(tick, bot)
    assert (len(polled.articles), polled.told) == (2, ["2 articles taken"])
    changelog(site, 5, link=link, guid=guid)
    later(tick, bot)
    assert later(tick, bot)[0].articles == []
    with bot.store.read() as session:
        rows = session.scalars(select(models.Article).order_by(models.Article.id)).all()
        assert [(row.title.split()[1], f"version {row.title.split()[1]}." in row.body, row.url) for row in rows] == [(str(n), True, site.url(link.format(n))) for n in (3, 4, 5)]
        assert [row.url_key for row in rows] == [None] * 3, "the address tells them not apart"
    assert site.url("/changelog") not in [path for path, _ in site.asked]


def test_pages_that_were_shared_are_forgotten_with_their_entries(bot: Bot, site: Site, tick: Clock) -> None:
    changelog(site, 2, 1)
    polling.add(bot, site.url("/log"))
    for month in range(14):
        changelog(site, *((8, 7) if month % 2 else (6, 5)), link=f"/changelog-{month % 2}")
        later(tick, bot, 29 * 86_400)
    with bot.store.read() as session:
        kept = session.execute(select(models.EntryAlias.entry_id)).all()
    assert (len(kept), entries(bot)) == (2, 4), "of the two pages that are still shown"


def test_the_keys_of_articles_that_share_a_page_are_not_made_of_its_address(database_url: str, site: Site, tick: Clock) -> None:
    with opened(database_url) as bot:
        changelog(site, 1)
        polling.add(bot, site.url("/log"))
        changelog(site, 3, 2, 1)
        later(tick, bot)
    Path("bot.toml").write_text('[url_rules."localhost"]\ndrop = ["sid"]\n')
    with opened(database_url) as bot:
        made = rekey.run(bot.store, {})
        with bot.store.read() as session:
            assert (made.alike, list(session.scalars(select(models.Article.url_key)))) == ((), [None, None])


def test_an_entry_without_a_link_makes_an_article_of_its_own_text(bot: Bot, site: Site, tick: Clock) -> None:
    item = "<item><title>Story {0} of the harbor</title><guid>x{0}</guid><description>" + "The ferry left the harbor on Monday with {0} riders. " * 6 + "</description></item>"
    site.add("/feed", f"<rss version='2.0'><channel><title>N</title>{item.format(1)}</channel></rss>")
    polling.add(bot, site.url("/feed"))
    site.add("/feed", f"<rss version='2.0'><channel><title>N</title>{item.format(2)}{item.format(1)}</channel></rss>")
    (polled,) = later(tick, bot)
    assert (titles(bot), polled.faults, "/x2" in [path for path, _ in site.asked]) == ([2], [], False)


def test_the_first_article_of_a_new_site_is_news(bot: Bot, feed: Feed, tick: Clock) -> None:
    old, feed.items = feed.items, []
    feed.serve()
    polling.add(bot, feed.site.url("/feed"))
    later(tick, bot)
    feed.publish(4, 5)
    feed.change(lambda item: replace(item, date=clock.now() + timedelta(minutes=item.number)))
    feed.items += old
    feed.serve()
    (polled,) = later(tick, bot)
    assert (titles(bot), polled.noted, source(bot).baseline) == ([4, 5], 3, True)


def test_what_is_new_in_a_feed_that_was_cut_is_taken_and_nothing_rests_on_it(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.serve(ETag='"1"')
    polling.add(bot, feed.site.url("/feed"))
    before = source(bot)
    tick.pass_by(100)
    feed.publish(4, 5)
    feed.serve(ETag='"2"')
    feed.site.add("/feed", feed.text[: feed.text.index("Story 4") + 30], kind="application/rss+xml", ETag='"2"')
    troubles: list[str] = []
    (polled,) = later(tick, bot, troubles=troubles)
    row = source(bot)
    assert (titles(bot), len(polled.articles), row.failures, row.last_ok_at, row.etag, row.body) == ([5], 1, 1, before.last_ok_at, before.etag, before.body)
    assert "ends in its middle" in troubles[0]
    assert row.last_error in troubles[0]  # type: ignore[operator]
    feed.serve(ETag='"2"')
    later(tick, bot, 2000)
    assert (titles(bot), source(bot).failures, source(bot).etag) == ([5, 4], 0, '"2"')


@pytest.mark.parametrize("cut", [1, 400])
def test_a_feed_that_is_cut_is_no_baseline(bot: Bot, feed: Feed, cut: int) -> None:
    feed.site.add("/feed", feed.text[:-cut], kind="application/rss+xml")
    with pytest.raises(SourceError, match="ends in its middle"):
        polling.add(bot, feed.site.url("/feed"))
    assert entries(bot) == 0


def test_it_is_counted_what_became_of_the_news(bot: Bot, feed: Feed, tick: Clock) -> None:
    """Two feeds: what the second one brings is known, or another copy of what the first one brought."""
    whole, feed.items = feed.items, []
    for path in ("/feed", "/b"):
        feed.items = whole[1:]
        feed.serve(path)
        polling.add(bot, feed.site.url(path))
    feed.publish(4)
    feed.serve()
    assert {polled.source: polled.told for polled in later(tick, bot)} == {1: ["1 article taken"], 2: []}
    feed.site.add("/copy", story(4).replace("</p>", " More at nine.</p>"))
    feed.items = [replace(feed.items[0], link=feed.site.url("/copy"), guid="copy"), *feed.items]
    feed.publish(5)
    feed.serve("/b")
    told = {polled.source: (polled.told, len(polled.articles)) for polled in later(tick, bot)}
    assert told[2] == (["1 article taken", "1 the same as others", "1 known already"], 3)


def test_older_entries_that_slide_in_are_no_news(bot: Bot, feed: Feed, tick: Clock) -> None:
    hidden = feed.items.pop()
    feed.serve()
    polling.add(bot, feed.site.url("/feed"))
    feed.items.append(hidden)
    feed.serve()
    (polled,) = later(tick, bot)
    assert (polled.articles, polled.noted) == ([], 1)


def test_a_restart_brings_nothing_again(database_url: str, tick: Clock, feed: Feed) -> None:
    with opened(database_url) as bot:
        polling.add(bot, feed.site.url("/feed"))
    with opened(database_url) as bot:
        later(tick, bot)
        assert titles(bot) == []


def test_thousands_of_entries_are_known_by_one_poll(bot: Bot, feed: Feed, tick: Clock) -> None:
    entry = "<item><link>http://127.0.0.1/a/{0}</link></item>"
    feed.site.add("/feed", "<rss version='2.0'><channel><title>N</title>" + "".join(entry.format(number) for number in range(3_000)) + "</channel></rss>")
    polling.add(bot, feed.site.url("/feed"))
    assert entries(bot) == 3_000
    assert later(tick, bot)[0].articles == []
    assert entries(bot) == 3_000


def test_a_feed_of_fifty_thousand_entries_is_known_whole_and_brings_its_news_by_the_cap(tmp_path: Path, site: Site, tick: Clock) -> None:
    """Measured on a machine of two busy cores: 4.5 s of processor time and 130 MB for what the parser alone takes a minute for."""
    entry = "<item><title>Story {0}</title><link>{1}</link><guid isPermaLink='false'>tag:{2}:{0}</guid><description>" + "word " * 60 + "</description></item>"

    def serve(most: int, turn: int) -> None:
        """The newest on top; every GUID another at each turn."""
        lines = "".join(entry.format(number, site.url(f"/{number}"), turn) for number in range(most, 0, -1))
        site.add("/feed", f"<rss version='2.0'><channel><title>News</title><ttl>20</ttl>{lines}</channel></rss>", kind="application/rss+xml")

    for number in range(50_001, 50_005):
        site.add(f"/{number}", story(number))
    serve(50_000, 0)
    with opened(f"sqlite:///{tmp_path / 'bot.db'}", feed_cap=3, http_timeout=20) as bot:
        before = time.process_time()
        _, _, polled = polling.add(bot, site.url("/feed"))
        assert polled
        assert (polled.noted, polled.error, entries(bot)) == (50_000, None, 50_000)
        serve(50_004, 1)
        (polled,) = later(tick, bot, 1400)
        assert (len(polled.articles), polled.left, titles(bot), entries(bot)) == (3, 1, [50_001, 50_002, 50_003], 50_003)
        assert time.process_time() - before < 120


def read_both_ways(feed_text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Batch, Batch]:
    def read(large: int) -> Batch:
        monkeypatch.setattr(slim, "LARGE", large)
        return feeds.read(
            feed_text.encode(), where="it", address="https://example.com/feed", fetch_article=lambda link: pytest.fail(link), since=Since(pick=lambda entries: []),
        )

    return read(0), read(10**9)


@pytest.mark.parametrize("text", [
    "<rss version='2.0'><channel><title>N</title><ttl>60</ttl>{0}</channel></rss>", "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>{0}</channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>N</title>{1}</feed>", "<?xml version='1.0'?>\n<!-- a comment --><feed xml:lang='de' xmlns='http://www.w3.org/2005/Atom'>{1}</feed>",
    "<rss version='2.0'><channel><title>N</title>{0}<item><link>/relative</link><guid>7</guid></item></channel></rss>",
    "<rss version='2.0'><channel><title>N</title>{0}<item><title>without a link</title><description>text</description></item></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://example.org/'><entry><link href='a'/><id>a</id></entry></feed>",
    "<rss version='2.0'><channel><title>N</title>{0}<item><title>A number</title><link>https://example.com/a</link><guid>n7</guid></item></channel></rss>",
    "<rss version='2.0'><channel><title>&nbsp;</title>{0}</channel></rss>", "<rss version='2.0'><channel><title>broken</title>{0}",
])
def test_a_large_feed_is_known_by_the_same_keys_as_a_small_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rss = "".join(f"<item><title>T &amp; {n}</title><link> https://example.com/{n}?a=1&amp;b=2 </link><guid isPermaLink='{'true' if n % 2 else 'false'}'>https://example.com/?p={n}</guid><pubDate>Mon, 0{n} Mar 2026 09:00:00 +0100</pubDate><description>&lt;p&gt;x</description></item>" for n in range(1, 8))
    atom = "".join(f"<entry><title type='html'>T {n}</title><link rel='self' href='https://example.com/{n}.xml'/><link href='https://example.com/{n}'/><id>tag:example.com,2026:{n}</id><updated>2026-03-0{n}T09:00:00Z</updated><source><id>other</id></source></entry>" for n in range(1, 8))
    large, small = read_both_ways(text.format(rss, atom), monkeypatch)
    assert [one.model_copy(update={"where": ""}) for one in large.entries] == [one.model_copy(update={"where": ""}) for one in small.entries]
    assert (large.ttl, large.is_feed, large.body) == (small.ttl, True, small.body)


def test_the_texts_of_a_large_feed_are_those_of_its_entries(bot: Bot, site: Site, tick: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their pages can not be read, so that the feed's own texts are taken."""
    monkeypatch.setattr(slim, "LARGE", 0)

    def serve(*numbers: int) -> None:
        lines = "".join(
            f"<item><title>Story {n} of the harbor</title><link>{site.url(f'/{n}')}</link><pubDate>Mon, 0{n} Feb 2026 09:00:00 GMT</pubDate>"
            f"<description>{f'The ferry number {n} left the harbor on Monday with many riders. ' * 6}</description></item>" for n in numbers
        )
        site.add("/feed", f"<rss version='2.0'><channel><title>N</title>{lines}</channel></rss>")

    serve(1)
    polling.add(bot, site.url("/feed"))
    for number in (2, 3):
        site.add(f"/{number}", status=500)
    serve(3, 2, 1)
    later(tick, bot)
    with bot.store.read() as session:
        assert [(row.title, f"number {row.title.split()[1]}" in row.body) for row in session.scalars(select(models.Article).order_by(models.Article.id))] == [("Story 2 of the harbor", True), ("Story 3 of the harbor", True)]


def test_dates_that_can_not_be_true_change_nothing(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.publish(4, 5)
    feed.items[0] = replace(feed.items[0], date=datetime.fromisoformat("1970-01-01T00:00:00+00:00"))
    feed.items[1] = replace(feed.items[1], date=datetime.fromisoformat("2199-01-01T00:00:00+00:00"))
    feed.serve()
    later(tick, bot)
    assert sorted(titles(bot)) == [4, 5]


# --- pages that fail ----------------------------------------------------------------------------


def test_a_page_that_can_not_be_read_is_tried_again_told_twice_and_left(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.publish(4, 5)
    del feed.site.paths["/4"]
    feed.serve(ETag='"1"')
    troubles: list[str] = []
    for _ in range(100):
        later(tick, bot, troubles=troubles)
    assert titles(bot) == [5]
    assert pages(feed.site).count("/4") == news.MAX_TRIES
    assert pages(feed.site).count("/5") == 1
    assert [("tried again by itself" in line, "is left now" in line) for line in troubles] == [(True, False), (False, True)]
    assert "404" in troubles[0]
    assert source(bot).etag == '"1"', "nothing is left to be read"


def test_a_page_that_can_be_read_later_is_taken_though_the_feed_did_not_change(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.publish(4)
    page = feed.site.paths.pop("/4")
    feed.serve(ETag='"1"')
    later(tick, bot, troubles=[])
    feed.site.paths["/4"] = page
    later(tick, bot)
    assert titles(bot) == [4]


# --- what servers say ---------------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.serve(ETag='"1"', Last_Modified="Mon, 02 Mar 2026 09:00:00 GMT")
    polling.add(bot, feed.site.url("/feed"))
    feed.site.paths["/feed"] = lambda to: (to.send_response(304), to.end_headers())[-1]
    for _ in range(2):
        assert later(tick, bot)[0].error is None
        asked = feed.site.asked[-1][1]
        assert (asked["if-none-match"], asked["if-modified-since"]) == ('"1"', "Mon, 02 Mar 2026 09:00:00 GMT")
    assert source(bot).last_ok_at == clock.now()


def test_an_empty_etag_is_none(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.serve(ETag="")
    polling.add(bot, feed.site.url("/feed"))
    later(tick, bot)
    assert "if-none-match" not in feed.site.asked[-1][1]
    assert titles(bot) == []


def test_a_feed_that_is_gone_is_polled_no_more(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.site.add("/feed", status=410)
    troubles: list[str] = []
    later(tick, bot, troubles=troubles)
    assert later(tick, bot, 10**6) == []
    row = source(bot)
    assert (row.off, len(troubles)) == (True, 1)
    assert "410" in troubles[0]
    assert "polled no more" in troubles[0]
    assert row.last_error
    assert "410" in row.last_error
    feed.publish(4)
    feed.serve()
    assert polling.add(bot, feed.site.url("/feed"))[:2] == (1, False)
    assert (source(bot).off, titles(bot)) == (False, [4]), "what it showed before it was gone is still known"


def test_a_feed_that_is_not_found_is_looked_for_again(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.site.add("/feed", status=404)
    later(tick, bot, troubles=[])
    assert not source(bot).off


def test_a_feed_that_moved_for_good_is_polled_where_it_stands_now(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    for path, status, target in (("/feed", 301, "/b"), ("/b", 308, "/c"), ("/c", 302, "/d")):
        feed.site.add(path, status=status, Location=target)
    feed.publish(4)
    feed.serve("/d")
    later(tick, bot)
    assert (source(bot).url, titles(bot)) == (feed.site.url("/c"), [4])
    feed.site.asked.clear()
    later(tick, bot)
    assert [path for path, _ in feed.site.asked] == ["/c", "/d"]


@pytest.mark.parametrize("end", [500, 404, 200])
def test_it_moves_only_once_it_answered_there(bot: Bot, feed: Feed, tick: Clock, end: int) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.site.add("/feed", status=301, Location="/b")
    feed.site.add("/b", story(1), status=end)
    troubles: list[str] = []
    later(tick, bot, troubles=troubles)
    assert source(bot).url == feed.site.url("/feed")
    assert len(troubles) == 1


def test_for_the_time_being_is_not_for_good(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.serve("/c")
    feed.site.add("/feed", status=302, Location="/b")
    feed.site.add("/b", status=301, Location="/c")
    later(tick, bot)
    assert source(bot).url == feed.site.url("/feed")


def test_two_sources_that_become_one_are_polled_once(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.serve("/b")
    polling.add(bot, feed.site.url("/feed"))
    polling.add(bot, feed.site.url("/b"))
    feed.site.add("/b", status=301, Location="/feed")
    troubles: list[str] = []
    later(tick, bot, troubles=troubles)
    assert (source(bot, 2).off, source(bot, 1).off) == (True, False)
    assert "which is source 1" in troubles[0]
    with pytest.raises(SourceError, match="source 1"):
        polling.add(bot, feed.site.add("/e", status=301, Location="/feed"))


def wait(bot: Bot) -> float:
    row = source(bot)
    assert row.next_poll_at
    return (row.next_poll_at - clock.now()).total_seconds()


def test_polls_keep_the_interval_and_the_source_s_own(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    assert 810 <= wait(bot) <= 990
    assert later(tick, bot, 800) == []
    polling.add(bot, feed.site.url("/feed"), every=3600)
    assert 3240 <= wait(bot) <= 3960


@pytest.mark.parametrize(("ttl", "headers", "least"), [
    (90, {}, 5400), (None, {"Cache-Control": "public, max-age=7200"}, 7200), (None, {"Cache-Control": "max-age=7200", "Age": "1800"}, 5400),
    (None, {"Cache-Control": "max-age=3600", "Expires": "Mon, 02 Mar 2099 11:00:00 GMT"}, 3600),
    (90, {"Cache-Control": "max-age=7200"}, 7200), (10**6, {}, 86_400), (None, {"Cache-Control": "max-age=31536000"}, 86_400),
])
def test_what_the_publisher_asks_for_is_respected(bot: Bot, feed: Feed, ttl: int | None, headers: dict[str, str], least: int) -> None:
    feed.ttl, feed.headers = ttl, headers
    feed.serve()
    polling.add(bot, feed.site.url("/feed"))
    assert least <= wait(bot) <= least * 1.1


def test_an_answer_that_expires_later_is_asked_for_later(bot: Bot, feed: Feed) -> None:
    feed.headers = {"Expires": format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)}
    feed.serve()
    polling.add(bot, feed.site.url("/feed"))
    assert 7000 <= wait(bot) <= 8000


def test_what_the_feed_asks_for_holds_after_a_304_too(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.ttl = 90
    feed.serve(ETag='"1"')
    polling.add(bot, feed.site.url("/feed"))
    assert later(tick, bot, 6000)[0].error is None
    assert "if-none-match" in feed.site.asked[-1][1]
    assert wait(bot) >= 5400
    feed.ttl = None
    feed.serve()
    later(tick, bot, 6000)
    assert wait(bot) < 1000, "it asks for nothing any more"


@pytest.mark.parametrize(("asks", "least"), [
    ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", 810), ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
    ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>12</sy:updateFrequency>", 7200), ("<sy:updatePeriod>yearly</sy:updatePeriod>", 86_400),
    ("<sy:updatePeriod>often</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 810),
    ("<skipHours><hour>12</hour><hour>13</hour></skipHours>", 8000), ("<skipDays><day>Tuesday</day></skipDays>", 42_000),
    ("<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>", 810), ("<skipDays><day>Sunday</day></skipDays>", 810),
])
def test_a_feed_says_how_often_and_when_it_wants_to_be_fetched(bot: Bot, feed: Feed, tick: Clock, asks: str, least: int) -> None:
    """It is noon on a Tuesday, 12:00:00 UTC, and in a quarter of an hour still noon."""
    assert f"{tick():%A %H:%M}" == "Tuesday 12:00"
    feed.site.add("/feed", f"<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel><title>N</title>{asks}<item><title>a</title><link>http://127.0.0.1/a</link></item></channel></rss>")
    polling.add(bot, feed.site.url("/feed"))
    assert least <= wait(bot) <= max(least * 1.2, 990)


def test_a_server_that_never_says_unchanged_costs_no_parsing(bot: Bot, feed: Feed, tick: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    polling.add(bot, feed.site.url("/feed"))
    monkeypatch.setattr("bot.sources.feed._parsed", lambda *given: pytest.fail("it says what it said"))
    assert later(tick, bot)[0].error is None


def test_a_source_that_fails_is_polled_ever_more_seldom_and_told_of_once(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.site.add("/feed", status=500)
    troubles: list[str] = []
    waits = []
    for _ in range(7):
        later(tick, bot, wait(bot), troubles=troubles)
        waits.append(wait(bot))
    assert all(0.9 * usual <= waited <= 1.1 * usual for waited, usual in zip(waits, [1800, 3600, 7200, 14400, 21600, 21600, 21600], strict=True)), waits
    assert len(troubles) == 1
    assert source(bot).failures == 7
    feed.publish(4)
    feed.serve()
    later(tick, bot, wait(bot))
    row = source(bot)
    assert (row.failures, row.last_error, titles(bot)) == (0, None, [4])
    assert 810 <= wait(bot) <= 990


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_respected(bot: Bot, feed: Feed, tick: Clock, status: int) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.site.add("/feed", status=status, Retry_After="40000")
    later(tick, bot, troubles=[])
    assert 40_000 <= wait(bot) <= 44_000
    feed.site.add("/feed", status=status, Retry_After=format_datetime(clock.now() + timedelta(seconds=90_000)).replace("+0000", "GMT"))
    later(tick, bot, wait(bot), troubles=[])
    assert wait(bot) > 40_000


def test_a_source_set_for_long_after_a_clock_that_was_wrong_is_due(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    tick.pass_by(-10 * 365 * 86_400)
    assert len(later(tick, bot)) == 1


@pytest.mark.parametrize("body", ["", "<rss><chan", story(1), "\0\1\2"])
def test_what_is_no_feed_any_more_is_a_failure_and_loses_nothing(bot: Bot, feed: Feed, tick: Clock, body: str) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.site.add("/feed", body)
    troubles: list[str] = []
    later(tick, bot, troubles=troubles)
    assert (len(troubles), source(bot).failures, titles(bot)) == (1, 1, [])
    feed.publish(4)
    feed.serve()
    later(tick, bot, 2000)
    assert titles(bot) == [4]


def test_a_source_that_can_not_be_read_is_not_added(bot: Bot, feed: Feed) -> None:
    for path, words in (("/none", "404"), ("/1", "this is a page, not a feed")):
        with pytest.raises(SourceError, match=words):
            polling.add(bot, feed.site.url(path))
    with pytest.raises(SourceError, match="not an http"):
        polling.add(bot, "file:///etc/passwd")
    with bot.store.read() as session:
        assert sources.listed(session) == []


def test_one_bad_source_keeps_no_other_from_being_polled(bot: Bot, feed: Feed, tick: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    feed.serve("/b")
    for path in ("/b", "/feed"):
        polling.add(bot, feed.site.url(path))
    monkeypatch.setitem(feed.site.paths, "/b", lambda to: to.wfile.write(b"this is no HTTP\r\n\r\n"))
    feed.publish(4)
    feed.serve()
    troubles: list[str] = []
    later(tick, bot, troubles=troubles)
    assert (titles(bot), len(troubles)) == ([4], 1)


# --- workers ------------------------------------------------------------------------------------


def test_what_was_polled_between_the_look_and_the_lease_is_left(bot: Bot, feed: Feed) -> None:
    polling.add(bot, feed.site.url("/feed"))
    assert polling.poll(bot, 1) is None
    assert [path for path, _ in feed.site.asked] == ["/feed"]
    assert polling.poll(bot, 99) is None


def test_two_workers_at_once_poll_once(database_url: str, feed: Feed, tick: Clock) -> None:
    with opened(database_url) as one, opened(database_url) as other:
        polling.add(one, feed.site.url("/feed"))
        feed.publish(4, 5)
        feed.serve()
        tick.pass_by(1000)
        feed.site.asked.clear()
        both = threading.Barrier(2)
        done: list[list[polling.Polled]] = []

        def poll(bot: Bot) -> None:
            both.wait()
            done.append(polling.poll_due(bot, untroubled))

        threads = [threading.Thread(target=poll, args=(bot,)) for bot in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(len(polled) for polled in done) == [0, 1]
        assert [path for path, _ in feed.site.asked] == ["/feed", "/4", "/5"]
        assert titles(one) == [4, 5]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("where", ["store_article", "settle", "finish"])
@pytest.mark.parametrize("after", [1, 2])
def test_a_worker_killed_anywhere_loses_nothing_and_doubles_nothing(
    database_url: str, feed: Feed, tick: Clock, monkeypatch: pytest.MonkeyPatch, where: str, after: int
) -> None:
    owner, name = {"store_article": (making, "store_article"), "settle": (sources, "settle"), "finish": (sources, "note")}[where]
    act, calls = getattr(owner, name), []

    def killed(*given: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == after or where == "finish":
            act(*given, **named)
            raise Killed
        return act(*given, **named)

    with opened(database_url) as bot:
        polling.add(bot, feed.site.url("/feed"))
        feed.publish(4, 5, 6)
        feed.serve()
        monkeypatch.setattr(owner, name, killed)
        with pytest.raises(Killed):
            later(tick, bot)
        before = 3 if where == "finish" else after - 1
        assert (len(titles(bot)), entries(bot)) == (before, 3 + before), "an article and its entry are stored together"
    monkeypatch.undo()
    feed.site.asked.clear()
    with opened(database_url) as bot:
        later(tick, bot)
        assert titles(bot) == [4, 5, 6]
        assert pages(feed.site) == ["/4", "/5", "/6"][before:], "what is settled is not fetched again"


def test_a_worker_that_lost_its_lease_stores_nothing_more(database_url: str, feed: Feed, tick: Clock) -> None:
    with opened(database_url) as bot:
        polling.add(bot, feed.site.url("/feed"))
        feed.publish(4)

        def slow(to: BaseHTTPRequestHandler) -> None:
            tick.pass_by(3601)
            page(to)

        page = feed.site.paths["/4"]
        feed.site.paths["/4"] = slow
        feed.serve()
        later(tick, bot)
        assert (titles(bot), entries(bot)) == ([], 3)
        feed.site.paths["/4"] = page
        later(tick, bot)
        assert titles(bot) == [4]


def test_a_source_removed_while_it_is_polled_leaves_nothing_behind(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.publish(4)
    page = feed.site.paths["/4"]

    def removes(to: BaseHTTPRequestHandler) -> None:
        with bot.store.write() as session:
            sources.remove(session, 1)
        page(to)

    feed.site.paths["/4"] = removes
    feed.serve()
    assert [polled.error for polled in later(tick, bot)] == [None]
    assert (titles(bot), entries(bot)) == ([], 0)


def test_the_main_job_polls_before_it_drafts_a_dry_run_too(database_url: str, feed: Feed, tick: Clock) -> None:
    with opened(database_url) as bot:
        polling.add(bot, feed.site.url("/feed"))
        feed.publish(4)
        feed.serve()
        tick.pass_by(1000)
        made = pipeline.run(bot, tell=untroubled, dry_run=True).made
        assert (len(made) > 0, titles(bot)) == (True, [4])


def test_a_stop_is_heard_between_sources(bot: Bot, feed: Feed, tick: Clock) -> None:
    feed.serve("/b")
    for path in ("/b", "/feed"):
        polling.add(bot, feed.site.url(path))
    tick.pass_by(1000)
    answers = iter([False, True])
    assert len(polling.poll_due(bot, untroubled, lambda: next(answers))) == 1


def test_the_worker_names_what_it_leaves_out(bot: Bot, feed: Feed, tick: Clock) -> None:
    polling.add(bot, feed.site.url("/feed"))
    feed.publish(4)
    feed.serve()
    later(tick, bot)
    feed.site.add("/copy", story(4).replace("</p>", " More at nine.</p>"))
    feed.publish(5)
    feed.items = [replace(feed.items[0], link=feed.site.url("/copy"), guid="copy"), *feed.items]
    feed.serve()
    tick.pass_by(86_400)
    lines: list[str] = []
    stop = worker.Stop()

    def log(text: str, *_: object, **__: object) -> None:
        lines.append(text)
        stop.ask()

    worker.run(bot, stop, log, fate=str, told=str)
    assert [line for line in lines if "is not drafted: it is " in line and "article 1 " in line] != []
