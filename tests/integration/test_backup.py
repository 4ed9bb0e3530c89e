"""Copies of a database that is being written: one moment of it, sound, and safe to put to work."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError, UsageError
from bot.store import backup, db
from bot.store.engine import read_url
from tests.integration import cli_world
from tests.integration.cli_world import World
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

ROOT = Path(__file__).parents[2]
WRITER = """
import sys, itertools
sys.path.insert(0, sys.argv[1])
from sqlalchemy import text
from bot.store import db
with db.open_store("sqlite:///bot.db") as store:
    for number in itertools.count():
        name = f"{sys.argv[2]}-{number}"
        with store.write() as session:  # two rows that belong together: a copy has both or none
            session.execute(text("insert into source (url, kind, baseline) values (:url, 'feed', false)"), {"url": f"https://a.example/{name}"})
            session.execute(text("insert into source (url, kind, baseline) values (:url, 'feed', false)"), {"url": f"https://b.example/{name}"})
        if number == 20:
            print("writing", flush=True)
"""


@pytest.fixture
def bot(tmp_path: Path, sqlite_template: Path) -> World:
    made = cli_world.world(tmp_path)
    (tmp_path / "bot.db").write_bytes(sqlite_template.read_bytes())
    return made


@pytest.fixture
def writers(bot: World) -> Iterator[None]:
    """Three processes that write as fast as they can."""
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(ROOT), str(n)], cwd=bot.folder, stdout=subprocess.PIPE, text=True) for n in range(3)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
    yield
    for process in running:
        assert process.poll() is None, "a writer gave up"
        process.kill()
        process.communicate()


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_a_copy_made_while_others_write_is_one_moment_and_whole(bot: World, writers: None) -> None:
    counts = []
    for number in range(5):
        (told,) = bot.json("backup", f"copy{number}.db")
        path = bot.folder / f"copy{number}.db"
        assert told["bytes"] == path.stat().st_size
        assert db.check(f"sqlite:///{path}") == []
        (unpaired,) = rows(path, "select count(*) from source where replace(replace(url, '//a.', ''), '//b.', '') in "
                                 "(select replace(replace(url, '//a.', ''), '//b.', '') from source group by 1 having count(*) = 1)")  # fmt: skip
        assert unpaired == (0,)
        counts += rows(path, "select count(*) from source")
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_a_large_copy_is_made_in_steps_between_which_others_write(bot: World, writers: None) -> None:
    with closing(sqlite3.connect(bot.folder / "bot.db", timeout=30)) as database:
        database.execute("insert into picture (sha256, mime, width, height, data) values ('a', 'image/png', 1, 1, zeroblob(40000000))")
        database.commit()
    seen: list[tuple[int, int]] = []
    written: list[int] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        time.sleep(0.05)
        written.append(int(str(rows(bot.folder / "bot.db", "select count(*) from source")[0][0])))

    backup.make(read_url("sqlite:///bot.db"), Path("copy.db"), now="now", progress=progress)
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert written[-1] > written[0], "the writers had to wait"
    assert db.check("sqlite:///copy.db") == []


def test_a_restored_copy_publishes_nothing_until_a_person_says_so_and_then_goes_on(x_world: World, x_server: XServer, account: XAccount) -> None:
    """What went out after the copy was made is not known to it: an old copy at work would send it again."""
    bot = x_world
    bot("accounts", "verify", "x")
    bot("approve", "1", "3")
    said = bot("backup", "copy.db").stdout
    assert "checked (version " in said
    assert len(said.splitlines()) == 1
    bot("publish")
    out = len(x_server.tweets(account))
    assert out > 0
    for suffix in ("-wal", "-shm"):
        (bot.folder / f"bot.db{suffix}").unlink(missing_ok=True)
    os.replace(bot.folder / "copy.db", bot.folder / "bot.db")
    bot("db", "check")
    bot("publish", code=None)
    assert len(x_server.tweets(account)) == out
    shown = bot("accounts").stdout
    assert "restored from a backup of " in " ".join(shown.split())
    assert "Then: bot unpause x" in " ".join(shown.split())
    bot("cancel", "1")
    bot("unpause", "x")
    assert "published" in bot("publish").stdout
    assert bot.post(3)["state"] == "published"


def test_a_copy_keeps_the_reason_of_an_earlier_pause(x_world: World) -> None:
    x_world("pause", "x", "--reason", "holidays")
    x_world("backup", "copy.db")
    x_world.env["DATABASE_URL"] = "sqlite:///copy.db"
    shown = " ".join(x_world("accounts").stdout.split())
    assert "; before that: " in shown
    assert "(holidays)" in shown


def test_a_copy_is_its_owners_alone_and_one_file(bot: World) -> None:
    os.umask(0)
    try:
        bot("backup", "copy.db")
    finally:
        os.umask(0o022)
    assert stat.S_IMODE((bot.folder / "copy.db").stat().st_mode) == 0o600
    assert sorted(path.name for path in bot.folder.iterdir() if "copy" in path.name) == ["copy.db"]


def test_what_is_there_is_not_replaced_unasked(bot: World) -> None:
    (bot.folder / "copy.db").write_text("mine")
    assert "copy.db is there already: name another file, or say --force" in bot("backup", "copy.db", code=2).stderr
    assert (bot.folder / "copy.db").read_text() == "mine"
    bot("backup", "copy.db", "--force")
    assert db.check("sqlite:///copy.db") == []


@pytest.mark.parametrize(
    ("file", "said"),
    [("bot.db", "is the database's own file"), ("bot.db-wal", "is the database's own file"), (".", "is a folder"), ("no/copy.db", "there is no folder")],
)
def test_a_place_that_can_not_be_is_refused(bot: World, file: str, said: str) -> None:
    before = (bot.folder / "bot.db").read_bytes()
    assert said in bot("backup", file, "--force", code=2).stderr
    assert (bot.folder / "bot.db").read_bytes() == before


def test_nothing_to_keep_is_said(tmp_path: Path) -> None:
    made = World(tmp_path)
    assert "There is no database bot.db yet" in made("backup", "copy.db", code=1).stderr
    assert not (tmp_path / "copy.db").exists()
    (tmp_path / "bot.db").write_bytes(b"")
    assert "is empty" in made("backup", "copy.db", code=1).stderr
    (tmp_path / "bot.db").write_text("no database" * 1000)
    assert "could not be copied" in made("backup", "copy.db", code=1).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bot.db"]


def test_a_damaged_database_makes_no_copy(bot: World) -> None:
    path = bot.folder / "bot.db"
    content = bytearray(path.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = os.urandom(200)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|could not be copied"):
        backup.make(read_url("sqlite:///bot.db"), Path("copy.db"), now="now")
    assert not (bot.folder / "copy.db").exists()


def test_an_interrupt_leaves_nothing(bot: World) -> None:
    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = sorted(path.name for path in bot.folder.iterdir())
    with pytest.raises(KeyboardInterrupt):
        backup.make(read_url("sqlite:///bot.db"), Path("copy.db"), now="now", progress=interrupted)
    assert sorted(path.name for path in bot.folder.iterdir()) == before


def test_postgresql_is_told_its_own_command_without_the_password(tmp_path: Path) -> None:
    made = World(tmp_path, {"DATABASE_URL": "postgres://ana:hunter2@db.example.com:5433/news?sslmode=require"})
    told = made("backup", "copy.dump", code=2).stderr
    assert "pg_dump --format=custom --file=copy.dump 'postgresql://ana@db.example.com:5433/news?sslmode=require'" in told
    assert "hunter2" not in told
    assert len(told.splitlines()) == 1


def test_json_is_one_object(bot: World) -> None:
    (told,) = [json.loads(line) for line in bot("backup", "copy.db", "--json").stdout.splitlines()]
    assert set(told) == {"file", "bytes", "revision", "at"}
    with pytest.raises(UsageError):
        backup.make(read_url("sqlite:///bot.db"), Path("copy.db"), now="now")
