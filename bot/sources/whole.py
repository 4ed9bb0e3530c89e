"""Whether a feed (RSS, Atom) came whole; and what of one that did not can be read all the same."""

from __future__ import annotations

import re

_ROOT = re.compile(rb"<((?:[\w.-]+:)?(?:rss|rdf|feed))(?=[\s>/])([^<>]*)>", re.I)
_ENTRY_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:item|entry)\s{0,40}>", re.I)
_ENTRY = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>]", re.I)


def mended(data: bytes) -> bytes | None:
    """The feed up to the end of its last whole entry, with its end put to it. None for one that came whole.

    Whole is what has the end of its first element: servers that break off in the middle of an answer often call it complete.
    Another script's bytes behind that end change nothing.
    """
    plain = data.replace(b"\0", b"") if b"\0" in data[:200] else data  # of two bytes a letter
    root = _ROOT.search(plain[:8_192])
    if root is None or root[2].rstrip().endswith(b"/"):
        return None
    name = root[1]
    ends = list(_ENTRY_END.finditer(plain))
    last = ends[-1].end() if ends else root.end()
    if re.search(rb"</" + re.escape(name) + rb"\s{0,40}>", plain[last:], re.I):
        return None
    if plain is not data:
        return b""  # nothing safe can be said of where its entries end
    first = _ENTRY.search(data)
    head = data[:last] if ends else data[: first.start()] if first else b""
    channel = b"</channel>" if name.lower() == b"rss" and not re.search(rb"</channel\s{0,40}>", head, re.I) else b""
    return head + channel + b"</" + name + b">"
