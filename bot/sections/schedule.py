"""Settings: when posts go out."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel

from bot.setting_types import Cap, Count, Hours, Slots, Zone, setting


class Schedule(BaseModel):
    """Who approves, and when what is approved goes out."""

    auto_approve: Literal["none", "clean"] = setting(
        "BOT_AUTO_APPROVE", "none", "none: a person approves each post; clean: posts without holds and warnings go by themselves."
    )
    grace_seconds: Count = setting(
        "BOT_GRACE_SECONDS", 120, "Nothing approved goes out sooner; until then `bot unapprove` takes it back."
    )
    slots: Slots = setting(
        "BOT_SLOTS", (), "When posts go out: cron expressions parted by ;, e.g. 0 9,13 * * *; 30 17 * * MON-FRI. None: as soon as approved and graced."
    )
    quiet_hours: Hours = setting("BOT_QUIET_HOURS", "", "When nothing goes out, e.g. 22:00-07:00.")
    min_gap: Count = setting("BOT_MIN_GAP", 0, "Seconds between two posts of an account, at least.")
    daily_cap: Cap | None = setting("BOT_DAILY_CAP", None, "Posts of an account in a calendar day, at most.")
    jitter: Count = setting("BOT_JITTER", 0, "A post goes out up to so many seconds after its slot.")
    late: Literal["next", "now"] = setting(
        "BOT_LATE", "next", "What becomes of a post whose slot was missed: next (the next free slot), now (at once, one at a time)."
    )
    spread_seconds: Count | None = setting(
        "BOT_SPREAD", None, "Seconds between the posts of one article, over all accounts; default: BOT_GRACE_SECONDS."
    )
    max_age_seconds: Count | None = setting(
        "BOT_MAX_AGE", None, "Seconds after its due time at which an unsent post is missed instead of sent late."
    )
    timezone: Zone = setting("BOT_TIMEZONE", "UTC", "Time zone of slots, quiet hours and the times shown, e.g. Europe/Berlin.")
    user: str = setting("BOT_USER", "", "Who approves and edits, for the history; default: the login name.")

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.grace_seconds)

    @property
    def spread(self) -> int:
        """Seconds. As long as the grace time by default: who sees the first post of an article out can still take the next back."""
        return self.grace_seconds if self.spread_seconds is None else self.spread_seconds

    @property
    def max_age(self) -> timedelta | None:
        return None if self.max_age_seconds is None else timedelta(seconds=self.max_age_seconds)

    @property
    def who(self) -> str:
        """The name that approvals and edits carry."""
        if self.user:
            return self.user
        try:
            return getpass.getuser()
        except (KeyError, OSError):  # no login name, as in many containers
            return "someone"
