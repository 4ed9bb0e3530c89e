"""`bot approve`, `unapprove`, `edit`, `reject`, `cancel`, `retry`: what a person decides about posts."""

from __future__ import annotations

import os
import sys
from datetime import datetime

import click

from bot import actions, clock, rescue, standing
from bot.cli import common, each, moments, preview, screen
from bot.context import Bot
from bot.errors import BotError, UsageError
from bot.standing import Bar
from bot.store import posts


@click.command("approve")
@common.post_argument()
@click.option("--override", "override", metavar="CODE", multiple=True, help="Let this hold pass; needs --reason. May be repeated.")
@click.option("--reason", metavar="R", help="Why the hold may pass; it is kept in the history.")
@click.option("--urgent", is_flag=True, help="As soon as the grace time is over, whatever the slots and quiet hours.")
def approve_command(post: tuple[int, ...], override: tuple[str, ...], reason: str | None, urgent: bool) -> int:
    """Approve each POST: it goes out after the grace time, at the next free slot. Sends nothing itself.

    A post with a hold is refused unless every hold is overridden. An urgent
    one keeps the gap and the daily cap; posts that it leaves no room for
    move back.

    \b
    Exit codes: 0 ok · 1 not in review · 2 usage · 3 it has a hold
    """
    bot = common.open_bot()
    return each(post, lambda number: click.echo(approve(bot, number, override, reason, urgent)))


def approve(bot: Bot, number: int, override: tuple[str, ...] = (), reason: str | None = None, urgent: bool = False) -> str:
    """Approve one post; returns what to tell: when it goes out, and how to take it back."""
    return _approved(bot, number, actions.approve(bot, number, override=override, reason=reason, urgent=urgent), "is approved")


def _approved(bot: Bot, number: int, due: datetime, how: str) -> str:
    with bot.store.read() as session:
        account = posts.get(session, number).account
        obstacle = standing.of_account(account, bot.accounts.get(account.name), clock.now(session))
    told = [f"post {number} {how}: it goes out {moments.soon(bot, due)}.", f"Take it back: bot unapprove {number}"]
    if obstacle:
        said = common.obstacle_said(bot, obstacle)
        told.append(f"But {said}; it waits until then." if obstacle.bar is Bar.ACCOUNT else f"But {said}")
    return "\n".join(screen.wrap("\n".join(told), screen.columns()))


@click.command("unapprove")
@common.post_argument()
@click.option("--reason", metavar="R", help="Why, for the history.")
def unapprove_command(post: tuple[int, ...], reason: str | None) -> int:
    """Take the approval of each POST back: it waits for review again. Too late once it is on its way out.

    \b
    Exit codes: 0 ok · 1 not approved (any more) · 2 usage
    """
    bot = common.open_bot()
    return common.each_done(post, lambda number: actions.unapprove(bot, number, reason), "post {} is back in review.")


@click.command("reject")
@common.post_argument()
@click.option("--reason", metavar="R", required=True, help="Why not; it is kept in the history.")
def reject_command(post: tuple[int, ...], reason: str) -> int:
    """Say no to each POST: it never goes out. Too late once it is on its way.

    \b
    Exit codes: 0 ok · 1 too late · 2 usage
    """
    bot = common.open_bot()
    return common.each_done(post, lambda number: actions.reject(bot, number, reason), "post {} is rejected.")


@click.command("cancel")
@common.post_argument()
@click.option("--reason", metavar="R", help="Why, for the history.")
def cancel_command(post: tuple[int, ...], reason: str | None) -> int:
    """Take each POST back for good: it never goes out, and its words are free again. Too late once it is on its way.

    \b
    Exit codes: 0 ok · 1 too late · 2 usage
    """
    bot = common.open_bot()
    return common.each_done(post, lambda number: actions.cancel(bot, number, reason), "post {} is cancelled.")


@click.command("retry")
@common.post_argument()
def retry_command(post: tuple[int, ...]) -> int:
    """Let each refused POST go out once more, as it is, after the grace time. Sends nothing itself.

    A refused post is not out. See why first (bot show POST), and mend
    that on the platform: the same text goes there again.

    \b
    Exit codes: 0 ok · 1 it was not refused · 2 usage
    """
    bot = common.open_bot()
    return each(post, lambda number: click.echo(_approved(bot, number, rescue.retry(bot, number), "is tried again")))


@click.command("edit")
@common.post_argument(many=False)
@click.option("--segment", metavar="N", type=click.IntRange(min=1), help="The segment that --text replaces; needed in a thread.")
@click.option("--text", metavar="T", help="The new text; without it $VISUAL or $EDITOR opens.")
def edit_command(post: int, segment: int | None, text: str | None) -> int:
    """Change the text of POST. It is checked again, and waits for review again.

    The editor shows all segments, with lines of three hyphens between.

    \b
    Exit codes: 0 ok · 1 too late, or the editor failed · 2 usage
                3 the new text has a hold
    """
    if segment is not None and text is None:
        raise UsageError("--segment needs --text.")
    bot = common.open_bot()
    if text is None:
        changed = edit_in_editor(bot, post)
    else:
        changed = actions.edit(bot, post, text, segment=segment)
    if not changed:
        click.echo(f"post {post} is unchanged.")
        return 0
    with bot.store.read() as session:
        row = posts.get(session, post)
        held = bool(common.holds(bot, row))
        lines = [common.post_line(bot, row, screen.columns()), *preview.found(bot, row, screen.columns())]
    click.echo("\n".join(lines))
    return 3 if held else 0


def edit_in_editor(bot: Bot, number: int) -> bool:
    """Let the user edit the whole post. False when nothing was changed. Raises BotError when it can not be edited."""
    before = actions.text(bot, number)
    if not (os.environ.get("VISUAL") or os.environ.get("EDITOR") or sys.stdin.isatty()):
        raise UsageError("there is no terminal for an editor: set EDITOR, or use --segment N --text T.")
    try:
        after = click.edit(before)
    except UnicodeDecodeError:
        raise BotError("what the editor left is not text in UTF-8. The post is unchanged.") from None
    except click.ClickException as error:
        raise BotError(f"{error.format_message()} The post is unchanged. Set EDITOR to an editor that works.") from None
    except ValueError:
        raise BotError("EDITOR can not be read: its quotes do not match. The post is unchanged.") from None
    return after is not None and after.rstrip("\n") != before.rstrip("\n") and actions.edit(bot, number, after)
