"""Settings: how feeds and pages are read, and read again."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, model_validator

from bot.setting_types import Count, setting


class Reading(BaseModel):
    """How often others' servers are asked."""

    feed_interval: Count = setting(
        "BOT_FEED_INTERVAL", 900, "Seconds between the polls of a feed (`bot sources`); at least 60. Publishers may ask for more."
    )
    feed_cap: Count = setting("BOT_FEED_CAP", 10, "New entries that one poll of a feed takes; the rest comes at the next.")
    recheck_seconds: Count = setting(
        "BOT_RECHECK_SECONDS", 600, "An article's page is read again before its posts go out, if that was longer ago; 0: never."
    )
    watch_days: Count = setting(
        "BOT_WATCH_DAYS", 3, "Days after publication in which an article's page is read again, ever more seldom, for corrections; 0: never."
    )
    allow_private: bool = setting(
        "BOT_ALLOW_PRIVATE_ADDRESSES", False, "on: articles may be read from private addresses (your own network)."
    )

    @model_validator(mode="after")
    def _feeds_are_left_in_peace(self) -> Self:
        if not 60 <= self.feed_interval <= 604_800:
            raise ValueError("BOT_FEED_INTERVAL must be from 60 to 604800, a week")
        if self.feed_cap < 1:
            raise ValueError("BOT_FEED_CAP must be at least 1")
        return self

    @model_validator(mode="after")
    def _pages_are_read_again_within_reason(self) -> Self:
        if self.recheck_seconds > 604_800:
            raise ValueError("BOT_RECHECK_SECONDS must not be over 604800, a week")
        if self.watch_days > 365:
            raise ValueError("BOT_WATCH_DAYS must not be over 365")
        return self
