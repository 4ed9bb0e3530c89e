"""What a worker does beside its passes, in a thread that mostly sleeps: beats, notices to people, and the heartbeat to another service."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

from bot import __version__, clock
from bot.context import Bot
from bot.errors import BotError
from bot.health import MACHINE, Examiner, Finding, Level
from bot.health.workers import BEAT, STILL
from bot.logs.writing import Log
from bot.store import workers
from bot.store.workers import Stats
from bot.telling import Telling

LOOK = 60.0
"""Seconds between two looks at everything (only where somebody is to be told), and between two heartbeats."""
TIDY = timedelta(minutes=10)
"""So long after its end a dead worker's lease stays for people to see."""
GOODBYE = 8.0
"""Seconds that a notice on its way has, when the worker is told to stop."""


class Rounds:
    """Hears of each pass (`began`, `moved`, `ended`) and says so, in the database and elsewhere. Nothing it meets stops a pass.

    A thread of its own, because a pass may take minutes and a mail server's answer too. That it beats says that the process is
    there; whether it gets on is what `moved` says.
    """

    def __init__(self, bot: Bot, log: Log, *, every: float = BEAT, look: float = LOOK) -> None:
        self._bot, self._log, self._every, self._look = bot, log, every, look
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._stats = Stats()
        self._since = 0.0
        self._moved: float | None = None
        self._good_at: float | None = None
        self._good: bool | None = None
        self._looked = self._tidied = -1e9
        self._beaten = 0.0
        self._wanting = ""
        self._telling = Telling(bot, log)
        self._examiner = Examiner(bot)

    @classmethod
    def deaf(cls, bot: Bot) -> Rounds:
        """One that only hears."""
        return cls(bot, _silent)

    def __enter__(self) -> Self:
        """The worker is known from now on; where the database does not answer, from when it does."""
        with suppress(BotError):
            self._begin()
        self._thread = threading.Thread(target=self._run, daemon=True, name="rounds")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """It ends as it was told, which is not the same as dying."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(GOODBYE)
        with suppress(BotError), self._bot.store.write() as session:
            workers.beat(session, self._bot.owner, clock.now(session), self._stats, None, stopped=True)

    def began(self) -> None:
        """A pass begins."""
        self._since = self._moved = clock.monotonic()

    def moved(self) -> None:
        """It gets on."""
        if self._moved is not None:
            self._moved = clock.monotonic()

    def ended(self, good: bool) -> None:
        """It is over. `good`: it came to its end, and the database took what it wrote."""
        now = clock.monotonic()
        took, old = round((now - self._since) * 1000), self._stats
        self._stats = Stats(old.passes + 1, old.failed + (not good), old.pass_ms + took, took)
        self._moved, self._good = None, good
        if good:
            self._good_at = now

    def _run(self) -> None:
        while not self._over.wait(self._every):
            try:
                self.round()
            except Exception as error:  # whatever it is: the passes go on, and the next round comes
                self._log(f"the worker's rounds: {type(error).__name__}: {error}", "error", exc_info=error)

    def round(self) -> None:
        """Beat; and where somebody is to be told and it is time, look at everything and tell."""
        with suppress(BotError):  # the passes say what is wrong with the database
            self._beat()
        if not self._telling.wanted or clock.monotonic() - self._looked < self._look:
            return
        self._looked = clock.monotonic()
        found = self._examiner.examine()
        if self._telling.heartbeat_wanted:
            self._heartbeat(found)
        self._telling.tell(found)

    def _begin(self) -> None:
        with self._bot.store.write() as session:
            workers.begin(session, owner=self._bot.owner, host=socket.gethostname(), pid=os.getpid(), version=__version__, now=clock.now(session))

    def _beat(self) -> None:
        with self._bot.store.write() as session:
            now = clock.now(session)
            known = workers.beat(session, self._bot.owner, now, self._stats, self._moved_at(now))
            if clock.monotonic() - self._tidied > TIDY.total_seconds():
                self._tidied = clock.monotonic()
                taken = workers.tidy_leases(session, now, TIDY)
                if taken:
                    self._log(f"gave back {taken} leases that dead workers left", "warning")
        if not known:  # the database did not answer at the start, or was restored since
            self._begin()

    def _moved_at(self, now: datetime) -> datetime | None:
        moved = self._moved
        return None if moved is None else now - timedelta(seconds=clock.monotonic() - moved)

    def _heartbeat(self, found: list[Finding]) -> None:
        """After a good pass, if the machine itself is well: what is wrong with posts is told otherwise."""
        ill = [one for one in found if one.check in MACHINE and one.level is Level.RED]
        moved = self._moved
        if ill:
            why = f"{ill[0].check}: {ill[0].told}"
        elif moved is not None and clock.monotonic() - moved > STILL.total_seconds():
            why = "the pass does not get on"
        else:
            why = "the last pass failed" if self._good is False else ""
        if why:
            if why != self._wanting:
                self._log(f"no heartbeat is sent: {why}", "warning")
        elif self._good_at is not None and self._good_at > self._beaten:
            self._beaten = clock.monotonic()
            self._telling.heartbeat()
        self._wanting = why


def _silent(_text: str, /, level: str = "info", **fields: object) -> None:
    """Says nothing."""
