"""`bot correct`: what a person does about a published post when its article turned out wrong. Nothing is automatic."""

from __future__ import annotations

from typing import Any

import click

from bot import correcting, standing, views
from bot.cli import common, fate, moments, preview, rescue, screen
from bot.context import Bot
from bot.correcting import Choices
from bot.errors import UsageError
from bot.store import posts


@click.command("correct")
@common.post_argument(many=False)
@click.option("--reply", is_flag=True, help="Write a correction that replies to the end of POST; it waits for review.")
@click.option("--text", metavar="T", help="The whole text of the reply; without it, the article's own sentence that now says it.")
@click.option("--unwind", is_flag=True, help="Take POST down at once, as `bot unwind` does.")
@click.option("--dismiss", is_flag=True, help="Leave POST as it is: the alert of its article ends. Needs --reason.")
@click.option("--reason", metavar="R", help="Why; it is kept in the history.")
@common.as_json
def correct_command(post: int, reply: bool, text: str | None, unwind: bool, dismiss: bool, reason: str | None, as_json: bool) -> int:
    """What to do about a published POST whose article turned out wrong.

    Without options: what changed, what the post says, and the choices with
    their price; nothing is changed. A correction is a post of its own: it is
    checked against the article as it reads now, and goes out when it is
    approved and graced. One waits for each article and account; asked for
    again, it is written anew.

    \b
    Exit codes: 0 ok · 1 not out, corrected already, or not all is
                taken down · 2 usage · 3 the correction has a hold
    """
    if reply + unwind + dismiss > 1:
        raise UsageError("one at a time: --reply, --unwind or --dismiss.")
    if text is not None and not reply:
        raise UsageError("--text belongs to --reply.")
    if reason is not None and not (unwind or dismiss):
        raise UsageError("--reason belongs to --unwind or --dismiss.")
    if unwind:
        if as_json:
            raise UsageError("--json does not go with --unwind; bot show --json says what became of it.")
        code: int = click.get_current_context().invoke(rescue.unwind_command, post=post, reason=reason or "its article turned out wrong")
        return code
    bot = common.open_bot()
    with common.reading(f"post {post}"):
        if dismiss:
            return _dismissed(bot, post, reason)
        if reply:
            return _shown(bot, correcting.reply(bot, post, text), as_json)
        return _choices(bot, post, as_json)


def _dismissed(bot: Bot, number: int, reason: str | None) -> int:
    if not reason or not reason.strip():
        raise UsageError("to dismiss an alert needs a reason: --reason …")
    correcting.dismiss(bot, number, reason.strip())
    click.echo(f"the alert of post {number}'s article is ended; the post stays as it is.")
    return 0


def _shown(bot: Bot, number: int, as_json: bool) -> int:
    """The correction as it waits."""
    wide = screen.columns()
    with bot.store.read() as session:
        row = posts.get(session, number)
        held, alerted, to = bool(common.holds(bot, row)), row.article.alert_at is not None, row.revision.content.reply_to
        objects = [views.post(session, row, bot.platform)] if as_json else []
        lines = [] if as_json else [*preview.alone(bot, row, wide), preview.cost_line([row], saved=True), f"It waits for review: bot edit {number}, {standing.approval(row)}"]
        if alerted and to is not None:
            lines.append(f"The alert stands until you end it: bot correct {to.post} --dismiss --reason …")
    common.emit(as_json, lines, objects)
    return 3 if held else 0


def _choices(bot: Bot, number: int, as_json: bool) -> int:
    found = correcting.choices(bot, number)
    wide = screen.columns()
    with bot.store.read() as session:
        row = posts.get(session, number)
        alert = views.alert(row.article)
        objects = [{"post": views.post(session, row, bot.platform), "alert": alert, "choices": _as_objects(number, found, alert)}] if as_json else []
        lines = [screen.cut(row.article.title, wide)]
        told = moments.localized(bot, f"{alert['kind']}, {alert['at'][:16].replace('T', ' ')} UTC: {alert['detail']}") if alert else "none"
        lines += [*screen.wrap(screen.one_line(told), wide, "Alert  ", "       "), "", *preview.alone(bot, row, wide), screen.cut(fate.line(bot, row), wide), ""]
    common.emit(as_json, [*lines, *_as_lines(number, found, wide, alerted=alert is not None)], objects)
    return 0


def _as_objects(number: int, found: Choices, alert: dict[str, Any] | None) -> list[dict[str, Any]]:
    offered: list[dict[str, Any]] = []
    if found.reply is not None:
        segments = found.reply.content.segments
        offered.append({
            "command": f"bot correct {number} --reply", "cost_usd": views.dollars(sum(one.cost_micros for one in segments)),
            "text": [one.text for one in segments], "holds": [{"code": str(hold.code), "detail": hold.detail} for hold in found.reply.holds],
        })
    if found.unwind_micros is not None:
        offered.append({"command": f"bot correct {number} --unwind", "cost_usd": views.dollars(found.unwind_micros)})
    if alert is not None:
        offered.append({"command": f"bot correct {number} --dismiss --reason …", "cost_usd": 0.0})
    return offered


def _as_lines(number: int, found: Choices, wide: int, *, alerted: bool) -> list[str]:
    lines = ["You can:"]
    if found.reply is None:
        lines += screen.wrap(screen.one_line(f"No correction: {found.why_not}"), wide, "  ", "    ")
    else:
        segments = found.reply.content.segments
        lines.append(f"  bot correct {number} --reply   {screen.money(sum(one.cost_micros for one in segments))}  a reply under it, for review:")
        lines += [line for one in segments for line in screen.wrap(one.text, wide, "      ", "      ")]
        lines += [line for hold in found.reply.holds for line in screen.wrap(screen.one_line(f"{hold.code}: {hold.detail}"), wide, "      HOLD  ", "            ")]
        lines.append("    or with your own words: --text …")
    if found.unwind_micros is not None:
        lines.append(f"  bot correct {number} --unwind   {screen.money(found.unwind_micros)}  takes it down at once")
    if alerted:
        lines.append(f"  bot correct {number} --dismiss --reason …   {screen.money(0)}  leaves it; the alert ends")
    return lines
