"""`bot posts` and `bot show`: what there is."""

from __future__ import annotations

import click

from bot import actions, views
from bot.cli import common, preview, screen
from bot.store import posts
from bot.store.states import State


@click.command("posts")
@click.option("--state", type=click.Choice([str(state) for state in State]), metavar="S", help="Only posts in this state, e.g. in_review.")
@common.as_json
def posts_command(state: str | None, as_json: bool) -> int:
    """List the posts: number, where, state, holds or warnings, title. Changes nothing."""
    bot = common.open_bot()
    ids = actions.listed(bot, state)
    wide = screen.columns()
    for number in ids:
        with bot.store.read() as session:
            row = posts.get(session, number)
            thing = views.post(session, row, bot.platform) if as_json else None
            line = common.post_line(bot, row, wide)
        if as_json:
            common.print_json(thing)
        else:
            click.echo(line)
    if not ids:
        common.say(f"There are no posts{f' that are {state}' if state else ' yet: bot run FILE-or-URL'}")
    return 0


@click.command("show")
@common.post_argument(many=False)
@common.as_json
def show_command(post: int, as_json: bool) -> int:
    """One post, whole: its text as it would be sent, checks, history, and the commands that are valid now.

    \b
    Exit codes: 0 ok · 1 there is no such post · 3 it has a hold
    """
    bot = common.open_bot()
    with bot.store.read() as session:
        row = posts.get(session, post)
        held = bool(views.open_holds(row))
        thing = views.post(session, row, bot.platform, history=True) if as_json else None
        lines = [] if as_json else preview.post(bot, session, row)
    if as_json:
        common.print_json(thing)
    for line in lines:
        click.echo(line)
    return 3 if held else 0
