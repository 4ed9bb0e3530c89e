"""The platforms of the swarm: the X stand-in and a fault proxy before a real Bluesky server, slow and failing at random.

They watch from outside: how many writes of an account are live at once. A write is live from the moment its body has arrived until
the platform has decided on it: as long as it may still take effect. One that is answered late, or never, is over by then.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers import proxy_faults, x_faults
from tests.servers.proxy import Proxy
from tests.servers.proxy import Received as Asked
from tests.servers.x import XServer
from tests.servers.x_state import Answer, Received, State, Tweet, kind_of
from tests.swarm.plan import LAG, TIMEOUT

WRITING, READING = 0.18, 0.10
"""How many of the writes, and of the other requests, fail."""
X_WRITES = (
    "close-before-accept", "close-after-accept", "reset-before-accept", "reset-after-accept", "hang", "hang-before-accept", "drip",
    "truncated", "bad-json", "empty-201", "no-data", "redirect", "402", "403-not-visible", "408", "408-accepted", "429-without-reset",
    "500-html-accepted", "500-list", "503-json", "503-json-accepted",
)
X_READS = ("close-before-accept", "reset-after-accept", "hang", "truncated", "408", "429-without-reset", "500-html", "503-json")
BLUESKY_WRITES = (
    "close-before-accept", "close-after-accept", "reset-before-accept", "reset-after-accept", "hang", "hang-before-accept", "drip",
    "truncated", "bad-json", "empty-200", "no-results", "408-accepted", "429-without-reset", "500-json-accepted", "502-html", "503-json",
)
BLUESKY_READS = ("close-before-accept", "reset-after-accept", "hang", "truncated", "429-without-reset", "500-html", "503-json")
_TOKEN = re.compile(r'oauth_token="([^"]+)"')


class Watch:
    """Counts live writes by account, and says which of the platforms' failures come next."""

    def __init__(self, seed: int) -> None:
        self.faults: Counter[str] = Counter()
        self.most = 0
        """Most writes that were live at once on one account, but for the next."""
        self.late = 0
        """Of writes that met another of their account: those of a process that was stopped past its lease right before."""
        self.meetings: list[str] = []
        self.stormy = True
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._live: dict[str, list[int | None]] = {}
        self._resumed: dict[int, float] = {}

    def resumed(self, slot: int) -> None:
        """This worker was stopped past its lease, and goes on now."""
        with self._lock:
            self._resumed[slot] = time.monotonic()

    @contextmanager
    def live(self, account: str, slot: int | None) -> Iterator[None]:
        """A write of this account has arrived; at the end of the block it is decided."""
        with self._lock:
            others = self._live.setdefault(account, [])
            others.append(slot)
            if len(others) > 1 and any(self._just_resumed(one) for one in others):
                self.late += 1
            else:
                self.most = max(self.most, len(others))
                if len(others) > 1:
                    self.meetings.append(f"{account}: writes of {others}")
        try:
            yield
        finally:
            with self._lock:
                others.remove(slot)

    def _just_resumed(self, slot: int | None) -> bool:
        """What it had begun before its stop, it ends within one timeout of going on."""
        resumed = self._resumed.values() if slot is None else (self._resumed.get(slot, 0.0),)
        return any(time.monotonic() - moment < TIMEOUT + 0.5 for moment in resumed)

    def fault(self, kinds: tuple[str, ...], rate: float) -> str | None:
        """What goes wrong with the next request, if anything."""
        with self._lock:
            if not self.stormy or self._random.random() >= rate:
                return None
            kind = self._random.choice(kinds)
            self.faults[kind] += 1
            return kind

    def delay(self) -> float:
        """Seconds until the platform decides on a write; now and then after the client has given up."""
        with self._lock:
            slow = self._random.random() < (0.04 if self.stormy else 0)
            return self._random.uniform(0.3, 1.6) if slow else self._random.uniform(0.005, 0.04)


class World:
    """What all addresses of the X stand-in share."""

    def __init__(self) -> None:
        self.state = State()
        self.state.lag, self.state.rate_limit = LAG, 10**6
        self.lock = threading.RLock()

    def tweets(self, user_id: str) -> list[Tweet]:
        """What stands on the account, oldest first."""
        with self.lock:
            return [tweet for tweet in self.state.posted if tweet.user_id == user_id]


class SwarmX(XServer):
    """One address of the X stand-in, that of one worker."""

    def __init__(self, world: World, watch: Watch, slot: int) -> None:
        super().__init__()
        self.state, self._lock = world.state, world.lock
        self._watch, self._slot = watch, slot

    def handle(self, received: Received) -> tuple[x_faults.Fault | None, Answer | None]:
        if kind_of(received) != "create":
            return self._carried_out(received, self._watch.fault(X_READS, READING))
        named = self._watch.fault(X_WRITES, WRITING)
        token = _TOKEN.search(received.headers.get("authorization", ""))
        with self._watch.live(token[1] if token else "?", self._slot):
            time.sleep(self._watch.delay())
            return self._carried_out(received, named)

    def _carried_out(self, received: Received, named: str | None) -> tuple[x_faults.Fault | None, Answer | None]:
        fault = x_faults.FAULTS[named] if named else None
        with self._lock:
            return fault, self.state.answer(received, self.url) if fault is None or fault.accepts else None


class SwarmProxy(Proxy):
    """The fault proxy before the Bluesky server; one for all workers, because a stored login belongs to one address."""

    def __init__(self, target_url: str, watch: Watch) -> None:
        super().__init__(target_url)
        self._watch = watch

    def received(self, one: Asked) -> x_faults.Fault | None:
        writes = "applyWrites" in one.path
        named = self._watch.fault(BLUESKY_WRITES, WRITING) if writes else self._watch.fault(BLUESKY_READS, READING)
        return proxy_faults.FAULTS[named] if named else None

    def pass_on(self, one: Asked, headers: dict[str, str]) -> Any:
        if "applyWrites" not in one.path:
            return super().pass_on(one, headers)
        with self._watch.live(json.loads(one.body)["repo"], None):
            time.sleep(self._watch.delay())
            return super().pass_on(one, headers)
