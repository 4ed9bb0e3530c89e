"""A clock that each thread moves on for itself: real time, and what a test let pass."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bot import clock

_here = threading.local()


class Moved:
    """Real time and an offset: what needs no waiting is not waited for."""

    def __init__(self) -> None:
        self.offset = 0.0
        """Seconds."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def stamp(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset

    def pass_by(self, seconds: float) -> None:
        self.offset += max(seconds, 0.0)

    def until(self, moment: datetime) -> None:
        """Move on to just after this moment; never back."""
        self.pass_by((moment - self.now()).total_seconds() + 0.01)


@contextmanager
def clocks() -> Iterator[None]:
    """While it lasts, the program's clock is that of the thread it runs in (`use`), else the real one."""
    clock.replace(lambda: moved.now() if (moved := getattr(_here, "moved", None)) else datetime.now(UTC))
    try:
        yield
    finally:
        clock.replace(None)


@contextmanager
def use(moved: Moved) -> Iterator[None]:
    """In this thread the program's clock is this one."""
    _here.moved = moved
    try:
        yield
    finally:
        _here.moved = None
