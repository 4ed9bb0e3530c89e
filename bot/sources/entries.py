"""What identifies an entry of a feed: its link and its GUID, so that it is known again under another date or place."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.sources.characters import clean
from bot.text import links
from bot.text.plain import fold
from bot.values import Entry, UrlRules

_LENGTH = 32
"""Hexadecimal digits of a hash: 128 bits, as many as two of some millions never share."""
_TAG, _NOT_WORD, _REVISION = re.compile(r"<[^<>]*>"), re.compile(r"[\W_]+"), re.compile(r"#[0-9]{1,3}\Z")
_MOST_SAID, _LEAST_SAID = 2_000, 40
"""Of an entry's text so many characters tell what it is about; fewer tell too little where it has no date."""


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
    plain = links.url_key(link) if link else None
    named = (links.url_key(guid) if "://" in guid else None) or guid  # many a GUID is an address
    return Entry(
        link=_hash(links.url_key(link, rules) if rules.sites else plain) if link else _hash(f"text {text}") if text else None, former=former,
        guid=_hash(named), part=_part(link, plain, guid, named) if link else None, about=_about(entry, published_at),
        where=links.masked(where), place=place, published_at=published_at,
    )


def _part(link: str, page: str | None, guid: str, named: str) -> str | None:
    """What names an entry that has its page together with others: its GUID, else the place on the page that its link leads to.

    Without the number that some publishers count an article's revisions by, behind its own address as GUID.
    """
    fragment = link.partition("#")[2]
    if "://" in guid:
        within = (guid if fragment else _REVISION.sub("", guid)).partition("#")[2]
        guid = f"{named}#{within}"
    name = guid or fragment
    return _hash(f"part {page}\n{name}") if name else None


def _about(entry: Any, published_at: datetime | None) -> str | None:
    """Title and date; of an entry without a date, title and text. None where that says too little."""
    title = _said(entry.get("title"))
    if published_at is not None:
        said = title or _said(entry.get("summary"))
        return _hash(f"about {said}\n{published_at.isoformat()}") if said else None
    text = _said(entry.get("summary"))
    return _hash(f"about {title}\n{text}") if len(text) >= _LEAST_SAID else None


def _said(markup: object) -> str:
    text = _TAG.sub(" ", html.unescape(str(markup or "")[:_MOST_SAID]))
    return " ".join(_NOT_WORD.sub(" ", fold(text)).casefold().split())


def shared(found: Iterable[Entry]) -> frozenset[str]:
    """The links that name none of these entries: several have them, which differ in their GUIDs and in what they are about."""
    parts: dict[str, dict[str, str | None]] = {}
    for entry in found:
        if entry.link and entry.part:
            parts.setdefault(entry.link, {})[entry.part] = entry.about
    return frozenset(link for link, named in parts.items() if len(named) > 1 and (None in named.values() or len({*named.values()}) > 1))


def _hash(key: str | None) -> str | None:
    return sha256(key.encode(errors="surrogatepass")).hexdigest()[:_LENGTH] if key else None
