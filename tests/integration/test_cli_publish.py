"""`bot publish`, `run`, `resolve`, `resume`, `abandon`, `unwind`, `accounts`, `pause` against the X stand-in: what goes out, and what is told."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_world import ACCOUNT_KEYS, POST_KEYS, World
from tests.servers.x import XServer
from tests.servers.x_state import Received, XAccount

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bot(x_world: World) -> World:
    return x_world


@pytest.fixture
def known(bot: World) -> World:
    """A world whose X account was published to before (post 3), so that the next request is the post itself."""
    bot("approve", "3")
    bot("publish")
    return bot


def test_nothing_goes_out_before_the_grace_time_or_without_approval(bot: World, x_server: XServer, account: XAccount) -> None:
    bot("approve", "1", BOT_GRACE_SECONDS="600")
    assert "(in 10 min), not sooner" in bot("publish", "1", code=1).stderr
    assert "bot approve 3" in bot("publish", "3", code=1).stderr
    assert "Nothing is due. Post 1 goes out" in bot("publish").stderr
    assert "1 approved" in bot("run").stderr
    assert x_server.tweets(account) == []


def test_a_published_post_is_told_with_its_address_and_never_goes_twice(bot: World, x_server: XServer, account: XAccount) -> None:
    bot("approve", "1", "3")
    assert "Dry run: nothing sent. 1 post shown." in bot("publish", "--dry-run", "1").stdout
    assert x_server.tweets(account) == []
    told = bot("publish").stdout
    assert "#1  X · short  published  https://x.com/i/web/status/" in told
    assert len(x_server.tweets(account)) == 4
    assert "is published" in bot("publish", "1", code=1).stderr
    bot("unapprove", "1", code=1)
    bot("edit", "1", "--text", "other", code=1)
    bot("publish")
    assert len(x_server.tweets(account)) == 4
    post = bot.post(3)
    assert [delivery["state"] for delivery in post["deliveries"]] == ["sent"] * 3
    assert [list(delivery) for delivery in post["deliveries"]] == [["position", "state", "remote_id", "url"]] * 3
    assert [request["text"] for request in post["requests"]] == [tweet.text for tweet in x_server.tweets(account)][1:]
    assert post["provisional"] == []


def test_run_publishes_what_is_due_and_names_what_an_account_lacks(bot: World, x_server: XServer, account: XAccount) -> None:
    bot("approve", "1", "2")
    (post,) = bot.json("run", code=4)
    assert list(post) == POST_KEYS
    assert (post["post"], post["state"]) == (1, "published")
    result = bot("publish", code=4)
    assert "BLUESKY_HANDLE, BLUESKY_APP_PASSWORD" in result.stderr
    assert len(x_server.tweets(account)) == 1


@pytest.fixture
def blind(known: World) -> World:
    """The same where nothing is looked for: what has no clear answer is for a person."""
    known.env["BOT_X_READBACK"] = "none"
    return known


def test_an_uncertain_post_waits_for_a_person(blind: World, x_server: XServer, account: XAccount) -> None:
    bot = blind
    bot("approve", "1")
    x_server.fail_next("close-after-accept")
    told = bot("publish", code=1)
    assert "#1  X · short  uncertain  it may be out" in told.stdout
    assert "bot resolve 1 --sent ID, or --not-sent" in told.stdout
    assert "error: post 1 may or may not be out." in told.stderr
    assert "was not sent" not in told.output
    assert "bot resolve 1" in bot("publish", "1", code=1).stderr
    bot("publish")
    *_, tweet = tweets = x_server.tweets(account)
    assert len(tweets) == 4
    assert bot.post(1)["valid"] == [
        "bot resolve 1 --sent ID", "bot resolve 1 --not-sent", "bot resume 1", "bot abandon 1", "bot unwind 1",
    ]
    bot("resolve", "1", code=2)
    bot("resolve", "1", "--sent", "no id", code=2)
    assert "post 1 is published" in bot("resolve", "1", "--sent", tweet.id).stdout
    assert bot.post(1)["deliveries"][0]["remote_id"] == tweet.id
    bot("resolve", "1", "--not-sent", code=1)


def test_what_is_not_out_goes_out_after_all(blind: World, x_server: XServer, account: XAccount) -> None:
    bot = blind
    bot("approve", "1")
    x_server.fail_next("close-before-accept")
    bot("publish", code=1)
    assert "goes out" in bot("resolve", "1", "--not-sent").stdout
    bot("publish")
    assert len(x_server.tweets(account)) == 4


def test_what_may_be_out_is_looked_for_and_found_without_a_person(known: World, x_server: XServer, account: XAccount) -> None:
    bot = known
    bot("approve", "1")
    x_server.fail_next("close-after-accept")
    looks = {"BOT_X_READBACK": "3,300"}
    told = bot("publish", code=1, **looks)
    assert "#1  X · short  publishing  it may be out; it is looked for again" in told.stdout
    assert "nothing to do" in told.stdout
    assert "error: it is not known yet whether post 1 is out." in told.stderr
    shown = " ".join(bot("show", "1", **looks).stdout.split())
    assert ", look 1 of 2" in shown
    assert re.search(r"publishing, revision 1 by .{1,20}: it may be out; it is looked for again [^(…]+ \(", shown), shown
    assert bot.post(1)["valid"] == []
    assert "post 1 may be out. It is looked for again" in bot("publish", "1", code=1, **looks).stderr
    assert "post 1 may be out. It is looked for again" in bot("publish", **looks).stderr
    assert "1 post is on the way" in bot("run", **looks).stderr
    assert "being looked for" in bot("posts").stdout.splitlines()[0]
    bot("approve", "3", code=1)
    time.sleep(3)
    assert "#1  X · short  published  https://x.com/i/web/status/" in bot("publish", **looks).stdout
    assert len(x_server.tweets(account)) == 4
    assert "found" in bot("show", "1").stdout


def before(x_server: XServer, nth: int, act: Callable[[], object]) -> None:
    """Let something happen as the nth post from now on arrives, before X answers."""
    handle, seen = x_server.handle, itertools.count(1)

    def handled(received: Received) -> Any:
        if received.method == "POST" and next(seen) == nth:
            act()
        return handle(received)

    x_server.handle = handled  # type: ignore[method-assign]


def stopped(bot: World, x_server: XServer) -> None:
    """Post 3 is out in part: X refused its second segment."""
    bot("accounts", "verify", "x")
    bot("approve", "3")
    before(x_server, 2, lambda: x_server.fail_next("403", on="create"))
    told = bot("publish", code=1)
    assert "#3  X · faq  stopped  1 of 3 segments is out" in told.stdout
    for way in ("bot resume 3", "bot abandon 3", "bot unwind 3"):
        assert way in told.stdout
    assert "error: post 3 stopped, and is out in part." in told.stderr
    assert bot.post(3)["valid"] == ["bot resume 3", "bot abandon 3", "bot unwind 3"]
    assert "bot resume 3" in bot("publish", "3", code=1).stderr


def test_a_stopped_thread_is_resumed(bot: World, x_server: XServer, account: XAccount) -> None:
    stopped(bot, x_server)
    assert "goes on where it stopped" in bot("resume", "3").stdout
    bot("resume", "3", code=1)
    assert "#3  X · faq  published  https://" in bot("publish").stdout
    tweets = x_server.tweets(account)
    assert [tweet.in_reply_to for tweet in tweets] == [None, tweets[0].id, tweets[1].id]


def test_a_stopped_thread_is_abandoned_or_taken_down(bot: World, x_server: XServer, account: XAccount) -> None:
    stopped(bot, x_server)
    bot("abandon", "3", "--reason", "good enough")
    assert (bot.post(3)["state"], bot.post(3)["history"][-1]["why"]) == ("abandoned", "good enough")
    bot("publish")
    assert len(x_server.tweets(account)) == 1
    told = bot("unwind", "3").stdout
    assert "deleted  https://x.com/i/web/status/" in told
    assert "post 3 is taken down: 1 message deleted." in told
    assert x_server.tweets(account) == []
    assert "(deleted)" in bot("show", "3").stdout
    bot("unwind", "3", code=1)


def test_what_can_not_be_deleted_now_goes_on_later(known: World, x_server: XServer, account: XAccount) -> None:
    bot = known
    *_, newest = [tweet.id for tweet in x_server.tweets(account)]
    before_it = len(x_server.tweets(account))
    x_server.fail_next("429-retry-after", on="delete")
    told = bot("unwind", "3", code=1)
    assert "post 3 is not taken down yet (0 of 3 messages deleted). It goes on " in told.stderr
    assert len(x_server.tweets(account)) == before_it
    assert bot.post(3)["valid"] == ["bot unwind 3"]
    assert "being taken down" in bot("posts").stdout
    assert "bot unwind 3 goes on with it" in bot("publish", "3", code=1).stderr
    bot("resume", "3", code=1)
    told = bot("unwind", "3").stdout
    assert told.splitlines()[0].endswith(newest)
    assert "3 messages deleted" in told
    assert x_server.tweets(account) == []
    assert "withdrawn" in bot("posts").stdout


def test_a_pause_holds_before_the_next_delivery_and_unpausing_goes_on(bot: World, x_server: XServer, account: XAccount) -> None:
    bot("accounts", "verify", "x")
    bot("approve", "3")

    def pause() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "pause", "x", "--reason", "wrong number"], cwd=bot.folder, capture_output=True, text=True, timeout=60,
            env={**os.environ, **bot.env, "PYTHONPATH": str(ROOT), "BOT_USER": "ana"},
        )
        assert done.returncode == 0, done.stderr

    before(x_server, 2, pause)
    told = bot("publish", code=1)
    assert "#3  X · faq  publishing" in told.stdout
    assert len(x_server.tweets(account)) == 2, "the delivery at hand ends, the next one is not begun"
    assert "ana paused it (wrong number)" in bot("publish", "3", code=1).stderr
    assert bot.post(3)["valid"] == ["bot abandon 3", "bot unwind 3", "bot unpause x"]
    bot("publish", code=1)
    assert len(x_server.tweets(account)) == 2
    told = bot("unpause", "x").stdout
    assert told.splitlines() == ["x: 1 waiting, 1 goes out at once", "account x publishes again."]
    assert "published" in bot("publish").stdout
    assert len(x_server.tweets(account)) == 3


def test_an_account_that_may_make_no_threads_says_so_and_how_to_undo_it(bot: World, x_server: XServer, account: XAccount) -> None:
    bot("accounts", "verify", "x")
    bot("approve", "3")
    before(x_server, 2, lambda: x_server.fail_next("403-reply-rule", on="create"))
    bot("publish", code=1)
    told = " ".join(bot("accounts").stdout.split())
    assert "makes no threads" in told
    assert "bot unpause x --threads" in told
    assert list(bot.json("accounts")[0]) == ACCOUNT_KEYS
    assert "makes threads" in bot("unpause", "x", "--threads").stdout
    assert "makes no threads" not in bot("accounts").stdout


def test_what_is_due_on_a_paused_account_is_not_called_nothing(bot: World) -> None:
    bot("approve", "1")
    bot("pause", "--all")
    told = bot("publish", code=1).stderr
    assert "1 post is due, but account x is paused" in told
    assert "3 posts wait for approval: bot review" in told
    assert "Nothing" not in told


def test_an_account_without_credentials_does_not_hide_its_pause(bot: World) -> None:
    bot("pause", "bluesky", "--reason", "holiday")
    told = " ".join(bot("accounts").stdout.split())
    assert "preview-only, paused set BLUESKY_HANDLE, BLUESKY_APP_PASSWORD account bluesky is paused:" in told
    assert "(holiday)" in told
    (_, bluesky) = bot.json("accounts")
    assert all(part in bluesky["reason"] for part in ("preview only: set BLUESKY_HANDLE", "(holiday)"))


def test_a_paused_account_is_named_with_its_reason(known: World, x_server: XServer, account: XAccount) -> None:
    bot = known
    bot("approve", "1")
    x_server.fail_next("402")
    assert bot("publish", code=None).exit_code == 1
    (paused, _) = bot.json("accounts")
    assert (paused["ready"], bool(paused["reason"])) == (False, True)
    assert "bot unpause x" in bot("accounts").stdout
    assert "paused" in bot("publish", "1", code=1).stderr
    bot("unpause", "x")
    assert bot.json("accounts")[0]["ready"]


def test_the_policy_approves_clean_posts_and_a_hold_waits(bot: World, x_server: XServer, account: XAccount) -> None:
    article = bot.folder / "other.txt"
    article.write_text((bot.folder / "article.txt").read_text().replace("ferry", "tram").replace("Ferry", "Tram"))
    bot("add", "other.txt", "--url", "https://example.com/tram", "--again")
    bot("run", BOT_AUTO_APPROVE="clean", code=4)
    assert {(post["post"], post["state"]) for post in bot.json("posts")} >= {(1, "in_review"), (5, "published"), (7, "published")}
    assert x_server.tweets(account)


def test_accounts_says_whose_credentials_these_are(bot: World, x_server: XServer, account: XAccount) -> None:
    assert "the credentials belong to @" in bot("accounts", "verify", "x").stdout
    bot("accounts", "verify", code=4)
    bot("accounts", "verify", "nobody", code=2)
    bot("unpause", "nobody", code=2)
    bot("unpause", "x")
    assert [one["ready"] for one in bot.json("accounts")] == [True, False]
