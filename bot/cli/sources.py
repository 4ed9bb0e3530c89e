"""`bot sources`: the feeds that are polled."""

from __future__ import annotations

import re

import click

from bot import polling, views
from bot.cli import common, each, moments, screen, teller, worst
from bot.context import Bot
from bot.errors import SourceError, StateError, UsageError
from bot.polling import Polled
from bot.store import models, sources
from bot.store.articles import Taken
from bot.text import links

MOST_BACKLOG = 100
_WEEK = 604_800


@click.group("sources", invoke_without_command=True)
@common.as_json
@click.pass_context
def sources_command(context: click.Context, as_json: bool) -> int:
    """List the feeds that are polled: number, state, entries known, next poll, address.

    The worker polls them, and so does bot run. What a feed holds when it
    is added is not news; what it shows later is, once, whatever date or
    GUID it comes with.

    \b
    States: new (not read yet) · ok · failing (tried again, ever more
            seldom) · off (polled no more; bot sources add turns it on)
    """
    if context.invoked_subcommand:
        return 0
    bot = common.open_bot()
    with bot.store.read() as session:
        found = [(views.source(row, known), row.next_poll_at) for row, known in sources.listed(session)]
    lines = []
    for thing, next_at in found:
        going = f"next {moments.moment(bot, next_at)}  " if next_at and thing["state"] != "off" else ""
        head = f"{thing['source']:>4}  {thing['state']:<7}  {thing['known']:>5} known  {going}"
        lines.append(screen.cut_keeping(head, thing["url"], screen.columns()))
        if thing["reason"]:
            lines += screen.wrap(screen.one_line(thing["reason"]), screen.columns(), "      ")
    common.emit(as_json, lines, [thing for thing, _ in found])
    if not found:
        common.say("No feed is polled yet: bot sources add URL")
    return 0


@sources_command.command("add")
@click.argument("url", nargs=-1, required=True)
@click.option("--backlog", metavar="N", type=click.IntRange(0, MOST_BACKLOG), default=0, help="Take the newest N of the entries it holds now, too.")
@click.option("--every", metavar="SECONDS", type=click.IntRange(60, _WEEK), help="Seconds between polls; else BOT_FEED_INTERVAL.")
@common.as_json
def add_command(url: tuple[str, ...], backlog: int, every: int | None, as_json: bool) -> int:
    """Poll each feed from now on. It is read at once: what it holds is known then, and not news.

    Of a site's home page, the feed that it names is taken; --json lists the
    others.

    \b
    Exit codes: 0 ok · 1 it can not be read, or is no feed and names none
                (not kept) · 2 usage
    """
    bot = common.open_bot()

    def one(address: str) -> int:
        number, is_new, polled = polling.add(bot, address, backlog=backlog, every=every)
        if not is_new:
            common.say(f"{links.masked(address)} is source {number} already.")
        if polled and polled.page:
            more = f"; it names {screen.counted(len(polled.others), 'more feed')} (--json)" if polled.others else ""
            common.say(f"{polled.page} is a page: its feed {polled.where} is taken{more}.")
        if not as_json or polled is None or polled.error:
            return _told(number, polled)
        with bot.store.read() as session:
            thing = views.source(session.get_one(models.Source, number), sources.count(session, number))
        common.print_json({**thing, "new": is_new, "articles": polled.articles, "others": list(polled.others)})
        return _faults(polled)

    return each(url, one)


@sources_command.command("remove")
@click.argument("source", nargs=-1, required=True)
def remove_command(source: tuple[str, ...]) -> int:
    """Poll each SOURCE (number or address) no more, and forget what it has shown. Its articles stay.

    \b
    Exit codes: 0 ok · 2 no such source
    """
    bot = common.open_bot()

    def one(named: str) -> None:
        number = _number(bot, named)
        with bot.store.write() as session:
            sources.remove(session, number)
        click.echo(f"source {number} is polled no more.")

    return each(source, one)


@sources_command.command("poll")
@click.argument("source", nargs=-1)
def poll_command(source: tuple[str, ...]) -> int:
    """Poll each SOURCE (number or address) now, or all; its news goes into the queue. Drafts nothing, sends nothing.

    \b
    Exit codes: 0 ok · 1 one could not be read · 2 no such source
    """
    bot = common.open_bot()
    with bot.store.read() as session:
        every = [row.id for row, _ in sources.listed(session) if not row.off]

    def one(named: str | int) -> int:
        number = _number(bot, named) if isinstance(named, str) else named
        with bot.store.read() as session:
            row = session.get_one(models.Source, number)
        if row.off:
            raise StateError(f"source {number} is off: {(row.last_error or 'turned off').rstrip('.')}. Turn it on: bot sources add {links.masked(row.url)}")
        return _told(number, polling.poll(bot, number, now_due=True))

    code = each(source or every, one, "source {}")
    if not source and not every:
        common.say("No feed is polled: bot sources add URL")
    return code


def _number(bot: Bot, named: str) -> int:
    """The source of this number or address."""
    digits = named.removeprefix("#")
    with bot.store.read() as session:
        if re.fullmatch(r"[0-9]{1,18}", digits):
            row = session.get(models.Source, int(digits))
        else:
            row = sources.by_address(session, [named, links.parsed(named) or named])
    if row is None:
        raise UsageError(f"there is no source {screen.cut(links.masked(named), 60)}; `bot sources` lists them.")
    return row.id


def _told(number: int, polled: Polled | None) -> int:
    """Say what a poll came to. Returns the exit code."""
    if polled is None:
        common.say(f"source {number}: another worker is polling it just now.")
        return 0
    parts = polled.told
    if polled.error and not parts:
        assert polled.trouble is not None
        raise polled.trouble
    if polled.first:
        parts = [f"{screen.counted(polled.noted, 'entry', 'entries')} known, what comes from now on is news", *parts]
    if polled.left:
        parts.append(f"{polled.left} left for the next poll")
    click.echo(screen.one_line(f"source {number}: {', '.join(parts or ['nothing new'])}"))
    if polled.came[Taken.NEW] or polled.came[Taken.UPDATED]:
        common.say("Draft them: bot run, or bot worker")
    if polled.trouble:
        raise polled.trouble
    return _faults(polled)


def _faults(polled: Polled) -> int:
    codes: list[int] = []
    tell = teller(codes)
    for fault in polled.faults:
        tell(fault.where, SourceError(fault.what))
    return worst(codes)
