"""Approval, by a person or by the policy: what was checked once more, and the time at which it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import clock, review
from bot.context import Bot
from bot.store import embargo, models, planning, posts, said
from bot.values import Kind, Override


def approve(
    bot: Bot, session: Session, post: models.Post, *, who: str, overrides: tuple[Override, ...] = (), urgent: bool = False
) -> None:
    """Review: approve the revision in force; it goes out after grace time and embargo, when its account's rules let it.

    Urgent: at once after these, past slots and quiet hours; what it leaves no room for moves back. Raises HoldError, StateError.
    """
    planning.lock(session, post.account_id)
    now = clock.now(session)
    configured = bot.accounts.get(post.account.name)
    _hold_threads(bot, post, overrides)
    if urgent:
        post.priority = planning.URGENT
    when = times(bot, session, post, now)
    posts.approve(
        session, post, who=who, now=now, due_at=when.due_at, expires_at=when.expires_at, overrides=overrides,
        ignore=configured.ending if configured else (),
    )
    keep_times(bot, session, post, when, now)


def times(bot: Bot, session: Session, post: models.Post, now: datetime, earliest: datetime | None = None) -> review.Times:
    """When the post would go out if it were approved (or tried again) now; `earliest`: its grace time runs already, and ends then.

    Its account is locked where that is to be kept.
    """
    end = embargo.until(post.article) if post.kind is not Kind.CORRECTION else None
    when = review.times(now, bot.settings.grace, bot.settings.max_age, end)
    if earliest is not None:
        when = review.times(max(now, earliest), timedelta(), bot.settings.max_age, end)
    place = planning.find(session, post, bot.rules(post.account.name), now, when.earliest_at, urgent=post.priority > 0)
    later = place.at - when.due_at
    expires_at = None if when.expires_at is None else when.expires_at + later
    return when.model_copy(update={"due_at": place.at, "slot_at": place.slot, "expires_at": expires_at})


def keep_times(bot: Bot, session: Session, post: models.Post, when: review.Times, now: datetime) -> None:
    """Give an approved post these times; what an urgent one leaves no room for moves back."""
    post.due_at, post.expires_at, post.earliest_at, post.slot_at, post.wanted_at = when.due_at, when.expires_at, when.earliest_at, when.slot_at, None
    session.flush()
    if post.priority > 0:
        planning.make_way(session, post, bot.rules(post.account.name), now)


def look_again(bot: Bot, session: Session, post: models.Post) -> None:
    """Bring up to date what keeps a post in review from being approved: what was said by now, and whether its account makes threads."""
    configured = bot.accounts.get(post.account.name)
    said.check(session, post, configured.ending if configured else ())
    _hold_threads(bot, post)


def _hold_threads(bot: Bot, post: models.Post, overrides: Sequence[Override] = ()) -> None:
    configured = bot.accounts.get(post.account.name)
    threads = posts.threads_off(post, allowed=configured is None or configured.threads)
    if threads is not None and all(override.code != threads.code for override in overrides):
        posts.add_hold(post, threads)
