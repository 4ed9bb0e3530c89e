"""Times as a user reads and writes them: in their own zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import clock, wall
from bot.cli import screen
from bot.context import Bot
from bot.errors import UsageError


def zone(bot: Bot) -> ZoneInfo:
    """The user's time zone."""
    return ZoneInfo(bot.settings.timezone)


def moment(bot: Bot, time: datetime) -> str:
    """`Tue 14:30 CET`, with the date when it is not within a week."""
    local = time.astimezone(zone(bot))
    near = abs(time - clock.now()) < timedelta(days=6)
    return local.strftime("%a %H:%M %Z" if near else "%a %d %b %Y %H:%M %Z")


_STORED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? UTC")


def localized(bot: Bot, text: str) -> str:
    """The text with the times in it, which are kept in UTC, as the user reads them."""
    return _STORED.sub(lambda found: moment(bot, datetime.fromisoformat(found[0].replace(" UTC", "+00:00"))), text)


def soon(bot: Bot, time: datetime) -> str:
    """`Tue 14:30 CET (in 25 min)`."""
    left = (time - clock.now()).total_seconds()
    if left <= 0:
        return f"{moment(bot, time)} (now due)"
    if left < 90:
        away = f"{round(left)} s"
    elif left < 5400:
        away = f"{round(left / 60)} min"
    elif left < 129600:
        away = f"{round(left / 3600)} h"
    else:
        away = f"{round(left / 86400)} days"
    return f"{moment(bot, time)} (in {away})"


def read_time(bot: Bot, text: str) -> datetime:
    """A time a user wrote, in their zone unless it names one. Raises UsageError, also where their clocks skip or repeat it."""
    try:
        read = datetime.fromisoformat(text.strip())
        if read.tzinfo:
            return read.astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        raise _no_time(text) from None
    try:
        return wall.pinned(read, bot.settings.timezone)
    except OverflowError:
        raise _no_time(text) from None
    except ValueError as error:  # the clocks change there
        raise UsageError(f"{error}.") from None


def _no_time(text: str) -> UsageError:
    return UsageError(f"{screen.cut(text, 40)!r} is not a time. Write 2026-08-31T14:30, with +02:00 for another zone.")
