"""Work that nobody waits for past its time: in a thread, because name look-ups and dripping answers obey no timeout."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from math import inf
from queue import SimpleQueue
from time import monotonic
from typing import ClassVar, Generic, TypeVar, cast

T = TypeVar("T")


class StillRunning(Exception):
    """The time is up, and the work goes on in its thread."""


class Left(Exception):
    """The program was told to stop, and the work was not waited for: it ends with the program."""


_LOOK = 0.2
"""Seconds between two looks whether to stop."""


class _Hand:
    """A thread that does one piece of work after another; a daemon, so that one that hangs does not keep the program from ending.

    Kept and used again: a new thread for each call would cost megabytes, because the allocator gives threads arenas of their own
    and hardly ever gives one back.
    """

    _idle: ClassVar[deque[_Hand]] = deque()

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        threading.Thread(target=self._run, daemon=True, name="hand").start()

    @classmethod
    def give(cls, work: Callable[[], None]) -> None:
        """Begin the work in a thread that has nothing to do, or in a new one: none waits behind work that hangs."""
        try:
            hand = cls._idle.pop()
        except IndexError:
            hand = cls()
        hand._work.put(work)

    def _run(self) -> None:
        while True:
            self._work.get()()
            self._idle.append(self)


def _forget() -> None:
    """A fork has none of its parent's threads."""
    _Hand._idle.clear()


os.register_at_fork(after_in_child=_forget)


class Job(Generic[T]):
    """A call that has been begun in a thread beside this one."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        self._over = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        _Hand.give(partial(self._run, work, name))

    def _run(self, work: Callable[[], T], name: str) -> None:
        threading.current_thread().name = name
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
