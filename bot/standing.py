"""What stands between a post and its publication: found in the stored rows, said with what would help. Faces only print it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session, object_session

from bot import clock
from bot.accounts import Account
from bot.errors import BotError, ConfigError, HoldError, StateError
from bot.store import accounts, deliveries, embargo, leases, models, posts
from bot.store.states import DeliveryState, State
from bot.text import links
from bot.values import Hold, HoldCode


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
    LOOKING = "looking"
    """What may be out is being looked for; that ends by itself."""
    BUSY = "busy"
    """Nothing that can be seen: another worker is at it."""


_ERRORS: dict[Bar, type[BotError]] = {Bar.HOLD: HoldError, Bar.ACCOUNT: ConfigError}


@dataclass(frozen=True)
class Obstacle:
    """One thing in the way, in a line that says what to do."""

    bar: Bar
    told: str
    until: datetime | None = None
    """When it goes away by itself, or is looked at again; faces tell it in the user's zone, between `told` and `remedy`."""
    remedy: str = ""
    """What a person can do about it."""

    def error(self) -> BotError:
        """The same as an error, with the exit code that goes with it."""
        return _ERRORS.get(self.bar, StateError)(f"{self.told}{self.remedy}")


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
    return posts.open_holds(row)


_WAITS = (State.IN_REVIEW, State.APPROVED, State.MISSED, State.PUBLISHING, State.FAILED, State.STOPPED, State.UNCERTAIN)
"""States in which something is still to come of a post, so that it matters whether its account is there."""


def gone(row: models.Post, *, known: bool) -> Hold | None:
    """The hold of a post whose account is not in the configuration (`known`). It is never stored: it goes when the account comes back."""
    if known or row.state not in _WAITS:
        return None
    return Hold(code=HoldCode.ACCOUNT, detail=f"account {row.account.name} is not configured (any more)")


def shown_holds(row: models.Post, *, known: bool) -> tuple[Hold, ...]:
    """The holds in the way as a reader sees them: the open ones, and the account's. `known`: the account is configured."""
    return (*open_holds(row), *passing(row, known=known))


def passing(row: models.Post, *, known: bool) -> tuple[Hold, ...]:
    """The holds that are never stored, because they go by themselves: of an account that is not configured, and of an embargo."""
    waits = embargo.hold(row.article, clock.now()) if row.state in _WAITS and row.article else None
    return tuple(filter(None, [gone(row, known=known), waits]))


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


def paused(row: models.Account, now: datetime) -> Obstacle | None:
    """The account's pause, whatever else keeps it from publishing."""
    if not accounts.paused(row, now):
        return None
    reason = (row.paused_reason or "").rstrip(".")
    back = f"Sooner: bot unpause {row.name}" if row.paused_until else f"Then: bot unpause {row.name}"
    return Obstacle(Bar.PAUSED, f"account {row.name} is paused: {reason}.", row.paused_until, f" {back}")


def of_account(row: models.Account, configured: Account | None, now: datetime) -> Obstacle | None:
    """What keeps the account from publishing."""
    lacking = unready(row.name, configured)
    if lacking:
        return Obstacle(Bar.ACCOUNT, lacking)
    pause = paused(row, now)
    if pause is not None:
        return pause
    if leases.stranded(row, now):
        told = f"account {row.name} is taken by {row.lease_owner} until {row.lease_until:%Y-%m-%d %H:%M} UTC; was the clock set back?"
        return Obstacle(Bar.BUSY, f"{told} If no worker is at it: bot unpause {row.name}")
    return None


def _again(row: models.Post, hold: Hold) -> str:
    """How the page of an article that changed is read again."""
    url = row.article.url if hold.code is HoldCode.ARTICLE_CHANGED else None
    return f"; bot run {links.masked(url)} reads the page again" if url else ""


def of_post(row: models.Post) -> Obstacle | None:
    """What keeps the post from going out whatever its account and the time."""
    held = open_holds(row)
    if row.article.sample:
        return Obstacle(Bar.STATE, f"post {row.id} is the built-in sample's: it is shown, never published.")
    if held:
        more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
        return Obstacle(Bar.HOLD, f"post {row.id} has a hold, {held[0].code}: {held[0].detail}{more}. Edit it, or {approval(row)}{_again(row, held[0])}")
    if row.unwind_at is not None:
        return Obstacle(Bar.STATE, f"post {row.id} is being taken down: bot unwind {row.id} goes on with it.")
    if row.state in (State.APPROVED, State.PUBLISHING):
        return None
    if row.state == State.IN_REVIEW:
        return Obstacle(Bar.NOT_APPROVED, f"post {row.id} is not approved: {approval(row)}")
    if row.state == State.MISSED:
        return Obstacle(Bar.NOT_APPROVED, f"post {row.id} missed its time: {approval(row)}")
    if row.state == State.FAILED:
        return Obstacle(Bar.STATE, f"post {row.id} was refused (bot show {row.id} says why): bot retry {row.id}")
    if row.state == State.STOPPED:
        return Obstacle(Bar.STATE, f"post {row.id} stopped, {part_out(row)}: {ways_on(row)}")
    if row.state == State.UNCERTAIN:
        told = f"post {row.id} may or may not be out: look, then bot resolve {row.id} --sent ID, or --not-sent"
        return Obstacle(Bar.STATE, told)
    return Obstacle(Bar.STATE, f"post {row.id} is {row.state}; only an approved post can be published.")


def part_out(row: models.Post) -> str:
    """`2 of 4 segments are out`."""
    total = len(row.revision.content.segments)
    out = sum(len(delivery.segments) for delivery in row.revision.deliveries if delivery.state == DeliveryState.SENT)
    return f"{out} of {total} segments {'is' if out == 1 else 'are'} out"


def stoppable(row: models.Post) -> bool:
    """Is it a thread that is partly out, and nothing of it on its way just now? A person may stop it."""
    states = {delivery.state for delivery in row.revision.deliveries}
    return row.state == State.PUBLISHING and states == {DeliveryState.SENT, DeliveryState.PENDING}


def ways_on(row: models.Post) -> str:
    """What a person can do about a post that stopped partly out."""
    return f"bot resume {row.id} sends the rest, bot abandon {row.id} leaves it so, bot unwind {row.id} takes it down"


def looked_for(row: models.Post) -> datetime | None:
    """When what may be out of this post is looked for next; None when nothing of it is."""
    return min((delivery.look_at for delivery in row.revision.deliveries if delivery.look_at is not None), default=None)


def looking(row: models.Account, now: datetime, but: int | None = None) -> Obstacle | None:
    """What the account waits for: a write that may be out is looked for later. `but`: the post whose own look does not count."""
    session = object_session(row)
    assert session is not None
    for delivery_id, post_id in deliveries.looking(session, row.id):
        at = session.get_one(models.Delivery, delivery_id).look_at
        if post_id != but and at is not None and at > now:
            return Obstacle(Bar.LOOKING, f"account {row.name} waits until it is known whether post {post_id} is out.", at)
    return None


def between(row: models.Post, configured: Account | None, now: datetime) -> Obstacle | None:
    """What stands between the post and its publication now; None when it may go."""
    found = of_post(row)
    if found is not None:
        return found
    account = of_account(row.account, configured, now)
    if account is not None:
        return replace(account, told=f"post {row.id}: {account.told}")
    look_at = looked_for(row)
    if look_at is not None and look_at > now:
        return Obstacle(Bar.LOOKING, f"post {row.id} may be out.", look_at, " Nothing to do until then.")
    if row.due_at is not None and row.due_at > now:
        if row.state == State.PUBLISHING or row.attempts:
            return Obstacle(Bar.TIME, f"post {row.id} waits for its next try{_last(row)}.", row.due_at)
        return Obstacle(Bar.TIME, f"post {row.id} is not due yet; until then bot unapprove {row.id} takes it back.", row.due_at)
    other = looking(row.account, now, row.id)
    return replace(other, told=f"post {row.id}: {other.told}") if other else None


def _last(row: models.Post) -> str:
    told = [delivery.detail for delivery in row.revision.deliveries if delivery.detail and delivery.state == DeliveryState.PENDING]
    return f" (the last: {told[-1]})" if told else ""


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
