"""Somebody at the database's own console: no foreign keys, no checks, and every value goes in."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import make_url


def edit(database_url: str, *statements: str) -> None:
    """Run the statements as they are, committed one after the other."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        file = sqlite3.connect(str(url.database), isolation_level=None, timeout=30)
        file.execute("PRAGMA ignore_check_constraints=ON")
        for statement in statements:
            file.execute(statement)
        file.close()
        return
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as server:
        server.execute("set session_replication_role = replica")
        for table, check in server.execute(
            "select conrelid::regclass::text, conname from pg_constraint where contype = 'c' and conrelid::regclass::text in ('post', 'delivery')"
        ).fetchall():
            server.execute(f"alter table {table} drop constraint {check}")
        for statement in statements:
            server.execute(statement)  # type: ignore[arg-type]


def read(database_url: str, query: str) -> list[tuple[Any, ...]]:
    """The rows as they stand there, whatever the program would make of them."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        file = sqlite3.connect(str(url.database), isolation_level=None, timeout=30)
        found = file.execute(query).fetchall()
        file.close()
        return found
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as server:
        return list(server.execute(query).fetchall())  # type: ignore[arg-type]
