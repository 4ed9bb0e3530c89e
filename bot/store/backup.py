"""A copy of the SQLite database while workers run: one moment of it, whole, checked, and safe to put to work."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL

from bot.errors import StoreError, UsageError
from bot.store import machine
from bot.store.db import HEAD, VERSION_TABLE, refuse_newer
from bot.store.engine import in_memory

_PAGES = 2000
"""Pages copied in one step (8 MB): between two steps the progress is told, and an interrupt heard."""
PAUSED = "restored from a backup of {}: what went out after that is not known here. Cancel the waiting posts that are out already (bot posts --state approved)"
"""Why no account of a copy publishes by itself."""


class Backup(NamedTuple):
    """A copy that was made."""

    path: Path
    size: int
    """Bytes."""
    revision: str
    """Of the tables."""


def refused(url: URL, file: Path) -> str:
    """What to do instead, for a database that is no file: the command, without the password."""
    if in_memory(url):
        return "the database is in memory: there is nothing to keep."
    query = {key: value for key, value in url.query.items() if key in {"host", "port", "sslmode"}}
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return (
        f"PostgreSQL makes its own backups: pg_dump --format=custom --file={_quoted(str(file))} {_quoted(plain.render_as_string(hide_password=False))} "
        "(the password from PGPASSWORD or ~/.pgpass)."
    )


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text)


def make(url: URL, file: Path, *, now: str, force: bool = False, progress: Callable[[int, int], None] = lambda done, total: None) -> Backup:
    """Copy the database of this URL to `file`, readable by its owner alone. `progress` hears of the pages done, and of all.

    The copy is what the database was at one moment, with what only its log held; it is whole or not there at all. Its accounts are
    paused: an old copy does not know what went out since, and would send it again. `now` is how people read that moment.
    Raises UsageError for a file that is there (without `force`) or can not be one, StoreError when it can not be made.
    """
    source = Path((url.database or "").removeprefix("file:").partition("?")[0])
    if url.get_backend_name() != "sqlite" or in_memory(url):
        raise UsageError(refused(url, file))
    if not source.exists():
        raise StoreError(f"There is no database {source} yet: there is nothing to keep.")
    _may_be(source, file, force)
    machine.refuse_another(url)
    with _temporary(file) as temporary, _plainly(source, file):
        _copy(source, temporary, progress)
        revision = _finish(temporary, now, url)
        _settle(temporary, file, force)
    return Backup(file, file.stat().st_size, revision)


def _may_be(source: Path, file: Path, force: bool) -> None:
    if file.is_dir():
        raise UsageError(f"{file} is a folder: name a file in it.")
    if not file.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {file.absolute().parent}: create it, or name a file elsewhere.")
    for own in ("", "-wal", "-shm", "-journal", "-worker"):
        if file.resolve() == Path(f"{source}{own}").resolve():
            raise UsageError(f"{file} is the database's own file: name another.")
    if file.exists() and not force:
        raise UsageError(f"{file} is there already: name another file, or say --force to replace it.")


@contextmanager
def _temporary(file: Path) -> Iterator[Path]:
    """A file beside it that only its owner reads, gone afterwards."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.absolute().parent)
    except OSError as error:
        raise StoreError(f"{file} can not be written: {error.strerror}.") from error
    os.close(number)
    try:
        yield Path(name)
    finally:
        for left in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                os.unlink(name + left)


@contextmanager
def _plainly(source: Path, file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{source} could not be copied to {file}: {error}. Nothing was kept.") from error
    except OSError as error:
        raise StoreError(f"{file} can not be written: {error.strerror}. Nothing was kept.") from error


def _copy(source: Path, temporary: Path, progress: Callable[[int, int], None]) -> None:
    address = f"{source.absolute().as_uri()}?mode=rw"  # reading a log takes the right to write beside it
    with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)) as original, closing(sqlite3.connect(temporary)) as copy:
        # One open reading transaction is one moment: without it each write by another program would start the copy anew.
        original.execute("BEGIN")
        if not original.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise StoreError(f"The database {source} is empty: there is nothing to keep.")
        original.backup(copy, pages=_PAGES, progress=lambda _status, left, total: progress(total - left, total), sleep=0)


def _finish(temporary: Path, now: str, url: URL) -> str:
    """One file without a log, its accounts paused, and sound."""
    with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (VERSION_TABLE,)).fetchone()[0]:
            revision = str(copy.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0])  # noqa: S608 — a constant
        else:
            raise StoreError("This is no database of this program.")
        refuse_newer(url, revision)
        copy.execute("UPDATE account SET paused_until = NULL, paused_reason = ? || coalesce('; before that: ' || paused_reason, '')", (PAUSED.format(now),))
        told = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(3)")]
        if told != ["ok"]:
            raise StoreError(f"The database is damaged, and so is its copy: {'; '.join(told)}. Nothing was kept; `bot db check` says more.")
    return revision if revision == HEAD else f"{revision}, not up to date"


def _settle(temporary: Path, file: Path, force: bool) -> None:
    """On the disk, and then under its name, at once."""
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    if force:
        os.replace(temporary, file)
    else:
        try:
            os.link(temporary, file)  # unlike a rename it does not replace what somebody put there meanwhile
        except FileExistsError:
            raise UsageError(f"{file} is there already: name another file, or say --force to replace it.") from None
        except OSError:  # a disk without hard links
            os.replace(temporary, file)
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(folder)
    finally:
        os.close(folder)
