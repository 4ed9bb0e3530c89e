"""A database for commands that only look: opened as it is, and never made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import Settings
from bot.store.db import Store, open_store
from bot.store.engine import in_memory, read_url


@contextmanager
def existing(settings: Settings) -> Iterator[Store | None]:
    """The store; None where there is none yet. Raises StoreError for one that is not up to date: looking does not upgrade it."""
    where = read_url(settings.database)
    if where.get_backend_name() == "sqlite" and (in_memory(where) or not Path(where.database or "").exists()):
        yield None
        return
    with open_store(settings.database, upgrade=False) as store:
        yield store
