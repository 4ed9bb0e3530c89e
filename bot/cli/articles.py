"""`bot add` and `bot articles`: the queue."""

from __future__ import annotations

import click

from bot import clock, pipeline, views
from bot.cli import common, each, moments, say_faults, screen, worst
from bot.context import Bot
from bot.store import embargo, models


@click.command("add")
@common.source_argument()
@common.url_option
@click.option("--not-before", metavar="T", help="Embargo: draft and publish nothing before, e.g. 2026-08-31T14:30 (your BOT_TIMEZONE).")
@click.option("--again", is_flag=True, help="Take it although another article says the same.")
@click.option("--urgent", is_flag=True, help="Its posts go before others, whatever the slots and quiet hours; after approval and grace time.")
@common.as_json
def add_command(source: tuple[str, ...], url: str | None, not_before: str | None, again: bool, urgent: bool, as_json: bool) -> int:
    """Put each SOURCE (a file, a URL, a feed, or -) into the queue. Drafts nothing, sends nothing.

    A known article is not added twice. When its headline, a number or a
    sentence that a post rests on changed, the posts that wait are held with
    the difference and it is drafted again; a post that a person edited
    keeps the hold. Where posts are out, bot status tells, and bot correct
    helps. A mended typo changes no post.

    One that says the same as another, under another address, is kept as its
    duplicate and not drafted.

    \b
    Exit codes: 0 ok · 1 a source could not be read · 2 usage
    """
    common.check_sources(source, url)
    bot = common.open_bot()
    common.say_stale(bot)
    when = moments.read_time(bot, not_before) if not_before is not None else None

    def one(spec: str) -> int:
        ids, faults = pipeline.take_in(bot, spec, url=url, not_before=when, stdin=common.standard_input(), again=again, urgent=urgent)
        return worst([_print(bot, ids, as_json), say_faults(faults)])

    code = each(source, one)
    common.say("Draft them: bot run, or bot worker")
    return code


@click.command("articles")
@common.as_json
def articles_command(as_json: bool) -> int:
    """List all articles: number, state, posts, title. Changes nothing.

    \b
    Exit codes: 0 ok · 1 one can not be read (the others are listed)
    """
    bot = common.open_bot()
    with bot.store.read() as session:
        ids = views.articles_listed(session)
    if not ids:
        common.say("There are no articles yet: bot add FILE-or-URL")
    return _print(bot, ids, as_json)


def _print(bot: Bot, ids: list[int], as_json: bool) -> int:
    """A line for each; one that can not be read is told, and the others are listed. Returns the exit code."""

    def one(number: int) -> None:
        with bot.store.read() as session, common.reading(f"article {number}"):
            row = session.get_one(models.Article, number)
            thing, sample = views.article(row), "  (built-in sample)" if row.sample else ""
            end = embargo.stands(row, clock.now())
        posts = screen.counted(len(thing["posts"]), "post")
        head = f"{thing['article']:>4}  {thing['state']:<9}  {posts:<8}  "
        lines = [screen.cut_keeping(head, thing["title"] + sample, screen.columns())]
        for told in filter(None, [f"embargo until {moments.moment(bot, end)}" if end else "", thing["reason"]]):
            lines += screen.wrap(screen.one_line(told), screen.columns(), "      ")
        common.emit(as_json, lines, [thing])

    return each(ids, one, "article {}")
