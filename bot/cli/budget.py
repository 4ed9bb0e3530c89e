"""`bot budget`: what was spent this month, the limit, what the waiting posts would cost, and what is left."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import allowance, budget, clock, views
from bot.cli import common, each, moments, screen
from bot.context import Bot
from bot.store import models, posts, spending
from bot.store.states import State


@click.command("budget")
@common.as_json
def budget_command(as_json: bool) -> int:
    """Money, this month: spent on each platform and by what, the limit (BOT_X_BUDGET_USD) and what is over it (BOT_OVER_BUDGET).

    What waits is counted as it would cost now; what is left has all that
    is on its way taken off. Months begin in your BOT_TIMEZONE.

    \b
    Exit codes: 0 ok · 1 a post can not be read (the others are counted)
    """
    bot = common.open_bot()
    waiting: dict[str, dict[str, int]] = {}
    with bot.store.read() as session:
        now = clock.now(session)
        spent = views.spending(session, budget.month(bot, now))
        ids = session.scalars(select(models.Post.id).join(models.Article).where(~models.Article.sample).order_by(models.Post.id)).all()

    def one(number: int) -> None:
        with bot.store.read() as session, common.reading(f"post {number}"):
            _count(waiting, session, number)

    code = each(ids, one, "post {}")
    month = now.astimezone(moments.zone(bot))
    platforms = list(dict.fromkeys([*(account.platform for account in bot.accounts.values()), *waiting, *spent]))
    things = [_thing(bot, f"{month:%Y-%m}", name, spent.get(name, {}), waiting.get(name, {})) for name in platforms]
    lines = [f"{month:%B %Y}, from the 1st in {bot.settings.timezone}"]
    for thing in things:
        lines += _lines(thing)
    common.emit(as_json, lines, things)
    return code


def _count(waiting: dict[str, dict[str, int]], session: Session, number: int) -> None:
    """Add what the post would still cost to its platform's sum: on its way, approved, or in review."""
    row = posts.get(session, number)
    content = row.revision.content
    if row.state in spending.ON_THE_WAY:
        name = "on_the_way"
        micros = sum(spending.cost(content, delivery.segments) for delivery in row.revision.deliveries if delivery.state in spending.UNSENT)
    elif row.state in (State.APPROVED, State.IN_REVIEW):
        name = str(row.state)
        micros = spending.cost(content, range(len(content.segments)))
    else:
        return
    sums = waiting.setdefault(row.account.platform, {})
    sums[name] = sums.get(name, 0) + micros


def _thing(bot: Bot, month: str, name: str, spent: dict[str, int], waiting: dict[str, int]) -> dict[str, Any]:
    """What `--json` prints of one platform; `left` is None without a limit."""
    limit, policy = _limit(bot, name)
    paid = sum(spent.values())
    left = None if limit is None else limit - paid - waiting.get("on_the_way", 0)
    return {
        "month": month, "platform": name, "spent_usd": views.dollars(paid), "spent": {what: views.dollars(micros) for what, micros in spent.items()},
        "limit_usd": views.dollars(limit), "policy": policy,
        "waiting": {what: views.dollars(waiting.get(what, 0)) for what in ("on_the_way", "approved", "in_review")},
        "left_usd": views.dollars(left),
    }


def _limit(bot: Bot, name: str) -> tuple[int | None, str | None]:
    """Micro-dollars a month for a platform or the language model, and what becomes of what would pass it."""
    if name == allowance.PAYEE:
        limit = allowance.micros(bot)
        return limit, None if limit is None else "the offline drafter writes"
    of = budget.of(bot) if name == budget.PLATFORM else None
    return (of.micros, bot.settings.over_budget) if of else (None, None)


def _lines(thing: dict[str, Any]) -> list[str]:
    by = " · ".join(f"{what} {_money(dollars)}" for what, dollars in thing["spent"].items())
    lines = [f"{common.platform_name(thing['platform']):<10} spent {_money(thing['spent_usd'])}" + (f": {by}" if by else "")]
    if thing["limit_usd"] is not None:
        lines.append(f"{'':<10} limit {_money(thing['limit_usd'])}, left {_money(thing['left_usd'])}; over it: {thing['policy']}")
    elif thing["platform"] == budget.PLATFORM:
        lines.append(f"{'':<10} no limit: BOT_X_BUDGET_USD sets one")
    waits = [f"{what.replace('_', ' ')} {_money(dollars)}" for what, dollars in thing["waiting"].items() if dollars]
    return [*lines, f"{'':<10} would cost: {' · '.join(waits)}"] if waits else lines


def _money(dollars: float) -> str:
    return f"-{screen.money(round(-dollars * 1_000_000))}" if dollars < 0 else screen.money(round(dollars * 1_000_000))
