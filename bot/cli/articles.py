"""`bot add` and `bot articles`: the queue."""

from __future__ import annotations

import click

from bot import pipeline, views
from bot.cli import common, each, say_faults, screen, worst
from bot.context import Bot
from bot.store import models


@click.command("add")
@common.source_argument()
@common.url_option
@click.option("--not-before", metavar="T", help="Embargo: draft and publish nothing before, e.g. 2026-08-31T14:30 (your BOT_TIMEZONE).")
@common.as_json
def add_command(source: tuple[str, ...], url: str | None, not_before: str | None, as_json: bool) -> int:
    """Put each SOURCE (a file, a URL, a feed, or -) into the queue. Drafts nothing, sends nothing.

    A known article is not added twice; when its text changed it is drafted again.

    \b
    Exit codes: 0 ok · 1 a source could not be read · 2 usage
    """
    common.check_sources(source, url)
    bot = common.open_bot()
    when = common.read_time(bot, not_before) if not_before is not None else None

    def one(spec: str) -> int:
        ids, faults = pipeline.take_in(bot, spec, url=url, not_before=when, stdin=common.standard_input())
        _print(bot, ids, as_json)
        return worst([say_faults(faults)])

    code = each(source, one)
    common.say("Draft them: bot run, or bot worker")
    return code


@click.command("articles")
@common.as_json
def articles_command(as_json: bool) -> int:
    """List all articles: number, state, posts, title. Changes nothing."""
    bot = common.open_bot()
    with bot.store.read() as session:
        ids = views.articles_listed(session)
    _print(bot, ids, as_json)
    if not ids:
        common.say("There are no articles yet: bot add FILE-or-URL")
    return 0


def _print(bot: Bot, ids: list[int], as_json: bool) -> None:
    with bot.store.read() as session:
        rows = [session.get_one(models.Article, number) for number in ids]
        objects = [views.article(row) for row in rows]
        samples = {row.id for row in rows if row.sample}
    lines = []
    for thing in objects:
        posts = screen.counted(len(thing["posts"]), "post")
        reason = f"  ({thing['reason']})" if thing["reason"] else ""
        sample = "  (built-in sample)" if thing["article"] in samples else ""
        head = f"{thing['article']:>4}  {thing['state']:<9}  {posts:<8}  "
        lines.append(screen.cut_keeping(head, thing["title"] + sample + reason, screen.columns()))
    common.emit(as_json, lines, objects)
