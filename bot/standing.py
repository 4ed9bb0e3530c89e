"""What stands between a post and its publication: found in the stored rows, said with what would help. Faces only print it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.accounts import Account
from bot.errors import BotError, ConfigError, HoldError, StateError
from bot.store import accounts, deliveries, models
from bot.store.states import State
from bot.values import Hold


class Bar(StrEnum):
    """What kind of thing is in the way."""

    HOLD = "hold"
    """A hold that nobody let pass."""
    NOT_APPROVED = "not approved"
    STATE = "state"
    """It is out, turned down, or waits for a person to settle it."""
    ACCOUNT = "account"
    """The account's credentials are missing, or it is not configured."""
    PAUSED = "paused"
    TIME = "time"
    """It is not due yet."""
    BUSY = "busy"
    """Nothing that can be seen: another worker is at it."""


_ERRORS: dict[Bar, type[BotError]] = {Bar.HOLD: HoldError, Bar.ACCOUNT: ConfigError}


@dataclass(frozen=True)
class Obstacle:
    """One thing in the way, in a line that says what to do."""

    bar: Bar
    told: str
    until: datetime | None = None
    """When it goes away by itself, for `TIME`."""

    def error(self) -> BotError:
        """The same as an error, with the exit code that goes with it."""
        return _ERRORS.get(self.bar, StateError)(self.told)


@dataclass(frozen=True)
class Due:
    """The posts that are approved and due."""

    ready: tuple[int, ...]
    """Their account can publish."""
    kept: tuple[tuple[int, Obstacle], ...]
    """How many wait for an account that can not, and why."""


def open_holds(row: models.Post) -> tuple[Hold, ...]:
    """The holds that stand in the way now: nobody let them pass, and the post may still go out."""
    if row.state not in (State.IN_REVIEW, State.APPROVED, State.MISSED):
        return ()
    let_pass = {override.code for override in row.overrides}
    return tuple(hold for hold in row.holds if hold.code not in let_pass)


def approval(row: models.Post) -> str:
    """The command that approves it as it is, letting every open hold pass."""
    codes = dict.fromkeys(str(hold.code) for hold in open_holds(row))
    passing = "".join(f" --override {code}" for code in codes)
    return f"bot approve {row.id}{passing}{' --reason …' if codes else ''}"


def unready(name: str, configured: Account | None) -> str | None:
    """Why nothing can be published on the account of this name, and what to set; None when it can."""
    if configured is None:
        return f"account {name} is not configured (any more): add it to bot.toml"
    if configured.ready:
        return None
    return f"account {name} is preview-only: set {', '.join(configured.missing)}"


def of_account(row: models.Account, configured: Account | None, now: datetime) -> Obstacle | None:
    """What keeps the account from publishing."""
    lacking = unready(row.name, configured)
    if lacking:
        return Obstacle(Bar.ACCOUNT, lacking)
    if accounts.paused(row, now):
        return Obstacle(Bar.PAUSED, f"account {row.name} is paused: {(row.paused_reason or '').rstrip('.')}. Then: bot unpause {row.name}")
    return None


def of_post(row: models.Post) -> Obstacle | None:
    """What keeps the post from going out whatever its account and the time."""
    held = open_holds(row)
    if row.article.sample:
        return Obstacle(Bar.STATE, f"post {row.id} is the built-in sample's: it is shown, never published.")
    if held:
        more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
        return Obstacle(Bar.HOLD, f"post {row.id} has a hold, {held[0].code}: {held[0].detail}{more}. Edit it, or {approval(row)}")
    if row.state in (State.APPROVED, State.PUBLISHING):
        return None
    if row.state == State.IN_REVIEW:
        return Obstacle(Bar.NOT_APPROVED, f"post {row.id} is not approved: {approval(row)}")
    if row.state == State.MISSED:
        return Obstacle(Bar.NOT_APPROVED, f"post {row.id} missed its time: {approval(row)}")
    if row.state == State.FAILED:
        return Obstacle(Bar.STATE, f"post {row.id} was refused (bot show {row.id} says why): bot retry {row.id}")
    if row.state == State.UNCERTAIN:
        told = f"post {row.id} may or may not be out: look, then bot resolve {row.id} --sent ID, or --not-sent"
        return Obstacle(Bar.STATE, told)
    return Obstacle(Bar.STATE, f"post {row.id} is {row.state}; only an approved post can be published.")


def between(row: models.Post, configured: Account | None, now: datetime) -> Obstacle | None:
    """What stands between the post and its publication now; None when it may go."""
    found = of_post(row)
    if found is not None:
        return found
    account = of_account(row.account, configured, now)
    if account is not None:
        return Obstacle(account.bar, f"post {row.id}: {account.told}")
    if row.due_at is not None and row.due_at > now:
        return Obstacle(Bar.TIME, f"post {row.id} is not due yet; until then bot unapprove {row.id} takes it back.", row.due_at)
    return None


def unsent(row: models.Post, configured: Account | None, now: datetime) -> Obstacle | None:
    """Why a post that was due was not worked on, as far as can be seen after the pass; None when another worker sent it."""
    if row.state == State.PUBLISHED:
        return None
    told = f"post {row.id} was not sent now: another worker is busy with its account. Try again in a minute."
    return between(row, configured, now) or Obstacle(Bar.BUSY, told)


def due(
    session: Session, configured: Mapping[str, Account], now: datetime, only: Collection[int] | None = None
) -> Due:
    """What is approved and due (or of that only some posts), by whether its account can publish."""
    ready: list[int] = []
    kept: list[tuple[int, Obstacle]] = []
    for account_id, ids in deliveries.due(session, now, only).items():
        row = session.get_one(models.Account, account_id)
        obstacle = of_account(row, configured.get(row.name), now)
        if obstacle is None:
            ready += ids
        else:
            kept.append((len(ids), obstacle))
    return Due(tuple(ready), tuple(kept))
