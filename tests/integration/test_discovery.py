"""A site's feed from its home page, over real sockets: which one is taken, politely, and safely whatever the page says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import polling
from bot.context import Bot
from bot.errors import SourceError
from bot.sources import discover
from bot.sources.fetch import Answer
from bot.store import sources
from tests.integration.cli_world import World
from tests.integration.test_fetch import Site
from tests.integration.test_polling import Feed, opened

RSS, ATOM, JSON = "application/rss+xml", "application/atom+xml", "application/feed+json"


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.close()


@pytest.fixture
def feed(site: Site) -> Feed:
    made = Feed(site)
    made.publish(1, 2)
    return made


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    with opened(f"sqlite:///{tmp_path / 'bot.db'}") as found:
        yield found


def home(*named: tuple[str, str, str], base: str = "") -> str:
    head = "".join(f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">' for kind, title, href in named)
    return f"<html><head><title>News</title>{base}{head}</head><body><h1>News</h1><p>All the news.</p></body></html>"


def page(body: str, url: str = "https://example.com/") -> Answer:
    return Answer(url=url, data=body.encode())


def added(bot: Bot, url: str) -> tuple[str, tuple[str, ...]]:
    """Where the feed stands that was taken, and the others."""
    number, _, polled = polling.add(bot, url)
    assert polled
    with bot.store.read() as session:
        row = {row.id: row for row, _ in sources.listed(session)}[number]
        assert row.baseline
        return row.url, polled.others


def asked(site: Site) -> list[str]:
    return [path for path, _ in site.asked]


def test_the_feed_that_the_page_names_is_taken(bot: Bot, site: Site, feed: Feed) -> None:
    url = feed.serve("/news.xml")
    site.add("/", home((RSS, "News", "/news.xml")))
    assert added(bot, site.url("/")) == (url, ())
    assert asked(site) == ["/", "/news.xml"]


def test_it_is_known_by_the_page_s_address_too(bot: Bot, site: Site, feed: Feed) -> None:
    feed.serve("/news.xml")
    site.add("/", home((RSS, "News", "/news.xml")))
    added(bot, site.url("/"))
    number, is_new, _ = polling.add(bot, site.url("/"))
    assert (number, is_new, asked(site)) == (1, False, ["/", "/news.xml", "/news.xml"])
    with bot.store.read() as session:
        assert sources.keys(session) == {site.url("/news.xml").removeprefix("http://"), site.url("").removeprefix("http://")}


def test_of_several_the_main_one_is_taken_that_of_comments_last() -> None:
    found = discover.named(page(home(
        (RSS, "News » Comments Feed", "/comments/feed/"), (JSON, "Elsewhere", "https://feeds.example.net/news.json"), (ATOM, "News", "/atom.xml"),
        (RSS, "News", "feed/"), ("application/json+oembed", "embed", "/oembed"), ("text/html", "", "/de/"), (RSS, "", "javascript:alert(1)"), (RSS, "", ""),
        (RSS, "", "file:///etc/passwd"), (RSS, "itself", "/#top"), (ATOM, "again", "/atom.xml"),
    )))
    assert [one.address for one in found] == [
        "https://example.com/atom.xml", "https://example.com/feed/", "https://feeds.example.net/news.json", "https://example.com/comments/feed/",
    ]


def test_a_page_s_base_counts() -> None:
    assert discover.named(page(home((RSS, "", "feed"), base='<base href="/blog/">')))[0].address == "https://example.com/blog/feed"


@pytest.mark.parametrize("body", ["", "<", "\0" * 100, "<link" * 10_000, "<p>" * 20_000 + home((RSS, "", "/a")), "<html>" + "<link rel=alternate type=application/rss+xml href=/a>" * 50_000])
def test_a_hostile_page_is_read_in_bounds(body: str) -> None:
    assert len(discover.named(page(body))) <= discover.MOST


def test_many_feeds_are_bounded() -> None:
    assert len(discover.named(page(home(*((RSS, "", f"/{number}") for number in range(500)))))) == discover.MOST


@pytest.mark.parametrize("path", discover.PATHS)
def test_where_none_is_named_the_usual_places_are_tried_one_after_the_other(bot: Bot, site: Site, feed: Feed, path: str) -> None:
    url = feed.serve(f"/{path}")
    site.add("/", home())
    assert added(bot, site.url("/")) == (url, ())
    tried = [f"/{one}" for one in discover.PATHS[: discover.PATHS.index(path) + 1]]
    assert asked(site) == ["/", *tried, f"/{path}"]


def test_under_the_page_not_at_the_root(bot: Bot, site: Site, feed: Feed) -> None:
    url = feed.serve("/blog/rss.xml")
    site.add("/blog/", home())
    assert added(bot, site.url("/blog/"))[0] == url


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_in_trouble_is_left_alone(bot: Bot, site: Site, status: int) -> None:
    site.add("/", home())
    site.add("/feed", status=status)
    with pytest.raises(SourceError, match="this is a page, not a feed, and it names none; add the address of a feed, or read the page once: bot add http"):
        polling.add(bot, site.url("/"))
    assert asked(site) == ["/", "/feed"]


def test_a_page_without_any_says_in_a_line_what_to_do_and_nothing_is_kept(bot: Bot, site: Site) -> None:
    site.add("/", home())
    with pytest.raises(SourceError, match="names none") as told:
        polling.add(bot, site.url("/"))
    assert "\n" not in str(told.value)
    assert asked(site) == ["/", *(f"/{path}" for path in discover.PATHS)]
    with bot.store.read() as session:
        assert sources.listed(session) == []


def test_an_article_s_page_is_not_searched_beyond_what_it_names(bot: Bot, site: Site, feed: Feed) -> None:
    feed.serve("/feed")
    with pytest.raises(SourceError, match="names none"):
        polling.add(bot, site.url("/1"))
    assert asked(site) == ["/1"]


def test_one_that_can_not_be_read_gives_way_to_the_next_and_a_page_leads_to_no_third(bot: Bot, site: Site, feed: Feed) -> None:
    url = feed.serve("/good.xml")
    site.add("/second/", home((RSS, "", "/third.xml")))
    site.add("/", home((RSS, "", "/none.xml"), (RSS, "", "/second/"), (RSS, "", "/good.xml")))
    assert added(bot, site.url("/")) == (url, (site.url("/none.xml"), site.url("/second/")))
    assert asked(site) == ["/", "/none.xml", "/second/", "/good.xml"]
    site.add("/loop/", home((RSS, "", "/loop2/")))
    site.add("/loop2/", home((RSS, "", "/loop/")))
    with pytest.raises(SourceError, match="names a feed that can not be read"):
        polling.add(bot, site.url("/loop/"))


def test_a_private_address_that_a_page_names_is_refused(site: Site, feed: Feed) -> None:
    """The guard that every fetch has: here the page, too, stands at such an address, so it is asked with a page of another site."""
    from bot import intake

    feed.serve("/feed.xml")
    source = intake.open_source(discover.named(page(home((RSS, "", site.url("/feed.xml")))))[0].address)
    with pytest.raises(SourceError, match="private address"):
        source.fetch()
    assert asked(site) == []
    assert discover.usual(page(home(), site.url("/")), lambda address: intake_get(address), 5) is None
    assert asked(site) == []


def intake_get(address: str) -> Answer:
    from bot.sources import fetch

    return fetch.get(address)


def test_the_command_says_which_was_taken_and_lists_the_others(tmp_path: Path, site: Site, feed: Feed) -> None:
    url = feed.serve("/news.xml")
    other = feed.serve("/sport.xml")
    site.add("/", home((RSS, "News", "/news.xml"), (RSS, "Sport", "/sport.xml")))
    world = World(tmp_path, {"BOT_ALLOW_PRIVATE_ADDRESSES": "on"})
    told = world("sources", "add", site.url("/"))
    assert told.stdout == "source 1: 2 entries known, what comes from now on is news\n"
    assert told.stderr == f"{site.url('/')} is a page: its feed {url} is taken; it names 1 more feed (--json).\n"
    assert world("sources", "remove", site.url("/")).stdout == "source 1 is polled no more.\n"
    (thing,) = world.json("sources", "add", site.url("/"))
    assert (thing["url"], thing["others"], thing["new"], thing["known"], thing["articles"]) == (url, [other], True, 2, [])
