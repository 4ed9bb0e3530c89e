"""From a database URL to an engine, with each database's settings, and its errors in one line without the password."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.pool import StaticPool

from bot.errors import ConfigError, StoreError

PATIENCE = 30
"""Seconds a unit waits for another's lock before it gives up, on both databases (unless the engine is made with other)."""

UNIT = "bot_unit"
"""Execution option: what a connection is used for (`read`, `write`, `upgrade`, or none: no transaction)."""

_FORMS = "Write sqlite:///bot.db or postgresql://user:password@host/name."
_SWITCHES = {
    "read": ("PRAGMA foreign_keys=ON", "PRAGMA query_only=ON"),
    "write": ("PRAGMA foreign_keys=ON", "PRAGMA query_only=OFF"),
    # A later migration may have to copy a table that others refer to.
    "upgrade": ("PRAGMA foreign_keys=OFF", "PRAGMA query_only=OFF"),
}


class UnreadableError(StoreError):
    """What is stored is no value of the program's: changed by hand."""


def read_url(text: str) -> URL:
    """The URL, its driver named. Raises ConfigError, without the URL, when it can not be used."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise ConfigError(f"DATABASE_URL is not a database URL. {_FORMS}") from None
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise ConfigError(f"DATABASE_URL: {url.drivername} is not supported. {_FORMS}")
    if url.host or url.username or url.password or url.port:
        raise ConfigError("DATABASE_URL: an SQLite file has three slashes, and four where its path is absolute: sqlite:///bot.db.")
    if set(url.query) - {"uri", "mode", "cache", "immutable", "nolock", "vfs"}:  # sqlite.org/uri.html
        raise ConfigError(f"DATABASE_URL has an option that SQLite does not know. {_FORMS}")
    return url.set(drivername="sqlite")


def in_memory(url: URL) -> bool:
    """Whether the database lives only as long as its one connection."""
    return url.get_backend_name() == "sqlite" and (url.database or ":memory:") == ":memory:"


def masked(url: URL) -> str:
    """The URL for people: no password, and of the options, where passwords may stand too, only where the server is."""
    where = {key: value for key, value in url.query.items() if key in {"host", "port"}}
    return url.set(query=where).render_as_string(hide_password=True)


def make_engine(url: URL, patience: int = PATIENCE) -> Engine:
    """An engine for `read_url`'s URL; it connects at first use. Raises ConfigError for options no driver knows."""
    options: dict[str, Any] = {}
    if in_memory(url):
        options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    elif url.get_backend_name() == "postgresql":
        asked = {"connect_timeout": 10, "application_name": "article-bot"}
        options = {"pool_pre_ping": True, "connect_args": {key: value for key, value in asked.items() if key not in url.query}}
    try:
        engine = create_engine(url, **options)
    except (ArgumentError, TypeError, ValueError):
        raise ConfigError(f"DATABASE_URL has an option that can not be read. {_FORMS}") from None
    event.listen(engine, "handle_error", _value_refused, retval=True)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: _prepare_sqlite(connection, patience))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", lambda connection, _record: _prepare_postgresql(connection, patience))
    return engine


def _prepare_sqlite(connection: Any, patience: int) -> None:
    # The driver's own implicit BEGIN is a deferred one; `_begin_sqlite` says which kind each unit needs.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={patience * 1000}")
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get(UNIT, "")
    if kind not in _SWITCHES:
        return
    if connection.info.get(UNIT) != kind:  # of this connection, when it was last used
        connection.info.pop(UNIT, None)
        for statement in _SWITCHES[kind]:
            connection.exec_driver_sql(statement)
        connection.info[UNIT] = kind
    connection.exec_driver_sql("BEGIN" if kind == "read" else "BEGIN IMMEDIATE")


def _prepare_postgresql(connection: Any, patience: int) -> None:
    # A stopped process must not keep a row locked for ever: the server ends its transaction.
    connection.execute(f"SET lock_timeout='{patience}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout='{2 * patience}s'")
    # An intent that a crash of the server could take back would be sent again.
    connection.execute("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
    connection.commit()


def _value_refused(context: ExceptionContext) -> BaseException | None:
    """Half a surrogate pair, a NUL character (PostgreSQL) or a number beyond 64 bits: no database error to the drivers."""
    error = context.original_exception
    if "timestamp too" in str(error):  # psycopg, of a time that is there and that Python does not have: infinity
        return UnreadableError(f"the database holds a value that can not be read: {error}.")
    if isinstance(error, UnicodeEncodeError | OverflowError) or isinstance(context.sqlalchemy_exception, DataError):
        return StoreError(f"the database can not hold a value: {' '.join(str(error).split())[:200]}.")
    return None


@contextmanager
def plainly(url: URL, *, opening: bool = False, patience: int = PATIENCE) -> Iterator[None]:
    """Turn what the database reports into a StoreError of one line.

    A broken constraint or a wrong statement stays what it is, for the caller; but when `opening`, nothing does.
    """
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, IntegrityError | ProgrammingError) and not opening:
            raise
        raise StoreError(_sentence(url, _one_line(url, error.orig), patience)) from error
    except TypeError as error:
        if opening and "keyword argument" in str(error):  # an option in the URL that the driver does not know
            raise ConfigError(f"DATABASE_URL has an option that can not be read. {_FORMS}") from None
        raise


def _one_line(url: URL, error: BaseException | None) -> str:
    text = " ".join(str(error).split())
    secrets = [url.password, *(value for key, value in url.query.items() if "password" in key)]
    for secret in (str(secret) for secret in secrets if secret):
        for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(form, "***")
    return (text if len(text) <= 300 else text[:299] + "…").rstrip(".?")


def _sentence(url: URL, said: str, patience: int) -> str:
    if url.get_backend_name() == "postgresql":
        if "lock timeout" in said:
            return f"The database {masked(url)} was locked by another program for {patience} seconds. Try again when that is done."
        return f"The database {masked(url)} refused: {said}. Correct DATABASE_URL, or see that the server runs."
    path = Path(url.database or ":memory:")
    folder = path.absolute().parent
    if "unable to open" in said:
        if not folder.is_dir():
            return f"The database {path} can not be opened: there is no folder {folder}. Create it, or correct DATABASE_URL."
        return f"The database {path} can not be opened. Make it a file in a folder you may write to, or correct DATABASE_URL."
    if "not a database" in said:
        return f"{path} is not an SQLite database. Name another file in DATABASE_URL."
    if "readonly" in said or not os.access(folder, os.W_OK):
        return f"The database {path} is read-only. Make the file and its folder writable, or name another in DATABASE_URL."
    if "locked" in said:
        return f"The database {path} was locked by another program for {patience} seconds. Try again when that is done."
    if "disk is full" in said or "disk I/O" in said:
        return f"The database {path} can not grow: {said}. Make room on the disk; nothing is sent that can not be written down."
    if "malformed" in said:
        return f"The database {path} is damaged: {said}. Restore it from a backup."
    return f"The database {path} refused: {said}."
