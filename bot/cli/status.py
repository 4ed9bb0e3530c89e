"""`bot status`: does everything go as it should? Counts, what is overdue, paused accounts, money, and articles that changed since."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.orm import Session

from bot import budget, clock, views
from bot.cli import card, common, fail, screen
from bot.context import Bot
from bot.store import accounts, models, watch
from bot.store.states import State

LATE = timedelta(minutes=5)
"""A post that is due for longer is overdue: a worker's pass is a matter of seconds."""
_ALERTS, _PAUSED = 3, 2
"""So many are shown to people; all of them stand in the JSON."""
_LABEL, _ALERT_LINES = 11, 2
"""Columns before the words; lines of an alert's words, where there is one alert. More: `bot correct POST`."""


@click.command("status")
@common.as_json
def status_command(as_json: bool) -> int:
    """How things stand: posts by state, overdue ones, paused accounts, money this month, and alerts. Changes nothing.

    An alert says that the article of a published post was changed,
    corrected, withdrawn, or is gone since. It ends with bot correct POST
    --dismiss --reason …, with the post taken down (bot unwind POST), or
    when the article says again what it said.

    \b
    Exit codes: 0 ok · 1 something is overdue, an account is paused,
                or an alert stands
    """
    bot = common.open_bot()
    with bot.store.read() as session, common.reading("posts, accounts or articles"):
        now = clock.now(session)
        thing = {
            "posts": _counts(session), **_due(session, now), "paused": _paused(bot, session, now),
            "spend": {payee: views.dollars(sum(spent.values())) for payee, spent in views.spending(session, budget.month(bot, now)).items()},
            "alerts": _alerts(session),
        }
    troubles = _troubles(thing)
    common.emit(as_json, _lines(bot, thing, screen.columns()), [thing])
    return fail("; ".join(troubles), 1) if troubles else 0


def _counts(session: Session) -> dict[str, int]:
    """By state, those that have any; of the built-in sample none. What somebody wrote by hand is counted as it is."""
    state = type_coerce(models.Post.state, String)
    query = select(state, func.count()).join(models.Article).where(~models.Article.sample).group_by(state)
    found = Counter({str(name): int(count) for name, count in session.execute(query)})
    order = [*map(str, State)]
    return {name: found[name] for name in sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))}


def _due(session: Session, now: datetime) -> dict[str, Any]:
    """How many posts should be out by now, and since when the oldest is due."""
    query = select(models.Post.due_at).join(models.Article).where(
        models.Post.state.in_([State.APPROVED, State.PUBLISHING]), models.Post.due_at <= now, ~models.Article.sample
    )
    due = sorted(moment for moment in session.scalars(query) if moment is not None)
    return {"overdue": sum(moment <= now - LATE for moment in due), "oldest_due_at": due[0].isoformat() if due else None}


def _paused(bot: Bot, session: Session, now: datetime) -> list[dict[str, Any]]:
    rows = [accounts.get(session, name) for name in bot.accounts]
    return [
        {"account": row.name, "paused_until": row.paused_until.isoformat() if row.paused_until else None, "reason": row.paused_reason}
        for row in rows if accounts.paused(row, now)
    ]


def _alerts(session: Session) -> list[dict[str, Any]]:
    return [{**alert._asdict(), "at": alert.at.isoformat(), "posts": list(alert.posts)} for alert in watch.alerts(session)]


def _troubles(thing: dict[str, Any]) -> list[str]:
    """What is wrong, in words; a check more is a line more."""
    paused, alerts = thing["paused"], thing["alerts"]
    return [
        *([f"{screen.counted(thing['overdue'], 'post is', 'posts are')} overdue"] if thing["overdue"] else []),
        *([f"{screen.counted(len(paused), 'account is', 'accounts are')} paused"] if paused else []),
        *([f"{screen.counted(len(alerts), 'article')} changed after publication"] if alerts else []),
    ]


def _lines(bot: Bot, thing: dict[str, Any], wide: int) -> list[str]:
    """At most 15 lines. The words say what is wrong; colour only repeats them."""
    red: list[tuple[str, str]] = []
    if thing["overdue"]:
        since = common.moment(bot, datetime.fromisoformat(thing["oldest_due_at"]))
        red.append(("OVERDUE", f"{screen.counted(thing['overdue'], 'post')}, the oldest since {since}: bot publish, or bot worker"))
    for account in thing["paused"][:_PAUSED]:
        until = f" until {common.moment(bot, datetime.fromisoformat(account['paused_until']))}" if account["paused_until"] else ""
        red.append(("PAUSED", f"{account['account']}{until}: {account['reason']}"))
    if len(thing["paused"]) > _PAUSED:
        red.append(("PAUSED", f"{len(thing['paused']) - _PAUSED} more: bot accounts"))
    for alert in thing["alerts"][:_ALERTS]:
        what = screen.wrap(screen.one_line(common.localized(bot, alert["what"])), wide - _LABEL)
        room = _ALERT_LINES - (len(thing["alerts"]) > 1)
        cut = [screen.cut(f"{what[room - 1]} …", wide - _LABEL)] if len(what) > room else what[room - 1 : room]
        red += [(str(alert["kind"]).upper(), alert["title"]), *(("", line) for line in (*what[: room - 1], *cut)), ("", _ways(alert["posts"]))]
    if len(thing["alerts"]) > _ALERTS:
        red.append(("", f"{len(thing['alerts']) - _ALERTS} more articles changed: bot status --json"))
    counts = screen.parted(f"{count} {name.replace('_', ' ')}" for name, count in thing["posts"].items())
    spent = screen.parted(f"{common.platform_name(payee)} ${dollars:.2f}" for payee, dollars in thing["spend"].items())
    told = [screen.cut_keeping(f"{label:<{_LABEL}}", words, wide) for label, words in red]
    return [
        screen.cut_keeping(f"{'Posts':<{_LABEL}}", counts or "none yet", wide),
        *(click.style(line, fg="red") if card.coloured() else line for line in told),
        screen.cut_keeping(f"{'Spent':<{_LABEL}}", f"{spent or 'nothing'} this month", wide),
    ]


def _ways(ids: list[int]) -> str:
    shown = " ".join(f"#{number}" for number in ids[:4]) + (" …" if len(ids) > 4 else "")
    return f"{shown}: bot correct {ids[0]}, or bot unwind {ids[0]}"
