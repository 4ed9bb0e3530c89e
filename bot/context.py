"""What a run works with: settings, store, accounts, and a platform per account."""

from __future__ import annotations

import socket
import threading
import uuid
from dataclasses import dataclass, field

from bot.accounts import Account, configured
from bot.config import Settings
from bot.platforms import Platform, connect
from bot.slots import Rules
from bot.store import accounts, keyed
from bot.store.db import Store, open_store


@dataclass
class SetAside:
    """Micro-dollars that running calls to the language model may still cost; shared by the threads of this process."""

    micros: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Bot:
    """The parts, put together; passed to everything above the stages."""

    settings: Settings
    store: Store
    accounts: dict[str, Account]
    logins: dict[str, str | None]
    """The platforms' logins as an earlier run left them, sealed."""
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}")
    """This process's name on leases."""
    set_aside: SetAside = field(default_factory=SetAside)
    stale_keys: bool = False
    """Keys in the store were made by other rules than the program's and the user's of now: `bot db upgrade` makes them anew."""
    _platforms: dict[str, Platform] = field(default_factory=dict)

    def rules(self, name: str) -> Rules:
        """When the account of this name may publish; no rules for one that is not configured (any more)."""
        return self.accounts[name].rules if name in self.accounts else Rules()

    def platform(self, name: str) -> Platform | None:
        """The platform of an account; None when the account is not configured (any more).

        Cheap: nothing is sent and no SDK is loaded before the first write.
        """
        if name not in self.accounts:
            return None
        if name not in self._platforms:
            self._platforms[name] = connect(
                self.accounts[name], timeout=self.settings.http_timeout, readback=self.settings.x_readback, session=self.logins.get(name),
                persist=lambda sealed: self._keep_login(name, sealed),
            )
        return self._platforms[name]

    def _keep_login(self, name: str, sealed: str) -> None:
        with self.store.write() as session:
            accounts.get(session, name).session = sealed


def open_bot(settings: Settings, *, database: str | None = None) -> Bot:
    """Put the parts together. Raises BotError for a setting or a database that can not be used."""
    named = configured(settings)
    store = open_store(database or settings.database, rules=settings.url_rules)
    known = _known(store)
    if not all(accounts.fits(known.get(name), account.platform, account.handle) for name, account in named.items()):
        with store.write() as session:  # only where something changes: who only looks need not wait for a writer
            for name, account in named.items():
                if not accounts.fits(known.get(name), account.platform, account.handle):
                    accounts.ensure(session, name=name, platform=account.platform, handle=account.handle)
        known = _known(store)
    with store.read() as session:
        begun, stale = keyed.begun(session, store.rules), bool(keyed.stale(session, store.rules))
    if not begun:
        with store.write() as session:
            keyed.begin(session, store.rules)
    return Bot(settings, store, named, {name: row.session for name, row in known.items()}, stale_keys=stale)


def _known(store: Store) -> dict[str, accounts.Known]:
    with store.read() as session:
        return accounts.known(session)
