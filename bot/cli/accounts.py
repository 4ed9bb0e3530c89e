"""`bot accounts`, `pause`, `unpause`: where posts go, what each account still needs, and what keeps it from publishing."""

from __future__ import annotations

import click

from bot import clock, rescue, routing, standing, views
from bot.cli import common, each, moments, screen
from bot.context import Bot
from bot.errors import UsageError
from bot.store import accounts


@click.group("accounts", invoke_without_command=True)
@common.as_json
@click.pass_context
def accounts_command(context: click.Context, as_json: bool) -> int:
    """List the accounts: ready, or which variables are missing; paused, and why. Offline.

    An account without credentials is preview-only: everything but publishing works.
    """
    if context.invoked_subcommand:
        return 0
    bot = common.open_bot()
    with bot.store.read() as session:
        now = clock.now(session)
        things = [views.account(session, account, now) for account in bot.accounts.values()]
        rows = {name: accounts.get(session, name) for name in bot.accounts}
        obstacles = {name: standing.of_account(rows[name], bot.accounts[name], now) for name in rows}
        pauses = {name: standing.paused(rows[name], now) for name in rows}
    for thing in things:
        if as_json:
            common.print_json(thing)
            continue
        name, lacking = thing["account"], bot.accounts[thing["account"]].missing
        handle = f"@{thing['handle']}" if thing["handle"] else "-"
        is_now = ", ".join([*(["preview-only"] if lacking else []), *(["paused"] if pauses[name] else [])]) or "ready"
        click.echo(screen.one_line(f"{name} · {common.platform_name(thing['platform'])} · {handle} · {is_now}"))
        obstacle, threads_off = pauses[name] if lacking else obstacles[name], rows[name].threads_off
        takes = routing.described(bot.accounts[name])
        told = [f"takes articles {takes}"] if takes else []
        told += [f"set {', '.join(lacking)}"] if lacking else []
        told += [common.obstacle_said(bot, obstacle)] if obstacle else []
        if threads_off:
            told.append(f"makes no threads: {threads_off.rstrip('.')}. Once that is settled: bot unpause {name} --threads")
        for line in told:
            click.echo("\n".join(screen.wrap(screen.one_line(line), screen.columns(), "    ")))
    return 0


@accounts_command.command("verify")
@click.argument("account", nargs=-1)
def verify_command(account: tuple[str, ...]) -> int:
    """Ask each platform whom the credentials belong to (all accounts, or the named ones). Posts nothing.

    \b
    Exit codes: 0 ok · 1 not reachable · 4 missing or refused credentials
    """
    bot = common.open_bot()
    return each(account or tuple(bot.accounts), lambda name: click.echo(screen.one_line(_verified(bot, name))))


def _verified(bot: Bot, name: str) -> str:
    who = rescue.verify(bot, name)
    return f"{name}: the credentials belong to @{who.handle} ({who.remote_id})"


@click.command("pause")
@click.argument("account", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All accounts, those that are not configured any more too.")
@click.option("--reason", metavar="R", help="Why; shown until it is unpaused.")
def pause_command(account: tuple[str, ...], every: bool, reason: str | None) -> int:
    """Let nothing go out on each ACCOUNT, from the next delivery on; not even the rest of a thread.

    A delivery that is at hand ends. The posts wait as they are.

    \b
    Exit codes: 0 ok · 2 no such account
    """
    bot = common.open_bot()
    told = "account {0} is paused: nothing goes out from the next delivery on. Then: bot unpause {0}"
    return common.each_done(_named(bot, account, every), lambda name: rescue.pause(bot, name, reason), told)


@click.command("unpause")
@click.argument("account", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All accounts, those that are not configured any more too.")
@click.option("--threads", is_flag=True, help="Make threads again, too, after the platform refused them.")
@click.option("--unread", is_flag=True, help="Publish although it could not be read what the account said before this database.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
def unpause_command(account: tuple[str, ...], every: bool, threads: bool, unread: bool, dry_run: bool) -> int:
    """Let each ACCOUNT publish again, once you settled why it was paused. First says what will happen.

    \b
    Exit codes: 0 ok · 2 no such account
    """
    bot = common.open_bot()

    def one(name: str) -> None:
        click.echo(screen.one_line(f"{name}: {_forecast(bot, rescue.forecast(bot, name))}"))
        if dry_run:
            return
        rescue.unpause(bot, name, threads=threads, unread=unread)
        lacking = standing.unready(name, bot.accounts.get(name))
        click.echo(screen.one_line(f"account {name} publishes again{' and makes threads' if threads else ''}." + (f" But {lacking}." if lacking else "")))

    return each(_named(bot, account, every), one)


def _named(bot: Bot, account: tuple[str, ...], every: bool) -> tuple[str, ...]:
    if every == bool(account):
        raise UsageError("say which: ACCOUNT…, or --all." if not every else "name accounts, or --all, not both.")
    return rescue.every_account(bot) if every else tuple(dict.fromkeys(account))


def _forecast(bot: Bot, seen: rescue.Forecast) -> str:
    """`14 waiting, 9 too old, 5 go out by Mon 16:20 UTC`."""
    if not seen.waiting:
        return "nothing waits"
    going = seen.waiting - seen.too_old
    parts = [f"{seen.waiting} waiting", f"{seen.too_old} too old" if seen.too_old else ""]
    if going and seen.last is not None:
        when = "at once" if seen.now == going else f"by {moments.moment(bot, seen.last)}"
        parts.append(f"{going} {'goes' if going == 1 else 'go'} out {when}")
    return ", ".join(part for part in parts if part)
