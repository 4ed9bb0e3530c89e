"""Checks of the work: what should be out, drafted or read by now, and what keeps it from that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot import clock, standing
from bot.health.finding import Finding, Level, Look, at, counted, named, span
from bot.store import accounts, articles, models, sources, spending
from bot.store.states import ArticleState, State
from bot.text import links

LATE = timedelta(minutes=5)
"""A post that is due for longer is overdue: a worker's pass is a matter of seconds."""
SLOW, STUCK = timedelta(minutes=15), timedelta(hours=2)
"""How long an article may wait to be drafted before that is yellow, and red."""
LATELY = timedelta(days=1)
"""So long is told that an article could not be drafted."""
FAILURES = 3
"""Failed polls in a row from which on a source counts as failing: once is nothing."""
UNPOLLED = timedelta(hours=1)
NEARLY = 0.9
"""Part of a month's money from which on it is told."""


def overdue(look: Look) -> Iterator[Finding]:
    """Posts that should be out, or taken down, and are not."""
    count, since = _count(look.session, models.Post.due_at, look, models.Post.state.in_([State.APPROVED, State.PUBLISHING]))
    if count:
        yield Finding("overdue", Level.RED, f"{counted(count, 'post is', 'posts are')} overdue, the oldest since {since}", "bot publish, or bot worker")
    count, since = _count(look.session, models.Post.unwind_at, look, models.Post.unwind_at.is_not(None))
    if count:
        yield Finding("overdue", Level.RED, f"{counted(count, 'post')} should be taken down since {since}", "bot publish, or bot worker")


def _count(session: Session, column: InstrumentedAttribute[datetime | None], look: Look, where: ColumnElement[bool]) -> tuple[int, str]:
    query = select(func.count(), func.min(column)).select_from(models.Post).join(models.Article)
    count, since = session.execute(query.where(where, column <= look.now - LATE, ~models.Article.sample)).one()
    return int(count), at(since) if since is not None else "a time that can not be read"


def accounts_paused(look: Look) -> Iterator[Finding]:
    """Accounts on which nothing goes out until somebody does something, or for a while."""
    for name in look.bot.accounts:
        found = standing.paused(accounts.get(look.session, name), look.now)
        if found is not None:
            until = f" Until {at(found.until)}." if found.until else ""
            yield Finding("accounts", Level.RED, f"{found.told.rstrip('.')}.{until}".rstrip("."), f"bot unpause {name}, once that is settled")


def articles_waiting(look: Look) -> Iterator[Finding]:
    """Articles that nobody drafts, or that could not be drafted."""
    row, now = models.Article, look.now
    seen = func.coalesce(row.watched_at, row.created_at)  # one that changed is queued again when that is seen
    wanted = articles.wanted_from()  # one under embargo is waited for on purpose
    query = select(func.count(), func.min(wanted)).where(row.state == ArticleState.QUEUED, ~row.sample, wanted <= now - SLOW, seen <= now - SLOW)
    count, oldest = look.session.execute(query).one()
    if count:
        waited = now - oldest if oldest is not None else SLOW
        level = Level.RED if waited > STUCK else Level.YELLOW
        yield Finding("articles", level, f"{counted(count, 'article waits', 'articles wait')} to be drafted, the oldest for {span(waited)}", "bot worker, or bot run")
    failed = select(row.id).where(row.state == ArticleState.FAILED, row.created_at > now - LATELY, ~row.sample).order_by(row.id)
    ids = list(look.session.scalars(failed))
    if ids:
        which = named([f"#{number}" for number in ids])
        yield Finding("articles", Level.YELLOW, f"{counted(len(ids), 'article')} of the last day could not be drafted ({which})", "bot articles says why")


def sources_failing(look: Look) -> Iterator[Finding]:
    """Feeds that are not read any more, fail again and again, or are not polled; and those that are silent against their habit."""
    row = models.Source
    rows = look.session.execute(
        select(row.url, row.failures, row.off, row.last_error, row.next_poll_at).where(
            or_(row.off, row.failures >= FAILURES, row.next_poll_at <= look.now - UNPOLLED)
        ).order_by(row.id)
    ).all()
    failing = [one for one in rows if one.off or one.failures >= FAILURES]
    if failing:
        first = failing[0]
        why = f" ({first.last_error})" if first.last_error else ""
        told = f"{counted(len(failing), 'feed')} can not be read: {links.masked(first.url)}{why}".rstrip(".")
        yield Finding("sources", Level.YELLOW, told, "bot sources")
    if len(rows) > len(failing):
        yield Finding("sources", Level.YELLOW, f"{counted(len(rows) - len(failing), 'feed was', 'feeds were')} not polled in time", "bot worker, or bot run")
    yield from silent(look)


def silent(look: Look) -> Iterator[Finding]:
    """Feeds from which nothing came although something should have, by their own weekly rhythm: yellow."""
    found = sources.silent(look.session, look.now)
    if found:
        more = f" ({counted(len(found), 'feed')} in all)" if len(found) > 1 else ""
        told = f"{links.masked(found[0].url)} has been silent since {at(found[0].since)}, and usually brings {found[0].usual}{more}"
        yield Finding("sources", Level.YELLOW, told, "bot sources; does the site still publish there?")


def money(look: Look) -> Iterator[Finding]:
    """A month's money that is used up, or nearly."""
    settings = look.bot.settings
    if settings.x_budget_usd is None and settings.llm_budget_usd is None:
        return
    spent = spending.spent(look.session, clock.month(look.now, settings.timezone))
    if settings.x_budget_usd is not None:
        used = spent.get("x", 0) + spending.committed(look.session, "x")
        what = {"hold": "posts go back to review", "nolink": "posts go out without their link", "skip": "posts are cancelled"}[settings.over_budget]
        yield from _used("X", used, int(settings.x_budget_usd * 1_000_000), what, "BOT_X_BUDGET_USD")
    if settings.llm_budget_usd is not None:
        yield from _used("the language model", spent.get("llm", 0), int(settings.llm_budget_usd * 1_000_000), "the offline drafter writes", "BOT_LLM_BUDGET_USD")


def _used(of: str, used: int, limit: int, then: str, setting: str) -> Iterator[Finding]:
    if used >= limit * NEARLY:
        over = "is used up" if used >= limit else "is nearly used up"
        yield Finding("budget", Level.YELLOW, f"this month's money for {of} {over} (${used / 1e6:.2f} of ${limit / 1e6:.2f}); then {then}", f"raise {setting}, or wait")
