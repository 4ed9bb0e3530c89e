"""What time it is: the database's clock where it has one, so that many machines agree; replaceable in tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def _host() -> datetime:
    return datetime.now(UTC)


_replacement: Callable[[], datetime] | None = None


def now(session: Session | None = None) -> datetime:
    """The current time, aware, UTC: PostgreSQL's `clock_timestamp()`, else the host's clock (SQLite has none of its own)."""
    if _replacement is not None:
        return _replacement()
    if session is not None and session.get_bind().dialect.name == "postgresql":
        from sqlalchemy import text

        moment = session.scalar(text("select clock_timestamp()"))
        assert isinstance(moment, datetime)
        return moment.astimezone(UTC)
    return _host()


def month(moment: datetime, timezone: str) -> datetime:
    """The first moment of the month that this moment is in, in a time zone (IANA name); UTC."""
    local = moment.astimezone(ZoneInfo(timezone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def replace(clock: Callable[[], datetime] | None) -> None:
    """Use this clock instead (tests); None goes back to the real one."""
    global _replacement
    _replacement = clock


def monotonic() -> float:
    """Seconds for deadlines: never jumps, means nothing on another machine; a machine that sleeps counts its sleep where the system can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
