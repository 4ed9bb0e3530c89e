"""`bot dedup explain`: how alike two posts, articles or texts are, and what follows."""

from __future__ import annotations

import re
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import intake
from bot.cli import common, screen
from bot.context import Bot
from bot.errors import SourceError, StateError, UsageError
from bot.store import likeness, models, posts, said
from bot.text import similarity
from bot.text.keys import said_key
from bot.text.similarity import Likeness

_LONGEST = 1_000_000
"""Bytes of a file with the text of a post; the same as `bot check` takes."""
SAME, NEAR, DIFFERENT = "same", "near", "different"
"""A hold; a warning; neither."""


@click.group("dedup")
def dedup_command() -> None:
    """Why two posts, articles or texts count as the same, or do not."""


@dedup_command.command("explain")
@click.argument("a")
@click.argument("b")
@click.option("--articles", is_flag=True, help="A and B are articles (their numbers; with --files what to read), not posts.")
@click.option("--files", is_flag=True, help="A and B are files with the text of a post each, not numbers.")
@common.as_json
def explain_command(a: str, b: str, articles: bool, files: bool, as_json: bool) -> int:
    """Compare two posts: score, verdict, why, and the words that only one of them has. Changes nothing.

    A and B are numbers of posts, or B the address of one that is older
    than the database, as a hold names it. "same" would be a hold, "near" a
    warning.

    \b
    Exit codes: 0 ok, whatever the verdict · 1 one is not there · 2 usage
    """
    if not files and a.removeprefix("#") == b.removeprefix("#"):
        raise UsageError(f"{screen.cut(a, 40)} is one {'article' if articles else 'post'}: name another to compare it with.")
    bot = common.open_bot()
    left_out: str | None = None
    exact = False
    if articles:
        one, other = (_article(bot, name, files=files) for name in (a, b))
        found = similarity.explain_articles(one, other)
    elif files:
        one, other = _file(a), _file(b)
        found = similarity.explain(one, other)
        exact = bool(one.strip()) and said_key([one]) == said_key([other])
    else:
        with bot.store.read() as session:
            mine, yours = _post(session, a), _earlier(session, b) if "://" in b else _post(session, b)
            exact, left_out = _very_same(mine, yours), _left_out(mine, yours)
            account = bot.accounts.get(mine.account.name)
            ignore = account.ending if account else ()
            ours, theirs = likeness.text_of(mine.revision.content), yours.text if isinstance(yours, models.Earlier) else likeness.text_of(yours.revision.content)
            found = similarity.explain(ours, theirs, ignore=ignore)
    if exact:
        found, left_out = found._replace(score=1.0, same=True, why="the very same words"), None
    _print(a, b, found, SAME if found.same else _short_of(found, articles=articles), left_out, as_json=as_json)
    return 0


def _short_of(found: Likeness, *, articles: bool) -> str:
    near = not articles and not found.other_numbers and found.score >= similarity.WARN
    return NEAR if near else DIFFERENT


def _very_same(mine: models.Post, yours: models.Post | models.Earlier) -> bool:
    """Do they hold each other for the very same words, whatever article and account they are of?"""
    if isinstance(yours, models.Earlier):
        return mine.account_id == yours.account_id and mine.revision.said_key == yours.said_key
    one, other = mine.account, yours.account
    guarded = one.id == other.id or (one.platform == other.platform and one.platform in said.ONE_ACCOUNT)
    return guarded and mine.revision.said_key == yours.revision.said_key


def _left_out(mine: models.Post, yours: models.Post | models.Earlier) -> str | None:
    """Why these two are never held against each other for being alike; None when they are."""
    if mine.account_id != yours.account_id:
        return "they are on different accounts"
    if isinstance(yours, models.Post) and mine.article_id == yours.article_id:
        return "they are posts of one article"
    return None


def _print(a: str, b: str, found: Likeness, verdict: str, left_out: str | None, *, as_json: bool) -> None:
    wide = screen.columns()
    lines = [f"{found.score:.2f} {verdict}", *screen.wrap(screen.one_line(found.why), wide, "why     ", "        ")]
    if left_out:
        lines += screen.wrap(f"but {left_out}: only the very same words would count", wide, "        ", "        ")
    for name, words in ((a, found.only_a), (b, found.only_b)):
        head = f"only in {screen.cut(screen.one_line(name), 40)}: "
        lines += screen.wrap(screen.one_line("; ".join(f"“{one}”" for one in words) or "nothing"), wide, head, "        ")
    common.emit(as_json, lines, [{
        "a": a, "b": b, "score": round(found.score, 3), "verdict": verdict, "why": found.why, "left_out": left_out,
        "only_a": list(found.only_a), "only_b": list(found.only_b),
    }])


def _number(name: str, what: str) -> int:
    digits = name.removeprefix("#")
    if not re.fullmatch(r"[0-9]{1,18}", digits):
        raise UsageError(f"{screen.cut(name, 40)!r} is no number of {what}; for files add --files.")
    return int(digits)


def _post(session: Session, name: str) -> models.Post:
    number = _number(name, "a post")
    with common.reading(f"post {number}"):
        post = posts.get(session, number)
        assert post.revision  # read here, so that a row changed by hand is told
        return post


def _earlier(session: Session, url: str) -> models.Earlier:
    """The longest: of a thread, all of it."""
    found = session.scalars(select(models.Earlier).where(models.Earlier.url == url)).all()
    if not found:
        raise StateError(f"no post of before this database is known at {screen.cut(url, 80)}.")
    return max(found, key=lambda one: len(one.text))


def _article(bot: Bot, name: str, *, files: bool) -> str:
    if files:
        settings = bot.settings
        batch = intake.read(name, timeout=settings.http_timeout, allow_private=settings.allow_private, rules=settings.url_rules)
        if len(batch.articles) != 1:
            raise UsageError(f"{screen.cut(name, 60)}: give one article, not {len(batch.articles)}.")
        read = batch.articles[0]
        return similarity.article_text(read.title, read.dek, read.body)
    number = _number(name, "an article")
    with bot.store.read() as session, common.reading(f"article {number}"):
        row = session.get(models.Article, number)
        if row is None:
            raise StateError(f"there is no article {number}. `bot articles` lists them.")
        return similarity.article_text(row.title, row.dek, row.body)


def _file(name: str) -> str:
    try:
        with Path(name).open("rb") as stream:
            read = stream.read(_LONGEST + 1)
        if len(read) > _LONGEST:
            raise UsageError(f"{screen.cut(name, 60)}: longer than {_LONGEST // 1_000_000} MB; give only the post.")
        return read.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{screen.cut(name, 60)}: not UTF-8 text.") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{screen.cut(name, 60)}: can not be read ({getattr(error, 'strerror', None) or error}).") from None
