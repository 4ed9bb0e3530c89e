"""Checking a text that anybody wrote: does it fit, does it say only what its article says, was it said before? Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import accounts, dedup, format, making, views
from bot.accounts import Account
from bot.config import Settings
from bot.errors import SourceError, UsageError
from bot.platforms import connect
from bot.sources import article as articles
from bot.sources import plain
from bot.sources.head import MAX_TITLE, Head
from bot.store import articles as stored
from bot.store import keyed, likeness, models, said
from bot.store.db import Store
from bot.text import keys, language
from bot.values import Article, Content, Duplicate, Hold, HoldCode, Segment, UrlRules, Value, Warn, WarningCode

PLATFORMS = tuple(accounts.SECRETS)


@dataclass(frozen=True)
class Terms:
    """What a text is checked against, besides its article."""

    accounts: tuple[Account, ...]
    """Their settings: limits, sign-off, tags, banned words; one for each platform."""
    only: str | None
    """Whose earlier posts count: this account's; None: every account's."""
    store: Store | None
    """Where what was said stands; None: nothing was."""
    timeout: float


class Checked(Value):
    """What was found."""

    segments: dict[str, Segment]
    """The text as each platform measures it."""
    too_long: dict[str, str]
    """By how much it is too long where it is, in words. A hold only when it fits nowhere."""
    holds: tuple[Hold, ...]
    warnings: tuple[Warn, ...]
    duplicates: tuple[Duplicate, ...]


def terms(settings: Settings, store: Store | None, account: str | None = None) -> Terms:
    """The terms of one configured account; without a name the common settings, on every platform.

    Raises UsageError when no account of this name is configured, ConfigError when bot.toml can not be read.
    """
    if account is None:
        common = accounts.configured(settings.model_copy(update={"accounts": {}}))
        return Terms(tuple(common.values()), None, store, settings.http_timeout)
    named = accounts.configured(settings)
    if account not in named:
        raise UsageError(f"there is no account {account}. `bot accounts` lists them.")
    return Terms((named[account],), account, store, settings.http_timeout)


def check(article: Article, text: str, against: Terms) -> Checked:
    """Measure and check a text as given, as one segment; nothing is added to it. Raises UsageError when it is empty, StoreError."""
    if not text.strip():
        raise UsageError("the text is empty.")
    segments: dict[str, Segment] = {}
    too_long: dict[str, str] = {}
    holds: list[Hold] = []
    warnings: list[Warn] = []
    seen = set()
    for account in against.accounts:
        formatted = format.edited((text,), Content(segments=()), connect(account, timeout=against.timeout))
        segment = formatted.content.segments[0]
        segments[account.platform] = segment
        too_long.update((account.platform, hold.detail) for hold in formatted.holds if hold.code is HoldCode.TOO_LONG)
        warnings += formatted.warnings
        terms = (segment.text, format.link(article, account), account.signoff, account.hashtags, account.banned_words, account.allow_bait)
        if terms not in seen:  # platforms differ in measure; what the text says is checked once
            seen.add(terms)
            found = making.checked(article, account, formatted.model_copy(update={"holds": (), "warnings": ()}))
            holds += found.holds
            warnings += found.warnings
    if len(too_long) == len(segments):
        holds = [*(Hold(code=HoldCode.TOO_LONG, detail=f"{name}: {told}") for name, told in too_long.items()), *holds]
    same, near = _said_before(article, text, against)
    if same:
        holds.insert(0, Hold(code=HoldCode.DUPLICATE, detail=same[0].detail))
    elif near:
        warnings.insert(0, Warn(code=WarningCode.NEAR_DUPLICATE, detail=near[0].detail))
    return Checked(
        segments=segments, too_long=too_long, holds=tuple(dict.fromkeys(holds)), warnings=tuple(dict.fromkeys(warnings)), duplicates=(*same, *near),
    )


def _said_before(article: Article, text: str, against: Terms) -> tuple[tuple[Duplicate, ...], tuple[Duplicate, ...]]:
    """The posts that say this already, or are approved to; and those that are near."""
    if against.store is None:
        return (), ()
    same: list[Duplicate] = []
    near: list[Duplicate] = []
    keys, endings = _keys(article, text, against.accounts, against.store.rules), {account.platform: account.ending for account in against.accounts}
    with against.store.read() as session:
        exact = _same_words(session, keys, against.only)
        same += [said.same(row, f"{said.words_of(row)} on {name}") for row, name in exact]
        there = {said.which(duplicate) for duplicate in same}
        own = _row_of(session, article)
        query = select(models.Account).order_by(models.Account.id)
        for account in session.scalars(query if against.only is None else query.where(models.Account.name == against.only)):
            if against.only is not None:
                others = said.elsewhere(session, account, keys)
                same += [said.same(row, said.repeated(row, name)) for row, name in others]
            for found in likeness.of_post(session, account_id=account.id, article_id=own, said=text, ignore=endings.get(account.platform, ())):
                if said.which(found.duplicate) not in there:
                    told = found.duplicate.model_copy(update={"detail": f"{found.duplicate.detail} (on {account.name})"})
                    (same if found.holds else near).append(told)
    return tuple(same), tuple(near)


def _same_words(session: Session, keys: Collection[str], only: str | None) -> Sequence[tuple[models.Said, str]]:
    """Who said the very same words, on which account; the first comes first."""
    row, account = models.Said, models.Account
    query = select(row, account.name).join(account, account.id == row.account_id).where(row.said_key.in_(keys))
    if only is not None:
        query = query.where(account.name == only)
    return [(said, name) for said, name in session.execute(query.order_by(row.created_at, row.post_id))]


def _row_of(session: Session, article: Article) -> int:
    """The number the article has in the store, whose own posts may say the same; 0 when it is not known there."""
    keys = dedup.article_keys(article, keyed.rules(session))
    row = stored.find(session, url_key=keys.url_key, fingerprint=keys.fingerprint)
    return row.id if row else 0


def _keys(article: Article, text: str, asked: Sequence[Account], rules: UrlRules) -> Collection[str]:
    """The keys under which a post with these words may be known: its link may stand in the text, in a card, or not be given here."""
    links = {link for account in asked for link in (article.url, format.link(article, account)) if link}
    bare = text
    for link in sorted(links, key=len, reverse=True):
        bare = bare.replace(link, "")
    ways = [[text], [bare], *([bare, link] for link in links), *([f"{bare}\n\n{link}"] for link in links)]
    return {keys.said_key(way, rules) for way in ways if way[0].strip()}


def as_json(checked: Checked) -> dict[str, Any]:
    """What was found as `--json` prints it. A platform that was not asked is null."""

    def measured(name: str) -> Mapping[str, Any] | None:
        segment = checked.segments.get(name)
        if segment is None:
            return None
        size = {"length": segment.length, "limit": segment.limit}
        return {**size, "has_url": segment.has_url, "cost_usd": views.dollars(segment.cost_micros)} if name == "x" else size

    return {
        "ok": not checked.holds,
        "holds": [{"code": str(hold.code), "detail": hold.detail} for hold in checked.holds],
        "warnings": [{"code": str(warning.code), "detail": warning.detail} for warning in checked.warnings],
        **{name: measured(name) for name in PLATFORMS},
        "duplicates": [duplicate.model_dump(mode="json", exclude_none=True) for duplicate in checked.duplicates],
    }


@lru_cache(maxsize=2)
def article_of(text: str) -> Article:
    """An article given as plain text: read as a file of it would be, and taken whole where that finds no article in it.

    The last two are kept: several texts about one article often follow each other. Raises SourceError when it is empty.
    """
    lines = plain.paragraphs(text)
    if not lines:
        raise SourceError("the article is empty.")
    try:
        if len(lines) > 1 and len(lines[0]) <= MAX_TITLE:
            return plain.read(text, where="the article")
        return articles.made(plain.headed(lines), where="the article", head=Head())
    except SourceError:  # a sentence or two, which no page would be
        return Article(title="", body="\n\n".join(lines), language=language.guess("\n".join(lines)))
