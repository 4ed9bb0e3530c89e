"""The background worker: one pass after another, until it is told to stop."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from bot import clock, errors, pipeline, standing
from bot.context import Bot
from bot.errors import BotError, StoreError, Tell, unforeseen
from bot.standing import Bar, Obstacle
from bot.store import accounts

STOPPING = b"stopping after what is at hand; once more stops at once.\n"


class Stop:
    """Set by SIGTERM or SIGINT: the current delivery is finished, not the thread, then the work ends. A second signal ends it at once."""

    def __init__(self) -> None:
        self._asked = False
        self._woken: queue.SimpleQueue[None] = queue.SimpleQueue()  # its `put` may interrupt anything, a lock's holder too

    def __call__(self) -> bool:
        """Was it asked for?"""
        return self._asked

    def wait(self, seconds: float) -> None:
        """Sleep, but not past a stop."""
        if not self._asked and seconds > 0:
            with suppress(queue.Empty):
                self._woken.get(timeout=seconds)

    def ask(self) -> None:
        """Ask for it."""
        self._asked = True
        self._woken.put(None)


@contextmanager
def stopping() -> Iterator[Stop]:
    """A stop that reacts to the signals while the block runs; only the main thread can.

    The second signal does what it does to any program, even while a call hangs: nothing is lost, all is in the database.
    """
    stop = Stop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def asked(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_DFL)
        stop.ask()
        with suppress(OSError):
            os.write(2, STOPPING)  # not through a stream that this may have interrupted

    before = {number: signal.signal(number, asked) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(
    bot: Bot, stop: Stop, say: Callable[[str], None], *, fate: Callable[[int], str], told: Callable[[Obstacle], str], dry_run: bool = False,
) -> None:
    """Pass after pass. The same trouble is said once, not at every pass; what can not be used at all ends nothing either.

    `fate` has the words for what became of a post, `told` for what keeps an account from publishing.
    """
    said: set[str] = set()
    paused: dict[str, str] = {}

    def tell(where: str, error: BotError) -> None:
        line = f"{where}: {error}" if where else str(error)
        fresh.add(line)
        if line not in said:
            say(line)

    while not stop():
        fresh: set[str] = set()
        busy = False
        try:
            _say_pauses(bot, paused, say, told, tell)
            done = pipeline.run(bot, tell=tell, dry_run=dry_run, stopping=stop, sleep=stop.wait, bounded=True)
            if done.made:
                say(f"drafted {len(done.made)} posts")
            for post in done.tried:
                say(fate(post))
            _say_pauses(bot, paused, say, told, tell)
            busy = bool(done.tried)  # there may be more: the pass was bounded
        except BotError as error:  # the database is away, a layout is missing: it may be mended while we wait
            tell("", error)
        except Exception as error:
            tell("", unforeseen(error))
        said = fresh
        if not busy:
            stop.wait(bot.settings.poll_seconds)


def _say_pauses(bot: Bot, paused: dict[str, str], say: Callable[[str], None], told: Callable[[Obstacle], str], tell: Tell) -> None:
    """Say once that an account pauses, and why; and once that it may go on. `paused`: what was said of which."""
    found = {}
    with bot.store.read() as session:
        pausing = {*accounts.pausing(session), *paused}
    for name in sorted(pausing & set(bot.accounts)):
        with errors.told(tell, name, passing=StoreError), bot.store.read() as session:  # one that can not be read keeps no other from its work
            found[name] = standing.of_account(accounts.get(session, name), bot.accounts[name], clock.now(session))
    for name, obstacle in found.items():
        if obstacle is None or obstacle.bar is not Bar.PAUSED:
            if paused.pop(name, ""):
                say(f"account {name} goes on")
        elif paused.get(name) != obstacle.told:
            paused[name] = obstacle.told
            say(told(obstacle))
