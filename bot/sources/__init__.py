"""Sources: where articles come from, and which adapter reads which SOURCE."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from bot.values import NO_URL_RULES, Batch, Entry, UrlRules, Value

TIMEOUT = 20.0
"""Seconds for one fetch as a whole, where nobody says otherwise."""
LIMIT = 10
"""Entries of a feed taken in one pass, the newest ones."""


class Since(Value):
    """What an earlier fetch of the same source left behind."""

    etag: str | None = None
    last_modified: str | None = None
    body: str | None = None
    """SHA-256 (hex) of the feed as it was."""
    pick: Callable[[Sequence[Entry]], Collection[int]] | None = None
    """Chooses which of a feed's entries, oldest first, are to be read. Without it the newest ones are."""
    shares_page: Callable[[int], bool] | None = None
    """Whether the page of this entry is others' too, by what is known of the source, so that its own text is to be read. Asked after `pick`."""
    whole: bool = False
    """A part of the feed will not do."""
    rules: UrlRules = NO_URL_RULES
    """The user's rules for addresses by which its entries were known then."""


class Source(Protocol):
    """One SOURCE of the command line or the source table."""

    def fetch(self, since: Since | None = None) -> Batch:
        """Read it once. Articles oldest first; faults of single items inside the batch.

        Raises SourceError when nothing at all could be read.
        """
