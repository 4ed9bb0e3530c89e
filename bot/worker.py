"""The background worker: one pass after another, until it is told to stop."""

from __future__ import annotations

import ctypes
import os
import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from types import FrameType

from bot import clock, pipeline, standing
from bot.context import Bot
from bot.errors import BotError, StoreError, Tell, unforeseen
from bot.logs.writing import Log
from bot.publish.terms import UNREADABLE
from bot.rounds import Rounds
from bot.standing import Bar, Obstacle
from bot.store import about, accounts, agenda, models
from bot.store.states import State
from bot.tidying import Tidy

_ARENAS = -8
"""M_ARENA_MAX of mallopt(3)."""
_WHOLE = 60.0
"""Seconds after which an idle worker makes a whole pass, whatever it was told."""
STOPPING = b"stopping after what is at hand; once more stops at once.\n"
STOPPING_JSON = b'{"level": "info", "logger": "bot", "event": "stopping after what is at hand; once more stops at once."}\n'
_TROUBLES = (State.FAILED, State.STOPPED, State.UNCERTAIN, State.MISSED)


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
def stopping(said: bytes = STOPPING) -> Iterator[Stop]:
    """A stop that says so, and reacts to the signals while the block runs; only the main thread can.

    The second signal does what it does to any program, even while a call hangs: nothing is lost, all is in the database.
    """
    stop = Stop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def asked(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_DFL)
        stop.ask()
        with suppress(OSError):
            os.write(2, said)  # not through a stream that this may have interrupted

    before = {number: signal.signal(number, asked) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def save_memory() -> None:
    """Let all threads of this process share two heaps, where the C library has one for each (glibc): they hardly ever give room back,
    and Python runs one thread at a time anyway. A simulated month with heaps of their own took twice the memory.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 2)


def run(
    bot: Bot, stop: Stop, log: Log, *, fate: Callable[[int], str], told: Callable[[Obstacle], str], dry_run: bool = False,
    rounds: Rounds | None = None,
) -> None:
    """Pass after pass. The same trouble is said once, not at every pass; what can not be used at all ends nothing either.

    `fate` has the words for what became of a post, `told` for what keeps an account from publishing. `rounds` hears of each pass.
    """
    good = True
    said: set[str] = set()
    paused: dict[str, str] = {}
    hears = rounds or Rounds.deaf(bot)

    def tell(where: str, error: BotError) -> None:
        nonlocal good
        good = good and not isinstance(error, StoreError)
        line = f"{where}: {error}" if where else str(error)
        fresh.add(line)
        if line not in said:
            log(line, "warning" if where else "error", where=where or None, error=type(error.__cause__ or error).__name__)
            if error.__cause__ is not None:
                log(f"caused by {type(error.__cause__).__name__}", "debug", exc_info=error.__cause__)

    def stopping() -> bool:
        hears.moved()
        return stop()

    tidy = Tidy()
    while not stop():
        fresh: set[str] = set()
        busy = False
        good = True
        hears.began()
        try:
            _say_pauses(bot, paused, log, told, tell)
            done = pipeline.run(bot, tell=tell, dry_run=dry_run, stopping=stopping, sleep=stop.wait, bounded=True)
            for number in done.duplicates:
                _say_left_out(bot, number, log)
            if done.made:
                log(f"drafted {len(done.made)} posts", posts=list(done.made))
            for post in done.tried:
                _say_fate(bot, post, log, fate)
            _say_pauses(bot, paused, log, told, tell)
            busy = bool(done.tried)  # there may be more: the pass was bounded
            if taken := tidy(bot, stop):
                log(f"took the texts of {taken} old articles out (BOT_KEEP_DAYS)", articles=taken)
        except BotError as error:  # the database is away, a layout is missing: it may be mended while we wait
            good = False
            tell("", error)
        except Exception as error:
            good = False
            tell("", unforeseen(error))
        hears.ended(good)
        said = fresh
        if not busy:
            _rest(bot, stop, dry_run=dry_run)


def _rest(bot: Bot, stop: Stop, *, dry_run: bool) -> None:
    """Sleep until something is to be done: the database is asked in one statement, every BOT_POLL_SECONDS and when it named a time.

    A whole pass is made once a minute all the same: it finds what no plan tells of.
    """
    longest, until = bot.settings.poll_seconds, clock.monotonic() + _WHOLE
    left = _ahead(bot, dry_run=dry_run)
    while True:  # what the pass just left undone waits for the next as it always did
        stop.wait(min(longest, left) if left > 0 else longest)
        if stop() or left <= 0 or clock.monotonic() >= until:
            return
        left = _ahead(bot, dry_run=dry_run)
        if left <= 0:
            return


def _ahead(bot: Bot, *, dry_run: bool) -> float:
    """Seconds until there is something to do, as far as the database can say; 0 when it can not be asked."""
    able = () if dry_run else [name for name, account in bot.accounts.items() if account.ready]
    try:
        with bot.store.read() as session:
            now = clock.now(session)
            at = agenda.next_at(session, now, publishing=able, watching=bool(able and bot.settings.watch_days))
    except Exception:  # the pass finds out why, and says it
        return 0
    return inf if at is None else max(0.0, (at - now).total_seconds())


def _say_left_out(bot: Bot, article: int, log: Log) -> None:
    """Nothing is dropped in silence. Another worker's, found in the same moment, are named twice."""
    with bot.store.read() as session:
        reason = session.get_one(models.Article, article).reason
    log(f"article {article} is not drafted: it is {reason}", article=article)


def _say_fate(bot: Bot, post: int, log: Log, fate: Callable[[int], str]) -> None:
    with bot.store.read() as session:
        fields = about.post(session, post)
    log(fate(post), "warning" if fields.get("state") in _TROUBLES else "info", **fields)


def _say_pauses(bot: Bot, paused: dict[str, str], log: Log, told: Callable[[Obstacle], str], tell: Tell) -> None:
    """Say once that an account pauses, and why; and once that it may go on. `paused`: what was said of which."""
    found = {}
    with bot.store.read() as session:
        now = clock.now(session)
        for name in sorted({*accounts.pausing(session), *paused} & set(bot.accounts)):
            try:
                found[name] = standing.of_account(accounts.get(session, name), bot.accounts[name], now)
            except UNREADABLE as error:  # it keeps no other from its work
                tell(name, unforeseen(error))
            except BotError as error:
                tell(name, error)
    for name, obstacle in found.items():
        if obstacle is None or obstacle.bar is not Bar.PAUSED:
            if paused.pop(name, ""):
                log(f"account {name} goes on", account=name)
        elif paused.get(name) != obstacle.told:
            paused[name] = obstacle.told
            log(told(obstacle), "warning", account=name)
