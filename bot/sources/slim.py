"""Large feeds (RSS 2.0, Atom) in bounded time: what identifies each entry, and only those that are wanted as a whole.

The parser takes a millisecond for each entry, most of it for texts that nobody reads; of the fifty thousand entries that some feeds
hold, a poll wants the addresses, and a handful of texts. What is not in the plain form that is understood here is left to the parser.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from bot.sources import dates

LARGE = 200_000
"""Bytes from which it is worth it."""
_ATOM = "{http://www.w3.org/2005/Atom}"
_ENTRIES = ("item", f"{_ATOM}entry")
_BARE = re.compile(r"[\w-]{1,200}", re.A)
_ODD = (b"xml:base", b"<!DOCTYPE", b"<!ENTITY", b"origLink")
"""What changes the meaning of addresses, or of anything."""


def entries(data: bytes, charset: str | None, address: str | None) -> list[dict[str, Any]] | None:
    """Each entry's `link`, `id`, `title` and `published_parsed`, as the parser names them, in the feed's order. None: ask the parser."""
    if any(odd in data for odd in _ODD):
        return None
    found: list[dict[str, Any]] = []
    try:
        for one in _each(data, charset):
            entry = _atom(one) if one.tag.startswith(_ATOM) else _rss(one, address)
            if entry is None:
                return None
            found.append(entry)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    return found or None


def only(data: bytes, charset: str | None, wanted: Collection[int]) -> bytes:
    """A feed with the entries of these numbers, whole, and nothing else."""
    kept = {*wanted}
    parts = []
    for number, one in enumerate(_each(data, charset)):
        if number in kept:
            one.tail = None
            parts.append(etree.tostring(one, encoding="unicode"))
        if len(parts) == len(kept):
            break
    inside = "".join(parts)
    if inside.startswith("<entry") or f"{_ATOM[1:-1]}" in inside[:300]:
        return f'<feed xmlns="{_ATOM[1:-1]}">{inside}</feed>'.encode()
    return f'<rss version="2.0"><channel>{inside}</channel></rss>'.encode()


def _each(data: bytes, charset: str | None) -> Iterator[Any]:
    """One after the other, forgotten when the next is asked for."""
    for _, one in etree.iterparse(
        io.BytesIO(data), events=("end",), tag=_ENTRIES, resolve_entities=False, no_network=True, huge_tree=False, encoding=charset, remove_comments=True,
    ):
        yield one
        one.clear()
        above = one.getparent()
        while above is not None and one.getprevious() is not None:
            del above[0]


def _rss(one: Any, base: str | None) -> dict[str, Any] | None:
    link, guid, title, date = one.findall("link"), one.findall("guid"), one.findtext("title"), one.findtext("pubDate")
    address = (link[0].text or "").strip() if len(link) == 1 else ""
    name = ((guid[0].text or "") if guid else "").strip()
    odd = len(guid) > 1
    if guid and guid[0].get("isPermaLink") != "false" and name and ":" not in name:  # the parser takes it for an address without a host
        odd = odd or guid[0].get("isPermaLink", "true") != "true" or not _BARE.fullmatch(name)
        name = urljoin(base or "", name)
    odd = odd or one.find(f"{_ATOM}link") is not None or one.find("{*}date") is not None
    return None if odd else _entry(address, name, title, date)


def _atom(one: Any) -> dict[str, Any] | None:
    named = [link for link in one.findall(f"{_ATOM}link") if (link.get("rel") or "alternate") == "alternate"]
    address = (named[0].get("href") or "").strip() if len(named) == 1 else ""
    if ":" not in (one.findtext(f"{_ATOM}id") or ":"):
        return None  # it may be relative
    text = {name: one.findtext(f"{_ATOM}{name}") for name in ("id", "title", "published", "updated")}
    return _entry(address, (text["id"] or "").strip(), text["title"], text["published"] or text["updated"])


def _entry(address: str, guid: str, title: str | None, date: str | None) -> dict[str, Any] | None:
    """None where the address is not one that means the same everywhere."""
    if not address.startswith(("http://", "https://")) or any(sign.isspace() for sign in address):
        return None
    moment = dates.read(date)
    return {"link": address, "id": guid, "title": title or "", "published_parsed": moment.timetuple() if moment else None}
