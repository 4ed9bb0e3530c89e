"""How often a feed wants to be fetched, as it says itself: `ttl`, `skipHours`, `skipDays` (RSS 2.0) and `sy:updatePeriod` (RSS 1.0)."""

from __future__ import annotations

import re
from typing import Any

_HEAD = 50_000
"""Bytes in which a feed speaks of itself."""
_PERIODS = {"daily": 86_400, "weekly": 7 * 86_400, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
"""`hourly` is left out: every WordPress writes it, whoever publishes there, and it asks for nothing."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def seconds(feed: Any) -> int:
    """Seconds between fetches that the feed asks for; 0 where it does not. `feed`: as the parser gives it."""
    minutes = str(feed.get("ttl") or "").strip()
    ttl = int(minutes) * 60 if re.fullmatch("[0-9]{1,9}", minutes) else 0
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower(), 0)
    often = str(feed.get("sy_updatefrequency") or "1").strip()
    return max(ttl, period // max(1, int(often)) if re.fullmatch("[0-9]{1,5}", often) else period)


def skips(data: bytes) -> str:
    """The hours (0 to 23, UTC) and days of the week in which it asks to be left alone, as words parted by spaces."""
    head = data[:_HEAD].decode("utf-8", "replace")
    hours = {int(hour) % 24 for hour in re.findall(r"<hour>\s*([0-9]{1,2})\s*</hour>", _between(head, "skipHours"))}  # 24 was midnight once
    days = {day.strip().title() for day in re.findall(r"<day>([^<]{1,20})</day>", _between(head, "skipDays"))} & {*_DAYS}
    return " ".join([*map(str, sorted(hours)), *(day for day in _DAYS if day in days)])


def _between(head: str, name: str) -> str:
    _, found, rest = head.partition(f"<{name}>")
    inside, closed, _ = rest.partition(f"</{name}>")
    return inside if found and closed else ""
