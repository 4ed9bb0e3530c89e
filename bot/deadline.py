"""Work that nobody waits for past its time: in a thread, because name look-ups and dripping answers obey no timeout."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class StillRunning(Exception):
    """The time is up, and the work goes on in its thread."""


class Left(Exception):
    """The program was told to stop, and the work was not waited for: it ends with the program."""


_LOOK = 0.2
"""Seconds between two looks whether to stop."""


class Job(Generic[T]):
    """A call that has been begun in a thread of its own; a daemon, so that one that hangs does not keep the program from ending."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        self._over = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, args=(work,), daemon=True, name=name).start()

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self._value = work()
        except BaseException as error:  # raised again by whoever waits
            self._error = error
        finally:
            self._over.set()

    def ended(self, seconds: float = 0) -> bool:
        """Is it over, or will it be within this time?"""
        return self._over.wait(max(0.0, seconds))

    def result(self) -> T:
        """What it returned or raised. Raises StillRunning before its end."""
        if not self._over.is_set():
            raise StillRunning
        if self._error is not None:
            raise self._error
        return cast(T, self._value)


def within(seconds: float, work: Callable[[], T], name: str = "within") -> T:
    """What `work` returns or raises, if it ends in time; else StillRunning, and nobody waits for it any more."""
    job = Job(work, name)
    job.ended(seconds)
    return job.result()


def unless(stopping: Callable[[], bool], work: Callable[[], T], name: str, *, more: float = 0, seconds: float = inf) -> T:
    """What `work` returns or raises. Once `stopping`, it is waited for so many seconds `more`, and then left: Left.

    `seconds`: the most it may take in any case, else StillRunning.
    """
    job, until = Job(work, name), monotonic() + seconds
    while not job.ended(min(_LOOK, until - monotonic())):
        if monotonic() >= until:
            raise StillRunning
        if stopping() and not job.ended(min(more, until - monotonic())):
            raise Left
    return job.result()
