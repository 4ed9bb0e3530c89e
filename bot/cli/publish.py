"""`bot publish`: send what is approved and due; tell what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock, pipeline, scheduling, standing, views, worker
from bot.cli import INTERRUPTED, common, each, fail, fate, moments, preview, screen, teller, worst
from bot.context import Bot
from bot.errors import BotError
from bot.standing import Bar
from bot.store import deliveries, models, posts
from bot.store.states import State


@click.command("publish")
@common.post_argument(required=False)
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing.")
@common.as_json
def publish_command(post: tuple[int, ...], dry_run: bool, as_json: bool) -> int:
    """Publish these posts now; without POST, all that is approved and due.

    A post that is named goes out whatever its slot, quiet hours, gap and
    daily cap; what it passes over is said. Never what nobody approved, never before the grace time, never twice:
    what may be out already is looked for, and else waits for you. Ctrl-C
    ends it after the delivery it is at; a second one at once.

    \b
    Exit codes: 0 ok · 1 something was not sent, or is not known to be out
                2 usage · 3 a hold · 4 the account's credentials are missing
                130 interrupted
    """
    bot = common.open_bot()
    may: list[int] = []
    codes = [each(post, lambda number: may.append(_may_go(bot, number, dry_run)))] if post else []
    if dry_run:
        return worst([*codes, _dry_run(bot, post, as_json)])
    if post and not may:
        return worst(codes)
    with bot.store.read() as session:
        due = standing.due(session, bot.accounts, clock.now(session), may or None).ready
    troubles: list[int] = []
    with worker.stopping() as stop:
        done = pipeline.publish_due(bot, may or None, tell=teller(troubles), stopping=stop, sleep=stop.wait)
    codes += troubles
    codes.append(show_published(bot, done, as_json))
    if stop():
        return INTERRUPTED
    kept = 0 if post else undeliverable(bot)
    codes.append(kept)
    # Due, on an account that is ready, and yet nothing came of it: say where each of these stands now.
    left = [number for number in due if number not in done]
    codes.append(each(left, lambda number: _left(bot, number, bool(troubles)), "post {}"))
    if not due and not post:
        _next(bot, due=bool(kept))
    return worst(codes)


def show_published(bot: Bot, done: Sequence[int], as_json: bool) -> int:
    """A line for each post that was worked on: its state, and its address or what to do."""
    failed: list[str] = []

    def one(number: int) -> None:
        with bot.store.read() as session, common.reading(f"post {number}"):
            row = posts.get(session, number)
            trouble = fate.trouble(row)
            objects = [views.post(session, row, bot.platform)] if as_json else []
            lines = [] if as_json else [fate.line(bot, row)]
        common.emit(as_json, lines, objects)
        failed.extend([trouble] if trouble else [])

    code = each(done, one, "post {}")
    for line in failed:
        fail(f"{line}.", 1)
    return worst([code, 1 if failed else 0])


def undeliverable(bot: Bot) -> int:
    """Say which accounts have posts due that can not be sent: without credentials (4), or paused (1)."""
    with bot.store.read() as session:
        kept = standing.due(session, bot.accounts, clock.now(session)).kept
    codes = []
    for count, obstacle in kept:
        codes.append(fail(f"{screen.counted(count, 'post is', 'posts are')} due, but {common.obstacle_said(bot, obstacle).rstrip('.')}.", obstacle.error().exit_code))
    return worst(codes)


def _may_go(bot: Bot, number: int, dry_run: bool) -> int:
    """The post's number. Raises what stands in the way of publishing it now; of showing it, only what is wrong with the post."""
    with bot.store.read() as session, common.reading(f"post {number}"):
        row = posts.get(session, number)
        configured = bot.accounts.get(row.account.name)
        obstacle = standing.of_post(row) if dry_run else standing.between(row, configured, clock.now(session))
    if not dry_run and (obstacle is None or obstacle.bar is Bar.TIME):
        passed = scheduling.go_now(bot, number)
        if passed:
            common.say(f"post {number} goes out now, passing over {', '.join(passed)}.")
        obstacle = None if passed is not None else obstacle
    if obstacle is not None:
        raise common.obstacle_told(bot, obstacle)
    return number


def _left(bot: Bot, number: int, troubled: bool) -> int:
    with bot.store.read() as session, common.reading(f"post {number}"):
        row = posts.get(session, number)
        obstacle = standing.unsent(row, bot.accounts.get(row.account.name), clock.now(session))
        moved = not row.attempts and row.due_at is not None and row.due_at > clock.now(session)
        lines = [f"{fate.line(bot, row)}"] if moved or row.state == State.MISSED else []
    if obstacle is None:
        return 0
    if lines:  # by the account's rules: nothing is wrong
        for line in lines:
            common.say(line)
        return 0
    if troubled and obstacle.bar in (Bar.BUSY, Bar.TIME):
        return 1  # what went wrong is told already
    raise common.obstacle_told(bot, obstacle)


def _next(bot: Bot, *, due: bool) -> None:
    """What will be due, or waits for a person; `due`: what is due and can not go out is told already."""
    with bot.store.read() as session:
        waits, now = views.waiting(session), clock.now(session)
        later = [(at, number) for at, number in waits.approved if at > now]
        coming = _coming(bot, session, [number for _, number in waits.going])
    for line in coming:
        common.say(line)
    if later:
        common.say(f"{'' if due else 'Nothing is due. '}Post {later[0][1]} goes out {moments.soon(bot, later[0][0])}.")
        return
    reviewable = f"{screen.counted(waits.review, 'post waits', 'posts wait')} for approval: bot review" if waits.review else ""
    said = " ".join(part for part in ("" if due else "Nothing is approved and due.", reviewable) if part)
    if said:
        common.say(said)


def _coming(bot: Bot, session: Session, ids: Sequence[int]) -> list[str]:
    """What posts on their way wait for. Inside a unit of work."""
    told = []
    for number in ids:
        with suppress(BotError), common.reading(f"post {number}"):  # unreadable ones are told elsewhere
            row = posts.get(session, number)
            obstacle = standing.between(row, bot.accounts.get(row.account.name), clock.now(session))
            told += [common.obstacle_said(bot, obstacle)] if obstacle else []
    return told


def _dry_run(bot: Bot, named: Sequence[int], as_json: bool) -> int:
    """The posts as they would be sent: the named ones, else all that is due."""
    lines: list[str] = []
    objects: list[object] = []
    codes: list[int] = []
    with bot.store.read() as session:
        ids = [number for number in named if session.scalar(select(models.Post.id).where(models.Post.id == number))]
        if not named:
            ids = [number for of_one in deliveries.due(session, clock.now(session)).values() for number in of_one]
    ids = common.readable(bot, ids, codes)
    with bot.store.read() as session:
        rows = [posts.get(session, number) for number in ids]
        held = any(common.holds(bot, row) for row in rows)
        if as_json:
            objects = [views.post(session, row, bot.platform) for row in rows]
        for of_one in preview.by_article(rows):
            lines += [*preview.article(bot, session, of_one[0].article, of_one, saved=True), ""]
        lines.append(f"Dry run: nothing sent. {screen.counted(len(rows), 'post')} shown.")
    common.emit(as_json, lines, objects)
    return worst([*codes, 3 if held else 0])
