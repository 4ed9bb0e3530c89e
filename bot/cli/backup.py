"""`bot backup`: a copy of the database while workers run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot import clock, config
from bot.cli import common
from bot.store import backup
from bot.store.engine import read_url


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@common.as_json
def backup_command(file: Path, force: bool, as_json: bool) -> int:
    """Copy the SQLite database to FILE, whole and checked, while workers run.

    The copy is what the database held at one moment, readable by you alone.
    Its accounts are paused: it can not know what goes out after it was made.
    To put it to work: stop the worker, put FILE in the database's place
    (remove its -wal and -shm), cancel what is out already, bot unpause --all.
    PostgreSQL has pg_dump; the command is told.

    \b
    Exit codes: 0 ok · 1 it could not be made · 2 FILE is there, or
                the database is PostgreSQL · 4 DATABASE_URL
    """
    url = read_url(config.load().database)
    now = clock.now()
    with _bar() as progress:
        made = backup.make(url, file, now=f"{now:%Y-%m-%d %H:%M} UTC", force=force, progress=progress)
    if as_json:
        common.print_json({"file": str(made.path), "bytes": made.size, "revision": made.revision, "at": now.isoformat()})
    else:
        click.echo(f"{made.path}: {_size(made.size)}, checked (version {made.revision}).")
    return 0


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar where someone watches."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from tqdm import tqdm

    with tqdm(unit="page", leave=False) as bar:

        def told(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield told


def _size(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"
