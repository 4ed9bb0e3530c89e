"""What a check finds, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.context import Bot


class Level(StrEnum):
    """How bad it is, the harmless first."""

    GREEN = "green"
    YELLOW = "yellow"
    """Somebody should look, and nothing is late yet."""
    RED = "red"
    """Something does not happen that should, or a person is needed now."""


@dataclass(frozen=True)
class Finding:
    """What one check found, in a line, and what to do; both empty when it is green and there is nothing to say."""

    check: str
    level: Level
    detail: str = ""
    remedy: str = ""

    @property
    def told(self) -> str:
        """Both in a line."""
        return f"{self.detail}: {self.remedy}" if self.remedy else self.detail


MACHINE = ("database", "disk", "clock")
"""Checks of the machine itself; the others are about posts, people, and other machines too."""


@dataclass(frozen=True)
class Look:
    """What a check looks at."""

    bot: Bot
    session: Session
    now: datetime


def at(moment: datetime) -> str:
    """A time as it is written in findings: UTC; faces tell it in the user's zone."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def span(length: timedelta) -> str:
    """`25 min`, `3 h`, `2 days`."""
    seconds = length.total_seconds()
    if seconds < 90:
        return f"{round(seconds)} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h" if seconds < 172_800 else f"{round(seconds / 86_400)} days"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 post`, `2 posts`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def named(names: list[str], most: int = 3) -> str:
    """The first of them, and how many more."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
