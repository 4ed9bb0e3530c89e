"""`bot worker`: one pass after another, until it is told to stop."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext

import click

from bot import config, pages, standing, worker
from bot.cli import common, fate, screen
from bot.config import Settings
from bot.errors import ConfigError
from bot.logs.writing import Log, writing
from bot.rounds import Rounds
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

    Logs as BOT_LOG and BOT_LOG_LEVEL say; answers /healthz and /metrics on
    BOT_HTTP_PORT; tells BOT_WEBHOOK_URL, and by mail, when a person is needed.

    On SQLite one machine works at a time (PostgreSQL takes any number);
    several workers of one machine share the work.

    \b
    Exit codes: 0 ended when told · 4 configuration can not be used
    """
    worker.save_memory()
    settings = config.load()
    trouble: list[ConfigError] = []
    with (
        worker.stopping(worker.STOPPING_JSON if settings.log == "json" else worker.STOPPING) as stop,
        writing(settings.log, settings.log_level, screen.one_line) as log,
    ):

        def lost(error: ConfigError) -> None:
            trouble.append(error)
            stop.ask()

        place = machine.take(read_url(settings.database), say=log, lost=lost, sleep=stop.wait, stopping=stop)
        try:
            if not stop():
                _work(settings, stop, log, dry_run)
        finally:
            place.leave()
        if not trouble:
            log("stopped.")
    if trouble:
        raise trouble[0]
    return 0


def _work(settings: Settings, stop: worker.Stop, log: Log, dry_run: bool) -> None:
    bot = common.open_bot()
    with ExitStack() as parts:
        port = parts.enter_context(pages.serving(bot))
        if bot.stale_keys:
            log(common.STALE_KEYS)
        for name in bot.accounts:
            lacking = standing.unready(name, bot.accounts[name])
            if lacking:
                log(f"{lacking}.", account=name)
        log(f"working on {bot.store.url}, sending nothing" if dry_run else f"working on {bot.store.url}")
        if port is not None:
            log(f"health: http://{settings.http_host}:{port}/healthz, numbers: /metrics", port=port)
        with nullcontext() if dry_run else Rounds(bot, log) as rounds:  # a dry run is not counted as somebody who works
            worker.run(
                bot, stop, log, dry_run=dry_run, rounds=rounds,
                fate=lambda number: fate.of(bot, number), told=lambda obstacle: common.obstacle_said(bot, obstacle),
            )
