"""`bot worker`: one pass after another, until it is told to stop."""

from __future__ import annotations

import click

from bot import config, standing, worker
from bot.cli import common, fate
from bot.errors import ConfigError
from bot.store import machine
from bot.store.engine import read_url


@click.command("worker")
@click.option("--dry-run", is_flag=True, help="Draft what is queued; send nothing.")
def worker_command(dry_run: bool) -> int:
    """Draft what is queued and publish what is approved and due, again and again.

    Says what became of each post. SIGTERM (or Ctrl-C) ends it after the
    delivery it is at, a second one at once; the rest goes on when it is
    started again, here or on another machine. Never publishes what
    nobody approved, unless BOT_AUTO_APPROVE=clean did.

    On SQLite one machine works at a time (PostgreSQL takes any number);
    several workers of one machine share the work.

    \b
    Exit codes: 0 ended when told · 4 configuration can not be used
    """
    trouble: list[ConfigError] = []
    with worker.stopping() as stop:

        def lost(error: ConfigError) -> None:
            trouble.append(error)
            stop.ask()

        place = machine.take(read_url(config.load().database), say=common.say, lost=lost, sleep=stop.wait, stopping=stop)
        try:
            if not stop():
                _work(stop, dry_run)
        finally:
            place.leave()
    if trouble:
        raise trouble[0]
    common.say("stopped.")
    return 0


def _work(stop: worker.Stop, dry_run: bool) -> None:
    bot = common.open_bot()
    for name in bot.accounts:
        lacking = standing.unready(name, bot.accounts[name])
        if lacking:
            common.say(f"{lacking}.")
    common.say(f"working on {bot.store.url}, sending nothing" if dry_run else f"working on {bot.store.url}")
    worker.run(
        bot, stop, common.say, dry_run=dry_run,
        fate=lambda number: fate.of(bot, number), told=lambda obstacle: common.obstacle_said(bot, obstacle),
    )
