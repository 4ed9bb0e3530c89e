"""`bot publish` and `bot resolve`: send what is approved and due; settle what may or may not be out."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot import actions, clock, pipeline, standing, views
from bot.cli import common, each, fail, preview, screen, teller, worst
from bot.context import Bot
from bot.errors import UsageError
from bot.standing import Bar
from bot.store import deliveries, models, posts
from bot.store.states import State


@click.command("publish")
@common.post_argument(required=False)
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing.")
@common.as_json
def publish_command(post: tuple[int, ...], dry_run: bool, as_json: bool) -> int:
    """Publish these posts now; without POST, all that is approved and due.

    Never what nobody approved, never before the grace time, never twice:
    what may be out already waits for you (`bot resolve`).

    \b
    Exit codes: 0 ok · 1 something was not sent · 2 usage · 3 a hold
                4 the account's credentials are missing
    """
    bot = common.open_bot()
    codes = [each(post, lambda number: _may_go(bot, number, dry_run))] if post else []
    if dry_run:
        return worst([*codes, _dry_run(bot, post, as_json)])
    with bot.store.read() as session:
        due = standing.due(session, bot.accounts, clock.now(session), post or None).ready
    troubles: list[int] = []
    done = pipeline.publish_due(bot, post or None, tell=teller(troubles))
    codes += troubles
    codes.append(show_published(bot, done, as_json))
    if not post:
        codes.append(undeliverable(bot))
    # Due, on an account that is ready, and yet nothing came of it: say where each of these stands now.
    left = [number for number in due if number not in done]
    codes.append(each(left, lambda number: _left(bot, number, bool(troubles)), "post {}"))
    if not due and not post:
        _next(bot)
    return worst(codes)


def show_published(bot: Bot, done: Sequence[int], as_json: bool) -> int:
    """A line for each post that was worked on: its state, and its address or what to do."""
    failed = []
    lines: list[str] = []
    objects: list[object] = []
    with bot.store.read() as session:
        for number in done:
            row = posts.get(session, number)
            if row.state != State.PUBLISHED:
                failed.append(f"post {number} is {common.state(row)}, not published")
            lines.append(f"#{row.id}  {common.where(row)}  {common.state(row)}  {screen.one_line(_fate(bot, row))}")
            if as_json:
                objects.append(views.post(session, row, bot.platform))
    common.emit(as_json, lines, objects)
    for line in failed:
        common.say(f"error: {line}.")
    return 1 if failed else 0


def undeliverable(bot: Bot) -> int:
    """Say which accounts have posts due that can not be sent: without credentials (4), or paused (1)."""
    with bot.store.read() as session:
        kept = standing.due(session, bot.accounts, clock.now(session)).kept
    codes = []
    for count, obstacle in kept:
        codes.append(fail(f"{screen.counted(count, 'post is', 'posts are')} due, but {obstacle.told}.", obstacle.error().exit_code))
    return worst(codes)


def _may_go(bot: Bot, number: int, dry_run: bool) -> None:
    """Raises what stands in the way of publishing this post now; of showing it, only what is wrong with the post."""
    with bot.store.read() as session, common.reading(f"post {number}"):
        row = posts.get(session, number)
        configured = bot.accounts.get(row.account.name)
        obstacle = standing.of_post(row) if dry_run else standing.between(row, configured, clock.now(session))
    if obstacle is not None:
        raise common.obstacle_told(bot, obstacle)


def _left(bot: Bot, number: int, troubled: bool) -> int:
    with bot.store.read() as session, common.reading(f"post {number}"):
        row = posts.get(session, number)
        obstacle = standing.unsent(row, bot.accounts.get(row.account.name), clock.now(session))
    if obstacle is None:
        return 0
    if troubled and obstacle.bar in (Bar.BUSY, Bar.TIME):
        return 1  # what went wrong is told already
    raise common.obstacle_told(bot, obstacle)


def _fate(bot: Bot, row: models.Post) -> str:
    urls = [remote.url for delivery in row.revision.deliveries for remote in delivery.remote]
    if row.state == State.PUBLISHED:
        return urls[0] if urls else ""
    detail = next((delivery.detail for delivery in reversed(row.revision.deliveries) if delivery.detail), "")
    if row.state == State.UNCERTAIN:
        return f"it may be out ({detail}): look, then bot resolve {row.id} --sent ID, or --not-sent"
    again = f" (again {common.soon(bot, row.due_at)})" if row.due_at and row.state in (State.APPROVED, State.PUBLISHING) else ""
    return f"{detail}{again}" or f"bot show {row.id}"


def _next(bot: Bot) -> None:
    """What will be due, or waits for a person."""
    with bot.store.read() as session:
        waiting, approved = views.waiting(session)
        later = [(due, number) for due, number in approved if due > clock.now(session)]
    if later:
        common.say(f"Nothing is due. Post {later[0][1]} goes out {common.soon(bot, later[0][0])}.")
    else:
        reviewable = f" {screen.counted(waiting, 'post waits', 'posts wait')} for approval: bot review" if waiting else ""
        common.say("Nothing is approved and due." + reviewable)


def _dry_run(bot: Bot, named: Sequence[int], as_json: bool) -> int:
    """The posts as they would be sent: the named ones, else all that is due."""
    lines: list[str] = []
    objects: list[object] = []
    held = False
    with bot.store.read() as session:
        ids = [number for number in named if session.get(models.Post, number)]
        if not named:
            ids = [number for of_one in deliveries.due(session, clock.now(session)).values() for number in of_one]
        rows = [posts.get(session, number) for number in ids]
        for row in rows:
            held = held or bool(standing.open_holds(row))
            if as_json:
                objects.append(views.post(session, row, bot.platform))
        for of_one in preview.by_article(rows):
            lines += [*preview.article(bot, session, of_one[0].article, of_one, saved=True), ""]
        lines.append(f"Dry run: nothing sent. {screen.counted(len(rows), 'post')} shown.")
    common.emit(as_json, lines, objects)
    return 3 if held else 0


@click.command("resolve")
@common.post_argument(many=False)
@click.option("--sent", metavar="ID", help="It is out: the id or address under which you found it.")
@click.option("--not-sent", is_flag=True, help="It is not out; it goes out again after the grace time.")
def resolve_command(post: int, sent: str | None, not_sent: bool) -> int:
    """Say what became of an uncertain post, after you looked on the platform.

    A write without a clear answer is never sent again by itself. Look at
    the account, then say which it was. Sends nothing itself.

    \b
    Exit codes: 0 ok · 1 the post is not uncertain · 2 usage
    """
    if (sent is None) == (not not_sent):
        raise UsageError("say which: --sent ID, or --not-sent.")
    bot = common.open_bot()
    state = actions.resolve(bot, post, sent=sent)
    with bot.store.read() as session:
        due = posts.get(session, post).due_at
    more = f", goes out {common.soon(bot, due)}" if due and state in (State.APPROVED, State.PUBLISHING) else ""
    click.echo(f"post {post} is {state}{more}.")
    return 0
