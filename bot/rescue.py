"""What a person does about posts on their way, or stuck, and about their accounts. Every face calls these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import approving, clock, review, standing
from bot.context import Bot
from bot.errors import ConfigError, StateError, UsageError
from bot.store import accounts, deliveries, leases, models, outlook, planning, posts, spending
from bot.store.states import DeliveryState, Move, State
from bot.values import Identity


@dataclass(frozen=True)
class Forecast:
    """What will happen to an account's posts once it publishes again."""

    waiting: int
    """Approved, or partly out."""
    too_old: int
    """Of these: their time is over, they will be missed."""
    now: int
    """Of these: due already."""
    last: datetime | None
    """When the last of them is due; None when none is left to go out."""


def resolve(bot: Bot, post_id: int, *, sent: str | None) -> State:
    """Say what became of an uncertain delivery: it is out under this id or address, or (None) it is not.

    Returns the state that follows. What turns out not to be sent goes out again after the grace time.
    Raises StateError when nothing is uncertain, UsageError when `sent` is no id of the platform, or that of another post.
    """
    who = bot.settings.who
    with bot.store.write() as session:
        post, now = _not_leaving(session, post_id), clock.now(session)
        unknown = [row for row in post.revision.deliveries if row.state == DeliveryState.UNKNOWN]
        if post.state != State.UNCERTAIN or not unknown:
            raise StateError(f"post {post_id} is {post.state}; only an uncertain post can be resolved.")
        platform = bot.platform(post.account.name)
        if platform is None:
            raise ConfigError(f"account {post.account.name} is not configured any more.")
        remote = platform.named(unknown[0].request or "", sent, since=unknown[0].fixed_at) if sent is not None else None
        if remote and {one.id for one in remote} & set(deliveries.known(session, post.account_id, unknown[0].id)):
            raise UsageError(f"{sent} is another post of this account that the program sent itself. Give the id of this one.")
        event = deliveries.resolve(session, unknown[0], remote, now)
        posts.move(session, post, event, who, f"sent: {sent}" if sent else "not sent", now)
        post.resumed_at = now
        if event is not Move.RESOLVED_ALL_SENT:
            post.due_at = now + bot.settings.grace
        if event is Move.RESOLVED_NONE:
            _planned(bot, session, post, now)
        return State(post.state)


def _planned(bot: Bot, session: Session, post: models.Post, now: datetime) -> review.Times:
    """A post that is approved again gets a place by the rules, as at its approval."""
    planning.lock(session, post.account_id)
    when = approving.times(bot, session, post, now)
    approving.keep_times(bot, session, post, when, now)
    return when


def retry(bot: Bot, post_id: int) -> datetime:
    """Try a failed post once more, as it was approved; returns when it goes out. Raises StateError when it did not fail."""
    with bot.store.write() as session:
        post = posts.get(session, post_id, lock=True)
        now = clock.now(session)
        posts.move(session, post, Move.RETRY, bot.settings.who, None, now)
        for delivery in post.revision.deliveries:
            deliveries.again(delivery)
        when = _planned(bot, session, post, now)
        post.attempts = 0
        return when.due_at


def resume(bot: Bot, post_id: int) -> State:
    """Let a stopped thread go on at its first unsent segment, or look once more for what is uncertain; returns the state that follows.

    Raises StateError when it is neither stopped nor uncertain, is being taken down, or is deleted in part.
    """
    with bot.store.write() as session:
        post, now = _not_leaving(session, post_id), clock.now(session)
        if any(remote.deleted for row in post.revision.deliveries for remote in row.remote):
            raise StateError(f"part of post {post_id} is deleted: the rest would reply to nothing. bot unwind {post_id}, or bot abandon {post_id}.")
        posts.move(session, post, Move.RESUME, bot.settings.who, None, now)
        post.resumed_at = post.due_at = now
        for delivery in post.revision.deliveries:
            deliveries.again(delivery)
            if delivery.state == DeliveryState.UNKNOWN:
                delivery.look_at = now
        return State(post.state)


def _stopped(session: Session, post: models.Post, who: str, now: datetime) -> None:
    """A thread that is partly out, with nothing on its way just now, stops when a person wants it to."""
    if standing.stoppable(post):
        posts.move(session, post, Move.INTERRUPTED, who, "a person stopped it", now)


def abandon(bot: Bot, post_id: int, why: str | None = None) -> None:
    """Leave a stopped or uncertain post as it is: what is out stays out, the rest is never sent.

    So too a thread of which part is out while the rest waits (its account is paused, it is tried again later): it stops first.
    Raises StateError when it is none of these, or is being taken down.
    """
    with bot.store.write() as session:
        post, now = _not_leaving(session, post_id), clock.now(session)
        _stopped(session, post, bot.settings.who, now)
        posts.move(session, post, Move.ABANDON, bot.settings.who, why, now)
        post.due_at = None


def unwind(bot: Bot, post_id: int, why: str | None = None) -> None:
    """Have a post taken down, newest message first: publishing does it, here or on any machine.

    A thread of which part is out while the rest waits (its account is paused, it is tried again later) stops first.
    Raises StateError when nothing of it can be out, or when something of it is on its way just now.
    """
    with bot.store.write() as session:
        post, now = posts.get(session, post_id, lock=True), clock.now(session)
        _stopped(session, post, bot.settings.who, now)
        if not posts.can(post, Move.UNWIND):
            raise StateError(f"post {post_id} is {post.state}; only what is out, or may be, can be taken down.")
        if post.unwind_at is None:
            posts.note(session, post, bot.settings.who, "to be taken down", why, now)
            post.attempts = 0
        post.unwind_at = now


def _not_leaving(session: Session, post_id: int) -> models.Post:
    post = posts.get(session, post_id, lock=True)
    if post.unwind_at is not None:
        raise StateError(f"post {post_id} is being taken down: bot unwind {post_id} goes on with it.")
    return post


def verify(bot: Bot, name: str) -> Identity:
    """Ask the platform whom the account's credentials belong to, and remember it. Raises ConfigError when they are missing or refused."""
    platform = bot.platform(name)
    if platform is None:
        raise UsageError(f"there is no account {name}. `bot accounts` lists them.")
    if not bot.accounts[name].ready:
        raise ConfigError(f"account {name} is preview-only: set {', '.join(bot.accounts[name].missing)}.")
    who = platform.verify()
    with bot.store.write() as session:
        row = accounts.get(session, name)
        if row.remote_id not in (None, who.remote_id):
            row.handle = row.said_read_at = None  # another account's from now on
        accounts.identify(row, who, platform.fingerprint)
        spending.book(session, row.platform, "verify", who.cost_micros, clock.now(session))
    return who


def every_account(bot: Bot) -> tuple[str, ...]:
    """The names of all accounts: the configured ones, then those that only the database still knows, with their posts and pauses."""
    with bot.store.read() as session:
        return tuple(dict.fromkeys((*bot.accounts, *accounts.known(session))))


def pause(bot: Bot, name: str, why: str | None = None) -> None:
    """Nothing goes out on this account from the next delivery on, until a person unpauses. Raises UsageError for no such account."""
    with bot.store.write() as session:
        row = accounts.get(session, name)
        reason = f"{bot.settings.who} paused it" + (f" ({why})" if why else "")
        if accounts.paused(row, clock.now(session)) and row.paused_reason != reason:
            reason = f"{reason}; before that: {row.paused_reason}"
        accounts.pause(row, reason, None, clock.now(session))


def forecast(bot: Bot, name: str) -> Forecast:
    """What unpausing the account would do, by its rules. Raises UsageError when there is none of this name."""
    with bot.store.read() as session:
        row, now = accounts.get(session, name), clock.now(session)
        approved = outlook.coming(session, row, bot.rules(name), now)
        partly = session.scalars(
            select(models.Post.due_at).where(models.Post.account_id == row.id, models.Post.state == State.PUBLISHING)
        ).all()
    old = [one for one in approved if one.at is None]
    going = [moment for moment in (*(one.at for one in approved), *partly) if moment is not None]
    return Forecast(len(approved) + len(partly), len(old), sum(due <= now for due in going), max([now, *going]) if going else None)


def unpause(bot: Bot, name: str, *, threads: bool = False, unread: bool = False) -> None:
    """Let an account publish again. Raises UsageError.

    `threads`: and make threads again, after its platform refused them. `unread`: although it is not known what it said before
    this database.
    """
    with bot.store.write() as session:
        row = accounts.get(session, name)
        accounts.unpause(row)
        if leases.stranded(row, clock.now(session)):
            row.lease_owner = row.lease_until = None
        if threads:
            row.threads_off = None
        if unread and row.said_read_at is None:
            row.said_read_at = clock.now(session)
