"""The main job as a user runs it: commands in a folder, a real Bluesky server, X's stand-in, and what really arrived there."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.servers.pds import BlueskyLogin, Pds
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

pytestmark = pytest.mark.pds

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "bot" / "data" / "sample" / "article.html"
URL = "https://example.com/news/free-ferry-first-year"
Bot = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def login(pds: Pds) -> BlueskyLogin:
    return pds.create_account()


@pytest.fixture
def user(x_server: XServer) -> XAccount:
    return x_server.create_account()


@pytest.fixture
def environment(pds: Pds, login: BlueskyLogin, x_server: XServer, user: XAccount, tmp_path: Path) -> dict[str, str]:
    """What a user sets, in an empty HOME."""
    return {
        "PATH": os.defpath, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default",
        "BLUESKY_HANDLE": login.handle, "BLUESKY_APP_PASSWORD": login.password, "BLUESKY_SERVICE": pds.url,
        "X_BASE_URL": x_server.url, **user.environment,
        "BOT_GRACE_SECONDS": "0", "BOT_SEGMENT_PAUSE": "0", "BOT_USER": "ana",
    }


@pytest.fixture
def bot(environment: dict[str, str]) -> Bot:
    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments], env={**environment, **more}, capture_output=True, text=True, timeout=90
        )

    return run


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert not done.stderr or "Traceback" not in done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_from_an_article_to_posts_on_both_platforms_once(
    bot: Bot, pds: Pds, login: BlueskyLogin, x_server: XServer, user: XAccount
) -> None:
    made = lines(bot("run", str(SAMPLE), "--json"))
    assert [(post["platform"], post["kind"], post["state"]) for post in made] == [
        ("x", "short", "in_review"), ("bluesky", "short", "in_review"), ("x", "faq", "in_review"), ("bluesky", "faq", "in_review"),
    ]
    assert bot("publish").returncode == 0
    assert (pds.records(login.did), x_server.tweets(user)) == ([], []), "nothing is approved"

    assert bot("approve", "1", "2", "3", "4", BOT_GRACE_SECONDS="3600").returncode == 0
    bot("publish")
    bot("publish", "1", "2")
    assert (pds.records(login.did), x_server.tweets(user)) == ([], []), "the grace time is not over"

    assert bot("unapprove", "1", "2", "3", "4").returncode == 0
    assert bot("approve", "1", "2", "3", "4").returncode == 0
    done = bot("publish")
    assert done.returncode == 0, done.stderr
    for again in (("publish",), ("publish", "1"), ("run", str(SAMPLE)), ("run",)):
        bot(*again)

    texts = {(post["platform"], post["kind"]): [segment["text"] for segment in post["segments"]] for post in made}
    tweets = x_server.tweets(user)
    assert [tweet.text for tweet in tweets] == texts["x", "short"] + texts["x", "faq"]
    thread = tweets[1:]
    assert [tweet.in_reply_to for tweet in thread] == [None, *(tweet.id for tweet in thread[:-1])]

    records = pds.records(login.did)
    by_text = {record["value"]["text"]: record for record in records}
    assert sorted(by_text) == sorted(texts["bluesky", "short"] + texts["bluesky", "faq"])
    assert len(records) == 5
    replies = [by_text[text] for text in texts["bluesky", "faq"]]
    root = {key: replies[0][key] for key in ("uri", "cid")}
    for parent, reply in itertools.pairwise(replies):
        assert reply["value"]["reply"] == {"root": root, "parent": {key: parent[key] for key in ("uri", "cid")}}
    for first in (by_text[texts["bluesky", "short"][0]], replies[0]):
        card = first["value"]["embed"]["external"]
        assert (card["uri"], card["title"]) == (URL, made[0]["article"]["title"])
        assert pds.blob(login.did, card["thumb"]["ref"]["$link"]).startswith(b"\xff\xd8")
        assert first["value"]["langs"] == ["en"]

    shown = lines(bot("posts", "--json"))
    assert {post["state"] for post in shown} == {"published"}
    assert [len(post["deliveries"]) for post in shown] == [1, 1, 4, 1]
    assert shown[2]["deliveries"][0]["remote_id"] == thread[0].id


def test_the_preview_shows_the_requests_that_are_sent(bot: Bot, x_server: XServer, user: XAccount) -> None:
    preview = lines(bot("run", str(SAMPLE), "--dry-run", "--json"))
    assert x_server.tweets(user) == []
    bot("approve", "1", "3")
    bot("publish")
    sent = [json.loads(received.body) for received in x_server.received if received.method == "POST"]
    expected = preview[0]["requests"] + preview[2]["requests"]
    assert preview[2]["provisional"] == [f"$[{n}].reply.in_reply_to_tweet_id" for n in (1, 2, 3)]
    for body in [*sent[2:], *expected[2:]]:
        body["reply"] = {"in_reply_to_tweet_id": "provisional"}
    assert sent == expected


def broken_off(bot: Bot, x_server: XServer, how: dict[str, str]) -> str:
    """Publish the sample's X posts; the connection breaks after X took the first. Returns what the command says."""
    bot("run", str(SAMPLE))
    bot("approve", "1", "3")
    bot("accounts", "verify")
    x_server.fail_next("close-after-accept")
    done = bot("publish", "1", "3", **how)
    assert done.returncode == 1
    return done.stdout + done.stderr


def test_a_connection_that_breaks_after_x_took_the_post_is_settled_by_looking(bot: Bot, x_server: XServer, user: XAccount) -> None:
    look = {"BOT_X_READBACK": "1,2,4"}
    assert "looked for" in broken_off(bot, x_server, look)
    for _ in range(10):
        bot("publish", **look)
        states = {post["post"]: post["state"] for post in lines(bot("posts", "--json"))}
        if (states[1], states[3]) == ("published", "published"):
            break
        time.sleep(1)
    assert (states[1], states[3]) == ("published", "published")
    assert len(x_server.tweets(user)) == 5, "the short post once, although its answer was lost, and the thread"
    (shown,) = lines(bot("show", "1", "--json"))
    assert shown["deliveries"][0]["remote_id"] == x_server.tweets(user)[0].id


def test_where_nobody_may_look_a_person_does(bot: Bot, x_server: XServer, user: XAccount) -> None:
    blind = {"BOT_X_READBACK": "none"}
    assert "bot resolve 1" in broken_off(bot, x_server, blind)
    for _ in range(3):
        bot("publish", **blind)
        bot("run", **blind)
    assert len(x_server.tweets(user)) == 5, "the short post once, although its answer was lost, and the thread"
    address = f"https://x.com/someone/status/{x_server.tweets(user)[0].id}"
    assert bot("resolve", "1", "--sent", address).returncode == 0
    (shown,) = lines(bot("show", "1", "--json"))
    assert (shown["state"], shown["deliveries"][0]["remote_id"]) == ("published", x_server.tweets(user)[0].id)
    bot("publish")
    assert len(x_server.tweets(user)) == 5


def test_what_was_not_sent_after_all_goes_out_after_the_grace_time(bot: Bot, x_server: XServer, user: XAccount) -> None:
    blind = {"BOT_X_READBACK": "none"}
    bot("run", str(SAMPLE))
    bot("approve", "1")
    bot("accounts", "verify")
    x_server.fail_next("close-before-accept")
    assert bot("publish", **blind).returncode == 1
    assert x_server.tweets(user) == []
    assert bot("resolve", "1", "--not-sent").returncode == 0
    assert bot("publish", **blind).returncode == 0
    assert len(x_server.tweets(user)) == 1


def test_clean_posts_go_out_by_policy_and_a_worker_stops_when_told(
    environment: dict[str, str], bot: Bot, pds: Pds, login: BlueskyLogin, x_server: XServer, user: XAccount
) -> None:
    assert bot("add", str(SAMPLE)).returncode == 0
    worker = subprocess.Popen(
        [sys.executable, "-m", "bot", "worker"],
        env={**environment, "BOT_AUTO_APPROVE": "clean", "BOT_POLL_SECONDS": "0.2"}, stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and (len(pds.records(login.did)), len(x_server.tweets(user))) != (5, 5):
            time.sleep(0.3)
        time.sleep(1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
    assert (len(pds.records(login.did)), len(x_server.tweets(user))) == (5, 5)
    assert {post["state"] for post in lines(bot("posts", "--json"))} == {"published"}


def test_a_wrong_key_pauses_its_account_and_the_other_goes_on(
    bot: Bot, pds: Pds, login: BlueskyLogin, x_server: XServer, user: XAccount
) -> None:
    bot("run", str(SAMPLE))
    bot("approve", "1", "2")
    done = bot("publish", X_ACCESS_TOKEN_SECRET="not-the-secret-s3cr3t")
    assert done.returncode != 0
    assert "not-the-secret" not in done.stdout + done.stderr
    assert (len(pds.records(login.did)), x_server.tweets(user)) == (1, [])
    states = {post["post"]: post["state"] for post in lines(bot("posts", "--json"))}
    assert (states[1], states[2]) == ("approved", "published")
    paused = {account["account"]: account["reason"] for account in lines(bot("accounts", "--json"))}
    assert paused["x"]
    assert bot("unpause", "x").returncode == 0
    bot("publish")
    assert len(x_server.tweets(user)) == 1


def test_secrets_are_nowhere_to_be_read(bot: Bot, environment: dict[str, str], tmp_path: Path) -> None:
    bot("run", str(SAMPLE))
    bot("approve", "1", "2")
    said = "".join(
        done.stdout + done.stderr for done in (bot("publish"), bot("doctor"), bot("doctor", "--json"), bot("accounts", "verify"), bot("show", "1", "--json"))
    )
    stored = b"".join(path.read_bytes() for path in Path.cwd().glob("bot.db*"))
    for name, value in environment.items():
        if "SECRET" in name or "KEY" in name or "TOKEN" in name or "PASSWORD" in name:
            assert value not in said, name
            assert value.encode() not in stored, name
    assert b"eyJ" not in stored, "no token of a session stands in the database in the clear"
