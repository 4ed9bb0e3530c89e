"""Checks of what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from bot.health.finding import Finding, Level, Look, counted, named, span
from bot.store import models, watch
from bot.store.states import State


def to_settle(look: Look) -> Iterator[Finding]:
    """Posts of which something is out, or may be, and that only a person can settle."""
    post = models.Post
    found: dict[str, list[int]] = {}
    settle = select(post.id, post.state).where(post.state.in_([State.UNCERTAIN, State.STOPPED])).order_by(post.id)
    for number, state in look.session.execute(settle):
        found.setdefault(str(state), []).append(number)
    if State.UNCERTAIN in found:
        ids = found[State.UNCERTAIN]
        told = f"{counted(len(ids), 'post')} may or may not be out ({_numbers(ids)})"
        yield Finding("people", Level.RED, told, f"look, then bot resolve {ids[0]} --sent ID, or --not-sent")
    if State.STOPPED in found:
        ids = found[State.STOPPED]
        yield Finding("people", Level.RED, f"{counted(len(ids), 'thread')} stopped, partly out ({_numbers(ids)})", f"bot show {ids[0]} names the ways on")


def in_review(look: Look) -> Iterator[Finding]:
    """Posts that wait for approval for too long, or that expire soon."""
    post, revision, now = models.Post, models.Revision, look.now
    soon = now + look.bot.settings.notice_before
    waits = select(post.id, revision.created_at, post.expires_at).join(revision, (revision.post_id == post.id) & (revision.n == post.revision_n)).join(models.Article)
    rows = look.session.execute(
        waits.where(
            post.state == State.IN_REVIEW, ~models.Article.sample,
            or_(revision.created_at <= now - look.bot.settings.wait, post.expires_at <= soon),
        ).order_by(revision.created_at, post.id)
    ).all()
    if rows:
        number, since, _ = rows[0]
        told = f"{counted(len(rows), 'post waits', 'posts wait')} for approval, the oldest for {span(now - since)} (#{number})"
        yield Finding("review", Level.RED, told, "bot review")


def expiring(look: Look) -> list[int]:
    """Posts that will be missed within BOT_NOTICE_BEFORE unless somebody acts, or something goes on."""
    post = models.Post
    query = select(post.id).where(
        post.state.in_([State.IN_REVIEW, State.APPROVED]), post.expires_at <= look.now + look.bot.settings.notice_before, post.expires_at > look.now
    )
    return list(look.session.scalars(query.order_by(post.expires_at, post.id).limit(100)))


def articles_changed(look: Look) -> Iterator[Finding]:
    """Articles that say something else than the posts about them that are out."""
    if look.session.scalar(select(func.count()).select_from(models.Article).where(models.Article.alert_at.is_not(None))):
        alerts = watch.alerts(look.session)
        if alerts:
            first = alerts[0]
            told = f"{counted(len(alerts), 'article')} changed after publication ({_numbers(list(first.posts))})"
            yield Finding("alerts", Level.RED, told, f"bot correct {first.posts[0]}, or bot unwind {first.posts[0]}")


def _numbers(ids: list[int]) -> str:
    return named([f"#{number}" for number in ids])
