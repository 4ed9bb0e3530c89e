"""An SQLite file belongs to one machine at a time: whose worker is at it stands in a file beside it.

SQLite's write-ahead log is shared memory: two machines on one network disk do not see each other's changes, and damage the file
(sqlite.org/wal.html). The file beside it is read before the database is touched. A machine is a running kernel: containers of one
host count as one, and a host that was renamed is the same. Who fell silent is gone; nobody is locked out for ever.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL

from bot.errors import ConfigError
from bot.store.engine import in_memory

BEAT, SILENT = 10.0, 45.0
"""Seconds between two signs of life, and after which a machine that gave none is gone."""
_LONG_GONE = 3600
"""Seconds after which nobody looks whether a sign still comes: no clock is that wrong (`bot doctor --online` compares it)."""
_SUFFIX = "-worker"


class Worker(NamedTuple):
    """A worker as it wrote itself down."""

    machine: str
    name: str
    """The machine's name."""
    pid: int
    since: str
    at: float
    """Its last sign of life, in the clock of the disk."""


def here() -> str:
    """What tells this machine from others: the boot of its kernel; where there is no such thing, its name."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return socket.gethostname()


def beside(url: URL) -> Path | None:
    """The file beside the database; None where several machines may share it, or nobody can."""
    if url.get_backend_name() != "sqlite" or in_memory(url):
        return None
    name = (url.database or "").removeprefix("file:").partition("?")[0]
    return Path(name + _SUFFIX)


def refuse_another(url: URL) -> None:
    """Raises ConfigError when a worker of another machine is at the database."""
    path = beside(url)
    found = None if path is None else _read(path)
    if path is not None and found is not None and found.machine != here() and abs(time.time() - found.at) < SILENT:
        raise _taken(path, found)


def _taken(path: Path, by: Worker) -> ConfigError:
    return ConfigError(
        f"{str(path).removesuffix(_SUFFIX)} is in use by a worker on another machine, {by.name} (pid {by.pid}, since {by.since}), and SQLite is for one "
        "machine. Stop that worker, or give both machines one PostgreSQL: DATABASE_URL=postgresql://user:password@host/name."
    )


def _read(path: Path) -> Worker | None:
    try:
        with path.open("rb") as file:  # opened each time: a network disk tells the truth about a file when it is opened
            told, at = json.loads(file.read(4096) or b"null"), os.fstat(file.fileno()).st_mtime
        return None if told is None else Worker(str(told["machine"]), str(told["name"]), int(told["pid"]), str(told["since"]), at)
    except (OSError, ValueError, TypeError, KeyError):  # not there, or another's file
        return None


class Place:
    """This process's place at a database; see `take`. `lost` is called, from a thread, when another machine took it."""

    def __init__(self, path: Path | None, lost: Callable[[ConfigError], None]) -> None:
        self._path, self._lost, self._over = path, lost, threading.Event()
        self._file: int | None = None
        self._thread: threading.Thread | None = None

    def begin(self) -> Worker | None:
        """Write it down, and from now on that it lives. Returns the worker of this machine that is at it already."""
        if self._path is None:
            return None
        first = self._hold()
        self._thread = threading.Thread(target=self._live, args=(self._path,), daemon=True, name="machine")
        self._thread.start()
        return None if first else _read(self._path)

    def leave(self) -> None:
        """The worker ends: another machine may take the place at once."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(5)
        self._drop(ours=True)

    def _hold(self) -> bool:
        """Be the one worker of this machine that writes: the lock ends with the process, however that ends."""
        assert self._path is not None
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:  # a folder that can not be written to: the database says so itself
            return True
        before = _read(self._path)
        if not _locked(file) and (before is None or before.machine == here()):
            os.close(file)
            return False
        told = {"machine": here(), "name": socket.gethostname(), "pid": os.getpid(), "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"}
        os.pwrite(file, json.dumps(told).encode().ljust(512), 0)
        os.ftruncate(file, 512)
        self._file = file
        return True

    def _live(self, path: Path) -> None:
        while not self._over.wait(BEAT):
            with suppress(OSError):
                found = _read(path)
                if found is not None and found.machine != here() and abs(time.time() - found.at) < SILENT:
                    self._drop(ours=False)
                    self._lost(_taken(path, found))
                    return
                if self._file is not None:
                    os.utime(self._file)
                else:
                    self._hold()  # the other worker of this machine may have ended

    def _drop(self, *, ours: bool) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                if ours:
                    os.ftruncate(file, 0)
                os.close(file)


def _locked(file: int) -> bool:
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):  # a disk without locks
        return True
    return True


def take(
    url: URL, *, say: Callable[[str], None], lost: Callable[[ConfigError], None], sleep: Callable[[float], None] = time.sleep,
    stopping: Callable[[], bool] = lambda: False,
) -> Place:
    """Take a worker's place at the database. Where another machine had it, wait until that was silent for long enough.

    A second worker of this machine is welcome, and told of the first. Raises ConfigError when another machine is at work there.
    """
    path = beside(url)
    found = None if path is None else _read(path)
    if path is not None and found is not None and found.machine != here():
        _outwait(path, found, say, sleep, stopping)
        if stopping():
            return Place(None, lost)
    place = Place(path, lost)
    other = place.begin()
    if other is not None:
        say(f"another worker of this machine is at this database (pid {other.pid}, since {other.since}); each post still goes out once.")
    return place


def _outwait(
    path: Path, found: Worker, say: Callable[[str], None], sleep: Callable[[float], None], stopping: Callable[[], bool]
) -> None:
    """Return when the other is gone. Its own clock may be another, so what counts is whether it gives a sign while we look."""
    gone = time.time() - found.at
    if gone > _LONG_GONE:
        return
    say(f"{found.name}, another machine, was at this database (pid {found.pid}, since {found.since}): waiting {SILENT:.0f} s for a sign of it.")
    until = time.monotonic() + SILENT
    while time.monotonic() < until and not stopping():
        sleep(1)
        now = _read(path)
        if now is None or now.machine == here():
            return
        if now.at != found.at:
            raise _taken(path, now)
