"""How things stand, as named checks over the stored rows and the host: each green, yellow or red, with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot import clock
from bot.context import Bot
from bot.errors import BotError
from bot.health import host, people, work, workers
from bot.health.finding import MACHINE, Finding, Level, Look
from bot.health.host import Integrity

__all__ = ["CHECKS", "MACHINE", "Examiner", "Finding", "Level", "gravest", "unreachable"]

Check = Callable[[Look], Iterable[Finding]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("disk", host.disk), ("clock", host.time), ("worker", workers.alive), ("leases", workers.leases_stale),
    ("overdue", work.overdue), ("accounts", work.accounts_paused), ("people", people.to_settle), ("review", people.in_review), ("alerts", people.articles_changed),
    ("articles", work.articles_waiting), ("sources", work.sources_failing), ("budget", work.money),
)
"""Every check but the first, `database`. One that finds nothing is green."""


class Examiner:
    """Looks at everything, again and again; what is costly (walking through the file) not each time."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._integrity = Integrity()

    def examine(self) -> list[Finding]:
        """All checks, in their order; never raises for what it finds. Where the database does not answer, that, and what the host says."""
        broken = self._database()
        if broken.level is Level.RED:
            return [broken, *_of_host(self.bot)]
        found = [broken]
        for name, check in CHECKS:
            found += self._one(name, check)
        return found

    def _database(self) -> Finding:
        try:
            return self._integrity.look(self.bot)
        except BotError as error:
            return unreachable(error)
        except Exception as error:  # whatever a driver raises: it did not answer
            return unreachable(BotError(f"{type(error).__name__}: {error}"))

    def _one(self, name: str, check: Check) -> Sequence[Finding]:
        try:
            with self.bot.store.read() as session:
                found = list(check(Look(self.bot, session, clock.now(session))))
        except Exception as error:  # a row changed by hand, a lost connection: what could not be looked at is not well
            said = " ".join(str(error).split())[:200]
            return [Finding(name, Level.RED, f"it could not be looked at: {type(error).__name__}: {said}", "bot db check")]
        return found or [Finding(name, Level.GREEN)]


def _of_host(bot: Bot) -> Iterator[Finding]:
    try:
        yield from host.disk_of(bot)
    except OSError as error:
        yield Finding("disk", Level.RED, f"it could not be looked at: {error}", "see to the disk")


def unreachable(error: BotError) -> Finding:
    """The finding where the database can not be opened or does not answer."""
    return Finding("database", Level.RED, str(error).rstrip("."), "until then nothing is known of posts and accounts")


def gravest(findings: Iterable[Finding]) -> Level:
    """The worst level there is."""
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.GREEN)
