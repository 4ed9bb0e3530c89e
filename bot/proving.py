"""Asking everything that publishing needs whether it is there: platforms, model, feeds, disk, clock. Posts nothing, drafts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from bot import clock, draft, intake, standing
from bot.context import Bot
from bot.drafters.openai import OpenAI
from bot.errors import BotError, SourceError
from bot.platforms.bluesky import Bluesky
from bot.platforms.x import IDENTITY_MICROS
from bot.sources import Since
from bot.store import accounts, disk, models, spending
from bot.store.engine import in_memory, read_url
from bot.text import links
from bot.values import Identity

ASTRAY = 60.0
"""Seconds by which this machine's clock may differ from the others'."""
LOGINS = 300
"""Logins by password that Bluesky grants an account a day, and 30 in five minutes (docs.bsky.app, rate limits)."""
_AT_ONCE = 6


class Finding(NamedTuple):
    """What was asked, what came of it, and the exit code that it stands for."""

    what: str
    told: str
    code: int = 0


def price(bot: Bot) -> int:
    """Micro-dollars that asking will cost: X charges for telling whose keys these are."""
    return IDENTITY_MICROS * sum(account.ready and account.platform == "x" for account in bot.accounts.values())


def ask(bot: Bot) -> Iterator[Finding]:
    """Ask one after the other; what can not be asked is a finding, too."""
    dates: list[str] = []
    for name, account in bot.accounts.items():
        if account.ready:
            yield from _account(bot, name, dates)
        else:
            yield Finding(f"account {name}", f"not asked: {standing.unready(name, account)}")
    yield from _model(bot)
    yield from _feeds(bot)
    yield from _disk(bot)
    yield from _clock(bot, dates)


def _account(bot: Bot, name: str, dates: list[str]) -> Iterator[Finding]:
    what, platform = f"account {name}", bot.platform(name)
    assert platform is not None
    stored = bot.logins.get(name) is not None
    try:
        who = platform.verify()
    except BotError as error:
        yield Finding(what, str(error), error.exit_code)
        return
    if who.at:
        dates.append(who.at)
    yield _whose(bot, name, who, platform.fingerprint)
    for trouble in who.troubles:
        yield Finding(what, trouble, 1)
    for remark in who.remarks:
        yield Finding(what, remark)
    if isinstance(platform, Bluesky):
        yield Finding(what, "the login at hand served: none of the day's logins was used" if stored else f"logged in with the app password, one of {LOGINS} logins a day; the session is kept")
        labels = platform.labels()
        told = "its labels can not be read here" if labels is None else f"labelled {', '.join(labels)}: look in the app what that means for its reach" if labels else "no labels"
        yield Finding(what, told, 1 if labels else 0)
    else:
        yield Finding(what, "X tells nobody of the Automated label or of the credit that is left: look at the account's settings and at the developer portal")


def _whose(bot: Bot, name: str, who: Identity, fingerprint: str) -> Finding:
    """Remembered where it is new or the same; a change is for a person to accept."""
    with bot.store.write() as session:
        row = accounts.get(session, name)
        spending.book(session, row.platform, "verify", who.cost_micros, clock.now(session))
        if row.remote_id in (None, who.remote_id):
            accounts.identify(row, who, fingerprint)
            return Finding(f"account {name}", f"the credentials belong to @{who.handle} ({who.remote_id})")
        was = f"@{row.handle}" if row.handle else row.remote_id
    return Finding(f"account {name}", f"the credentials belong to @{who.handle}, and until now it was {was}; if that is meant: bot accounts verify {name}", 4)


def _model(bot: Bot) -> Iterator[Finding]:
    chosen = draft.choose(bot.settings)
    if not isinstance(chosen, OpenAI):
        yield Finding("language model", "none is set: nothing to ask")
        return
    try:
        known = chosen.models(bot.settings.http_timeout)
    except BotError as error:
        yield Finding("language model", str(error), 4)
        return
    listed = f"{bot.settings.model} is listed" if bot.settings.model in known else f"it lists {len(known)} models, {bot.settings.model} is not among them: check BOT_MODEL"
    yield Finding("language model", f"it answers; {listed}", 0 if bot.settings.model in known or not known else 1)


def _feeds(bot: Bot) -> Iterator[Finding]:
    with bot.store.read() as session:
        urls = list(session.scalars(select(models.Source.url).where(~models.Source.off).order_by(models.Source.id)))

    def one(url: str) -> Finding:
        what, settings = f"feed {links.masked(url)}", bot.settings
        try:
            source = intake.open_source(url, timeout=settings.http_timeout, allow_private=settings.allow_private)
            batch = source.fetch(Since(pick=lambda entries: ()))
        except SourceError as error:
            return Finding(what, str(error), 1)
        return Finding(what, f"{len(batch.entries)} entries") if batch.is_feed else Finding(what, "there is a page, and no feed", 1)

    with ThreadPoolExecutor(_AT_ONCE, "proving") as pool:
        yield from pool.map(one, urls)


def _disk(bot: Bot) -> Iterator[Finding]:
    url = read_url(bot.settings.database)
    if url.get_backend_name() == "sqlite" and not in_memory(url):
        for found in disk.look(Path((url.database or "").removeprefix("file:").partition("?")[0])):
            yield Finding("disk", found.told, 1 if found.bad else 0)


def _clock(bot: Bot, dates: list[str]) -> Iterator[Finding]:
    now, others = datetime.now(UTC), []
    for date in dates:
        try:
            others.append((parsedate_to_datetime(date).astimezone(UTC) - now).total_seconds())
        except (TypeError, ValueError):
            continue
    if bot.store.dialect == "postgresql":
        with bot.store.read() as session:
            others.append((clock.now(session) - datetime.now(UTC)).total_seconds())
    if not others:
        yield Finding("clock", "nobody was asked what time it is")
        return
    worst = max(others, key=abs)
    off = abs(worst) > ASTRAY
    yield Finding("clock", f"{abs(worst):.0f} s {'behind' if worst > 0 else 'ahead of'} the others' clocks" + (": set it by NTP" if off else ""), 1 if off else 0)
