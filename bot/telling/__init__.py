"""Telling a person, by webhook and mail, that something waits for them: each matter once, from whichever machine; and the heartbeat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import clock
from bot.context import Bot
from bot.health import Finding, Level
from bot.health.finding import Look
from bot.logs.writing import Log
from bot.store import models, notices
from bot.telling import channels, matters, words
from bot.telling.channels import Untold
from bot.telling.words import Matter

GATHER, APART = timedelta(minutes=2), timedelta(minutes=15)
"""Posts that wait for approval are told together: so long after the first of them, and so long after the last message."""
LINGER = timedelta(hours=1)
"""What was over and comes back within this time is not told again."""
_AT_ONCE = ("uncertain", "stopped", "paused")
"""Kinds that are told again whenever they come back: somebody had settled them."""


@dataclass(frozen=True)
class Channel:
    """A way to tell."""

    name: str
    send: Callable[[Sequence[Matter]], None]
    """Raises Untold."""


class Telling:
    """What this worker tells, and whom."""

    def __init__(self, bot: Bot, log: Log) -> None:
        settings = bot.settings
        self._bot, self._log = bot, log
        self._channels = [
            *([Channel("webhook", self._post)] if settings.webhook_url else []), *([Channel("mail", self._mail)] if settings.smtp_url else []),
        ]
        self._standing: set[str] = set()
        self._told_directly = False
        self._failing: dict[str, str] = {}

    @property
    def wanted(self) -> bool:
        """Is anybody to be told of anything?"""
        return bool(self._channels) or self.heartbeat_wanted

    @property
    def heartbeat_wanted(self) -> bool:
        return self._bot.settings.heartbeat_url is not None

    def heartbeat(self) -> None:
        """This host is well."""
        url = self._bot.settings.heartbeat_url
        assert url is not None
        self._tried("heartbeat", lambda: channels.ask(url.get_secret_value()))

    def tell(self, found: Sequence[Finding]) -> None:
        """Tell what stands and was not told yet. Where the database does not answer, that, once."""
        if not self._channels:
            return
        health = matters.of_health(found)
        twice = [one for one in health if one.key in self._standing]
        self._standing = {one.key for one in health}
        if any(one.check == "database" and one.level is Level.RED for one in found):
            self._directly(twice)
            return
        self._told_directly = False
        standing, dark = list(twice), set[str]()
        for kinds, find in matters.OF_POSTS:
            try:
                with self._bot.store.read() as session:
                    standing += find(Look(self._bot, session, clock.now(session)))
            except Exception as error:  # a row changed by hand keeps no other matter from being told
                dark |= set(kinds)
                self._once("notices", f"{', '.join(kinds)}: {type(error).__name__}: {error}")
        for channel in self._channels:
            self._by(channel, standing, dark)

    def _directly(self, twice: Sequence[Matter]) -> None:
        """Without rows that say who told it: each worker tells it once."""
        lost = [one for one in twice if one.key == "health:database"]
        if lost and not self._told_directly:
            sent = [self._tried(channel.name, lambda channel=channel: channel.send(lost)) for channel in self._channels]  # type: ignore[misc]
            self._told_directly = all(sent)

    def _by(self, channel: Channel, standing: Sequence[Matter], dark: set[str]) -> None:
        now, keys = self._kept(channel.name, standing, dark)
        if not keys:
            return
        with self._bot.store.write() as session:
            mine = set(notices.claim(session, channel.name, keys, now))
        chosen = [one for one in standing if one.key in mine]
        if not chosen:
            return
        sent = self._tried(channel.name, lambda: channel.send(chosen))
        with self._bot.store.write() as session:
            now = clock.now(session)
            if sent:
                notices.sent(session, channel.name, mine, now)
            else:
                notices.failed(session, channel.name, mine, now)

    def _kept(self, channel: str, standing: Sequence[Matter], dark: set[str]) -> tuple[datetime, list[str]]:
        """Bring the rows of a channel up to date, and find what is to be told now. Writes only where something changed.

        `dark`: kinds of which nothing is known just now, so that none of them is over.
        """
        with self._bot.store.read() as session:
            now, rows = clock.now(session), notices.known(session, channel)
        there = {one.key for one in standing}
        seen = [one.post for one in standing if one.kind == "review" and one.post is not None]
        oldest = min(seen) if len(seen) >= matters.MOST else 0
        fresh = [one.key for one in standing if one.key not in rows]
        gone = [row.key for row in rows.values() if row.ended_at is None and row.key not in there]
        over = [key for key in gone if key.partition(":")[0] not in dark and not _older(key, oldest)]
        back = [row.key for row in rows.values() if row.ended_at is not None and row.key in there]
        past = [row.key for row in rows.values() if row.ended_at is not None and row.key not in there and row.ended_at < now - LINGER]
        past += [key for key in over if key.partition(":")[0] in _AT_ONCE]
        if fresh or over or back or past:
            with self._bot.store.write() as session:
                notices.begin(session, channel, fresh, now)
                notices.back(session, channel, back)
                notices.end(session, channel, over, now)
                notices.forget(session, channel, past)
            with self._bot.store.read() as session:
                rows = notices.known(session, channel)
        return now, _timely(rows, notices.pending(rows.values(), now), now)

    def _post(self, chosen: Sequence[Matter]) -> None:
        """`text` is what Slack and Mattermost show, `content` what Discord does; the rest is for programs."""
        url = self._bot.settings.webhook_url
        assert url is not None
        text = words.message(chosen)
        told = [{"kind": one.kind, "post": one.post, "account": one.account, "detail": one.line} for one in chosen[:100]]
        channels.ask(url.get_secret_value(), {"text": text, "content": text, "mrkdwn": False, "allowed_mentions": {"parse": []}, "matters": told})

    def _mail(self, chosen: Sequence[Matter]) -> None:
        channels.mail(self._bot.settings, words.subject(chosen), words.message(chosen))

    def _once(self, name: str, line: str) -> None:
        if self._failing.get(name) != line:
            self._failing[name] = line
            self._log(line, "warning", channel=name)

    def _tried(self, name: str, send: Callable[[], None]) -> bool:
        """Did it get through? Says once why not, and once that it does again."""
        try:
            send()
        except Untold as error:
            self._once(name, f"the {name} did not get through: {error}. It is tried again.")
            return False
        if self._failing.pop(name, None):
            self._log(f"the {name} gets through again", channel=name)
        return True


def _older(key: str, oldest: int) -> bool:
    """A post in review that is older than all that were looked at: it may wait still."""
    kind, _, number = key.partition(":")
    return kind == "review" and int(number) < oldest


def _timely(rows: dict[str, models.Notice], keys: list[str], now: datetime) -> list[str]:
    """Without the posts that wait for approval, unless it is time for these, or something else is told anyway."""
    review = [key for key in keys if key.startswith("review:")]
    if not review or len(review) < len(keys):
        return keys
    last = max((row.told_at for row in rows.values() if row.told_at is not None and row.key.startswith("review:")), default=None)
    first = min(rows[key].at for key in review)
    return keys if first <= now - GATHER and (last is None or last <= now - APART) else []
