"""`bot voice suggest`: rules that people's edits suggest, ready to be written down by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from bot import accounts, clock, config, voice
from bot.cli import common, each, looking, screen
from bot.errors import UsageError
from bot.store.db import Store
from bot.text import edits
from bot.text.edits import Pair


@click.group("voice")
def voice_command() -> None:
    """The voice of the posts, as edits show it. Nothing here changes anything."""


@voice_command.command("suggest")
@click.option("--account", metavar="A", help="Only the posts of this account.")
@click.option("--since", metavar="DAYS", type=click.IntRange(1, 36_500), help="Only posts approved in the last so many days.")
@common.as_json
def suggest_command(account: str | None, since: int | None, as_json: bool) -> int:
    """Rules that you could write down, from what people changed in drafts.

    \b
    Compares each draft with what a person approved in its place: words
    replaced or taken out, length, openings, hashtags, emoji, links, last
    sentences. What was done in two posts or more is shown, with a line for
    the voice file, and the setting that sees to it where there is one.
    Nothing changes by itself: you write down what you agree with.

    \b
    Exit codes: 0 ok, also when there is too little · 1 the database
                refused · 2 usage · 4 configuration
    """
    settings = config.load()
    known = accounts.configured(settings)
    found: list[Pair] = []
    code = 0
    with looking.existing(settings) as store:
        if store is not None:
            code = _read(store, account, since, found)
    if account is not None and account not in known and not found:
        raise UsageError(f"there is no account {account}. `bot accounts` lists them.")
    whose = known.get(account) if account else None
    candidates = edits.suggest(found)
    where = str(voice.file(settings, whose))
    shown = [
        {
            "kind": one.kind, "detail": one.detail, "count": one.times, "of": one.of, "posts": list(one.posts), "line": voice.line(one),
            "file": where, "setting": voice.setting(one, settings, whose),
        }
        for one in candidates
    ]
    if not candidates:
        common.say(_too_little(found))
    common.emit(as_json, _lines(shown, found, where) if shown else [], shown)
    return code


def _read(store: Store, account: str | None, since: int | None, found: list[Pair]) -> int:
    """Collect the pairs; a post that can not be read is told in a line, and the others go on."""

    def one(number: int) -> None:
        with store.read() as session, common.reading(f"post {number}"):
            pair = voice.pair(session, number)
            found.extend([pair] if pair else [])

    with store.read() as session:
        start = clock.now(session) - timedelta(days=since) if since else None
        numbers = voice.approved(session, account=account, since=start)
    return each(numbers, one, "post {}")


def _too_little(found: list[Pair]) -> str:
    edited = sum(pair.drafted != pair.approved for pair in found)
    told = f"{screen.counted(len(found), 'post')} approved by people, {edited} of them edited first"
    if edited < edits.LEAST:
        return f"Too little to go by: {told}. A rule needs the same change in {edits.LEAST} posts."
    return f"No change was made twice: {told}."


def _lines(shown: list[dict[str, Any]], found: list[Pair], where: str) -> list[str]:
    wide = screen.columns()
    edited = sum(pair.drafted != pair.approved for pair in found)
    lines = screen.wrap(f"{screen.counted(len(found), 'post')} approved by people, {edited} of them edited first.", wide)
    for one in shown:
        at = " ".join(f"#{post}" for post in one["posts"])
        lines += ["", *screen.wrap(f"{screen.one_line(one['detail'])}: {one['count']} of {screen.counted(one['of'], 'post')} ({at})", wide)]
        lines += screen.wrap(screen.one_line(one["line"]), wide, "  ")
        lines += screen.wrap(screen.one_line(f"or  {one['setting']}"), wide, "  ") if one["setting"] else []
    return [*lines, "", *screen.wrap(f"Nothing was changed. A line you agree with goes into {where}", wide)]
