"""`bot posts` and `bot show`: what there is."""

from __future__ import annotations

import click

from bot import actions, clock, views
from bot.cli import common, each, preview, screen
from bot.store import posts
from bot.store.states import State


@click.command("posts")
@click.option("--state", type=click.Choice([str(state) for state in State]), metavar="S", help="Only posts in this state, e.g. in_review.")
@common.as_json
def posts_command(state: str | None, as_json: bool) -> int:
    """List the posts: number, where, state, holds or warnings, title. Changes nothing.

    \b
    Exit codes: 0 ok · 1 a post can not be read (the others are listed)
    """
    bot = common.open_bot()
    ids = actions.listed(bot, state)
    wide = screen.columns()

    def one(number: int) -> None:
        with bot.store.read() as session, common.reading(f"post {number}"):
            row = posts.get(session, number)
            objects = [views.post(session, row, bot.platform)] if as_json else []
            lines = [] if as_json else [common.post_line(bot, row, wide)]
        common.emit(as_json, lines, objects)

    if not ids:
        common.say(f"There are no posts{f' that are {state}' if state else ' yet: bot run FILE-or-URL'}")
    return each(ids, one, "post {}")


@click.command("show")
@common.post_argument(many=False)
@common.as_json
def show_command(post: int, as_json: bool) -> int:
    """One post, whole: its text as it would be sent, checks, history, and the commands that are valid now.

    \b
    Exit codes: 0 ok · 1 there is no such post · 3 it has a hold
    """
    bot = common.open_bot()
    with bot.store.read() as session, common.reading(f"post {post}"):
        row = posts.get(session, post)
        held = bool(common.holds(bot, row))
        known = views.history(row, bot.accounts.get(row.account.name), clock.now(session))
        objects = [{**views.post(session, row, bot.platform), **known}] if as_json else []
        lines = [] if as_json else preview.post(bot, session, row, known["valid"])
    common.emit(as_json, lines, objects)
    return 3 if held else 0
