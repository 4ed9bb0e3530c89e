"""The background worker: one pass after another, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from bot import pipeline
from bot.context import Bot
from bot.errors import BotError, unforeseen


class Stop:
    """Set by SIGTERM or SIGINT: the current delivery is finished, then the worker ends."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self) -> bool:
        """Was it asked for?"""
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, but not past a stop."""
        self._event.wait(seconds)

    def listen(self) -> None:
        """React to the signals; only the main thread can."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self._event.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)


def run(bot: Bot, stop: Stop, say: Callable[[str], None], *, dry_run: bool = False) -> None:
    """Pass after pass. The same trouble is said once, not at every pass; what can not be used at all ends nothing either."""
    said: set[str] = set()

    def tell(where: str, error: BotError) -> None:
        line = f"{where}: {error}" if where else str(error)
        fresh.add(line)
        if line not in said:
            say(line)

    while not stop():
        fresh: set[str] = set()
        try:
            done = pipeline.run(bot, tell=tell, dry_run=dry_run, stopping=stop)
            if done.made:
                say(f"drafted {len(done.made)} posts")
            for post in done.tried:
                say(f"worked on post {post}")
        except BotError as error:  # the database is away, a layout is missing: it may be mended while we wait
            tell("", error)
        except Exception as error:
            tell("", unforeseen(error))
        said = fresh
        stop.wait(bot.settings.poll_seconds)
