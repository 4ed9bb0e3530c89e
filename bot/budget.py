"""The monthly budget for X, and what becomes of a post that would exceed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import clock, making
from bot.context import Bot
from bot.errors import HoldError
from bot.publish import Budget
from bot.publish.terms import hold_for_budget
from bot.store import articles, models, posts
from bot.values import HoldCode

PLATFORM = "x"
POLICY = "policy over budget"
"""Who the history names when BOT_OVER_BUDGET decided."""


def month(bot: Bot, now: datetime) -> datetime:
    """The first moment of the month, in the user's time zone."""
    return clock.month(now, bot.settings.timezone)


def of(bot: Bot) -> Budget | None:
    """What X may cost a month, and the policy for what would cost more; None: no limit."""
    dollars = bot.settings.x_budget_usd
    if dollars is None:
        return None

    def exceeded(session: Session, post: models.Post, why: str, now: datetime) -> None:
        if bot.settings.over_budget == "skip":
            posts.cancel(session, post, who=POLICY, why=why, now=now)
        elif bot.settings.over_budget == "hold" or not _without_link(bot, session, post, why, now):
            hold_for_budget(session, post, why, now)

    return Budget(platform=PLATFORM, micros=int(dollars * 1_000_000), since=lambda now: month(bot, now), exceeded=exceeded)


def _without_link(bot: Bot, session: Session, post: models.Post, why: str, now: datetime) -> bool:
    """Give the post the same wording without its link, approved as before, due now; False when that is not possible or helps nothing."""
    revision, platform, account = post.revision, bot.platform(post.account.name), bot.accounts.get(post.account.name)
    draft, approved_by = revision.draft, post.approved_by
    if draft is None or revision.variant is None or platform is None or account is None:
        return False
    bare = account.model_copy(update={"link_policy": "never"})
    article = articles.value(session, post.article)
    formatted = making.of_variant(bot, article, post.kind, draft.variants[revision.variant], bare, platform, post.article.picture)
    cheaper = sum(one.cost_micros for one in formatted.content.segments) < sum(one.cost_micros for one in revision.content.segments)
    if not cheaper or formatted.holds:
        return False
    expires_at, earliest_at, slot_at, wanted_at = post.expires_at, post.earliest_at, post.slot_at, post.wanted_at
    posts.revise(session, post, formatted, who=POLICY, now=now, draft_id=draft.id, variant=revision.variant, ignore=account.ending)
    try:
        posts.approve(session, post, who=f"{POLICY} (approved by {approved_by})", now=now, due_at=now, expires_at=expires_at, ignore=account.ending)
    except HoldError:
        return True  # it waits in review, with the hold that keeps it
    post.earliest_at, post.slot_at, post.wanted_at = earliest_at, slot_at, wanted_at
    posts.note(session, post, POLICY, f"{HoldCode.BUDGET}: sent without its link", why, now)
    return True
