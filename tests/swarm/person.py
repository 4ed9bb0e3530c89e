"""The person in the swarm: does what a user would, through the program's own commands, and tells only the truth."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from bot import clock, rescue
from bot.context import Bot
from bot.errors import StateError
from bot.store import leases, models, posts
from bot.store.states import DeliveryState, State
from tests.swarm.truth import Message, standing


class Person:
    """Looks after what waits for one."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.did: Counter[str] = Counter()

    def look_after(self, alive: set[str]) -> None:
        """Unpause what is paused, retry what failed, resume what stopped, and take back leases that the clock left in the far future.

        `alive`: the workers that are still there; only a person can know that another is not.
        """
        with self._bot.store.read() as session:
            now = clock.now(session)
            paused = [row.name for row in session.scalars(select(models.Account).where(models.Account.paused_reason.is_not(None)))]
            stranded = [
                row.name for row in session.scalars(select(models.Account).where(models.Account.lease_until > now + leases.LONGEST))
                if row.lease_owner not in alive
            ]
            waiting = session.execute(select(models.Post.id, models.Post.state).where(models.Post.state.in_([State.FAILED, State.STOPPED]))).all()
        for name in paused:
            self.did["unpaused"] += 1
            rescue.unpause(self._bot, name, threads=True)
        for name in stranded:
            self.did["leases taken back after the clock was set back"] += 1
            rescue.unpause(self._bot, name)
        for post, state in waiting:
            with contextlib.suppress(StateError):
                if state == State.FAILED:
                    rescue.retry(self._bot, post)
                else:
                    rescue.resume(self._bot, post)
                self.did["retried" if state == State.FAILED else "resumed"] += 1

    def settle(self, messages: Callable[[str], list[Message]]) -> None:
        """Look on the platform for what is uncertain, and say what is there."""
        with self._bot.store.read() as session:
            ids = list(session.scalars(select(models.Post.id).where(models.Post.state == State.UNCERTAIN)))
        for post in ids:
            with self._bot.store.read() as session:
                row = posts.get(session, post)
                request = next(one.request for one in row.revision.deliveries if one.state == DeliveryState.UNKNOWN)
                name = row.account.name
                taken = {remote.id for other in session.scalars(select(models.Delivery)) for remote in other.remote}
            found = standing(request or "", messages(name), taken)
            self.did["resolved: sent" if found else "resolved: not sent"] += 1
            rescue.resolve(self._bot, post, sent=found)

    def next_moment(self) -> datetime | None:
        """The next moment at which something is due that is not due now; None when something is, or nothing waits."""
        with self._bot.store.read() as session:
            now = clock.now(session)
            moments = [moment for moment in session.scalars(
                select(models.Post.due_at).where(models.Post.state.in_([State.APPROVED, State.PUBLISHING]))
            ) if moment is not None]
            looks = [moment for moment in session.scalars(select(models.Delivery.look_at).where(models.Delivery.look_at.is_not(None))) if moment]
        if not moments or any(moment <= now for moment in looks) or (not looks and any(moment <= now for moment in moments)):
            return None
        return min([*looks, *(moment for moment in moments if moment > now)], default=None)
