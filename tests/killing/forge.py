"""A process that has the SDKs imported and forks a child for each order: importing them costs seconds, a fork milliseconds.

A process of its own and not the test's, because that one has threads. Orders and reports are lines of JSON. A child tells of
each point as it passes it, so that what it told last is where it died; it never outlives its order.
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
import itertools
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 30
"""Seconds a child may take; it needs a fraction of one."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Report:
    """How a child ended."""

    killed: bool
    points: list[str]
    """All that it passed, in order."""
    result: dict[str, Any] = field(default_factory=dict)
    """What it said at its end; empty when it was killed."""


class Forge:
    """The test's end of the line. Threads may use it side by side."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._numbers, self._lock = itertools.count(), threading.Lock()
        self._told: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {}
        self._reader = threading.Thread(target=self._read, name="forge")
        self._reader.start()

    def run(self, **order: Any) -> Report:
        """Have a child carry out an order (`child.main`). Raises AssertionError when it failed or took too long."""
        assert self._process.stdin is not None
        with self._lock:
            number = next(self._numbers)
            told = self._told[number] = queue.SimpleQueue()
            self._process.stdin.write(json.dumps({"number": number, **order}) + "\n")
            self._process.stdin.flush()
        answer = told.get(timeout=2 * PATIENCE)
        del self._told[number]
        assert answer is not None, "the forge has ended"
        assert not answer["late"], f"a child took longer than {PATIENCE} s: {answer}"
        assert answer["signal"] in (0, signal.SIGKILL), answer
        assert "failed" not in answer["result"], answer["result"]["failed"]
        return Report(answer["signal"] == signal.SIGKILL, answer["points"], answer["result"])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            self._told[answer["number"]].put(answer)
        for told in list(self._told.values()):
            told.put(None)

    def close(self) -> None:
        """End it; a child that still runs is killed by the kernel."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def forge() -> Iterator[Forge]:
    """A running forge. It ends with its standard input."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killing.forge"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2], env=environment,
    )
    ours = Forge(process)
    try:
        yield ours
    finally:
        ours.close()


@dataclass
class _Child:
    """One that is at work."""

    number: int
    pid: int
    reading: int
    until: float
    told: bytes = b""
    late: bool = False

    def read(self) -> bool:
        """Take in what it tells; False: it has ended."""
        piece = os.read(self.reading, 1 << 16)
        self.told += piece
        return bool(piece)

    def report(self) -> dict[str, Any]:
        os.close(self.reading)
        status = os.waitpid(self.pid, 0)[1]
        lines = self.told.decode().splitlines()
        result = json.loads(lines.pop()) if lines and lines[-1].startswith("{") else {}
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        return {"number": self.number, "signal": ended_by, "points": lines, "result": result, "late": self.late}


def main() -> None:
    """Import what is slow, then fork for each line, until there are no more."""
    from tests.killing import child

    _warm_up()
    children: dict[int, _Child] = {}
    orders = os.fdopen(0, "rb", buffering=0)
    while True:
        for fd in select.select([0, *children], [], [], 1)[0]:
            if fd != 0:
                if not children[fd].read():
                    print(json.dumps(children.pop(fd).report()), flush=True)
                continue
            line = orders.readline()
            if not line:
                return
            made = _fork(child.main, json.loads(line), children)
            children[made.reading] = made
        for one in children.values():
            if not one.late and time.monotonic() > one.until:
                one.late = True
                os.kill(one.pid, signal.SIGKILL)


def _warm_up() -> None:

    import tweepy  # noqa: F401
    from sqlalchemy.orm import configure_mappers

    from bot.platforms import bluesky, bluesky_client, x, x_transport  # noqa: F401

    bluesky_client.load()
    configure_mappers()
    _cheapen_hashes()
    gc.freeze()


def _cheapen_hashes() -> None:
    """What makes a stored secret slow to guess is half of the time that a child takes."""
    slow = hashlib.scrypt
    hashlib.scrypt = lambda password, **options: slow(password, **{**options, "n": 2})


def _fork(work: Callable[..., dict[str, Any]], order: dict[str, Any], others: Iterable[int]) -> _Child:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Child(order["number"], pid, reading, time.monotonic() + PATIENCE)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.alarm(PATIENCE + 5)
    try:
        for fd in (0, reading, *others):
            os.close(fd)
        result = work(order, lambda point: os.write(writing, f"{point}\n".encode()))
    except BaseException:
        result = {"failed": traceback.format_exc()}
    os.write(writing, f"{json.dumps(result)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main()
