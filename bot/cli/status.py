"""`bot status`: does everything go as it should? Counts, what is overdue, paused accounts, money, and articles that changed since."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import click
from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.orm import Session

from bot import budget, clock, health, views
from bot.cli import card, common, fail, moments, screen
from bot.context import Bot
from bot.errors import StoreError
from bot.health import Finding, Level
from bot.health.work import LATE
from bot.store import accounts, models, watch
from bot.store.states import State

_ALERTS, _PAUSED, _LINES = 3, 2, 15
"""So many are shown to people; all of them stand in the JSON."""
KEYS = ("posts", "overdue", "oldest_due_at", "paused", "spend", "alerts")
_LABEL, _ALERT_LINES = 11, 2
"""Columns before the words; lines of an alert's words, where there is one alert. More: `bot correct POST`."""


@click.command("status")
@common.as_json
def status_command(as_json: bool) -> int:
    """How things stand: posts by state, money this month, and what is not as it should be. Changes nothing.

    RED: something does not happen that should (posts overdue, an account
    paused, the database, the disk, the clock, a dead worker), or a person is
    waited for. YELLOW: somebody should look. --json has every check.

    An alert says that the article of a published post was changed,
    corrected, withdrawn, or is gone since. It ends with bot correct POST
    --dismiss --reason …, with the post taken down (bot unwind POST), or
    when the article says again what it said.

    \b
    Exit codes: 0 green or yellow · 1 red · 4 configuration
    """
    try:
        bot = common.open_bot()
    except StoreError as error:  # nothing is known, so nothing is well
        found = [health.unreachable(error)]
        common.emit(as_json, [], [{**dict.fromkeys(KEYS), "health": _json(found)}])
        return fail(str(error), 1)
    found = health.Examiner(bot).examine()
    with bot.store.read() as session, common.reading("posts, accounts or articles"):
        now = clock.now(session)
        thing = {
            "posts": _counts(session), **_due(session, now), "paused": _paused(bot, session, now),
            "spend": {payee: views.dollars(sum(spent.values())) for payee, spent in views.spending(session, budget.month(bot, now)).items()},
            "alerts": _alerts(session), "health": _json(found),
        }
    troubles = _troubles(thing, found)
    common.emit(as_json, _lines(bot, thing, found, screen.columns()), [thing])
    return fail(moments.localized(bot, "; ".join(troubles)), 1) if troubles else 0


def _json(found: list[Finding]) -> list[dict[str, str]]:
    return [{"check": one.check, "level": str(one.level), "detail": one.detail, "remedy": one.remedy} for one in found]


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


def _troubles(thing: dict[str, Any], found: list[Finding]) -> list[str]:
    """What is wrong, in words."""
    paused, alerts = thing["paused"], thing["alerts"]
    return [
        *([f"{screen.counted(thing['overdue'], 'post is', 'posts are')} overdue"] if thing["overdue"] else []),
        *([f"{screen.counted(len(paused), 'account is', 'accounts are')} paused"] if paused else []),
        *([f"{screen.counted(len(alerts), 'article')} changed after publication"] if alerts else []),
        *(f"{one.check}: {one.told}" for one in _others(thing, found) if one.level is Level.RED),
    ]


def _others(thing: dict[str, Any], found: list[Finding]) -> list[Finding]:
    """The findings that have no line of their own, the red ones first."""
    others = [one for one in found if one.level is not Level.GREEN and not _own_line(thing, one)]
    return sorted(others, key=lambda one: one.level is not Level.RED)


def _own_line(thing: dict[str, Any], one: Finding) -> bool:
    if one.check == "overdue":
        return bool(thing["overdue"]) and "overdue" in one.detail
    return bool({"accounts": thing["paused"], "alerts": thing["alerts"]}.get(one.check))


def _lines(bot: Bot, thing: dict[str, Any], found: list[Finding], wide: int) -> list[str]:
    """At most 15 lines. The words say what is wrong; colour only repeats them."""
    red: list[tuple[str, str]] = []
    others = _others(thing, found)
    if thing["overdue"]:
        since = moments.moment(bot, datetime.fromisoformat(thing["oldest_due_at"]))
        red.append(("OVERDUE", f"{screen.counted(thing['overdue'], 'post')}, the oldest since {since}: bot publish, or bot worker"))
    for account in thing["paused"][:_PAUSED]:
        until = f" until {moments.moment(bot, datetime.fromisoformat(account['paused_until']))}" if account["paused_until"] else ""
        red.append(("PAUSED", f"{account['account']}{until}: {account['reason']}"))
    if len(thing["paused"]) > _PAUSED:
        red.append(("PAUSED", f"{len(thing['paused']) - _PAUSED} more: bot accounts"))
    shown = _ALERTS - 1 if others else _ALERTS
    for alert in thing["alerts"][:shown]:
        what = screen.wrap(screen.one_line(moments.localized(bot, alert["what"])), wide - _LABEL)
        room = _ALERT_LINES - (len(thing["alerts"]) > 1)
        cut = [screen.cut(f"{what[room - 1]} …", wide - _LABEL)] if len(what) > room else what[room - 1 : room]
        red += [(str(alert["kind"]).upper(), alert["title"]), *(("", line) for line in (*what[: room - 1], *cut)), ("", _ways(alert["posts"]))]
    if len(thing["alerts"]) > shown:
        red.append(("", f"{len(thing['alerts']) - shown} more articles changed: bot status --json"))
    looked = _findings(bot, others, _LINES - 2 - len(red))
    counts = screen.parted(f"{count} {name.replace('_', ' ')}" for name, count in thing["posts"].items())
    spent = screen.parted(f"{common.platform_name(payee)} ${dollars:.2f}" for payee, dollars in thing["spend"].items())
    told = [(screen.cut_keeping(f"{label:<{_LABEL}}", words, wide), colour) for label, words, colour in [*((*line, "red") for line in red), *looked]]
    well = [] if told else [screen.cut_keeping(f"{'Health':<{_LABEL}}", f"all well ({len(found)} checks: bot status --json)", wide)]
    return [
        screen.cut_keeping(f"{'Posts':<{_LABEL}}", counts or "none yet", wide),
        *(click.style(line, fg=colour) if card.coloured() else line for line, colour in told),
        screen.cut_keeping(f"{'Spent':<{_LABEL}}", f"{spent or 'nothing'} this month", wide),
        *well,
    ]


def _findings(bot: Bot, others: list[Finding], room: int) -> list[tuple[str, str, str]]:
    """A line for each, with its colour; what has no room is counted. Each goes on in a second line where there is room for all."""
    shown = others if len(others) <= room else others[: room - 1]
    lines = [(str(one.level).upper(), f"{one.check}: {moments.localized(bot, one.detail)}", one.level) for one in shown]
    if 2 * len(shown) <= room:
        lines = [line for one, first in zip(shown, lines, strict=True) for line in (first, ("", one.remedy, one.level)) if line[1]]
    if len(shown) < len(others):
        lines.append(("", f"{len(others) - len(shown)} more: bot status --json", Level.YELLOW))
    return [(label, words, str(level)) for label, words, level in lines]


def _ways(ids: list[int]) -> str:
    shown = " ".join(f"#{number}" for number in ids[:4]) + (" …" if len(ids) > 4 else "")
    return f"{shown}: bot correct {ids[0]}, or bot unwind {ids[0]}"
