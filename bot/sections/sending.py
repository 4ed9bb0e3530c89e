"""Settings: how sending works."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, model_validator

from bot.setting_types import Count, Dollars, RisingSeconds, Seconds, setting


class Sending(BaseModel):
    """Bounds of requests and leases, and what a month may cost."""

    http_timeout: Seconds = setting("BOT_HTTP_TIMEOUT", 20.0, "Seconds one request to a platform may take as a whole.")
    lease_seconds: Count = setting(
        "BOT_LEASE_SECONDS", 60, "Seconds after which another worker may take over an account from a dead one."
    )
    segment_pause: Seconds = setting("BOT_SEGMENT_PAUSE", 3.0, "Seconds between the segments of a thread on X.")
    thread_resume: Count = setting(
        "BOT_THREAD_RESUME", 1800, "Seconds after which the rest of an interrupted thread waits for a person instead of going on."
    )
    x_readback: RisingSeconds = setting(
        "BOT_X_READBACK", (15.0, 60.0, 300.0),
        "X: seconds after an unclear answer at which the account's own timeline is read; none: a person looks.",
    )
    x_resend: Literal["after_readback", "off"] = setting(
        "BOT_X_RESEND", "after_readback", "X: what was not found in any look is sent once more (after_readback), or left to a person (off)."
    )
    x_budget_usd: Dollars | None = setting(
        "BOT_X_BUDGET_USD", None, "X: dollars a month; what would cost more does not go out."
    )
    over_budget: Literal["hold", "nolink", "skip"] = setting(
        "BOT_OVER_BUDGET", "hold", "What becomes of a post over the budget: hold (back to review), nolink (sent without its link), skip (cancelled)."
    )
    poll_seconds: Seconds = setting("BOT_POLL_SECONDS", 5.0, "Seconds between the passes of an idle worker.")

    @model_validator(mode="after")
    def _lease_outlives_a_call(self) -> Self:
        if self.http_timeout == 0:
            raise ValueError("BOT_HTTP_TIMEOUT must be over 0")
        if self.http_timeout >= self.lease_seconds / 2:
            raise ValueError("BOT_HTTP_TIMEOUT must be under half of BOT_LEASE_SECONDS")
        if self.segment_pause > self.lease_seconds / 3:
            raise ValueError("BOT_SEGMENT_PAUSE must not be over a third of BOT_LEASE_SECONDS")
        if self.lease_seconds >= 3600:  # a longer one is taken for one from before the clock was set back (`store.leases.LONGEST`)
            raise ValueError("BOT_LEASE_SECONDS must be under 3600, an hour")
        return self
