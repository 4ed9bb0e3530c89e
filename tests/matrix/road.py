"""The road from the program to one platform: real adapters on real sockets, and in front of chosen calls a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import Protocol, TypeVar

from bot.platforms import Platform
from bot.values import Content, Fixed, Identity, Image, Outcome, Recent, Remote, Request, Segment, Sought
from tests.matrix.moved import Moved
from tests.servers.x_faults import Fault

T = TypeVar("T")
SLOW = ("hang", "drip", "drip-head")
"""Manners of failing that only end with the client's patience."""
PATIENCE, LITTLE_PATIENCE = 15.0, 1.2
"""Seconds: an ordinary call's timeout, and that of a call that will use it up."""


class Make(Protocol):
    """Builds the account's adapter; `dead`: at a port that nobody listens on."""

    def __call__(self, *, timeout: float, dead: bool = False) -> Platform: ...


@dataclass(frozen=True)
class Stone:
    """A fault in the way of one call; None: the connection is refused."""

    call: str
    """A method of the adapter: `send`, `find`, `delete`, `upload`, `recent`, `verify`."""
    nth: int
    """Which of these calls, from 0 on, counted from when the stone was laid."""
    fault: Fault | None


class Road:
    """A `bot.platforms.Platform` that passes everything on to the real adapter. After a stone it halts: see `halted`."""

    def __init__(self, make: Make, arm: Callable[[Fault, str], None], moved: Moved) -> None:
        self._make, self._arm, self._moved = make, arm, moved
        self._main = make(timeout=PATIENCE)
        self.limits, self.looks, self.repeatable = self._main.limits, self._main.looks, self._main.repeatable
        self.stones: list[Stone] = []
        self.halted: Stone | None = None
        """The stone that was just met; publishing is to stop there, so that one sees what it led to."""
        self._counts: Counter[str] = Counter()

    @property
    def fingerprint(self) -> str:
        return self._main.fingerprint

    def lay(self, *stones: Stone) -> None:
        """Put these stones in the way from here on; the calls are counted anew."""
        self.stones, self._counts = list(stones), Counter()

    def measure(self, text: str) -> Segment:
        return self._main.measure(text)

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        return self._main.deliveries(content, images, fixed)

    def named(self, request: str, reference: str, *, since: datetime | None = None) -> tuple[Remote, ...]:
        return self._main.named(request, reference, since=since)

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        return self._call("upload", lambda platform: platform.upload(content, images))

    def send(self, request: Request, *, before: float = inf) -> Outcome:
        return self._call("send", lambda platform: platform.send(request, before=before))

    def find(self, sought: Sought) -> Outcome:
        return self._call("find", lambda platform: platform.find(sought))

    def delete(self, remote: Remote) -> Outcome:
        return self._call("delete", lambda platform: platform.delete(remote))

    def recent(self, account_id: str) -> Recent:
        return self._call("recent", lambda platform: platform.recent(account_id))

    def verify(self) -> Identity:
        return self._call("verify", lambda platform: platform.verify())

    def _call(self, name: str, do: Callable[[Platform], T]) -> T:
        nth, self._counts[name] = self._counts[name], self._counts[name] + 1
        stone = next((one for one in self.stones if (one.call, one.nth) == (name, nth)), None)
        if stone is None:
            return do(self._main)
        self.stones.remove(stone)
        try:
            if stone.fault is None:
                return do(self._make(timeout=PATIENCE, dead=True))
            self._arm(self._dated(stone.fault), name)
            return do(self._make(timeout=LITTLE_PATIENCE) if stone.fault.manner in SLOW else self._main)
        finally:
            self.halted = stone

    def _dated(self, fault: Fault) -> Fault:
        """With its resets told by the moved clock. One without headers stays itself: servers know some by identity."""
        headers, offset = fault.headers(), self._moved.offset
        if not any(name.endswith("-reset") for name in headers):
            return fault
        shown = {name: str(int(float(value) + offset)) if name.endswith("-reset") else value for name, value in headers.items()}
        return replace(fault, headers=lambda: shown)
