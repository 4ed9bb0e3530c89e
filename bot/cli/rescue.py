"""`bot resolve`, `resume`, `abandon`, `unwind`: what a person does about a post that may be out, or is out in part."""

from __future__ import annotations

from datetime import datetime

import click

from bot import clock, pipeline, rescue, standing, worker
from bot.cli import INTERRUPTED, common, fail, moments, screen, teller, worst
from bot.context import Bot
from bot.errors import UsageError
from bot.store import models, posts
from bot.store.states import State

_reason = click.option("--reason", metavar="R", help="Why, for the history.")


@click.command("resolve")
@common.post_argument(many=False)
@click.option("--sent", metavar="ID", help="It is out: the id or address under which you found it.")
@click.option("--not-sent", is_flag=True, help="It is not out; it goes out again after the grace time.")
def resolve_command(post: int, sent: str | None, not_sent: bool) -> int:
    """Say what became of an uncertain post, after you looked on the platform.

    A write without a clear answer that looking did not settle is never
    sent again by itself. Look at the account, then say which it was.
    Sends nothing itself.

    \b
    Exit codes: 0 ok · 1 the post is not uncertain · 2 usage
    """
    if (sent is None) == (not not_sent):
        raise UsageError("say which: --sent ID, or --not-sent.")
    bot = common.open_bot()
    with common.reading(f"post {post}"):
        state = rescue.resolve(bot, post, sent=sent)
        with bot.store.read() as session:
            due = posts.get(session, post).due_at
    more = f", goes out {moments.soon(bot, due)}" if due and state in (State.APPROVED, State.PUBLISHING) else ""
    click.echo(f"post {post} is {state}{more}.")
    return 0


@click.command("resume")
@common.post_argument(many=False)
def resume_command(post: int) -> int:
    """Let a stopped POST go on where it stopped, or look once more for an uncertain one.

    The segments that are out stay; the next `bot publish`, `bot run` or
    `bot worker` sends the rest, or looks. Sends nothing itself.

    \b
    Exit codes: 0 ok · 1 it is neither stopped nor uncertain
    """
    bot = common.open_bot()
    with common.reading(f"post {post}"):
        rescue.resume(bot, post)
        with bot.store.read() as session:
            row = posts.get(session, post)
            looked = standing.looked_for(row) is not None
            obstacle = standing.of_account(row.account, bot.accounts.get(row.account.name), clock.now(session))
    click.echo(f"post {post} is looked for once more." if looked else f"post {post} goes on where it stopped.")
    said = f"But {common.obstacle_said(bot, obstacle)}" if obstacle else f"Now: bot publish {post}, or bot worker"
    click.echo("\n".join(screen.wrap(said, screen.columns())))
    return 0


@click.command("abandon")
@common.post_argument(many=False)
@_reason
def abandon_command(post: int, reason: str | None) -> int:
    """Leave a stopped or uncertain POST as it is: what is out stays, the rest is never sent.

    A thread that is partly out and waits (its account is paused, or it is
    tried again later) is stopped first: it need not go on.

    \b
    Exit codes: 0 ok · 1 it is none of these
    """
    bot = common.open_bot()
    with common.reading(f"post {post}"):
        rescue.abandon(bot, post, reason)
    click.echo(f"post {post} is abandoned: what is out stays out, nothing more is sent.")
    return 0


@click.command("unwind")
@common.post_argument(many=False)
@_reason
def unwind_command(post: int, reason: str | None) -> int:
    """Take POST down: delete what is out of it, newest message first. At once, and without asking.

    What can not be deleted now goes on later, by `bot worker` or this
    command; what may be out is looked for first. A thread that is partly
    out and waits is stopped first. Deleting costs money on X.

    \b
    Exit codes: 0 all of it is gone · 1 not yet, or nothing is out
                130 interrupted
    """
    bot = common.open_bot()
    troubles: list[int] = []
    with common.reading(f"post {post}"):
        before = _there(bot, post)
        rescue.unwind(bot, post, reason)
        with worker.stopping() as stop:
            pipeline.publish_due(bot, [post], tell=teller(troubles), stopping=stop, sleep=stop.wait)
        after = _there(bot, post)
        for address in [one for one in after if after[one] and not before.get(one)]:
            click.echo(f"deleted  {address}")
        code = _taken_down(bot, post, after, bool(troubles))
    return INTERRUPTED if stop() and code else worst([*troubles, code])


def _there(bot: Bot, number: int) -> dict[str, bool]:
    """The addresses of the post's messages, newest first, and whether each is deleted."""
    with bot.store.read() as session:
        remote = [one for row in posts.get(session, number).revision.deliveries for one in row.remote]
    return {one.url: one.deleted for one in reversed(remote)}


def _taken_down(bot: Bot, number: int, messages: dict[str, bool], told: bool) -> int:
    with bot.store.read() as session:
        row = posts.get(session, number)
        state, goes_on = row.state, row.unwind_at
        waits = _waits(bot, row, clock.now(session)) if goes_on else None
    if state == State.WITHDRAWN:
        click.echo(f"post {number} is taken down: {screen.counted(len(messages), 'message')} deleted.")
        return 0
    gone = f"{sum(messages.values())} of {screen.counted(len(messages), 'message')} deleted"
    if goes_on is None:
        return 1 if told else fail(f"post {number} is not taken down ({gone}): bot show {number} says why.", 1)
    return fail(f"post {number} is not taken down yet ({gone}). {waits or f'It goes on {moments.soon(bot, goes_on)}, by bot worker, or bot unwind {number}.'}", 1)


def _waits(bot: Bot, row: models.Post, now: datetime) -> str | None:
    """What the taking down waits for, beside its own time. Inside a unit of work."""
    obstacle = standing.of_account(row.account, bot.accounts.get(row.account.name), now) or standing.looking(row.account, now, row.id)
    return common.obstacle_said(bot, obstacle) if obstacle else None
