"""Fixtures for tests that hold on every database: `database_url` (up to date, empty) and `store` (the same, open).

A test that uses one runs once on SQLite and once on PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import db
from bot.store.db import Store


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables, to copy: quicker than the migrations for each test."""
    path = tmp_path_factory.mktemp("template") / "bot.db"
    db.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'new.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an up-to-date, empty database of this test's own; for tests that open it in several processes."""
    if request.param == "postgresql":
        server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
        with server.database(template) as url:
            yield url
    else:
        path = tmp_path / "bot.db"
        template = sqlite3.connect(request.getfixturevalue("sqlite_template"))
        ours = sqlite3.connect(path)
        template.backup(ours)
        template.close()
        ours.close()
        yield f"sqlite:///{path}"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on each database."""
    with db.open_store(database_url) as opened:
        yield opened
