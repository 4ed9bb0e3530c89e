"""Settings: when posts go out."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel

from bot.setting_types import Count, Zone, setting


class Schedule(BaseModel):
    """Who approves, and when what is approved goes out."""

    auto_approve: Literal["none", "clean"] = setting(
        "BOT_AUTO_APPROVE", "none", "none: a person approves each post; clean: posts without holds and warnings go by themselves."
    )
    grace_seconds: Count = setting(
        "BOT_GRACE_SECONDS", 120, "Nothing approved goes out sooner; until then `bot unapprove` takes it back."
    )
    max_age_seconds: Count | None = setting(
        "BOT_MAX_AGE", None, "Seconds after its due time at which an unsent post is missed instead of sent late."
    )
    timezone: Zone = setting("BOT_TIMEZONE", "UTC", "Time zone of the times shown, e.g. Europe/Berlin.")
    user: str = setting("BOT_USER", "", "Who approves and edits, for the history; default: the login name.")

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.grace_seconds)

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
