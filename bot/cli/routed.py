"""What `bot doctor` says of routing: what an account names that is none, and sources of which no feed is polled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot import routing
from bot.accounts import Account
from bot.config import Settings
from bot.errors import BotError
from bot.store import db, sources
from bot.store.engine import in_memory, read_url


def told(settings: Settings, accounts: Iterable[Account]) -> Iterator[tuple[str, str, int]]:
    """What was looked at, how it is, and the exit code: one for each account that takes not everything."""
    found = [account for account in accounts if routing.described(account)]
    polled = _polled(settings) if any(account.sources for account in found) else None
    for account in found:
        wrong = routing.problems(account)
        for what in wrong:
            yield f"account {account.name}", what, 4
        for named in routing.without_feed(account, polled) if polled is not None else ():
            yield f"account {account.name}", f"no feed is polled of {named}: bot sources add {named}, or bot add its articles", 0
        if not wrong:
            yield f"account {account.name}", f"takes articles {routing.described(account)}", 0


def _polled(settings: Settings) -> frozenset[str] | None:
    """The keys of the feeds that are polled; None when there is no database to ask. Changes nothing."""
    try:
        url = read_url(settings.database)
        if url.get_backend_name() == "sqlite" and (in_memory(url) or not Path(url.database or "").exists()):
            return frozenset()
        with db.open_store(settings.database, upgrade=False) as store, store.read() as session:
            return sources.keys(session)
    except BotError:
        return None  # the database's own check says so
