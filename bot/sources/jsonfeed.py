"""JSON Feed (jsonfeed.org, versions 1 and 1.1), in the shape in which the parser gives RSS and Atom."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from time import struct_time
from typing import Any

_VERSION = re.compile(rb"\"version\"\s*:\s*\"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org")
_NEAR = 4_000
"""Bytes at either end in which the version stands: writers put it first, or sort their keys."""


def is_one(data: bytes) -> bool:
    """Whether it is an object that calls itself a JSON Feed."""
    head = data[:_NEAR].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") and bool(_VERSION.search(head) or _VERSION.search(data[-_NEAR:]))


def parsed(data: bytes) -> dict[str, Any]:
    """Feed and entries as the parser of the other formats names them; what is no JSON is `bozo`."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError):
        return {"bozo": True}
    items = feed.get("items")
    found = [_entry(item, feed) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {"version": "json", "entries": found, "feed": {"language": _text(feed, "language")}}


def _entry(item: dict[str, Any], feed: dict[str, Any]) -> dict[str, Any]:
    text = _text(item, "content_html") or "".join(f"<p>{html.escape(part)}</p>" for part in _text(item, "content_text").split("\n\n") if part)
    return {
        "link": _text(item, "url") or _text(item, "external_url"), "id": _text(item, "id"), "title": html.escape(_text(item, "title")),
        "summary": html.escape(_text(item, "summary")) or text, "content": [{"value": text}] if text else [],
        "author": _author(item) or _author(feed),
        "published_parsed": _time(item, "date_published"), "updated_parsed": _time(item, "date_modified"),
    }


def _text(of: dict[str, Any], key: str) -> str:
    """Many writers give numbers as ids."""
    value = of.get(key)
    return str(value) if isinstance(value, str | int) else ""


def _author(of: dict[str, Any]) -> str:
    authors = of.get("authors")
    first = (authors[0] if isinstance(authors, list) and authors else None) or of.get("author")
    return _text(first, "name") if isinstance(first, dict) else ""


def _time(of: dict[str, Any], key: str) -> struct_time | None:
    try:
        moment = datetime.fromisoformat(_text(of, key))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).timetuple()
    except (ValueError, OverflowError):
        return None
