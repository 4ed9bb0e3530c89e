"""A worker process of the swarm: the program's own publishing with its real adapters, pass after pass, until told to stop.

Imported once by the process that the workers are forked from, SDKs included: a cold import costs seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import time

import atproto  # noqa: F401
import tweepy  # noqa: F401
from sqlalchemy import select
from sqlalchemy.orm import configure_mappers

from bot import clock, pipeline
from bot.context import Bot
from bot.errors import BotError, unforeseen
from bot.platforms import bluesky, bluesky_client, x, x_transport  # noqa: F401
from bot.store import db, models
from bot.worker import stopping
from tests.swarm.plan import LOOKS, SLICE, Plan, SharedClock

configure_mappers()


def work(plan: Plan, slot: int, owner: str) -> None:
    """Publish until SIGTERM, or until nobody watches any more."""
    clock.replace(SharedClock(plan.clock).now)
    conductor = multiprocessing.parent_process()
    assert conductor is not None
    os.dup2(os.open(plan.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 2)

    def tell(where: str, error: BotError) -> None:
        os.write(2, f"{owner} {where}: {error}\n".encode())

    with stopping() as stop, db.open_store(plan.url) as store:
        bot = put_together(plan, slot, owner, store)
        while not stop() and conductor.is_alive():
            ends = time.monotonic() + SLICE
            try:
                pipeline.publish_due(bot, tell=tell, stopping=lambda ends=ends: stop() or time.monotonic() > ends, sleep=stop.wait)  # type: ignore[misc]
            except BotError as error:
                tell("", error)
            except Exception as error:
                tell("", unforeseen(error))
            stop.wait(0.05)


def put_together(plan: Plan, slot: int, owner: str, store: db.Store) -> Bot:
    """As `open_bot` does it, from what the plan says."""
    with store.read() as session:
        logins = {row.name: row.session for row in session.scalars(select(models.Account))}
    bot = Bot(plan.settings, store, plan.accounts[slot], logins, owner=owner)
    for name, account in bot.accounts.items():
        platform = bot.platform(name)
        if account.platform == "bluesky" and platform is not None:
            platform.looks = LOOKS[:1]
    return bot
