"""What the pages say: health as JSON, metrics as Prometheus reads them; asked of the database seldom, whoever asks how often."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot import clock
from bot.context import Bot
from bot.deadline import Job, StillRunning
from bot.errors import BotError
from bot.health import Examiner, Finding, Level, gravest, unreachable
from bot.logs import redact

FRESH = 5.0
"""Seconds for which an answer serves again."""
WAITED = 10.0
"""Seconds that the database has; one that does not answer by then does not answer."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    type: str
    body: bytes
    more: str = ""
    """Further header lines."""


class Pages:
    """The pages by their path."""

    def __init__(self, bot: Bot) -> None:
        examiner = Examiner(bot)
        self._health = _Kept(lambda: _health(examiner.examine()), lambda error: _health([unreachable(error)]))
        self._metrics = _Kept(lambda: _metrics(bot), lambda error: Answer(503, "text/plain", b"the database does not answer\n"))

    def answer(self, path: str) -> Answer:
        """The page of this path."""
        if path == "/healthz":
            return self._health.get()
        if path == "/metrics":
            return self._metrics.get()
        return Answer(404, "text/plain", b"there is /healthz, and /metrics\n")


class _Kept:
    """An answer that is made by one at a time, in a thread nobody waits for too long, and kept for a moment."""

    def __init__(self, make: Callable[[], Answer], lost: Callable[[BotError], Answer]) -> None:
        self._make, self._lost = make, lost
        self._turn = threading.Lock()
        self._job: Job[Answer] | None = None
        self._made: Answer | None = None
        self._at = 0.0

    def get(self) -> Answer:
        with self._turn:
            if self._made is not None and clock.monotonic() - self._at < FRESH:
                return self._made
            if self._job is None:
                self._job = Job(self._make, "look")
                self._job.ended(WAITED)
            try:
                made = self._job.result()
                self._job = None
            except StillRunning:  # it is not begun a second time: threads that hang would add up
                made = self._lost(BotError(f"it did not answer within {WAITED:g} seconds"))
            except Exception as error:
                self._job = None
                made = self._lost(error if isinstance(error, BotError) else BotError(type(error).__name__))
            self._made, self._at = made, clock.monotonic()
            return made


def _health(found: list[Finding]) -> Answer:
    """200 when it is green or yellow, else 503. No word of an article, and no secret, stands in it."""
    level = gravest(found)
    checks = [{"check": one.check, "level": str(one.level), "detail": redact.hidden(one.detail), "remedy": one.remedy} for one in found]
    body = json.dumps({"level": str(level), "checks": checks}).encode() + b"\n"
    return Answer(503 if level is Level.RED else 200, "application/json", body)


def _metrics(bot: Bot) -> Answer:
    from bot.pages import metrics

    return Answer(200, metrics.TYPE, metrics.text(bot))
