"""`bot review`: the waiting posts, one card at a time; what each key does."""

from __future__ import annotations

from collections.abc import Callable

import click

from bot import actions, standing, views
from bot.cli import card, common, decide, screen, worst
from bot.cli.keys import ENTER, Keys
from bot.context import Bot
from bot.errors import BotError, HoldError
from bot.store import posts
from bot.store.states import State

HELP = """a  approve: it goes out after the grace time
e  edit in $VISUAL or $EDITOR; the new text is checked again
r  reject, with a reason
o  override the holds and approve, with a reason
v  the draft's next variant
A  approve all posts of this article that have no hold
n  next (or Enter): leave it for later
u  take the last approval back
q  quit; what is not judged waits on"""


@click.command("review")
def review_command() -> int:
    """Judge the posts that wait for approval, one card at a time.

    A post with a problem says so first. Words in [brackets] are in doubt.
    Approving sends nothing: a post goes out after the grace time, by
    `bot publish`, `bot run` or `bot worker`. At a terminal a key acts at
    once; from a pipe each line is a key, or the reason that is asked for.

    \b
    Keys: a approve · e edit · r reject · o override · v variant
          A all of this article without holds · n or Enter next
          u take the last approval back · ? help · q quit

    \b
    Exit codes: 0 ok, even when posts still wait · 1 a post can not be
                read (the others are shown) · 130 interrupted
    """
    bot = common.open_bot()
    codes: list[int] = []
    ids = common.readable(bot, actions.listed(bot, State.IN_REVIEW), codes)
    if ids:
        _Review(bot, ids).go()
    elif not any(codes):
        click.echo("Nothing waits for review: bot run FILE-or-URL")
    return worst(codes)


def _tell(text: str) -> None:
    click.echo("\n".join(screen.wrap(screen.one_line(text), screen.columns())))


class _Review:
    """Goes through the posts; remembers what was approved, so that it can be taken back."""

    def __init__(self, bot: Bot, ids: list[int]) -> None:
        self._bot, self._ids, self._at = bot, ids, 0
        self._keys = Keys()
        self._approved: list[int] = []
        self._acts: dict[str, Callable[[int], bool]] = {
            "a": self._approve, "e": self._edit, "r": self._reject, "o": self._override, "v": self._variant,
            "A": self._all, "n": lambda _: True, " ": lambda _: True, ENTER: lambda _: True, "u": self._undo,
        }

    def go(self) -> None:
        """Card after card, until the last is judged or the user quits."""
        shown = -1
        while self._at < len(self._ids):
            number = self._ids[self._at]
            if not self._waits(number):
                self._at += 1
                continue
            if shown != self._at:
                self._show(number)
                shown = self._at
            key = self._keys.key()
            if key is None or key in "qQ":
                break
            if key == "?":
                click.echo(HELP)
            elif key not in self._acts:
                click.echo("That key does nothing here; ? lists the keys.")
            else:
                try:
                    if self._acts[key](number):
                        self._at, shown = self._at + 1, -1
                    elif key in "evu":
                        shown = -1
                except BotError as error:
                    _tell(f"Not done: {error}")
        self._end()

    def _waits(self, number: int) -> bool:
        with self._bot.store.read() as session:
            return posts.get(session, number).state == State.IN_REVIEW

    def _show(self, number: int) -> None:
        with self._bot.store.read() as session:
            lines = card.card(self._bot, session, posts.get(session, number), self._at + 1, len(self._ids))
        click.echo()
        for line in lines:
            word = line[:4]
            click.echo(click.style(line, fg={"HOLD": "red", "WARN": "yellow"}[word]) if card.coloured() and word in ("HOLD", "WARN") else line)

    def _approve(self, number: int) -> bool:
        try:
            told = decide.approve(self._bot, number)
        except HoldError:
            with self._bot.store.read() as session:
                codes = ", ".join(str(hold.code) for hold in standing.open_holds(posts.get(session, number)))
            _tell(f"Not approved: it has a hold ({codes}). Edit it (e), reject it (r), or let it pass for a reason (o).")
            return False
        self._approved.append(number)
        click.echo(told)
        return True

    def _edit(self, number: int) -> bool:
        click.echo(f"post {number} is edited." if decide.edit_in_editor(self._bot, number) else f"post {number} is unchanged.")
        return False

    def _reject(self, number: int) -> bool:
        why = self._keys.line("Reason:")
        if not why:
            click.echo("Not rejected: it needs a reason.")
            return False
        actions.reject(self._bot, number, why)
        click.echo(f"post {number} is rejected.")
        return True

    def _override(self, number: int) -> bool:
        with self._bot.store.read() as session:
            codes = tuple(dict.fromkeys(str(hold.code) for hold in standing.open_holds(posts.get(session, number))))
        if not codes:
            click.echo("It has no hold: a approves it.")
            return False
        why = self._keys.line(f"Let {', '.join(codes)} pass, because:")
        if not why:
            click.echo("Not approved: an override needs a reason.")
            return False
        click.echo(decide.approve(self._bot, number, codes, why))
        self._approved.append(number)
        return True

    def _variant(self, number: int) -> bool:
        at, of = actions.choose_variant(self._bot, number)
        click.echo(f"variant {at} of {of}")
        return False

    def _all(self, number: int) -> bool:
        with self._bot.store.read() as session:
            siblings = [post.id for post in views.approvable(posts.get(session, number).article)]
        for one in siblings:
            click.echo(decide.approve(self._bot, one))
            self._approved.append(one)
        if not siblings:
            click.echo("None of this article's posts is without a hold.")
        return number in siblings

    def _undo(self, _number: int) -> bool:
        if not self._approved:
            click.echo("Nothing was approved here yet.")
            return False
        last = self._approved[-1]
        actions.unapprove(self._bot, last, "taken back in review")
        self._approved.pop()
        if last in self._ids:
            self._at = self._ids.index(last)
        click.echo(f"post {last} is back in review.")
        return False

    def _end(self) -> None:
        waiting = sum(self._waits(number) for number in self._ids)
        click.echo()
        _tell(f"{len(self._approved)} approved, {waiting} still waiting."
              + (" What is approved goes out after the grace time: bot publish, or bot worker." if self._approved else ""))
