"""The background worker: one pass after another, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from bot import pipeline
from bot.errors import BotError
from bot.pipeline import Bot


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
    """Draft what is queued and publish what is due, again and again. A pass that fails is said once, and tried again."""
    last = ""
    while not stop():
        try:
            made, faults = pipeline.draft_queued(bot)
            for fault in faults:
                say(f"{fault.where}: {fault.what}")
            if made:
                say(f"drafted {len(made)} posts")
            if not dry_run and not stop():
                sent, troubles = pipeline.publish_due(bot, stopping=stop)
                for line in [*(f"published or tried: post {post}" for post in sent), *troubles]:
                    say(line)
            last = ""
        except BotError as error:
            if str(error) != last:
                say(str(error))
            last = str(error)
        stop.wait(bot.settings.poll_seconds)
