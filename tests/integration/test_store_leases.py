"""Leases: one holder at a time, never revived, fenced; on every database, between threads and processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import clock
from bot.store import db, leases
from bot.store.db import Store
from bot.store.leases import Leased
from bot.store.models import Account, Article, Source
from bot.store.states import ArticleState
from tests.leasing import START, Clock, claim, holds, release, renew

PROJECT = Path(__file__).parents[2]
@pytest.fixture
def tick() -> Iterator[Clock]:
    """Time as this test wants it."""
    own = Clock()
    clock.replace(own)
    yield own
    clock.replace(None)


def an_account() -> Leased:
    return Account(id=1, name="x", platform="x")


def an_article() -> Leased:
    return Article(
        id=1, fingerprint="f", title="T", dek="", body="B", hidden="", faq=(), image_alt="", tail_cut=False, notes=(),
        state=ArticleState.QUEUED, created_at=START,
    )


def a_source() -> Leased:
    return Source(id=1, url="https://example.com/feed", kind="feed")


@pytest.fixture(params=[an_account, an_article, a_source])
def row(request: pytest.FixtureRequest, store: Store) -> Leased:
    """A stored row that can be leased."""
    made: Leased = request.param()
    with store.write() as session:
        session.add(made)
    return made


def test_a_lease_is_one_owners_until_it_is_over(store: Store, row: Leased, tick: Clock) -> None:
    assert not holds(store, row, "a")
    assert claim(store, row, "a")
    assert (holds(store, row, "a"), holds(store, row, "b")) == (True, False)
    assert not claim(store, row, "b")
    assert not claim(store, row, "a")  # two threads under one name are two workers
    tick.pass_by(59)
    assert not claim(store, row, "b")
    tick.pass_by(1)
    assert not holds(store, row, "a")
    assert claim(store, row, "b")
    assert (holds(store, row, "a"), holds(store, row, "b")) == (False, True)


def test_a_lease_that_runs_is_renewed_from_now(store: Store, row: Leased, tick: Clock) -> None:
    claim(store, row, "a")
    tick.pass_by(50)
    assert renew(store, row, "a")
    tick.pass_by(59)
    assert holds(store, row, "a")
    assert not claim(store, row, "b")


def test_a_lease_that_is_over_is_never_revived(store: Store, row: Leased, tick: Clock) -> None:
    claim(store, row, "a")
    tick.pass_by(60)
    assert not renew(store, row, "a")
    assert not holds(store, row, "a")
    assert claim(store, row, "b")
    assert not renew(store, row, "a")
    assert holds(store, row, "b")


def test_a_lease_given_back_is_free_at_once_and_only_its_owner_gives_it_back(store: Store, row: Leased, tick: Clock) -> None:
    claim(store, row, "a")
    assert not release(store, row, "b")
    assert holds(store, row, "a")
    assert release(store, row, "a")
    assert not release(store, row, "a")
    assert claim(store, row, "b")


def test_a_row_that_is_gone_is_not_leased(store: Store, row: Leased, tick: Clock) -> None:
    with store.write() as session:
        assert not leases.claim(session, type(row), 99, "a", 60)
        session.delete(session.get_one(type(row), row.id))
    assert not claim(store, row, "a")
    assert not renew(store, row, "a")
    assert not holds(store, row, "a")
    assert not release(store, row, "a")


def test_a_clock_set_back_neither_revives_nor_doubles(store: Store, row: Leased, tick: Clock) -> None:
    claim(store, row, "a")
    tick.pass_by(61)
    assert claim(store, row, "b")
    tick.pass_by(-3600)
    assert not holds(store, row, "a")
    assert not renew(store, row, "a")
    assert not claim(store, row, "a")
    assert holds(store, row, "b")


def test_the_row_in_the_session_shows_its_lease(store: Store, row: Leased, tick: Clock) -> None:
    with store.write() as session:
        mine = session.get_one(type(row), row.id)
        assert leases.claim(session, type(row), row.id, "a", 60)
        assert (mine.lease_owner, mine.lease_until) == ("a", START + timedelta(seconds=60))
        mine.lease_owner = "b"  # what a row says of itself does not count, the table does
        session.expire(mine)
        assert leases.holds(session, mine, "a")


def test_the_fence_does_not_believe_an_old_row(store: Store, row: Leased, tick: Clock) -> None:
    claim(store, row, "a")
    with store.read() as session:
        old = session.get_one(type(row), row.id)
    tick.pass_by(61)
    claim(store, row, "b")
    assert old.lease_owner == "a"
    assert not holds(store, old, "a")
    assert not renew(store, old, "a")


def test_a_unit_that_fails_has_claimed_nothing(store: Store, row: Leased, tick: Clock) -> None:
    def fail() -> None:
        with store.write() as session:
            assert leases.claim(session, type(row), row.id, "a", 60)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert claim(store, row, "b")


@pytest.mark.parametrize("row", [an_account], indirect=True)
def test_nobody_takes_a_lease_between_the_fence_and_the_commit(store: Store, row: Leased, tick: Clock) -> None:
    """The intent is committed under the lease, however long that takes."""
    claim(store, row, "a")
    came: list[bool] = []
    other = threading.Thread(target=lambda: came.append(claim(store, row, "b")))
    with store.write() as session:
        assert leases.holds(session, row, "a")
        tick.pass_by(61)  # over, but not yet taken
        other.start()
        other.join(0.5)
        # PostgreSQL passes over the locked row at once; on SQLite the claim waits for its turn to write.
        assert came == ([False] if store.dialect == "postgresql" else [])
        assert leases._locked(session, Account, row.id) == ("a", START + timedelta(seconds=60))
    other.join(30)
    assert claim(store, row, "b") or came == [True]


@pytest.mark.parametrize("row", [an_account], indirect=True)
@pytest.mark.parametrize("act", [renew, holds])
def test_a_lease_that_ran_out_while_waiting_for_the_lock_is_over(
    store: Store, row: Leased, tick: Clock, act: Callable[[Store, Leased, str], bool]
) -> None:
    claim(store, row, "a")
    came: list[bool] = []
    waiting = threading.Thread(target=lambda: came.append(act(store, row, "a")))
    with store.write() as session:
        leases._locked(session, Account, row.id)
        waiting.start()
        waiting.join(0.3)
        assert came == []
        tick.pass_by(61)
    waiting.join(30)
    assert came == [False]


def test_of_many_threads_one_claims(store: Store) -> None:
    with store.write() as session:
        session.add(an_account())
    for turn in range(10):
        won: list[str] = []
        gate = threading.Barrier(4)

        def run(owner: str, won: list[str] = won, gate: threading.Barrier = gate) -> None:
            gate.wait(10)
            if claim(store, Account(id=1), owner):
                won.append(owner)

        threads = [threading.Thread(target=run, args=(f"{turn}-{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(won) == 1
        assert release(store, Account(id=1), won[0])


def test_two_processes_never_have_it_both(database_url: str, tmp_path: Path) -> None:
    turns = 40
    with db.open_store(database_url) as store, store.write() as session:
        session.add(an_account())
    started = time.monotonic()
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.integration.claimer", database_url, owner, str(turns), str(tmp_path)],
            cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for owner in ("a", "b")
    ]  # fmt: skip
    said = [process.communicate(timeout=60) for process in both]
    assert [out for out, _ in said] == [f"{turns}\n"] * 2, said
    with db.open_store(database_url) as store, store.read() as session:
        account = session.get_one(Account, 1)
        assert (account.session, account.lease_owner) == (str(2 * turns), None)
    assert time.monotonic() - started < 45
