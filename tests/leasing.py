"""For tests of leases: a clock that moves only when told, and each act of `bot.store.leases` in a unit of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import clock
from bot.store import leases
from bot.store.db import Store
from bot.store.leases import Leased

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def claim(store: Store, row: Leased, owner: str, seconds: float = 60) -> bool:
    with store.write() as session:
        return leases.claim(session, type(row), row.id, owner, seconds)


def renew(store: Store, row: Leased, owner: str, seconds: float = 60) -> bool:
    with store.write() as session:
        return leases.renew(session, row, owner, seconds)


def release(store: Store, row: Leased, owner: str) -> bool:
    with store.write() as session:
        return leases.release(session, row, owner)


def holds(store: Store, row: Leased, owner: str) -> bool:
    with store.write() as session:
        return leases.holds(session, row, owner)


@pytest.fixture
def tick() -> Iterator[Clock]:
    """Time as a test wants it; long after the first dates of its feeds."""
    own = Clock()
    own.pass_by(30 * 86_400)
    clock.replace(own)
    yield own
    clock.replace(None)
