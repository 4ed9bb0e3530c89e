"""`bot publish`, `run`, `resolve`, `accounts`, `unpause` against the X stand-in: what goes out, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli_world import POST_KEYS, World, world
from tests.servers.x import XServer
from tests.servers.x_state import XAccount


@pytest.fixture
def account(x_server: XServer) -> XAccount:
    return x_server.create_account()


@pytest.fixture
def bot(tmp_path: Path, x_server: XServer, account: XAccount) -> World:
    made = world(tmp_path)
    made.env = {
        "X_BASE_URL": x_server.url, "BOT_SEGMENT_PAUSE": "0", "BOT_GRACE_SECONDS": "0",
        **{f"X_{name.upper()}": str(secret) for name, secret in account.secrets.items()},
    }
    made.drafted()
    return made


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


def test_an_uncertain_post_waits_for_a_person(known: World, x_server: XServer, account: XAccount) -> None:
    bot = known
    bot("approve", "1")
    x_server.fail_next("close-after-accept")
    told = bot("publish", code=None)
    assert told.exit_code == 1
    assert "#1  X · short  uncertain  it may be out" in told.stdout
    assert "bot resolve 1 --sent ID, or --not-sent" in told.stdout
    assert "bot resolve 1" in bot("publish", "1", code=1).stderr
    bot("publish")
    *_, tweet = tweets = x_server.tweets(account)
    assert len(tweets) == 4
    assert bot.post(1)["valid"] == ["bot resolve 1 --sent ID", "bot resolve 1 --not-sent"]
    bot("resolve", "1", code=2)
    bot("resolve", "1", "--sent", "no id", code=2)
    assert "post 1 is published" in bot("resolve", "1", "--sent", tweet.id).stdout
    assert bot.post(1)["deliveries"][0]["remote_id"] == tweet.id
    bot("resolve", "1", "--not-sent", code=1)


def test_what_is_not_out_goes_out_after_all(known: World, x_server: XServer, account: XAccount) -> None:
    bot = known
    bot("approve", "1")
    x_server.fail_next("close-before-accept")
    assert bot("publish", code=None).exit_code == 1
    assert "goes out" in bot("resolve", "1", "--not-sent").stdout
    bot("publish")
    assert len(x_server.tweets(account)) == 4


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
    bot("run", "other.txt", "--url", "https://example.com/tram", BOT_AUTO_APPROVE="clean", code=4)
    assert {(post["post"], post["state"]) for post in bot.json("posts")} >= {(1, "in_review"), (5, "published"), (7, "published")}
    assert x_server.tweets(account)


def test_accounts_says_whose_credentials_these_are(bot: World, x_server: XServer, account: XAccount) -> None:
    assert "the credentials belong to @" in bot("accounts", "verify", "x").stdout
    bot("accounts", "verify", code=4)
    bot("accounts", "verify", "nobody", code=2)
    bot("unpause", "nobody", code=2)
    bot("unpause", "x")
    assert [one["ready"] for one in bot.json("accounts")] == [True, False]
