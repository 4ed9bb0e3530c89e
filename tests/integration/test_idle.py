"""A worker with nothing to do: what it asks of the database, what it loads, and that it wakes in time all the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from bot import clock, config, worker
from bot.accounts import Account
from bot.context import Bot
from bot.store import accounts, agenda, models
from bot.store.states import ArticleState
from tests.publishing import GRACE, Time, World
from tests.rows import an_article

ROOT = Path(__file__).parents[2]
ACCOUNTS = 8


class Clocked(worker.Stop):
    """A stop whose waits take no time, but move the clock; asked for by itself at the end."""

    def __init__(self, time: Time, seconds: float) -> None:
        super().__init__()
        self.passed, self._time, self._seconds = 0.0, time, seconds

    def wait(self, seconds: float) -> None:
        assert seconds > 0, "it does not rest"
        self.passed += seconds
        self._time.pass_(seconds)
        if self.passed >= self._seconds:
            self.ask()


@pytest.fixture
def idle(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Clocked]:
    """Lets a worker at default settings, with accounts that can publish, live for so many seconds."""
    for number in range(1, ACCOUNTS):
        world.platform(f"fake{number}")
    with world.store.write() as session:
        for name in world.fakes:
            accounts.ensure(session, name=name, platform="fake", handle=None)
    monkeypatch.setattr(clock, "monotonic", lambda: world.time.now.timestamp())

    def live(seconds: float) -> Clocked:
        named = {name: Account(name=name, platform="fake", service="http://127.0.0.1:1") for name in world.fakes}
        stop = Clocked(world.time, seconds)
        said: list[str] = []
        worker.run(Bot(config.load(), world.store, named, {}, _platforms=dict(world.fakes)), stop, lambda text, *_, **__: said.append(text), fate=str, told=str)
        assert not [line for line in said if "fault" in line], said
        return stop

    return live


@pytest.fixture
def statements(world: World) -> Iterator[list[str]]:
    """Every statement the database is given: the beginning of a transaction too."""
    found: list[str] = []

    def heard(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    engine: Engine = world.store._engine
    event.listen(engine, "before_cursor_execute", heard)
    yield found
    event.remove(engine, "before_cursor_execute", heard)


def test_an_idle_worker_gives_the_database_less_than_a_statement_a_second(idle: Callable[[float], Clocked], statements: list[str]) -> None:
    idle(60)
    statements.clear()
    lived = idle(600)
    assert len(statements) <= lived.passed, f"{len(statements)} statements in {lived.passed:g} s"


def test_a_post_goes_out_at_its_time_and_not_at_the_next_pass(world: World, idle: Callable[[float], Clocked]) -> None:
    post = world.make("one")
    world.approve(post, due_at=world.time.now + timedelta(seconds=77.3))
    due = world.time.now + timedelta(seconds=77.3)
    idle(100)
    ended = world.delivery(post).ended_at
    assert ended is not None
    assert due <= ended < due + timedelta(seconds=0.5)


def test_what_comes_up_meanwhile_is_seen_within_a_poll(world: World, idle: Callable[[float], Clocked]) -> None:
    """Approved by another program while the worker sleeps; due at once."""
    post, meanwhile = world.make("one"), world.time.now + timedelta(seconds=21)
    pass_ = world.time.pass_

    def passing(span: timedelta | float) -> None:
        pass_(span)
        if world.time.now >= meanwhile and not world.post(post).approved_at:
            world.approve(post, due_at=world.time.now)

    world.time.pass_ = passing  # type: ignore[method-assign]
    idle(60)
    ended = world.delivery(post).ended_at
    assert ended is not None
    assert ended - meanwhile < timedelta(seconds=11)


def test_the_agenda_names_what_comes_first_and_leaves_out_what_can_not_be_done(world: World) -> None:
    def asked(publishing: tuple[str, ...] = ("fake",), watching: bool = True) -> float | None:
        with world.store.read() as session:
            at = agenda.next_at(session, world.time.now, publishing=publishing, watching=watching)
        return None if at is None else (at - world.time.now).total_seconds()

    assert asked() is None
    post = world.make("one")
    world.approve(post)
    assert asked() == GRACE.total_seconds()
    assert asked(publishing=()) is None
    assert asked(publishing=("another",)) is None
    world.pause("for a reason", world.time.now + timedelta(seconds=50))
    assert asked() is None
    world.time.pass_(50)
    assert asked() == 70
    world.change(post, lambda row: setattr(row.account, "lease_until", world.time.now + timedelta(seconds=30)))
    assert asked() is None
    world.time.pass_(30)
    assert asked() == 40
    world.change(post, lambda row: setattr(row, "unwind_at", world.time.now + timedelta(seconds=9)))
    assert asked() == 9
    world.change(post, lambda row: setattr(row.article, "watch_at", world.time.now + timedelta(seconds=8)))
    assert asked() == 8
    assert asked(watching=False) == 9
    with world.store.write() as session:
        session.add(an_article(fingerprint="later", state=ArticleState.QUEUED, not_before=world.time.now + timedelta(seconds=7)))
        session.add(models.Source(url="https://example.com/feed", kind="feed", next_poll_at=world.time.now + timedelta(seconds=6)))
    assert asked(publishing=(), watching=False) == 6
    world.sql("update source set off = :yes", yes=True)
    assert asked() == 7
    with world.store.write() as session:
        session.add(an_article(fingerprint="now", state=ArticleState.QUEUED))
    assert asked() == 0


PROBE = """
import os, sys, threading, time
sys.path.insert(0, sys.argv[1])
from bot.cli import main
def look():
    time.sleep(4)
    heavy = ("tweepy", "atproto", "openai", "trafilatura", "PIL", "lxml", "feedparser", "alembic", "requests", "markdown_it")
    print(*[name for name in heavy if name in sys.modules], "looked", flush=True)
    os.kill(os.getpid(), 15)
threading.Thread(target=look, daemon=True).start()
main(["worker"], prog_name="bot")
"""


def test_an_idle_worker_whose_accounts_can_publish_loads_no_sdk(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "bot.db").write_bytes(sqlite_template.read_bytes())
    secrets = {
        "X_API_KEY": "a", "X_API_SECRET": "b", "X_ACCESS_TOKEN": "1-c", "X_ACCESS_TOKEN_SECRET": "d", "BLUESKY_HANDLE": "a.example.com",
        "BLUESKY_APP_PASSWORD": "e", "OPENAI_API_KEY": "f", "BOT_POLL_SECONDS": "0.5", "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run([sys.executable, "-c", PROBE, str(ROOT)], cwd=tmp_path, env=secrets, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "looked\n"
