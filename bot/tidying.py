"""Once a day: the texts of articles that are long done are taken out, a few at a time, so that the database stays bounded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot import clock
from bot.context import Bot
from bot.store import retention

EVERY = 86_400.0
"""Seconds between two times."""
_BATCHES = 40
"""Transactions in one pass; the rest is done in the next, so that nothing due waits for it."""


class Tidy:
    """Knows when it was last done; each worker keeps its own, and doing it twice harms nothing."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, bot: Bot, stopping: Callable[[], bool] = lambda: False) -> int:
        """Do it if it is time; returns how many articles' texts were taken out."""
        if not bot.settings.keep_days or clock.monotonic() < self._next:
            return 0
        done, more = 0, True
        for _ in range(_BATCHES):
            if stopping():
                return done
            with bot.store.write() as session:
                now = clock.now(session)
                took = retention.prune(session, now - timedelta(days=bot.settings.keep_days), now)
            done += took.articles
            more = took.articles == retention.MOST
            if not more:
                break
        self._next = clock.monotonic() + (0 if more else EVERY)
        return done
