"""`bot accounts` and `bot unpause`: where posts go, and what each account still needs."""

from __future__ import annotations

import click

from bot import actions, clock, views
from bot.cli import common, each, screen
from bot.context import Bot


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
    for thing in things:
        if as_json:
            common.print_json(thing)
            continue
        until = f" (until {thing['paused_until']})" if thing["paused_until"] else ""
        lacking = bot.accounts[thing["account"]].missing
        handle = f"@{thing['handle']}" if thing["handle"] else "-"
        is_now = "ready" if thing["ready"] else "preview-only" if lacking else "paused"
        click.echo(screen.one_line(f"{thing['account']} · {common.platform_name(thing['platform'])} · {handle} · {is_now}"))
        if not thing["ready"]:
            told = f"set {', '.join(lacking)}" if lacking else f"{thing['reason'].rstrip('.')}{until}. Then: bot unpause {thing['account']}"
            click.echo("\n".join(screen.wrap(screen.one_line(told), screen.columns(), "    ")))
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
    who = actions.verify(bot, name)
    return f"{name}: the credentials belong to @{who.handle} ({who.remote_id})"


@click.command("unpause")
@click.argument("account", nargs=-1, required=True)
def unpause_command(account: tuple[str, ...]) -> int:
    """Let each ACCOUNT publish again, once you settled why it was paused."""
    bot = common.open_bot()
    return common.each_done(account, lambda name: actions.unpause(bot, name), "account {} publishes again.")
