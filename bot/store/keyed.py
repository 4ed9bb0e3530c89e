"""By which rules the keys of a database are made, and whether those that are stored were made by them.

Keys follow from what is stored beside them, by rules: the program's, whose version constants go up when they change, and the user's
for addresses. A database remembers by which it was last made over as a whole (`key_rules`); `bot.store.rekey` makes it over.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from bot.store import models
from bot.text import bands, keys, links
from bot.values import NO_URL_RULES, UrlRules

ADDRESSES, WORDS, LIKENESS = "addresses", "words", "likeness"
"""Sorts of keys: `article.url_key`; `said_key`, which holds addresses too; what texts that are alike are found by."""
SORTS = (ADDRESSES, WORDS, LIKENESS)


def info(rules: UrlRules) -> dict[str, Any]:
    """What a unit's session carries for `rules`."""
    return {"url_rules": rules}


def rules(session: Session) -> UrlRules:
    """The user's rules for addresses, by which keys are made in this unit."""
    found = session.info.get("url_rules", NO_URL_RULES)
    assert isinstance(found, UrlRules)
    return found


def read_rules(stored: str | None) -> UrlRules:
    """Rules as `UrlRules.stored` wrote them; none where that can not be read."""
    try:
        return UrlRules.model_validate_json(stored) if stored else NO_URL_RULES
    except ValidationError:
        return NO_URL_RULES


def wanted(rules: UrlRules) -> dict[str, str]:
    """Version by sort, as keys are made now."""
    addresses = f"{links.KEY_FORMAT} {rules.digest}"
    return {ADDRESSES: addresses, WORDS: f"{keys.SAID_FORMAT} {addresses}", LIKENESS: f"{bands.FORMAT}"}


def stale(session: Session, rules: UrlRules) -> tuple[str, ...]:
    """The sorts of keys that were last made by other rules; none in a database that has nothing with a key."""
    row = models.KeyRules
    there = {one.sort: one.version for one in session.execute(select(row.sort, row.version))}
    differ = tuple(sort for sort, version in wanted(rules).items() if there.get(sort) != version)
    return differ if differ and not _empty(session) else ()


def begin(session: Session, rules: UrlRules) -> None:
    """Write down by which rules the keys of a database are made that has none yet; leaves any other alone."""
    if _empty(session):
        for sort in SORTS:
            made(session, sort, rules)


def begun(session: Session, rules: UrlRules) -> bool:
    """Whether `begin` has nothing to do."""
    return session.scalar(select(models.KeyRules.version).where(models.KeyRules.sort == ADDRESSES)) == wanted(rules)[ADDRESSES] or not _empty(session)


def made(session: Session, sort: str, rules: UrlRules) -> None:
    """All keys of this sort are made by the rules of now."""
    session.execute(_MADE, {"sort": sort, "version": wanted(rules)[sort]})


_MADE = text("insert into key_rules (sort, version) values (:sort, :version) on conflict (sort) do update set version = excluded.version")


def _empty(session: Session) -> bool:
    return not any(session.scalar(select(exists().where(column.is_not(None)))) for column in (models.Article.id, models.Revision.id, models.Said.account_id))
