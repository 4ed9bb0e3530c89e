"""Each health check: green, and red or yellow at its boundary, on both databases."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot import clock, health, standing
from bot.errors import StoreError
from bot.health import CHECKS, Examiner, Finding, Level, host
from bot.health.work import LATE
from bot.store import accounts, db, leases, models, workers
from bot.store.states import ArticleState, State
from tests.publishing import Time, World
from tests.rows import an_article

GREEN, YELLOW, RED = Level.GREEN, Level.YELLOW, Level.RED
SECOND = timedelta(seconds=1)


def look(world: World, check: str, **settings: Any) -> list[Finding]:
    bot = world.bot
    if settings:
        bot = type(bot)(bot.settings.model_copy(update=settings), bot.store, bot.accounts, {})
    found = [one for one in Examiner(bot).examine() if one.check == check]
    assert found, check
    return found


def level(world: World, check: str, **settings: Any) -> Level:
    return health.gravest(look(world, check, **settings))


def work(world: World, owner: str = "one", host: str = "a") -> None:
    with world.store.write() as session:
        workers.begin(session, owner=owner, host=host, pid=1, version="0", now=clock.now(session))


def test_an_empty_store_is_green_in_every_check(world: World) -> None:
    world.make("hello")
    found = Examiner(world.bot).examine()
    assert [one.check for one in found] == ["database", *(name for name, _ in CHECKS)]
    assert {one.level for one in found} == {GREEN}


def test_a_post_is_overdue_after_five_minutes(world: World, time: Time) -> None:
    world.ready("hello")
    time.pass_(LATE - SECOND)
    assert level(world, "overdue") is GREEN
    time.pass_(SECOND)
    (found,) = look(world, "overdue")
    assert (found.level, found.remedy) == (RED, "bot publish, or bot worker")
    assert found.detail.startswith("1 post is overdue, the oldest since 2026-11-23 12:02 UTC")


def test_a_post_that_should_be_taken_down_is_overdue(world: World, time: Time) -> None:
    post = world.make("hello")
    world.change(post, lambda row: setattr(row, "unwind_at", time.now))
    assert level(world, "overdue") is GREEN
    time.pass_(LATE)
    assert level(world, "overdue") is RED


def test_a_paused_account_is_red_until_it_goes_on(world: World, time: Time) -> None:
    world.make("hello")
    world.pause("no credit left", time.now + timedelta(hours=1))
    (found,) = look(world, "accounts")
    assert (found.level, found.detail) == (RED, "account fake is paused: no credit left. Until 2026-11-23 13:00 UTC")
    time.pass_(3600)
    assert level(world, "accounts") is GREEN


@pytest.mark.parametrize("state", [State.UNCERTAIN, State.STOPPED])
def test_what_only_a_person_can_settle_is_red_at_once(world: World, state: State) -> None:
    post = world.make("hello")
    world.change(post, lambda row: setattr(row, "state", state))
    (found,) = look(world, "people")
    assert found.level is RED
    assert f"(#{post})" in found.detail


def test_a_person_is_waited_for_too_long_after_bot_wait_hours(world: World, time: Time) -> None:
    world.make("hello")
    time.pass_(timedelta(hours=2) - SECOND)
    assert level(world, "review", wait_hours=2) is GREEN
    time.pass_(SECOND)
    (found,) = look(world, "review", wait_hours=2)
    assert (found.level, found.detail) == (RED, "1 post waits for approval, the oldest for 2 h (#1)")


def test_a_post_in_review_that_expires_soon_is_red(world: World, time: Time) -> None:
    post = world.make("hello")
    world.change(post, lambda row: setattr(row, "expires_at", time.now + timedelta(hours=3)))
    assert level(world, "review") is GREEN
    time.pass_(3600)
    assert level(world, "review") is RED


def test_the_sample_is_waited_for_by_nobody(world: World, time: Time) -> None:
    post = world.make("hello")
    world.change(post, lambda row: setattr(row.article, "sample", True))
    time.pass_(timedelta(days=9))
    assert level(world, "review") is GREEN


@pytest.mark.parametrize("table", [models.Account, models.Article])
def test_a_lease_that_a_dead_worker_left_is_red_a_minute_after_its_end(world: World, time: Time, table: Any) -> None:
    world.make("hello")
    with world.store.write() as session:
        assert leases.claim(session, table, 1, "dead", 60)
    time.pass_(120)
    assert level(world, "leases") is GREEN
    time.pass_(1)
    (found,) = look(world, "leases")
    assert found.level is RED
    assert f"{table.__tablename__} 1, left by dead" in found.detail


def test_a_running_worker_takes_such_a_lease_back_and_leaves_living_ones(world: World, time: Time) -> None:
    world.make("hello")
    world.make("other", account="second")
    with world.store.write() as session:
        leases.claim(session, models.Account, 1, "dead", 60)
    time.pass_(60 + 600)
    with world.store.write() as session:
        leases.claim(session, models.Account, 2, "living", 60)
        assert workers.tidy_leases(session, clock.now(session), timedelta(minutes=10)) == 0
    time.pass_(1)
    with world.store.write() as session:
        assert workers.tidy_leases(session, clock.now(session), timedelta(minutes=10)) == 1
    assert (world.account().lease_owner, world.account("second").lease_owner) == (None, "living")
    assert level(world, "leases") is GREEN


def test_a_lease_from_before_the_clock_was_set_back_is_red(world: World, time: Time) -> None:
    world.make("hello")
    world.change(1, lambda row: [setattr(row.account, "lease_owner", "one"), setattr(row.account, "lease_until", time.now + leases.LONGEST + SECOND)])
    assert "was the clock set back" in look(world, "leases")[0].detail


def test_no_worker_is_yellow_only_where_there_is_work_for_one(world: World) -> None:
    world.make("hello")
    assert level(world, "worker") is GREEN
    world.ready("other")
    assert level(world, "worker") is YELLOW


def test_a_worker_that_stops_beating_is_red_and_one_that_was_stopped_is_not(world: World, time: Time) -> None:
    work(world)
    time.pass_(99)
    assert level(world, "worker") is GREEN
    time.pass_(1)
    (found,) = look(world, "worker")
    assert (found.level, found.remedy) == (RED, "start it again: bot worker")
    with world.store.write() as session:
        assert workers.beat(session, "one", clock.now(session), workers.Stats(), None, stopped=True)
    assert level(world, "worker") is GREEN


def test_one_dead_worker_of_several_is_yellow_and_one_that_was_replaced_is_not(world: World, time: Time) -> None:
    work(world, "one", "a")
    time.pass_(200)
    work(world, "two", "b")
    assert level(world, "worker") is YELLOW
    work(world, "three", "a")
    assert level(world, "worker") is GREEN


def test_a_pass_that_does_not_get_on_is_red_although_the_worker_beats(world: World, time: Time) -> None:
    work(world)
    began = time.now
    for minutes, expected in ((15, GREEN), (1, RED)):
        time.pass_(timedelta(minutes=minutes))
        with world.store.write() as session:
            workers.beat(session, "one", clock.now(session), workers.Stats(passes=1), began)
        assert level(world, "worker") is expected


def test_workers_are_forgotten_after_a_week(world: World, time: Time) -> None:
    work(world, "one")
    time.pass_(timedelta(days=8))
    work(world, "two")
    with world.store.read() as session:
        assert [row.owner for row in workers.listed(session)] == ["two"]


def test_an_article_that_nobody_drafts_is_yellow_and_then_red(world: World, time: Time) -> None:
    with world.store.write() as session:
        session.add(an_article(created_at=time.now))
        session.add(an_article(fingerprint="f2", created_at=time.now, not_before=time.now + timedelta(days=1)))
    time.pass_(timedelta(minutes=14))
    assert level(world, "articles") is GREEN
    time.pass_(60)
    assert level(world, "articles") is YELLOW
    time.pass_(timedelta(hours=2))
    (found,) = look(world, "articles")
    assert (found.level, found.detail[:39]) == (RED, "1 article waits to be drafted, the olde")


def test_an_article_that_could_not_be_drafted_is_yellow_for_a_day(world: World, time: Time) -> None:
    with world.store.write() as session:
        session.add(an_article(created_at=time.now, state=ArticleState.FAILED))
    assert level(world, "articles") is YELLOW
    time.pass_(timedelta(days=1))
    assert level(world, "articles") is GREEN


def a_source(**other: Any) -> models.Source:
    return models.Source(**{"url": "https://ana:secret@example.com/feed", "kind": "feed", "failures": 0, "off": False, "baseline": True, **other})


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"failures": 2}, GREEN), ({"failures": 3, "last_error": "404"}, YELLOW), ({"off": True}, YELLOW),
        ({"next_poll_at": timedelta(minutes=-59)}, GREEN), ({"next_poll_at": timedelta(minutes=-61)}, YELLOW),
    ],
)
def test_feeds(world: World, time: Time, other: dict[str, Any], expected: Level) -> None:
    with world.store.write() as session:
        session.add(a_source(**{key: time.now + value if isinstance(value, timedelta) else value for key, value in other.items()}))
    work(world)
    found = look(world, "sources")
    assert health.gravest(found) is expected
    assert not any("secret" in one.detail for one in found)


@pytest.mark.parametrize(("micros", "expected"), [(8_999_999, GREEN), (9_000_000, YELLOW), (10_000_000, YELLOW)])
def test_money_that_is_nearly_used_up_is_yellow(world: World, time: Time, micros: int, expected: Level) -> None:
    with world.store.write() as session:
        session.add(models.Spend(payee="x", what="post", micros=micros, at=time.now))
        session.add(models.Spend(payee="x", what="post", micros=micros, at=time.now - timedelta(days=40)))
    assert level(world, "budget", x_budget_usd=10) is expected
    assert level(world, "budget") is GREEN


def test_an_article_that_changed_is_red(world: World, time: Time) -> None:
    post = world.make("hello")
    world.change(post, lambda row: [setattr(row, "state", State.PUBLISHED), setattr(row.article, "alert_at", time.now), setattr(row.article, "alert_kind", "changed")])
    (found,) = look(world, "alerts")
    assert (found.level, found.remedy) == (RED, f"bot correct {post}, or bot unwind {post}")


def test_what_can_not_be_looked_at_is_red_and_the_other_checks_go_on(world: World) -> None:
    world.make("hello")
    world.sql("update account set lease_until = null, paused_reason = 'x', paused_until = null, name = 'other' where name = 'fake'")
    (found,) = look(world, "accounts")
    assert (found.level, "could not be looked at" in found.detail) == (RED, True)
    assert level(world, "budget") is GREEN


def test_a_clock_that_was_set_back_is_red(world: World, time: Time) -> None:
    if world.store.dialect == "postgresql":
        assert look(world, "clock") == [Finding("clock", GREEN)]
        return
    world.make("hello")
    time.pass_(-60)
    assert level(world, "clock") is GREEN
    time.pass_(-1)
    assert "the clock was set back" in look(world, "clock")[0].detail


@pytest.mark.parametrize(("seconds", "expected"), [(0, None), (10, None), (-10, None), (11, YELLOW), (-11, YELLOW), (121, RED), (-121, RED)])
def test_two_clocks_may_differ_by_ten_seconds_beyond_what_asking_took(seconds: int, expected: Level | None) -> None:
    before = datetime(2026, 1, 1, tzinfo=UTC)
    after = before + 3 * SECOND
    found = list(host.apart(before, (after if seconds > 0 else before) + seconds * SECOND, after))
    assert [one.level for one in found] == ([expected] if expected else [])
    if expected:
        assert ("behind" if seconds > 0 else "ahead of") in found[0].detail


# The machine: SQLite's file

Change = Callable[[db.Store, Path], None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


def machine(path: Path, check: str) -> Finding:
    with db.open_store(f"sqlite:///{path}") as store:
        bot = SimpleNamespace(store=store, settings=None, accounts={})
        return next(one for one in Examiner(bot).examine() if one.check == check)  # type: ignore[arg-type]


@pytest.mark.parametrize(("free", "expected"), [(host.LOW, GREEN), (host.LOW - 1, YELLOW), (host.LITTLE, YELLOW), (host.LITTLE - 1, RED)])
def test_little_room_on_the_disk(file: Path, monkeypatch: pytest.MonkeyPatch, free: int, expected: Level) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert machine(file, "disk").level is expected


def test_a_long_write_ahead_log(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "LONG_LOG", 10)
    with db.open_store(f"sqlite:///{file}") as store:
        with store.write() as session:
            session.add(an_article())
        bot: Any = SimpleNamespace(store=store)
        assert [one.level for one in host.disk_of(bot)] == [YELLOW]
        monkeypatch.setattr(host, "LONGEST_LOG", 20)
        assert [one.level for one in host.disk_of(bot)] == [RED]


@pytest.mark.skipif(os.geteuid() != 0, reason="asks whether root's permission counts")
def test_a_file_that_can_not_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: bool(Path(path).stat().st_mode & stat.S_IWUSR))
    with db.open_store(f"sqlite:///{file}") as store:
        bot: Any = SimpleNamespace(store=store)
        assert list(host.disk_of(bot)) == []
        file.chmod(0o444)
        assert ["can not be written" in one.detail for one in host.disk_of(bot)] == [True]


def test_a_damaged_file_is_red(file: Path) -> None:
    with db.open_store(f"sqlite:///{file}") as store, store.write() as session:
        session.add_all(an_article(fingerprint=str(n), body="word " * 500) for n in range(200))
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 8192] = b"\xff" * 8192
    file.write_bytes(raw)
    with db.open_store(f"sqlite:///{file}") as store:
        bot: Any = SimpleNamespace(store=store, accounts={})
        found = Examiner(bot).examine()
    assert (found[0].check, found[0].level) == ("database", RED)
    assert "damaged" in found[0].detail


def test_another_revision_is_red(world: World) -> None:
    world.sql("update bot_version set version_num = '9999'")
    found = Examiner(world.bot).examine()
    assert (found[0].check, found[0].level) == ("database", RED)
    assert "revision 9999" in found[0].detail
    assert {one.check for one in found} <= {"database", "disk"}, "nothing is said of what can not be known"


def test_a_database_that_is_away_is_red(world: World) -> None:
    world.sql("alter table account rename to gone")
    assert look(world, "database")[0].level is RED


def test_an_error_on_the_way_is_red_and_says_what_is_not_known() -> None:
    found = health.unreachable(StoreError("The database postgresql://db refused."))
    assert (found.level, found.told) == (RED, "The database postgresql://db refused: until then nothing is known of posts and accounts")


def test_what_stands_in_the_way_is_told_as_everywhere(world: World, time: Time) -> None:
    world.make("hello")
    world.pause("refused")
    with world.store.read() as session:
        said = standing.paused(accounts.get(session, "fake"), time.now)
    assert said is not None
    assert look(world, "accounts")[0].detail == said.told.rstrip(".")
