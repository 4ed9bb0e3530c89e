"""For tests of slots: a world whose account has rules, and posts that are approved as a person approves them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot import actions, config, rescue, scheduling
from bot.accounts import Account
from bot.context import Bot
from bot.store.db import Store
from bot.store.states import State
from tests.publishing import GRACE, Time, World

EVERY_THREE_HOURS = "0 9,12,15,18,21 * * *"


class Desk(World):
    """Accounts by these rules; what goes out is noted with its time."""

    def __init__(self, store: Store, time: Time, **how: Any) -> None:
        super().__init__(store, time)
        self.how: dict[str, Any] = {"timezone": "Europe/Berlin", **how}
        self.settings: dict[str, Any] = {}
        self.out: list[tuple[datetime, int]] = []
        self.terms = {"rules": lambda name: self.bot.rules(name)}

    @property
    def bot(self) -> Bot:
        named = {name: Account(name=name, platform="fake", service="http://127.0.0.1:1", **self.how) for name in self.fakes}
        more = {"recheck_seconds": 0, "watch_days": 0, **self.settings}
        settings = config.load(user="ana", grace_seconds=int(GRACE.total_seconds()), timezone=self.how["timezone"], **more)
        return Bot(settings, self.store, named, {}, _platforms=dict(self.fakes))

    def planned(self, text: str, **how: Any) -> int:
        """A post that is approved."""
        post = self.make(text)
        actions.approve(self.bot, post, **how)
        return post

    def passes(self, span: timedelta, every: timedelta = timedelta(minutes=1)) -> None:
        """A worker's passes for so long."""
        end = self.time.now + span
        while self.time.now < end:
            self.note()
            self.time.pass_(every)

    def note(self) -> None:
        """One pass; what went out is noted."""
        self.out += [(self.time.now, post) for post in self.go() if self.state(post) == State.PUBLISHED]

    def times(self) -> list[str]:
        """When the posts went out, as the account's clock says."""
        from zoneinfo import ZoneInfo

        return [f"{at.astimezone(ZoneInfo(self.how['timezone'])):%d %H:%M}" for at, _ in self.out]

    def due(self, post: int) -> str:
        """When it is planned."""
        from zoneinfo import ZoneInfo

        at = self.post(post).due_at
        assert at is not None
        return f"{at.astimezone(ZoneInfo(self.how['timezone'])):%d %H:%M}"


__all__ = ["EVERY_THREE_HOURS", "Desk", "rescue", "scheduling"]
