"""Checks of the machine: does the database answer and is it sound, is there room on its disk, is the clock right."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import clock
from bot.context import Bot
from bot.health.finding import Finding, Level, Look, at, span
from bot.store import db, models

MB = 1_000_000
LITTLE, LOW = 50 * MB, 500 * MB
"""Bytes free on the disk under which a small host can soon write nothing (red), and under which somebody should look (yellow)."""
LONG_LOG, LONGEST_LOG = 200 * MB, 2_000 * MB
"""Size of SQLite's write-ahead log (yellow, red): it is folded in at 4 MB, unless a reader never ends."""
WALKED = 64 * MB
"""Files up to this size are walked through; larger ones would keep the disk busy for seconds (`bot db check` does it)."""
AGAIN = 3600.0
"""Seconds until a file is walked through again."""
OFF, FAR_OFF = timedelta(seconds=10), timedelta(minutes=2)
"""How far the host's clock may differ from the database's. X refuses requests signed five minutes off."""
BACK = timedelta(minutes=1)
"""How far a stored time may lie ahead of the clock."""
SET = "set the host's clock (NTP)"


class Integrity:
    """The database: it answers, is at this program's revision, can be written, and is sound."""

    def __init__(self) -> None:
        self._walked_at: float | None = None
        self._found: str | None = None

    def look(self, bot: Bot) -> Finding:
        """Raises what the store raises when it does not answer."""
        with bot.store.read() as session:
            session.execute(select(models.Account.id).limit(1))
            forgetful = bot.store.dialect == "sqlite" and bot.store.file is None  # in memory: made by this program, just now
            revision = db.HEAD if forgetful else session.scalar(text(f"select version_num from {db.VERSION_TABLE}"))  # noqa: S608 — a constant
            if revision != db.HEAD:
                return Finding("database", Level.RED, f"it is at revision {revision}, the program at {db.HEAD}", "bot db upgrade, with the newest program")
            if bot.store.dialect == "postgresql" and session.scalar(text("select pg_is_in_recovery()")):
                return Finding("database", Level.RED, "the server is a standby that takes no writes", "name the primary in DATABASE_URL")
            if bot.store.file is None or bot.store.file.stat().st_size > WALKED:
                return Finding("database", Level.GREEN)
            if self._walked_at is None or clock.monotonic() - self._walked_at > AGAIN:
                self._found, self._walked_at = _damage(session), clock.monotonic()
        if self._found:
            return Finding("database", Level.RED, f"the file is damaged ({self._found})", "restore it from a backup")
        return Finding("database", Level.GREEN)


def _damage(session: Session) -> str | None:
    said = str(session.scalar(text("PRAGMA quick_check(1)")))
    return None if said == "ok" or said.startswith(("CHECK constraint failed", "NULL value")) else " ".join(said.split())[:200]


def disk(look: Look) -> Iterator[Finding]:
    """Room and permission where SQLite's file lies. What PostgreSQL's server has is its own matter."""
    return disk_of(look.bot)


def disk_of(bot: Bot) -> Iterator[Finding]:
    """The same without asking the database."""
    path = bot.store.file
    if path is None:
        return
    folder = path.absolute().parent
    for place in (folder, path):
        if place.exists() and not os.access(place, os.W_OK):
            yield Finding("disk", Level.RED, f"{place} can not be written to", "make it writable for the user that the bot runs as")
            return
    free = shutil.disk_usage(folder).free
    if free < LOW:
        level = Level.RED if free < LITTLE else Level.YELLOW
        yield Finding("disk", level, f"{free // MB} MB are free on the disk of {folder}", "make room: nothing is sent that can not be written down")
        return
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > LONG_LOG:
        level = Level.RED if size > LONGEST_LOG else Level.YELLOW
        yield Finding("disk", level, f"{log.name} has grown to {size // MB} MB", "some program keeps the database open for reading: end it")


def time(look: Look) -> Iterator[Finding]:
    """The host's clock against the database's; where that is the same one, against the newest time it wrote down."""
    if look.bot.store.dialect == "postgresql":
        before = datetime.now(UTC)
        theirs = look.session.scalar(text("select clock_timestamp()"))
        if isinstance(theirs, datetime):
            yield from apart(before, theirs, datetime.now(UTC))
        return
    newest = _newest(look.session)
    if newest is not None and newest > look.now + BACK:
        told = f"the clock was set back: something was written down at {at(newest)}, {span(newest - look.now)} from now"
        yield Finding("clock", Level.RED, told, SET)


def apart(before: datetime, theirs: datetime, after: datetime) -> Iterator[Finding]:
    """How far the database's clock is from ours, which was read before and after asking: what the way took proves nothing. Pure."""
    off = max(theirs - after, before - theirs)
    if off > OFF:
        way = "behind" if theirs > after else "ahead of"
        yield Finding("clock", Level.RED if off > FAR_OFF else Level.YELLOW, f"the host's clock is {span(off)} {way} the database's", SET)


def _newest(session: Session) -> datetime | None:
    """The newest time that was written down when it was now."""
    event, article, worker = models.Event, models.Article, models.Worker
    found = [
        session.scalar(select(event.at).order_by(event.id.desc()).limit(1)),
        session.scalar(select(article.created_at).order_by(article.id.desc()).limit(1)),
        session.scalar(select(worker.beat_at).order_by(worker.beat_at.desc()).limit(1)),
    ]
    return max((moment for moment in found if moment is not None), default=None)
