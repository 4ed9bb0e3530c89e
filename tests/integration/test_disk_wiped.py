"""A disk that was wiped, end to end: the same article again, over an empty database, is held and not posted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.bluesky_world import adapter, request
from tests.integration.cli_world import ARTICLE, URL, World
from tests.integration.test_main_job import Bot, bot, environment, lines, login, user  # noqa: F401
from tests.servers.pds import BlueskyLogin, Pds
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

TODAY = f"{datetime.now(UTC):%d %b %Y}"
AGAIN = f"{URL}?utm_source=newsletter&utm_medium=email"


def wipe() -> None:
    """The host starts again with an empty disk; the article is there again, with its address in another form."""
    found = list(Path().glob("bot.db*"))
    assert found
    for file in found:
        file.unlink()


def on(world: World, platform: str) -> list[dict[str, Any]]:
    return [post for post in world.json("posts", code=None) if post["platform"] == platform]


# --- X --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(x_world: World) -> World:
    """The short (1) and the thread (3) are out on X."""
    x_world("approve", "1", "3")
    x_world("publish")
    return x_world


def test_on_x_the_same_article_is_held_in_review_and_names_the_post_that_is_out(sent: World, x_server: XServer, account: XAccount) -> None:
    before = x_server.tweets(account)
    assert len(before) == 4
    wipe()
    x_server.received.clear()
    sent("run", "article.txt", "--url", AGAIN, code=3)
    for post in on(sent, "x"):
        (hold,) = [hold for hold in post["holds"] if hold["code"] == "duplicate"]
        first = next(tweet for tweet in before if tweet.text == post["segments"][0]["text"].replace(AGAIN, URL))
        address = f"https://x.com/i/web/status/{first.id}"
        assert hold["detail"] == f"the same words as {address} of {TODAY}"
        assert post["duplicates"][0] == {"url": address, "score": 1.0, "detail": "the same words"}
    assert "--override duplicate" in sent("approve", "1", code=3).stderr
    sent("run")
    sent("publish")
    asked = [one.target.split("?")[0].rpartition("/")[2] for one in x_server.received]
    assert asked == ["me", "tweets"], "one page, once"
    assert x_server.tweets(account) == before


def test_on_x_it_is_held_also_when_it_was_approved_before_anybody_asked(sent: World, x_server: XServer, account: XAccount) -> None:
    before = x_server.tweets(account)
    wipe()
    sent("draft", "article.txt", "--url", AGAIN, "--save", code=None)
    sent("approve", "1", "3")
    told = sent("publish", code=None)
    assert "duplicate" in told.stdout + told.stderr
    assert x_server.tweets(account) == before
    assert {post["state"] for post in on(sent, "x")} == {"in_review"}
    assert "--override duplicate" in sent("publish", "1", code=3).stderr
    sent("approve", "1", "--override", "duplicate", "--reason", "meant")
    sent("publish")
    assert len(x_server.tweets(account)) == len(before) + 1


def test_reading_is_booked_and_a_dry_run_and_bot_check_ask_nothing(sent: World, x_server: XServer) -> None:
    wipe()
    x_server.received.clear()
    sent("run", "article.txt", "--url", URL, "--dry-run", code=None)
    assert x_server.received == []
    sent("run")
    spent = sent.json("status", code=None)[0]["spend"]
    assert spent["x"] == pytest.approx(0.005 + 4 * 0.001)
    (checked,) = sent.json("check", "article.txt", "--url", URL, "--text", on(sent, "x")[0]["segments"][0]["text"], code=3)
    assert checked["duplicates"][0]["url"].startswith("https://x.com/i/web/status/")


def test_without_read_access_it_says_so_and_a_person_lets_it_go_on(sent: World, x_server: XServer, account: XAccount) -> None:
    wipe()
    x_server.state.read_access = False
    told = sent("run", "article.txt", "--url", URL, code=1)
    line = next(line for line in told.stderr.splitlines() if "could not be read" in line)
    assert "bot unpause x --unread" in line
    sent("approve", "1")
    assert "could not be read" in sent("publish", "1", code=1).stderr
    assert "--unread" in sent("accounts").stdout
    before = len(x_server.tweets(account))
    sent("unpause", "x", "--unread")
    sent("publish", "1")
    assert len(x_server.tweets(account)) == before + 1, "blind, because a person said so"


def test_out_of_credit_it_is_asked_again_once_there_is_some(sent: World, x_server: XServer, account: XAccount) -> None:
    before = x_server.tweets(account)
    wipe()
    x_server.fail_next("402", on="timeline")
    assert "out of credit" in sent("run", "article.txt", "--url", URL, code=1).stderr
    sent("approve", "1", "3")
    sent("publish", code=None)
    assert x_server.tweets(account) == before
    sent("unpause", "x")
    sent("publish", code=None)
    assert x_server.tweets(account) == before
    assert [hold["code"] for hold in sent.post(1)["holds"]] == ["duplicate"]


@pytest.mark.parametrize("fault", ["hang", "429", "503-json", "close-before-accept", "truncated", "bad-json"])
def test_trouble_on_the_way_keeps_the_post_waiting_for_some_minutes(sent: World, x_server: XServer, account: XAccount, fault: str) -> None:
    before = x_server.tweets(account)
    wipe()
    sent("draft", "article.txt", "--url", URL, "--save", code=None)
    sent("approve", "1")
    x_server.fail_next(fault, on="timeline")
    told = sent("publish", "1", code=1, BOT_HTTP_TIMEOUT="6" if fault == "hang" else "20")
    assert "could not be read" in told.stderr
    paused = next(one for one in sent.json("accounts") if one["account"] == "x")
    assert paused["paused_until"] is not None
    assert datetime.fromisoformat(paused["paused_until"]) - datetime.now(UTC) > timedelta(minutes=4)
    assert x_server.tweets(account) == before
    assert sent.post(1)["state"] == "approved"


# --- Bluesky --------------------------------------------------------------------------------------------------------


@pytest.mark.pds
def test_on_bluesky_the_same_article_is_held_and_names_the_post_that_is_out(bot: Bot, pds: Pds, login: BlueskyLogin) -> None:  # noqa: F811
    Path("article.txt").write_text(ARTICLE)
    bot("run", "article.txt", "--url", URL)
    assert bot("approve", "2", "4").returncode == 0
    assert bot("publish").returncode == 0
    before = pds.records(login.did)
    assert len(before) > 2
    wipe()
    assert bot("draft", "article.txt", "--url", AGAIN, "--save").returncode in (0, 3)
    assert bot("approve", "2").returncode == 0, "nobody has asked yet"
    bot("run")
    assert pds.records(login.did) == before
    for post in lines(bot("posts", "--json")):
        if post["platform"] == "bluesky":
            first = next(record for record in before if record["value"]["text"] == post["segments"][0]["text"])
            address = f"https://bsky.app/profile/{login.did}/post/{first['uri'].rpartition('/')[2]}"
            (hold,) = [hold for hold in post["holds"] if hold["code"] == "duplicate"]
            assert (post["state"], hold["detail"]) == ("in_review", f"the same words as {address} of {TODAY}")
            assert post["duplicates"][0]["url"] == address
    told = bot("publish", "2")
    assert "--override duplicate" in told.stderr
    assert pds.records(login.did) == before
    shown = bot("dedup", "explain", "2", next(iter(lines(bot("show", "2", "--json"))))["duplicates"][0]["url"])
    assert shown.stdout.startswith("1.00 same")


@pytest.mark.pds
def test_two_pages_of_the_newest_are_read_from_a_real_server_without_a_login(pds: Pds) -> None:
    login = pds.create_account()  # noqa: F811
    writer = adapter(pds, login)
    for post in range(120):
        assert writer.send(request(writer, login, f"number {post}", post=post + 1)).kind == "sent"
    found = adapter(pds, login, password="wrong").recent(login.did)
    assert found.failed is None
    assert [one.text for one in found.posted] == [f"number {post}" for post in range(119, 19, -1)]
    nobody = adapter(pds, login).recent("did:plc:" + "b" * 24)
    assert (nobody.posted, nobody.failed is not None) == ((), True)
