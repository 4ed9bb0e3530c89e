"""`bot doctor`: every setting, its value and where it came from, and what is missing; with `--online`, whether all of it works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from bot import accounts, draft, prompts
from bot.accounts import Account
from bot.cli import common, routed, screen, worst
from bot.config import Settings
from bot.errors import BotError, ConfigError
from bot.provenance import MASK, Shown, address, read
from bot.store import db
from bot.store.engine import in_memory, masked, read_url
from bot.values import Kind

X_RULES = (
    "X asks of automated accounts: switch on the Automated label in the account's settings, name its operator in the bio, "
    "and get X's approval before posting what AI wrote."
)
"""X's automation rules and developer policy, as of 2026-08."""


class Check(NamedTuple):
    """One finding: what was looked at, how it is, and the exit code it stands for."""

    what: str
    told: str
    code: int = 0


@click.command("doctor")
@click.option("--online", is_flag=True, help="Ask the platforms, the model and the feeds, too; X charges $0.005 an account.")
@common.as_json
def doctor_command(online: bool, as_json: bool) -> int:
    """Show each setting with its value and where it came from (flag, environment, .env, bot.toml, default), secrets masked; then check the database, the prompts folder and the accounts. Sends nothing; asks no platform and no model.

    --online asks: whose the credentials are, and what the platform says of
    the account; whether the model's key is good (costs nothing); whether the
    feeds can be read; the database's disk; the clock. It uses the login that
    is stored, posts nothing and drafts nothing.

    \b
    Exit codes: 0 usable (preview-only accounts are ok) · 1 the database
                refused, or something does not answer as it should ·
                4 a setting, prompt or layout is unreadable, or credentials
                are refused
    """
    reading = read(_for_people)
    checks = list(_checks(reading.settings, reading.problems, reading.unknown))
    if online:
        checks += _online(checks)
    if as_json:
        for shown in reading.shown:
            common.print_json({"setting": shown.name, "value": shown.value, "source": shown.source, "problem": shown.problem})
        for check in checks:
            common.print_json({"check": check.what, "ok": check.code == 0, "detail": check.told})
    else:
        _print(reading.shown, checks)
    failed = [check for check in checks if check.code]
    if failed:
        common.say(f"error: {screen.counted(len(failed), 'finding')} to mend: {failed[0].what}: {failed[0].told}")
    return worst(check.code for check in failed)


def _online(offline: list[Check]) -> Iterator[Check]:
    """What only asking tells; nobody is asked while the settings or the database can not be used."""
    if any(check.code for check in offline):
        yield Check("online", "not asked: settle the findings above first.")
        return
    from bot import proving

    bot = common.open_bot()
    if proving.price(bot):
        common.say(f"asking X whose the keys are costs ${proving.price(bot) / 1e6:.3f}; it is booked as verify.")
    for found in proving.ask(bot):
        yield Check(*found)


def _print(settings: list[Shown], checks: list[Check]) -> None:
    wide = screen.columns()
    for shown in settings:
        value = screen.one_line(shown.value or "-")
        head, beside = f"{shown.name:<28} ", wide - 29 - len(shown.source) - 2
        if screen.width(value) <= beside:
            click.echo(f"{head}{screen.padded(value, wide - 43)}  {shown.source}" if screen.width(value) <= wide - 43 else f"{head}{value}  {shown.source}")
        else:
            click.echo("\n".join(screen.wrap(f"{value} {shown.source}", wide, head, " " * len(head))))
    click.echo()
    for check in checks:
        mark = "ok  " if check.code == 0 else "FAIL"
        click.echo("\n".join(screen.wrap(screen.one_line(f"{check.what}: {check.told}"), wide, f"{mark}  ", "      ")))


def _checks(settings: Settings | None, problems: list[str], unknown: list[str]) -> Iterator[Check]:
    for problem in problems:
        yield Check("settings", problem, 4)
    if unknown:
        yield Check("settings", f"not known, and ignored: {', '.join(unknown)}. See .env.example for the names.")
    if settings is None:
        return
    yield _database(settings)
    yield from _addresses(settings)
    found: dict[str, Account] = {}
    try:
        found = accounts.configured(settings)
    except ConfigError as error:
        yield Check("accounts", str(error), 4)
    yield _prompts(settings, {account.platform for account in found.values()})
    yield _drafter(settings)
    for account in found.values():
        told = "ready to publish (not asked: bot accounts verify does)" if account.ready else f"preview-only: set {', '.join(account.missing)}"
        yield Check(f"account {account.name}", told)
    yield from (Check(*one) for one in routed.told(settings, found.values()))
    if any(account.platform == "x" for account in found.values()):
        yield Check("rules", X_RULES)


def _for_people(database: str) -> str:
    """A database's address without its password; wholly masked when it can not be read."""
    try:
        return masked(read_url(database))
    except ConfigError:
        return MASK


def _database(settings: Settings) -> Check:
    try:
        url = read_url(settings.database)
        if url.get_backend_name() == "sqlite":
            if in_memory(url):
                return Check("database", "in memory: everything is forgotten at the end.")
            path = Path(url.database or "")
            if not path.exists():
                folder = path.absolute().parent
                if not folder.is_dir():
                    return Check("database", f"there is no folder {folder}. Create it, or correct DATABASE_URL.", 1)
                return Check("database", f"{masked(url)} is not there yet; the first command makes it. Keep it on a disk that lasts.")
        wrong = db.check(settings.database)
        stale = not wrong and db.stale_keys(settings.database, settings.url_rules)
    except BotError as error:
        return Check("database", str(error), error.exit_code)
    if wrong:
        return Check("database", " ".join(wrong), 1)
    kept = " Keep it on a disk that lasts: it knows what waits and what was said." if url.get_backend_name() == "sqlite" else ""
    return Check("database", f"{masked(url)}, all well.{kept}" + (f" {common.STALE_KEYS}" if stale else ""))


def _addresses(settings: Settings) -> Iterator[Check]:
    """The user's rules for addresses."""
    for site, rule in settings.url_rules.sites.items():
        told = [f"{key} {' '.join(names)}" for key in ("keep", "drop", "only") if (names := getattr(rule, key))]
        told += ["only nothing: no parameter counts"] if rule.only == () else []
        yield Check(f"url_rules {site}", "; ".join([*told, *(["paths in any case"] if rule.ignore_case else [])]))


def _prompts(settings: Settings, platforms: set[str]) -> Check:
    try:
        place = prompts.folder(settings.prompts_dir)
        for platform in sorted(platforms):
            for kind in Kind:
                prompts.template(f"layout/{platform}.{kind}.j2", settings.prompts_dir, shipped_too=kind is Kind.CORRECTION)
    except BotError as error:
        return Check("prompts", str(error), error.exit_code)
    return Check("prompts", str(place))


def _drafter(settings: Settings) -> Check:
    try:
        chosen = draft.choose(settings).name
    except BotError as error:
        return Check("drafter", str(error), error.exit_code)
    if chosen == draft.OFFLINE:
        return Check("drafter", f"{chosen} (offline, $0): takes the article's own words. Set OPENAI_API_KEY for a language model.")
    at = f" at {address(settings.openai_base_url)}" if settings.openai_base_url else ""
    return Check("drafter", f"{chosen}: {settings.model}{at}")
