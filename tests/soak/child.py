"""A worker process of the soak: passes of the program's own pipeline, one for each time it is asked, under the soak's clock."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from sqlalchemy import Engine, event, select

from bot import clock, pipeline, worker
from bot.context import Bot
from bot.errors import BotError, unforeseen
from bot.sources import guard
from bot.store import db, models
from bot.tidying import Tidy
from tests.soak.web import HOST
from tests.swarm.plan import LOOKS, Plan, SharedClock


@dataclass(frozen=True)
class Told:
    """What one pass came to."""

    seconds: float
    rss_kb: int
    queries: int
    drafted: int
    tried: int
    told: tuple[str, ...]
    """What went wrong, as a user would be told."""


def work(plan: Plan, owner: str, pipe: Connection) -> None:
    """A pass for each message, until the pipe is closed."""
    worker.save_memory()
    clock.replace(SharedClock(plan.clock).now)
    resolved = guard.resolved
    guard.resolved = lambda host, port: ["127.0.0.1"] if host == HOST else resolved(host, port)  # the soak's own name server
    os.dup2(os.open(plan.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 2)
    queries, day = 0, clock.now().date()

    def count(*_: object) -> None:
        nonlocal queries
        queries += 1

    with db.open_store(plan.url) as store:
        event.listen(Engine, "before_cursor_execute", count)
        with store.read() as session:
            logins = {row.name: row.session for row in session.scalars(select(models.Account))}
        bot = Bot(plan.settings, store, plan.accounts[0], logins, owner=owner)
        for name, account in bot.accounts.items():
            platform = bot.platform(name)
            if account.platform == "bluesky" and platform is not None:
                platform.looks = LOOKS[:1]
        while True:
            try:
                pipe.recv()
            except EOFError:
                return
            queries, began, told = 0, time.monotonic(), []

            def tell(where: str, error: BotError, told: list[str] = told) -> None:
                told.append(f"{where}: {error}")

            drafted = tried = 0
            try:
                if (today := clock.now().date()) != day:
                    day = today
                    Tidy()(bot)
                done = pipeline.run(bot, tell=tell)
                drafted, tried = len(done.made), len(done.tried)
            except BotError as error:
                tell("", error)
            except Exception as error:
                tell("", unforeseen(error))
            for line in told:
                os.write(2, f"{clock.now():%Y-%m-%d %H:%M} {owner} {line}\n".encode())
            pipe.send(Told(time.monotonic() - began, _rss_kb(), queries, drafted, tried, tuple(told)))


def _rss_kb() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
