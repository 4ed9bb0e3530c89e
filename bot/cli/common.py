"""What several commands share: opening the bot, times as people read them, options, JSON lines."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeVar

import click
from pydantic import ValidationError
from sqlalchemy.exc import StatementError

from bot import accounts, config, context, standing, views
from bot.cli import each, moments, screen
from bot.context import Bot
from bot.errors import BotError, StoreError, UsageError
from bot.logs import redact, secrets
from bot.publish.terms import UNREADABLE
from bot.standing import Bar
from bot.store import models, posts
from bot.store.states import State
from bot.values import Hold, Kind

Function = TypeVar("Function", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per line on standard output.")
url_option = click.option("--url", help="Address of the article, for a file or `-` that names none.")
drafter_option = click.option(
    "--drafter", type=click.Choice(["openai", "extractive"]),
    help="Who writes: a language model, or the offline drafter. Default: the model when OPENAI_API_KEY is set.",
)


STALE_KEYS = "What articles and posts are known by was made by other rules, the program's or yours for addresses: run `bot db upgrade`."
"""Until then the rest guards against saying a thing twice: the text of articles, and the words of posts."""


class PostId(click.ParamType[int]):
    """A post's number, with or without `#`."""

    name = "post"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Refuse what is no number a database knows."""
        digits = str(value).removeprefix("#")
        if not re.fullmatch(r"[0-9]{1,18}", digits):
            self.fail(f"{screen.cut(str(value), 40)!r} is no number of a post; `bot posts` lists them", param, ctx)
        return int(digits)


def post_argument(many: bool = True, required: bool = True) -> Callable[[Function], Function]:
    """The argument POST, or POST…"""
    return click.argument("post", type=PostId(), nargs=-1 if many else 1, required=required)


def source_argument(required: bool = True) -> Callable[[Function], Function]:
    """The argument SOURCE…"""
    return click.argument("source", nargs=-1, required=required)


def open_bot(database: str | None = None) -> Bot:
    """The bot as configured (in another database when one is named); its store is closed when the command ends."""
    settings = config.load()
    redact.learn(secrets.of(settings, accounts.configured(settings).values()))
    bot = context.open_bot(settings, database=database)
    click.get_current_context().call_on_close(bot.store.close)
    return bot


def check_sources(sources: tuple[str, ...], url: str | None) -> None:
    """One address can not be that of several articles; standard input can be read once. Raises UsageError."""
    if url is not None and len(sources) != 1:
        raise UsageError("--url belongs to one SOURCE: give exactly one.")
    if sources.count("-") > 1:
        raise UsageError("standard input (-) can be read once only.")


def standard_input() -> BinaryIO | None:
    """What `-` reads; None when it is closed."""
    return getattr(sys.stdin, "buffer", None)


def say(text: str) -> None:
    """Talk: to standard error, one line."""
    click.echo(screen.one_line(redact.hidden(text)), err=True)


def say_stale(bot: Bot) -> None:
    """One line, where keys in the store were made by other rules."""
    if bot.stale_keys:
        say(STALE_KEYS)


def each_done(items: Iterable[Any], act: Callable[[Any], object], told: str) -> int:
    """Do the same to each, and say so: `told` with the item in the place of `{}`. Returns the worst exit code."""

    def one(item: Any) -> None:
        act(item)
        click.echo(screen.one_line(told.format(item)))

    return each(items, one)


def emit(as_json: bool, lines: Iterable[str], objects: Iterable[object]) -> None:
    """What a command found, to standard output: one object per line with `--json`, else the lines for people.

    Collect both inside the unit of work and print them after it: a reader that is slow must not keep it open.
    """
    if as_json:
        for thing in objects:
            print_json(thing)
    else:
        for line in lines:
            click.echo(line)


def print_json(thing: object) -> None:
    """One object on one line; what could drive a terminal or end a line early is escaped."""
    click.echo(screen.escaped(json.dumps(thing, ensure_ascii=False)))


def platform_name(platform: str) -> str:
    """The platform as people write it."""
    return {"x": "X", "bluesky": "Bluesky"}.get(platform, platform)


def where(post: models.Post) -> str:
    """`X · short`; the account's name is added where it is not the platform's."""
    account = post.account
    place = platform_name(account.platform)
    return screen.parted([place if account.name == account.platform else f"{place} {account.name}", str(post.kind)])


def reply(post: models.Post) -> str:
    """`, reply to #12` where it is one, else nothing."""
    to = post.revision.content.reply_to
    return f", reply to #{to.post}" if to else ""


def obstacle_said(bot: Bot, obstacle: standing.Obstacle) -> str:
    """What is in the way, until when, and what to do, with times as the user reads them."""
    when = f" {_UNTIL[obstacle.bar].format(moments.soon(bot, obstacle.until))}." if obstacle.until else ""
    return moments.localized(bot, f"{obstacle.told}{when}{obstacle.remedy}")


_UNTIL = {Bar.TIME: "It goes out {}, not sooner", Bar.LOOKING: "It is looked for again {}", Bar.PAUSED: "It goes on {}"}


def obstacle_told(bot: Bot, obstacle: standing.Obstacle) -> BotError:
    """The same as the error to tell."""
    return type(obstacle.error())(obstacle_said(bot, obstacle))


@contextmanager
def reading(what: str) -> Iterator[None]:
    """What is stored and can not be read (somebody changed it by hand) is one error that names it."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise _unreadable(what, f"{place + ': ' if place else ''}{first['msg']}") from error
    except StopIteration as error:
        raise _unreadable(what, "the revision in force is not there") from error
    except json.JSONDecodeError as error:
        raise _unreadable(what, f"a stored request is no JSON ({error.msg})") from error
    except (*UNREADABLE, StatementError) as error:
        raise _unreadable(what, str(error) or type(error).__name__) from error


def _unreadable(what: str, why: str) -> StoreError:
    return StoreError(f"what is stored of {what} can not be read: {why.rstrip('.')}. Was it changed by hand?")


def readable(bot: Bot, ids: Iterable[int], codes: list[int]) -> list[int]:
    """The posts of these that can be read, drafts and all; each other one is told in a line, and its exit code collected."""
    found: list[int] = []

    def one(number: int) -> None:
        with bot.store.read() as session, reading(f"post {number}"):
            row = posts.get(session, number)
            for revision in row.revisions:
                session.refresh(revision, ["draft"])
            views.post(session, row, bot.platform)
            found.append(number)

    codes.append(each(ids, one, "post {}"))
    return found


def under_way(bot: Bot, post: models.Post) -> str | None:
    """What is being done about a post that is, or may be, out: taking it down, or looking for it; and when that goes on."""
    if post.unwind_at is not None:
        return f"being taken down: goes on {moments.soon(bot, post.unwind_at)}"
    look_at = standing.looked_for(post)
    return f"it may be out; it is looked for again {moments.soon(bot, look_at)}" if look_at is not None else None


def due(bot: Bot, post: models.Post) -> str:
    """`: goes out Tue 14:30 CET (in 25 min)`, or what else is to come, where something is."""
    working = under_way(bot, post)
    if working:
        return f": {working}"
    going = post.due_at is not None and post.state in (State.APPROVED, State.PUBLISHING)
    verb = "goes on" if post.state == State.PUBLISHING else "goes out"
    return f": {verb} {moments.soon(bot, post.due_at)}" if going and post.due_at else ""


def holds(bot: Bot, post: models.Post) -> tuple[Hold, ...]:
    """The holds in its way now, the account's too when that is not configured."""
    return standing.shown_holds(post, known=post.account.name in bot.accounts)


def word(bot: Bot, post: models.Post) -> str:
    """The one word at the end of a post's line."""
    if holds(bot, post):
        return "HOLD"
    return "WARN" if post.warnings else "ok"


def state(post: models.Post) -> str:
    """The state as people read it."""
    return str(post.state).replace("_", " ")


def post_line(bot: Bot, post: models.Post, wide: int) -> str:
    """A post in a listing: number, where, state, checks, when or title."""
    going = f"out {moments.moment(bot, post.due_at)}  " if post.due_at and post.state == State.APPROVED else ""
    if post.unwind_at is not None:
        going = "being taken down  "
    elif standing.looked_for(post) is not None:
        going = "being looked for  "
    held = holds(bot, post)
    marks = ", ".join(dict.fromkeys(str(found.code) for found in (held or post.warnings)))
    told = f"{word(bot, post)} {marks}".strip() if held or post.state in (State.IN_REVIEW, State.MISSED, State.APPROVED) else ""
    place = screen.padded(where(post), 15 if post.kind is not Kind.CORRECTION else 20)
    head = f"{'#' + str(post.id):<5} {place} {state(post):<10} "
    return screen.cut_keeping(f"{head}{screen.padded(told, 21) if told else ''} {going}", post.article.title, wide)


def bars(items: Iterable[Any]) -> Any:
    """The items, with a progress bar when there are several and someone watches."""
    many = list(items)
    if len(many) < 2 or not sys.stderr.isatty():
        return many
    from tqdm import tqdm

    return tqdm(many, unit="article", leave=False)
