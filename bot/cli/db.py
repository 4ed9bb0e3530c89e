"""`bot db`: bring the database up to date, or check it."""

from __future__ import annotations

import sys

import click

from bot import accounts, config
from bot.cli import common, screen
from bot.config import Settings
from bot.store import db, rekey
from bot.store.engine import masked, read_url
from bot.text import links


@click.group("db")
def db_command() -> None:
    """The database. An SQLite file is kept up to date by itself; PostgreSQL once by `bot db upgrade`."""


@db_command.command("upgrade")
def upgrade_command() -> int:
    """Create the tables, or bring them to this program's version. Keeps everything; safe to repeat.

    Keys by which articles and posts are known again are made anew where the
    program's rules for them changed, or yours (url_rules in bot.toml).
    Workers may go on meanwhile; start them anew when bot.toml changed.

    \b
    Exit codes: 0 ok · 1 the database refused · 4 DATABASE_URL, or a setting
    """
    settings = config.load()
    before, after = db.upgrade(settings.database)
    name = masked(read_url(settings.database))
    click.echo(f"{name} is up to date (version {after})." if before == after else f"{name} is now at version {after} (before: {before or 'empty'}).")
    _keys(settings)
    return 0


def _keys(settings: Settings) -> None:
    """Make stale keys anew, and say what that came to."""
    endings = {name: account.ending for name, account in accounts.configured(settings).items()}
    with db.open_store(settings.database, rules=settings.url_rules) as store:
        made = rekey.run(store, endings, _Progress())
    if made.sorts:
        click.echo(
            f"Keys made anew ({', '.join(made.sorts)}) of {screen.counted(made.articles, 'article')} and {screen.counted(made.posts, 'post')}: "
            f"{made.changed} changed."
        )
    for one in made.alike:
        common.say(f"article {one.article} has the address of article {one.older} by the rules of now, and is found by its text alone: {links.masked(one.url)}")


class _Progress:
    """How far each sort of keys is, on one line, when someone watches."""

    def __call__(self, sort: str, done: int, of: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[Kkeys, {sort}: {done} of {of}" + ("\r\x1b[K" if done >= of else ""), err=True, nl=False)


@db_command.command("check")
def check_command() -> int:
    """Compare the database with what this program expects, and look for damage. Changes nothing.

    \b
    Exit codes: 0 all well · 1 something is wrong · 4 DATABASE_URL
    """
    settings = config.load()
    wrong = db.check(settings.database)
    for sentence in wrong:
        common.say(f"error: {sentence}")
    if not wrong:
        if db.stale_keys(settings.database, settings.url_rules):
            common.say(common.STALE_KEYS)
        click.echo(f"{masked(read_url(settings.database))}: all well.")
    return 1 if wrong else 0
