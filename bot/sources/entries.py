"""What identifies an entry of a feed: its link and its GUID, so that it is known again under another date or place."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.sources.characters import clean
from bot.text import links
from bot.values import Entry, UrlRules

_LENGTH = 32
"""Hexadecimal digits of a hash: 128 bits, as many as two of some millions never share."""


def of(
    entry: Any, link: str | None, where: str, place: int, published_at: datetime | None, rules: UrlRules, before: UrlRules
) -> Entry:
    """The identity of an entry as the parser gives it (`id`, `title`, `summary`); `link` is its address, `place` its number from the top.

    An entry without a link goes by its text in the link's place. `rules`: the user's for addresses, and those by which the source's
    entries were known until now. They leave GUIDs alone, so that a feed that has them knows its entries whatever the user changes.
    """
    guid = str(entry.get("id") or "").strip()
    text = f"{clean(str(entry.get('title') or ''))}\n{entry.get('summary') or ''}".strip()
    former = _hash(links.url_key(link, before)) if link and before != rules else None
    return Entry(
        link=_hash(links.url_key(link, rules)) if link else _hash(f"text {text}") if text else None, former=former,
        guid=_hash((links.url_key(guid) if "://" in guid else None) or guid) if guid else None,  # many a GUID is an address
        where=links.masked(where), place=place, published_at=published_at,
    )


def _hash(key: str | None) -> str | None:
    return sha256(key.encode(errors="surrogatepass")).hexdigest()[:_LENGTH] if key else None
