"""The editor of the soak: a person who looks in a few times a day, through the program's own commands."""

from __future__ import annotations

import contextlib
import random
from collections import Counter

from sqlalchemy import select

from bot import actions, clock, correcting, polling, rescue
from bot.context import Bot
from bot.errors import BotError, StateError
from bot.store import accounts, models, posts, watch
from bot.store.states import DeliveryState, State
from tests.swarm.truth import Message, standing


class Editor:
    """Approves most of what waits, rejects the rest, answers alerts, and settles what only a person can."""

    def __init__(self, bot: Bot, chance: random.Random) -> None:
        self.bot, self._chance = bot, chance
        self.did: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def subscribe(self, urls: list[str]) -> None:
        """Add the feeds."""
        for url in urls:
            for _ in range(20):
                with contextlib.suppress(BotError):
                    polling.add(self.bot, url)
                    break

    def look_in(self) -> None:
        """What a person does of a morning."""
        with self.bot.store.read() as session:
            waiting = [(row.id, [str(hold.code) for hold in posts.open_holds(row)]) for row in session.scalars(
                select(models.Post).where(models.Post.state == State.IN_REVIEW))]
            stuck = list(session.execute(select(models.Post.id, models.Post.state).where(models.Post.state.in_([State.FAILED, State.STOPPED]))))
            paused = [row.name for row in session.scalars(select(models.Account)) if row.paused_reason is not None and accounts.paused(row, clock.now(session))]
            alerts = watch.alerts(session)
        for name in paused:
            self._do("unpaused", lambda name=name: rescue.unpause(self.bot, name, threads=True))
        for alert in alerts:
            self._do("alerts dismissed", lambda alert=alert: correcting.dismiss(self.bot, alert.posts[0], "read it, our post still stands"))
        for post, holds in waiting:
            if "article_changed" in holds or self._chance.random() < 0.15:
                self._do("rejected", lambda post=post: actions.reject(self.bot, post, "not for us"))
            else:
                self._do("approved", lambda post=post, holds=holds: actions.approve(self.bot, post, override=holds, reason="read it" if holds else None))
        for post, state in stuck:
            self._do("retried or resumed", lambda post=post, state=state: rescue.retry(self.bot, post) if state == State.FAILED else rescue.resume(self.bot, post))

    def settle(self, messages: dict[str, list[Message]]) -> None:
        """Look on the platform for what is uncertain, and say what is there."""
        with self.bot.store.read() as session:
            ids = list(session.scalars(select(models.Post.id).where(models.Post.state == State.UNCERTAIN)))
            taken = {remote.id for row in session.scalars(select(models.Delivery)) for remote in row.remote} if ids else set()
        for post in ids:
            with self.bot.store.read() as session:
                row = posts.get(session, post)
                request = next(one.request for one in row.revision.deliveries if one.state == DeliveryState.UNKNOWN)
                name = row.account.name
            found = standing(request or "", messages[name], taken)
            self._do("resolved", lambda post=post, found=found: rescue.resolve(self.bot, post, sent=found))

    def _do(self, what: str, act: object) -> None:
        try:
            act()  # type: ignore[operator]
            self.did[what] += 1
        except StateError as error:  # the worker was quicker
            self.refused[type(error).__name__] += 1
        except BotError as error:
            self.refused[str(error)[:60]] += 1


def uncertain(bot: Bot) -> int:
    """How many posts only a person can settle."""
    with bot.store.read() as session:
        return len(list(session.scalars(select(models.Post.id).where(models.Post.state == State.UNCERTAIN))))
