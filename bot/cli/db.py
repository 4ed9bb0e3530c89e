"""`bot db`: bring the database up to date, or check it."""

from __future__ import annotations

import click

from bot import config
from bot.cli import common
from bot.store import db
from bot.store.engine import masked, read_url


@click.group("db")
def db_command() -> None:
    """The database. An SQLite file is kept up to date by itself; PostgreSQL once by `bot db upgrade`."""


@db_command.command("upgrade")
def upgrade_command() -> int:
    """Create the tables, or bring them to this program's version. Keeps everything; safe to repeat.

    \b
    Exit codes: 0 ok · 1 the database refused · 4 DATABASE_URL
    """
    url = config.load().database
    before, after = db.upgrade(url)
    name = masked(read_url(url))
    click.echo(f"{name} is up to date (version {after})." if before == after else f"{name} is now at version {after} (before: {before or 'empty'}).")
    return 0


@db_command.command("check")
def check_command() -> int:
    """Compare the database with what this program expects, and look for damage. Changes nothing.

    \b
    Exit codes: 0 all well · 1 something is wrong · 4 DATABASE_URL
    """
    url = config.load().database
    wrong = db.check(url)
    for sentence in wrong:
        common.say(f"error: {sentence}")
    if not wrong:
        click.echo(f"{masked(read_url(url))}: all well.")
    return 1 if wrong else 0
