"""What a person says about when a post goes out, and what comes in the next days. Every face calls these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import approving, clock, slots, standing
from bot.context import Bot
from bot.errors import StateError, UsageError
from bot.slots import Rules
from bot.standing import Obstacle
from bot.store import accounts, embargo, models, outlook, planning, posts
from bot.store.outlook import Coming
from bot.store.states import DeliveryState, State

SCHEDULED = "scheduled"
"""What the history says of a time that a person named."""


@dataclass(frozen=True)
class Week:
    """What is to come on one account."""

    account: str
    rules: Rules
    slots: tuple[datetime, ...]
    """All of these days, taken or free."""
    coming: tuple[Coming, ...]
    """Its approved posts, those after these days too."""
    kept: Obstacle | None
    """What keeps the account from publishing."""


def week(bot: Bot, name: str, days: int = 7) -> Week:
    """The next days of an account. Raises UsageError for one that is not there."""
    rules = bot.rules(name)
    with bot.store.read() as session:
        row, now = accounts.get(session, name), clock.now(session)
        begin = row.paused_until if accounts.paused(row, now) else None
        return Week(
            name, rules, tuple(slots.between(rules, now, now + timedelta(days=days))) if rules.slots else (),
            tuple(outlook.coming(session, row, rules, now, begin)), standing.of_account(row, bot.accounts.get(name), now),
        )


def name_time(bot: Bot, post_id: int, at: datetime) -> tuple[str, ...]:
    """Let an approved post go out then, whatever the rules; returns what of them it passes over.

    Planned posts that it leaves no room for move back. Raises UsageError for a time that is past, StateError for a post that is
    not approved or may be out, and for a time within its grace time or embargo.
    """
    with bot.store.write() as session:
        post, now = _untouched(session, post_id), clock.now(session)
        if at <= now:
            raise UsageError(f"that time is past: it is {now:%Y-%m-%d %H:%M} UTC.")
        first = _first(bot, post)
        if post.attempts and post.due_at is not None:
            first = max(first, post.due_at)
        if at < first:
            raise StateError(f"post {post_id} may not go out before {first:%Y-%m-%d %H:%M:%S} UTC: its grace time, an embargo, or its next try.")
        return _named(bot, session, post, at, now, bot.settings.who)


def by_rules(bot: Bot, post_id: int) -> datetime:
    """Give an approved post the next place that the rules have for it; returns when it goes out. Raises StateError."""
    with bot.store.write() as session:
        post, now = _untouched(session, post_id), clock.now(session)
        if post.attempts:
            raise StateError(f"post {post_id} waits for its next try.")
        post.slot_at = None
        session.flush()
        when = approving.times(bot, session, post, now, _first(bot, post))
        approving.keep_times(bot, session, post, when, now)
        posts.note(session, post, bot.settings.who, SCHEDULED, f"by the rules; it goes out {when.due_at:%Y-%m-%d %H:%M} UTC", now)
        return when.due_at


def go_now(bot: Bot, post_id: int) -> tuple[str, ...] | None:
    """Let a post whose grace time and embargo are over go out in the next pass; returns what of the rules it passes over.

    None: it is not one that could, and is left as it is.
    """
    with bot.store.write() as session:
        post, now = posts.get(session, post_id, lock=True), clock.now(session)
        if post.state != State.APPROVED or post.attempts or post.due_at is None or _first(bot, post) > now:
            return None
        if bot.rules(post.account.name).free and post.due_at <= now:
            return ()
        planning.lock(session, post.account_id)
        return _named(bot, session, post, now, now, bot.settings.who)


def _named(bot: Bot, session: Session, post: models.Post, at: datetime, now: datetime, who: str) -> tuple[str, ...]:
    rules = bot.rules(post.account.name)
    passed = planning.passed_over(session, post, rules, now, at)
    post.due_at = post.wanted_at = at
    post.slot_at = None
    if bot.settings.max_age is not None:
        post.expires_at = at + bot.settings.max_age
    session.flush()
    over = f", passing over {', '.join(passed)}" if passed else ""
    posts.note(session, post, who, SCHEDULED, f"it goes out {at:%Y-%m-%d %H:%M} UTC{over}", now)
    planning.make_way(session, post, rules, now)
    return passed


def _first(bot: Bot, post: models.Post) -> datetime:
    """When its grace time and embargo are over."""
    known = [post.earliest_at or (post.approved_at or post.created_at) + bot.settings.grace, embargo.until(post.article)]
    return max(moment for moment in known if moment is not None)


def _untouched(session: Session, post_id: int) -> models.Post:
    """The post and its account, locked: approved, and nothing of it out."""
    post = posts.get(session, post_id, lock=True)
    if post.state != State.APPROVED or any(row.state != DeliveryState.PENDING for row in post.revision.deliveries):
        raise StateError(f"post {post_id} is {str(post.state).replace('_', ' ')}; only an approved post of which nothing is out can be scheduled.")
    planning.lock(session, post.account_id)
    return post
