"""Being told to stop: a real process, real signals, and X's stand-in in the middle of its work."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.integration import cli_world
from tests.integration.cli_world import World
from tests.servers import llm, wicked
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bot(x_world: World) -> World:
    """A thread of three is approved and due."""
    x_world.env |= {"BOT_POLL_SECONDS": "0.1", "BOT_USER": "ana"}
    x_world("accounts", "verify", "x")
    x_world("approve", "3")
    return x_world


@contextmanager
def running(bot: World, command: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """The command, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", command], cwd=bot.folder, env={**os.environ, **bot.env, "PYTHONPATH": str(ROOT), **env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(found: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def creates(x_server: XServer) -> int:
    return sum(received.method == "POST" for received in x_server.received)


def leased(bot: World, *tables: str) -> bool:
    with closing(sqlite3.connect(bot.folder / "bot.db")) as database:
        query = "select count(*) from {} where lease_owner is not null"
        return any(database.execute(query.format(table)).fetchone()[0] for table in tables or ("account",))


@pytest.mark.parametrize(
    ("command", "number", "code"), [("worker", signal.SIGTERM, 0), ("worker", signal.SIGINT, 0), ("publish", signal.SIGINT, 130), ("run", signal.SIGINT, 130)]
)
def test_the_first_signal_ends_it_after_the_delivery_and_not_the_thread(
    bot: World, x_server: XServer, account: XAccount, command: str, number: signal.Signals, code: int
) -> None:
    with running(bot, command, BOT_SEGMENT_PAUSE="20") as process:
        until(lambda: x_server.tweets(account))
        time.sleep(0.3)
        process.send_signal(number)
        out, told = process.communicate(timeout=90)
    assert process.returncode == code, told
    assert "stopping after what is at hand" in told
    assert "Traceback" not in told
    assert len(x_server.tweets(account)) == 1
    assert not leased(bot)
    assert "#3 X · faq publishing 1 of 3 segments is out; it goes on" in " ".join((out + told).split())
    assert [delivery["state"] for delivery in bot.post(3)["deliveries"]] == ["sent", "pending", "pending"]
    assert "published" in bot("publish").stdout
    assert len(x_server.tweets(account)) == 3


def test_a_delivery_at_hand_is_waited_for_and_its_outcome_kept(bot: World, x_server: XServer, account: XAccount) -> None:
    x_server.fail_next("hang", on="create")
    with running(bot, "worker", BOT_HTTP_TIMEOUT="2", BOT_LEASE_SECONDS="6") as process:
        until(lambda: creates(x_server))
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=90)
    assert process.returncode == 0
    assert not leased(bot)
    assert "#3 X · faq publishing it may be out; it is looked for again" in told
    assert [delivery["state"] for delivery in bot.post(3)["deliveries"]] == ["unknown", "pending", "pending"]


@pytest.mark.parametrize("command", ["worker", "publish"])
def test_the_second_signal_ends_it_at_once_and_nothing_is_lost_or_doubled(
    bot: World, x_server: XServer, account: XAccount, command: str
) -> None:
    x_server.fail_next("hang", on="create")
    limits = {"BOT_HTTP_TIMEOUT": "20", "BOT_LEASE_SECONDS": "41"}
    with running(bot, command, **limits) as process:
        until(lambda: creates(x_server))
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert time.monotonic() - began < 12
    assert process.returncode == -signal.SIGTERM
    assert len(x_server.tweets(account)) == 1
    assert [delivery["state"] for delivery in bot.post(3)["deliveries"]] == ["sending", "pending", "pending"]
    with closing(sqlite3.connect(bot.folder / "bot.db")) as database:  # as when the lease has run out
        database.execute("update account set lease_until = datetime('now', '-1 second')")
        database.commit()
    looks = {"BOT_X_READBACK": "0.2,0.4,0.6"}
    for _ in range(4):
        bot("publish", code=None, **looks)
        time.sleep(0.3)
    assert bot.post(3)["state"] == "published"
    tweets = x_server.tweets(account)
    assert [tweet.in_reply_to for tweet in tweets] == [None, tweets[0].id, tweets[1].id]


def test_the_worker_says_what_became_of_each_post_and_of_each_pause_once(bot: World, x_server: XServer, account: XAccount) -> None:
    bot("approve", "1")
    x_server.fail_next("402", on="create")
    with running(bot, "worker", BOT_X_READBACK="0.2,0.5") as process:
        until(lambda: creates(x_server) == 1)
        time.sleep(0.7)
        x_server.fail_next("403", on="create")
        bot("unpause", "x")
        until(lambda: creates(x_server) >= 3)
        until(lambda: {post["state"] for post in bot.json("posts") if post["post"] in (1, 3)} == {"published", "failed"})
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=90)
    lines = told.splitlines()
    assert sum("account x is paused: " in line and "bot unpause x" in line for line in lines) == 1, told
    assert lines.count("account x goes on") == 1
    assert sum(" published https://x.com/i/web/status/" in line for line in lines) == 1
    assert sum(" failed refused: " in line and "bot retry" in line for line in lines) == 1


# --- within ten seconds, whatever it is at ------------------------------------------------------


def stopped(bot: World, at_it: Callable[[], object], **env: str) -> tuple[float, str]:
    """Seconds from the signal to the end of a worker that is told to stop once it is at it; and what it said."""
    with running(bot, "worker", **env) as process:
        until(at_it, 40)
        time.sleep(0.5)
        assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
        took = time.monotonic() - began
    assert process.returncode == 0, told
    assert "Traceback" not in told
    assert told.rstrip().endswith("stopped.")
    assert not leased(bot, "article", "source", "account")
    assert took < 10, told
    return took, told


@pytest.fixture
def fresh(tmp_path: Path, sqlite_template: Path) -> World:
    """A world that publishes nothing."""
    made = cli_world.world(tmp_path)
    (tmp_path / "bot.db").write_bytes(sqlite_template.read_bytes())
    made.env = {"BOT_POLL_SECONDS": "0.2", "BOT_ALLOW_PRIVATE_ADDRESSES": "on"}
    return made


def sql(bot: World, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(bot.folder / "bot.db", timeout=30)) as database:
        rows = database.execute(statement).fetchall()
        database.commit()
        return rows


def test_an_idle_worker_ends_at_once(fresh: World) -> None:
    began = time.monotonic()
    took, _ = stopped(fresh, lambda: time.monotonic() > began + 5)
    assert took < 3


@pytest.mark.parametrize("articles", [1, 6])
def test_a_model_that_does_not_answer_keeps_nobody(fresh: World, articles: int) -> None:
    """Its call takes up to 125 seconds and more; the article stays queued, for the next worker at once."""
    for number in range(articles):
        (fresh.folder / f"{number}.txt").write_text(cli_world.ARTICLE.replace("41%", f"{number}1%").replace("ferry", f"ferry{number}"))
        fresh("add", f"{number}.txt", "--url", f"https://example.com/{number}")
    sql(fresh, "update article set state = 'queued'")  # those that are alike, too
    with llm.LlmServer() as server:
        server.answer_with(llm.Reply(delay=125))
        stopped(fresh, lambda: len(server.requests) >= min(articles, 4), OPENAI_BASE_URL=server.url, OPENAI_API_KEY="k", BOT_MODEL="m")
    assert sql(fresh, "select distinct state from article") == [("queued",)]


def test_a_feed_that_hangs_keeps_nobody_and_stays_due(fresh: World) -> None:
    with wicked.wicked(wicked.hang) as server:
        sql(fresh, f"insert into source (url, kind, baseline) values ('{server.url}/feed', 'feed', false)")
        took, _ = stopped(fresh, lambda: server.requests)
    assert took < 4
    assert sql(fresh, "select next_poll_at, failures, last_error from source") == [(None, 0, None)]


def test_a_page_that_hangs_when_it_is_read_again_keeps_nobody(bot: World, account: XAccount) -> None:
    bot.env |= {"BOT_ALLOW_PRIVATE_ADDRESSES": "on", "BOT_RECHECK_SECONDS": "1"}
    with wicked.wicked(wicked.hang) as server:
        sql(bot, f"update article set url = '{server.url}/', watched_at = '2026-01-01 00:00:00.000000'")
        took, _ = stopped(bot, lambda: server.requests)
    assert took < 4
    assert bot.post(3)["state"] == "approved"


def test_a_platform_that_hangs_is_waited_for_a_little_and_then_looked_up(bot: World, x_server: XServer, account: XAccount) -> None:
    x_server.fail_next("hang", on="create")
    took, told = stopped(bot, lambda: creates(x_server), BOT_HTTP_TIMEOUT="20", BOT_LEASE_SECONDS="60", BOT_X_READBACK="0.2,0.4,0.6")
    assert took > 6, "the delivery at hand was given no time"
    assert [delivery["state"] for delivery in bot.post(3)["deliveries"]] == ["unknown", "pending", "pending"]
    assert "it may be out; it is looked for again" in told
    for _ in range(4):
        bot("publish", code=None, BOT_X_READBACK="0.2,0.4,0.6")
        time.sleep(0.3)
    assert bot.post(3)["state"] == "published"
    assert len(x_server.tweets(account)) == 3


def test_the_pause_between_two_segments_keeps_nobody(bot: World, x_server: XServer, account: XAccount) -> None:
    took, _ = stopped(bot, lambda: x_server.tweets(account), BOT_SEGMENT_PAUSE="20")
    assert took < 4
    assert [delivery["state"] for delivery in bot.post(3)["deliveries"]] == ["sent", "pending", "pending"]
