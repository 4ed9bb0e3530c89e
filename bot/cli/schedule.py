"""`bot schedule`: the coming week of each account, slot by slot; or the time of a post, as a person wants it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot import clock, rescue, scheduling
from bot.cli import common, each, moments, screen
from bot.context import Bot
from bot.errors import BotError, UsageError
from bot.scheduling import Week
from bot.store import posts
from bot.store.outlook import Coming

_SHOWN = 40
"""Lines of one account for people; the JSON has all."""
_Row = tuple[datetime | None, datetime | None, Coming | None]
"""When (None: never, it will be missed), the slot, and the post; no post: the slot is free."""
_SPAN = re.compile(r"(?:(\d{1,4})d)?\s*(?:(\d{1,5})h)?\s*(?:(\d{1,6})m(?:in)?)?\s*(?:(\d{1,8})s)?")


@click.command("schedule")
@common.post_argument(many=False, required=False)
@click.option("--at", "at", metavar="T", help="When it goes out, e.g. 2026-08-31T14:30 (your BOT_TIMEZONE); that time stands.")
@click.option("--in", "span", metavar="D", help="The same, from now on: 90m, 2h, 1d12h.")
@click.option("--next", "by_rules", is_flag=True, help="Back to the rules: the next free slot.")
@common.as_json
def schedule_command(post: int | None, at: str | None, span: str | None, by_rules: bool, as_json: bool) -> int:
    """The coming week of each account: every slot with its post, or free. With POST: when that one goes out.

    A time that you name for an approved POST stands, whatever the slots,
    quiet hours, gap and daily cap say; what it passes over is said, and
    posts that it leaves no room for move back. Changes nothing without
    --at, --in or --next.

    \b
    Exit codes: 0 ok · 1 not approved, or too early · 2 usage, or a time
                that is past
    """
    chosen = [one for one in (at, span, by_rules or None) if one is not None]
    if len(chosen) > 1:
        raise UsageError("give one of --at, --in and --next.")
    if chosen and post is None:
        raise UsageError("say which post: bot schedule POST --at T.")
    bot = common.open_bot()
    if post is None:
        names = rescue.every_account(bot)
        return each(names, lambda name: common.emit(as_json, *_week(bot, scheduling.week(bot, name))), "account {}")
    passed: tuple[str, ...] = ()
    if at is not None or span is not None:
        passed = scheduling.name_time(bot, post, moments.read_time(bot, at) if at is not None else clock.now() + _span(span or ""))
    elif by_rules:
        scheduling.by_rules(bot, post)
    common.emit(as_json, *_one(bot, post, passed, changed=bool(chosen)))
    return 0


def _span(text: str) -> timedelta:
    """`1d12h`, `90m`. Raises UsageError."""
    found = _SPAN.fullmatch(text.strip())
    if not text.strip() or found is None:
        raise UsageError(f"{screen.cut(text, 40)!r} is no span of time. Write 90m, 2h or 1d12h.")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _one(bot: Bot, number: int, passed: tuple[str, ...], *, changed: bool) -> tuple[list[str], list[dict[str, Any]]]:
    with bot.store.read() as session:
        row = posts.get(session, number)
        account, due, why = row.account.name, row.due_at, None
    for one in scheduling.week(bot, account).coming:
        if one.post == number:
            return [_told(bot, one, passed, changed)], [_object(bot, account, one.at, one.slot, one, passed)]
    if due is None:
        raise UsageError(f"post {number} is not approved: nothing is scheduled. bot show {number} says what can be done.")
    return [screen.one_line(f"post {number}{common.due(bot, row)}")], [_object(bot, account, due, None, None, (), number, why)]


def _told(bot: Bot, one: Coming, passed: tuple[str, ...], changed: bool) -> str:
    if one.at is None:
        return f"post {one.post} will be missed: its time is over. bot approve {one.post} gives it another."
    over = f", passing over {', '.join(passed)}" if passed else ""
    why = f" ({moments.localized(bot, one.why)})" if one.why and not changed else ""
    return screen.one_line(f"post {one.post} goes out {moments.soon(bot, one.at)}{over}.{why}")


# --- the week ------------------------------------------------------------------------------------


def _week(bot: Bot, week: Week) -> tuple[list[str], list[dict[str, Any]]]:
    rows = _rows(week)
    return list(_lines(bot, week, rows)), [_object(bot, week.account, at, slot, one) for at, slot, one in rows]


def _rows(week: Week) -> list[_Row]:
    """In order of time, what will be missed first."""
    taken = {one.slot for one in week.coming}
    free: list[tuple[datetime, _Row]] = [(slot, (slot, slot, None)) for slot in week.slots if slot not in taken]
    mine: list[tuple[datetime, _Row]] = [(one.at or one.due_at, (one.at, one.slot, one)) for one in week.coming]
    return [row for _, row in sorted([*free, *mine], key=lambda pair: pair[0])]


def _lines(bot: Bot, week: Week, rows: list[_Row]) -> Iterator[str]:
    wide, rules = screen.columns(), week.rules
    quiet = f"quiet {rules.quiet[0]:%H:%M}-{rules.quiet[1]:%H:%M}" if rules.quiet else None
    gap = f"gap {int(rules.gap.total_seconds())} s" if rules.gap else None
    head = [week.account, rules.zone, "; ".join(rules.slots) or "no slots", quiet, gap, f"{rules.cap} a day" if rules.cap else None]
    yield from screen.wrap(screen.one_line(screen.parted(head)), wide)
    if week.kept is not None:
        yield from screen.wrap(screen.one_line(common.obstacle_said(bot, week.kept)), wide, "  ")
    for shown, (at, slot, one) in enumerate(rows):
        if shown == _SHOWN:
            yield f"  … {len(rows) - shown} more: bot schedule --json"
            return
        yield from _line(bot, week, at, slot, one, wide)
    if not rows:
        yield "  nothing is approved"


def _line(bot: Bot, week: Week, at: datetime | None, slot: datetime | None, one: Coming | None, wide: int) -> Iterator[str]:
    when = at.astimezone(ZoneInfo(week.rules.zone)).strftime("%a %d %b %H:%M %Z") if at else "missed"
    if one is None:
        yield f"  {when:<22} free"
        return
    title, place = _title(bot, one.post)
    note = "" if slot is not None or not week.rules.slots else " · no slot"
    yield screen.cut_keeping(f"  {when:<22} #{one.post} {place}{note}  ", title, wide)
    if one.why:
        yield from screen.wrap(screen.one_line(moments.localized(bot, one.why)), wide, " " * 25)


def _title(bot: Bot, number: int) -> tuple[str, str]:
    with suppress(BotError), bot.store.read() as session, common.reading(f"post {number}"):
        row = posts.get(session, number)
        return row.article.title, common.where(row)
    return "(it can not be read)", ""


def _object(
    bot: Bot, account: str, at: datetime | None, slot: datetime | None, one: Coming | None, passed: tuple[str, ...] = (), post: int | None = None,
    why: str | None = None,
) -> dict[str, Any]:
    zone = bot.rules(account).zone
    return {
        "account": account, "at": at.isoformat() if at else None, "local": at.astimezone(ZoneInfo(zone)).isoformat() if at else None, "zone": zone,
        "slot": slot.isoformat() if slot else None, "post": one.post if one else post, "due_at": one.due_at.isoformat() if one else None,
        "passes_over": list(passed), "why": one.why if one else why,
    }
