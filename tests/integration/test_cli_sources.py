"""`bot sources` as a user meets it: lines, JSON, errors, exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import clock
from tests.integration.cli_world import World, world
from tests.integration.test_fetch import Site
from tests.integration.test_polling import Feed

SOURCE_KEYS = "source url state reason failures known every next_poll_at last_ok_at".split()


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.close()


@contextmanager
def time_passed(seconds: float) -> Iterator[None]:
    clock.replace(lambda: datetime.now(UTC) + timedelta(seconds=seconds))
    yield
    clock.replace(None)


@pytest.fixture
def feed(site: Site) -> Feed:
    made = Feed(site)
    made.publish(1, 2, 3)
    made.serve()
    return made


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return World(tmp_path, {"BOT_ALLOW_PRIVATE_ADDRESSES": "on"})


def test_a_feed_is_added_polled_listed_and_removed(bot: World, feed: Feed) -> None:
    url = feed.site.url("/feed")
    assert bot("sources").stderr == "No feed is polled yet: bot sources add URL\n"
    assert bot("sources", "add", url).stdout == "source 1: 3 entries known, what comes from now on is news\n"
    assert bot("sources", "poll").stdout == "source 1: nothing new\n"
    feed.publish(4)
    feed.serve()
    polled = bot("sources", "poll", "1")
    assert (polled.stdout, polled.stderr) == ("source 1: 1 article taken\n", "Draft them: bot run, or bot worker\n")
    (listed,) = bot("sources").stdout.splitlines()
    assert listed.startswith("   1  ok           4 known  next ")
    assert listed.endswith(url)
    assert [one["title"].split()[1] for one in bot.json("articles")] == ["4"]
    assert bot("sources", "remove", url).stdout == "source 1 is polled no more.\n"
    assert bot.json("sources") == []
    assert len(bot.json("articles")) == 1


def test_a_backlog_and_an_interval_of_its_own(bot: World, feed: Feed) -> None:
    told = bot("sources", "add", feed.site.url("/feed"), "--backlog", "2", "--every", "3600").stdout
    assert told == "source 1: 1 entry known, what comes from now on is news, 2 articles taken\n"
    (thing,) = bot.json("sources")
    assert list(thing) == SOURCE_KEYS
    assert (thing["source"], thing["state"], thing["known"], thing["every"], thing["failures"], thing["reason"]) == (1, "ok", 3, 3600, 0, None)


def test_more_than_the_cap_is_said(bot: World, feed: Feed) -> None:
    bot("sources", "add", feed.site.url("/feed"))
    feed.publish(4, 5, 6)
    feed.serve()
    assert bot("sources", "poll", BOT_FEED_CAP="2").stdout == "source 1: 2 articles taken, 1 left for the next poll\n"


def test_what_can_not_be_added_is_said_in_a_line_and_not_kept(bot: World, feed: Feed) -> None:
    for address, words in ((feed.site.url("/1"), "this is a page, not a feed"), (feed.site.url("/none"), "404"), ("feed.xml", "not an http"), ("", "not an http")):
        result = bot("sources", "add", address, code=1)
        assert words in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert bot("sources", "add", feed.site.url("/none"), feed.site.url("/feed"), code=1).stdout.startswith("source ")
    assert [one["state"] for one in bot.json("sources")] == ["ok"]


def test_adding_it_again_polls_it(bot: World, feed: Feed) -> None:
    url = feed.site.url("/feed")
    bot("sources", "add", url)
    again = bot("sources", "add", url)
    assert (again.stdout, "is source 1 already" in again.stderr) == ("source 1: nothing new\n", True)
    assert len(bot.json("sources")) == 1


def test_a_source_that_fails_and_one_that_is_off(bot: World, feed: Feed) -> None:
    url = feed.site.url("/feed")
    bot("sources", "add", url)
    feed.site.add("/feed", status=500)
    assert "tried again by itself" in bot("sources", "poll", code=1).stderr
    assert [(one["state"], one["failures"]) for one in bot.json("sources")] == [("failing", 1)]
    assert "500" in bot("sources").stdout
    feed.site.add("/feed", status=410)
    assert "polled no more" in bot("sources", "poll", code=1).stderr
    assert [(one["state"], one["next_poll_at"]) for one in bot.json("sources")] == [("off", None)]
    assert bot("sources", "poll").stderr == "No feed is polled: bot sources add URL\n"
    assert "is off" in bot("sources", "poll", "1", code=1).stderr
    feed.serve()
    bot("sources", "add", url)
    assert [one["state"] for one in bot.json("sources")] == ["ok"]


def test_an_entry_that_can_not_be_read_is_a_failure(bot: World, feed: Feed) -> None:
    bot("sources", "add", feed.site.url("/feed"))
    feed.publish(4)
    feed.serve()
    del feed.site.paths["/4"]
    result = bot("sources", "poll", code=1)
    assert result.stderr.count(feed.site.url("/4")) == 1
    assert "404" in result.stderr
    assert "tried again by itself" in result.stderr


@pytest.mark.parametrize("args", [("remove", "9"), ("poll", "9"), ("poll", "https://example.com/feed"), ("remove", ""), ("add",), ("add", "https://example.com/", "--every", "1"), ("add", "https://example.com/", "--backlog", "-1"), ("remove", "9" * 30)])
def test_what_makes_no_sense_is_a_usage_error(bot: World, args: tuple[str, ...]) -> None:
    result = bot("sources", *args, code=2)
    assert len(result.stderr.splitlines()) == 1


def test_a_password_in_an_address_is_never_shown(bot: World, feed: Feed) -> None:
    url = feed.site.url("/feed").replace("//", "//ana:secret@")
    output = bot("sources", "add", url).output + bot("sources").output + bot("sources", "--json").output
    feed.site.add("/feed", status=500)
    output += bot("sources", "poll", code=1).output + bot("sources").output + bot("sources", "poll", url.replace("feed", "other"), code=2).output
    assert "secret" not in output


def test_run_polls_and_drafts(bot: World, feed: Feed) -> None:
    bot("sources", "add", feed.site.url("/feed"), "--every", "60")
    feed.publish(4)
    feed.serve()
    assert bot.json("run") == [], "it is not due yet"
    bot("sources", "poll")
    assert {post["article"]["title"].split()[1] for post in bot.json("run", code=None)} == {"4"}
    bot("sources", "add", feed.site.url("/feed"), "--every", "60")
    feed.publish(5)
    feed.serve()
    with time_passed(100):
        assert {post["article"]["title"].split()[1] for post in bot.json("run", code=None)} == {"5"}


def test_a_fault_names_its_entry_once(tmp_path: Path) -> None:
    run = world(tmp_path)
    link = "http://127.0.0.1:9/one?x=1"
    (tmp_path / "feed.xml").write_text(f"<rss version='2.0'><channel><title>N</title><item><title>Two</title></item><item><title>One</title><link>{link}</link></item></channel></rss>")
    lines = run("add", "feed.xml", code=1, BOT_ALLOW_PRIVATE_ADDRESSES="on").stderr.splitlines()
    assert [line.count(link) for line in lines if link in line] == [1]
    assert sum(line.startswith("error: Two: the entry") for line in lines) == 1
