"""Opening, upgrading and checking databases: what is stored stays, what is wrong is said in one line."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, inspect, select, text

from bot.errors import BotError, ConfigError, StoreError
from bot.store import db
from bot.store.db import Store
from bot.store.models import Article
from tests.rows import an_article, at_once
from tests.servers.postgres import Server

PROJECT = Path(__file__).parents[2]

# --- upgrading ----------------------------------------------------------------------------------


def test_the_constant_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(db._config()).get_heads() == [db.HEAD]


def test_an_upgrade_of_an_up_to_date_database_changes_nothing(store: Store, database_url: str) -> None:
    with store.write() as session:
        session.add(an_article())
    assert db.upgrade(database_url) == (db.HEAD, db.HEAD)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Article)) == 1


def test_two_upgrades_at_once_are_one(empty_url: str) -> None:
    came: list[str | None] = []
    at_once(*[lambda: came.append(db.upgrade(empty_url)[0])] * 3)
    assert sorted(came, key=str) == [db.HEAD, db.HEAD, None]
    assert db.check(empty_url) == []


# --- opening ------------------------------------------------------------------------------------


def test_sqlite_upgrades_by_itself_and_postgresql_does_not(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        db.open_store(empty_url).close()
        assert db.check(empty_url) == []
    else:
        with pytest.raises(StoreError, match="run `bot db upgrade`"):
            db.open_store(empty_url)
        db.open_store(empty_url, upgrade=True).close()
        db.open_store(empty_url).close()


def test_sqlite_does_not_upgrade_when_told_not_to(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run `bot db upgrade`"):
        db.open_store("sqlite:///new.db", upgrade=False)


@pytest.mark.parametrize("act", [db.open_store, db.upgrade, db.check])
def test_a_database_of_a_newer_program_is_left_alone(act: Callable[[str], object], database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("update bot_version set version_num = '9999'"))
    with pytest.raises(StoreError, match=r"was made by a newer program .revision 9999; this one knows 00[0-9]+.: update the program"):
        act(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select version_num from bot_version")) == "9999"
    engine.dispose()


@pytest.mark.parametrize("act", [db.open_store, db.upgrade, db.check])
def test_tables_of_another_program_are_left_alone(act: Callable[[str], object], empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("create table article (headline text)"))
    with pytest.raises(StoreError, match=r"tables of another program \(article\)"):
        act(empty_url)
    assert inspect(engine).get_table_names() == ["article"]
    engine.dispose()


def test_another_programs_tables_in_the_same_postgresql_are_no_hindrance(postgres: str) -> None:
    """A file is one program's (`test_hand_edited.py`); a server's database may be shared."""
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("create table alembic_version (version_num text)"))
        connection.execute(text("insert into alembic_version values ('theirs')"))
    db.upgrade(postgres)
    assert db.check(postgres) == []
    with engine.connect() as connection:
        assert connection.scalar(text("select version_num from alembic_version")) == "theirs"
    engine.dispose()


def test_a_failed_upgrade_leaves_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with sqlite3.connect(path) as connection:  # a view with the name of a table of ours is in the way, halfway through
        connection.execute("create view spend as select 1")
    connection.close()
    with pytest.raises(StoreError, match="spend"):
        db.open_store(f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{path}")
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_opening_does_not_load_alembic(database_url: str) -> None:
    program = f"import sys; from bot.store import db; db.open_store({database_url!r}).close(); db.open_store('sqlite://').close(); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=PROJECT, check=True, timeout=60)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("", ConfigError, "not a database URL"),
        ("bot.db", ConfigError, "not a database URL"),
        ("postgresql://u:hunter2@host:port/x", ConfigError, "not a database URL"),
        ("mysql://u:hunter2@host/x", ConfigError, "mysql is not supported"),
        ("postgresql+psycopg2://u:hunter2@host/x", ConfigError, "is not supported"),
        ("sqlite://bot.db", ConfigError, "three slashes"),
        ("sqlite:///bot.db?colour=red", ConfigError, "an option that SQLite does not know"),
        ("sqlite:///no/such/folder/bot.db", StoreError, "there is no folder"),
        ("sqlite:////proc/bot.db", StoreError, "folder you may write to"),
        ("sqlite:///file.txt", StoreError, "not an SQLite database"),
        ("sqlite:///file.txt/bot.db", StoreError, "there is no folder"),
        ("sqlite:///.", StoreError, "can not be opened"),
        ("postgresql://u:hunter2@127.0.0.1:1/x", StoreError, "see that the server runs"),
        ("postgres://u:p%40ss@127.0.0.1:1/x", StoreError, "postgresql\\+psycopg://u:\\*\\*\\*@127.0.0.1:1/x"),
        ("postgresql://127.0.0.1:1/x?password=hunter2", StoreError, "127.0.0.1:1/x refused"),
        ("postgresql://u:hunter2@127.0.0.1:1/x?colour=hunter2", StoreError, "colour"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("act", [db.open_store, db.upgrade])
def test_a_wrong_url_is_one_line_without_the_password(
    act: Callable[[str], object], url: str, kind: type[BotError], said: str, tmp_path: Path
) -> None:
    (tmp_path / "file.txt").write_text("An article, not a database. " * 100)
    with pytest.raises(kind, match=said) as caught:
        act(url)
    line = str(caught.value)
    assert "\n" not in line
    assert "hunter2" not in line
    assert "p%40ss" not in line
    assert "p@ss" not in line


def test_a_wrong_file_is_left_as_it_was(tmp_path: Path) -> None:
    text_file = tmp_path / "file.txt"
    text_file.write_text("An article, not a database. " * 100)
    with pytest.raises(StoreError):
        db.open_store(f"sqlite:///{text_file}")
    assert text_file.read_text() == "An article, not a database. " * 100


def test_a_missing_postgresql_database_is_named(postgres_server: Server) -> None:
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        db.open_store(postgres_server.url("nowhere"))


def test_a_plain_postgresql_url_works(postgres: str) -> None:
    for scheme in ("postgres", "postgresql"):
        with db.open_store(postgres.replace("postgresql+psycopg", scheme), upgrade=True) as store, store.read() as session:
            assert session.scalar(text("show lock_timeout")) == "30s"


def test_a_read_only_file_is_one_line(tmp_path: Path) -> None:
    db.open_store("sqlite:///bot.db").close()
    with db.open_store("sqlite:///file:bot.db?mode=ro&uri=true") as store, pytest.raises(StoreError, match="read-only"), store.write() as session:
        session.add(an_article())


# --- checking -----------------------------------------------------------------------------------


def test_check_of_nothing_makes_no_file(tmp_path: Path) -> None:
    assert db.check("sqlite:///none.db") == ["There is no database none.db yet: run `bot db upgrade`."]
    assert not (tmp_path / "none.db").exists()


def test_check_tells_a_missing_index_and_a_column_too_many(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("drop index ix_post_due"))
        connection.execute(text("alter table source add column colour text"))
    engine.dispose()
    problems = db.check(database_url)
    assert len(problems) == 2
    assert any("ix_post_due" in problem for problem in problems)
    assert any("colour" in problem for problem in problems)


def test_check_tells_an_empty_database(empty_url: str) -> None:
    engine = create_engine(empty_url)
    engine.connect().close()
    engine.dispose()
    (problem,) = db.check(empty_url)
    assert "run `bot db upgrade`" in problem


def test_check_tells_rows_that_refer_to_nothing_and_a_damaged_file(tmp_path: Path) -> None:
    db.open_store("sqlite:///bot.db").close()
    with sqlite3.connect("bot.db") as connection:
        connection.execute("insert into event (post_id, at, who, what) values (7, '2026-01-01 00:00:00.000000', 'me', 'x')")
    connection.close()
    assert db.check("sqlite:///bot.db") == ["Table event refers to rows of post that are not there. Restore it from a backup."]
    content = bytearray(Path("bot.db").read_bytes())
    content[-4096:] = os.urandom(4096)
    Path("bot.db").write_bytes(content)
    try:
        told = db.check("sqlite:///bot.db")
    except StoreError as error:  # damaged where the first look falls
        told = [str(error)]
    assert any("damaged" in problem for problem in told)
