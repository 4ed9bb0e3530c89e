"""What an answer of X to `DELETE /2/tweets/{id}`, or the lack of one, means for a post; pure.

Deleting may be repeated without harm: 404 says that an earlier call did it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.platforms import x_outcomes
from bot.values import Outcome, OutcomeKind, Remote

DELETE_MICROS = 10_000
"""Deleting a post: $0.010 (X docs, 2026-08)."""


def answer(remote: Remote, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
    """The outcome of a complete answer; `sent` means gone. `headers` by lower-case name, `now` aware."""
    gone = (remote.model_copy(update={"deleted": True}),)
    data = x_outcomes.payload(body).get("data")
    deleted = data.get("deleted") if isinstance(data, dict) else None
    if status == 200 and deleted is True:
        return Outcome(kind=OutcomeKind.SENT, remote=gone, cost_micros=DELETE_MICROS)
    if status == 200 and deleted is False:
        return Outcome(kind=OutcomeKind.UNKNOWN, detail=x_outcomes.quoting("X says it did not delete the post", body))
    account = x_outcomes.by_table(x_outcomes.DELETING, status, headers, body, now)
    if account is not None:
        return account
    if status == 404 and x_outcomes.well_formed(body):
        return Outcome(kind=OutcomeKind.SENT, remote=gone, detail=x_outcomes.quoting("it was gone already", body))
    if x_outcomes.settled(status) and x_outcomes.well_formed(body):
        return Outcome(kind=OutcomeKind.REFUSED, detail=x_outcomes.quoting(f"X refused to delete the post ({status})", body))
    return Outcome(kind=OutcomeKind.UNKNOWN, detail=x_outcomes.unsettled(status, body, "a word on the deletion"))
