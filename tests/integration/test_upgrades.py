"""Upgrades that are cut short, at any statement; two at once; and databases of a newer program, refused by every command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.store import db
from tests.integration import cli_world
from tests.servers.postgres import Server

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from sqlalchemy import event
from bot.store import db
make, left = db.make_engine, [int(sys.argv[3])]
def counted(*given):
    engine = make(*given)
    def heard(*_rest):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(engine, "before_cursor_execute", heard)
    event.listen(engine, "commit", heard)
    return engine
db.make_engine = counted
print(db.upgrade(sys.argv[2]), flush=True)
"""
"""Forked for each point: loading alembic again and again would take minutes."""
FORKED = """
import os, sys
root, program, points, *urls = sys.argv[1:]
sys.path.insert(0, root)
import bot.store.db, bot.store.models, alembic.command, alembic.autogenerate, psycopg
for point, url in zip(points.split(","), urls):
    pid = os.fork()
    if pid == 0:
        sys.argv = ["-c", root, url, point]
        exec(program)
        os._exit(0)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


def old(url: str) -> None:
    """A database of the first program, with an article, a post and a source in it: what later migrations copy."""
    from alembic import command

    engine = db.make_engine(db.read_url(url))
    with engine.execution_options(bot_unit="upgrade").begin() as connection:
        command.upgrade(db._config(connection), "0001")
        connection.execute(text(
            "insert into article (fingerprint, title, dek, body, hidden, faq, image_alt, tail_cut, notes, sample, state, created_at) "
            "values ('f', 'T', '', 'B', '', '[]', '', false, '[]', false, 'queued', '2026-01-01 00:00:00')"
        ))
        connection.execute(text("insert into source (url, kind, baseline) values ('https://example.com/feed', 'feed', false)"))
    engine.dispose()


def killed_at(points: list[int], urls: list[str]) -> list[bool]:
    """Upgrade each database in a process that is killed at its point; whether it was killed."""
    given = [sys.executable, "-c", FORKED, str(ROOT), KILLED, ",".join(map(str, points)), *urls]
    done = subprocess.run(given, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    return [line == "9" for line in done.stdout.splitlines() if line.isdigit()]


def finished(url: str) -> None:
    """What a person meets, and that an upgrade from here is whole."""
    told = db.check(url)
    assert len(told) == 1, told
    assert "run `bot db upgrade`" in told[0]
    assert db.upgrade(url) == ("0001", db.HEAD)
    assert db.check(url) == []
    with db.open_store(url) as store, store.read() as session:
        assert session.scalar(text("select title from article")) == "T"
        assert session.scalar(text("select url from source")) == "https://example.com/feed"


@pytest.mark.timeout(240)
def test_an_upgrade_killed_in_between_has_done_nothing_and_the_next_is_whole_on_sqlite(tmp_path: Path) -> None:
    old(f"sqlite:///{tmp_path / 'old.db'}")
    points, urls = [*range(1, 200, 19), 500], []
    for point in points:
        (tmp_path / f"{point}.db").write_bytes((tmp_path / "old.db").read_bytes())
        urls.append(f"sqlite:///{tmp_path / f'{point}.db'}")
    killed = killed_at(points, urls)
    assert sum(killed) > 5
    assert not killed[-1], "there are more statements than points"
    for was_killed, url in zip(killed, urls, strict=True):
        if was_killed:
            finished(url)


@pytest.mark.postgres
@pytest.mark.timeout(240)
def test_an_upgrade_killed_in_between_has_done_nothing_and_the_next_is_whole_on_postgresql(postgres_server: Server) -> None:
    with postgres_server.database() as template:
        old(template)
        name = str(db.read_url(template).database)
        places = [(point, postgres_server.database(name)) for point in range(2, 200, 39)]
        urls = [place.__enter__() for _, place in places]
        killed = killed_at([point for point, _ in places], urls)
        assert sum(killed) >= 2
        for was_killed, url in zip(killed, urls, strict=True):
            if was_killed:
                finished(url)
        for _, place in places:
            place.__exit__(None, None, None)


def test_of_two_machines_that_upgrade_at_once_one_waits(empty_url: str) -> None:
    """Real processes; the second finds nothing left to do."""
    env = {**os.environ, "DATABASE_URL": empty_url, "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen([sys.executable, "-m", "bot", "db", "upgrade"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=90) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sorted("is now at version" in out for out, _ in told) == [False, True], told
    assert db.check(empty_url) == []


def test_an_upgrade_waits_for_another_that_is_at_it(empty_url: str) -> None:
    engine = db.make_engine(db.read_url(empty_url))
    env = {**os.environ, "DATABASE_URL": empty_url, "PYTHONPATH": str(ROOT)}
    if empty_url.startswith("sqlite"):
        db._write_ahead(engine)
    with engine.execution_options(bot_unit="upgrade").begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": db._UPGRADE_LOCK})
        process = subprocess.Popen([sys.executable, "-m", "bot", "db", "upgrade"], env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        time.sleep(4)
        waits = process.poll() is None
    engine.dispose()
    told = process.communicate(timeout=60)
    assert waits, told
    assert process.returncode == 0
    assert db.check(empty_url) == []


EVERY: tuple[tuple[str, ...], ...] = (
    ("run",), ("run", "--dry-run"), ("worker",), ("draft", "article.txt", "--save"), ("check", "article.txt", "--text", "t"), ("add", "article.txt"),
    ("articles",), ("sources",), ("sources", "add", "https://example.com/feed"), ("posts",), ("show", "1"), ("review",), ("approve", "1"),
    ("unapprove", "1"), ("edit", "1", "--text", "t"), ("reject", "1", "--reason", "r"), ("cancel", "1"), ("retry", "1"), ("publish",),
    ("resolve", "1", "--not-sent"), ("resume", "1"), ("abandon", "1"), ("unwind", "1"), ("correct", "1"), ("accounts",), ("accounts", "verify"),
    ("pause", "--all"), ("unpause", "--all"), ("status",), ("budget",), ("voice", "suggest"), ("db", "upgrade"), ("db", "check"), ("doctor",),
    ("dedup", "explain", "1", "2"), ("backup", "copy.db"), ("schedule",), ("schedule", "1", "--in", "1h"),
)


@pytest.fixture
def newer(database_url: str) -> str:
    """A database that a newer program made."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("update bot_version set version_num = '9999'"))
    engine.dispose()
    return database_url


def test_a_database_of_a_newer_program_is_refused_by_every_command_in_one_line(newer: str, tmp_path: Path) -> None:
    world = cli_world.world(tmp_path)
    world.env = {"DATABASE_URL": newer}
    for command in EVERY:
        if command[0] == "backup" and newer.startswith("postgresql"):
            continue  # it only names what to use instead
        result = world(*command, code=None)
        assert result.exit_code == 1, (command, result.output)
        assert "was made by a newer program (revision 9999; this one knows " in result.stderr, (command, result.output)
        assert len(result.stderr.splitlines()) == 1, (command, result.output)
    engine = create_engine(newer)
    with engine.connect() as connection:
        assert connection.scalar(text("select version_num from bot_version")) == "9999"
        assert connection.scalar(text("select count(*) from account")) == 0
    engine.dispose()


def test_every_command_is_among_these() -> None:
    from bot.cli import COMMANDS

    assert set(COMMANDS) == {command[0] for command in EVERY}
