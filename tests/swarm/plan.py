"""What a swarm is made of, as values that worker processes are handed; and the clock they all look at."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.accounts import Account
from bot.config import Settings

LEASE, TIMEOUT = 3, 1.2
"""Seconds: `BOT_LEASE_SECONDS` and `BOT_HTTP_TIMEOUT`."""
LOOKS = (0.5, 1.0, 2.0)
"""`BOT_X_READBACK`; Bluesky is looked at once, after the first of these."""
PAUSE, LAG = 0.12, 0.1
"""Seconds between the segments of a thread on X, and until a post shows there."""
SLICE = 0.3
"""Seconds after which a worker ends its pass (as SIGTERM would: after the current delivery) and begins the next, so that it comes
by every account often. A pass that is not cut short ends when nothing is due any more, which is throughput, not recovery."""


@dataclass(frozen=True)
class Plan:
    """All that a worker needs to know."""

    url: str
    clock: Path
    log: Path
    settings: Settings
    accounts: tuple[dict[str, Account], ...]
    """By name, for each worker: X has an address of its own for each, which tells who sent what."""


class SharedClock:
    """The clock of the database, which all workers go by: the machine's, put forward or back. A file, so that forks share it.

    One for all: on SQLite time is the host's, on PostgreSQL the server's. A worker whose own clock is wrong does not ask it.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._cell = memoryview(mmap.mmap(file.fileno(), 8)).cast("q")

    @property
    def offset(self) -> timedelta:
        """How far it is from the true time."""
        return timedelta(milliseconds=self._cell[0])

    def put(self, offset: timedelta) -> None:
        """Jump there."""
        self._cell[0] = offset // timedelta(milliseconds=1)

    def now(self) -> datetime:
        """What `bot.clock` says."""
        return datetime.now(UTC) + self.offset
