"""Sources: where articles come from, and which adapter reads which SOURCE."""

from __future__ import annotations

from typing import Protocol

from bot.values import Batch, Value

TIMEOUT = 20.0
"""Seconds for one fetch as a whole, where nobody says otherwise."""
LIMIT = 10
"""Entries of a feed taken in one pass, the newest ones."""


class Since(Value):
    """What an earlier fetch of the same source left behind."""

    etag: str | None = None
    last_modified: str | None = None


class Source(Protocol):
    """One SOURCE of the command line or the source table."""

    def fetch(self, since: Since | None = None) -> Batch:
        """Read it once. Articles oldest first; faults of single items inside the batch.

        Raises SourceError when nothing at all could be read.
        """
