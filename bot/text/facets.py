"""Rich text for Bluesky: which stretches of a post are links, mentions or tags.

Bluesky draws nothing by itself: a link is a link only where a facet (app.bsky.richtext.facet) says so, by UTF-8 byte
offsets that the server does not check. What counts as one follows the official client's detection (bluesky-social/atproto,
packages/api, `rich-text/detection`), with small additions: a bare domain may have hyphens, all
punctuation after a link is left out, and there is no facet where the lexicon would refuse its value. A facet found here never overlaps another, and begins and ends between characters of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from unicodedata import category

from bot.text import graphemes, tlds
from bot.values import Facet

_MENTION = re.compile(r"(?<![^\s(])@([A-Za-z0-9.-]++)(?!_)")
_LINK = re.compile(
    r"(?<![^\s(])(?:[Hh][Tt][Tt][Pp][Ss]?://[^\s\ufeff/][^\s\ufeff]*+"
    r"|(?P<host>[A-Za-z][A-Za-z0-9-]*+(?:\.[A-Za-z0-9-]++)++)[^\s\ufeff]*+)"
)
_AFTER_LINK = ".,;:!?\u2026\"'\u2019\u201d\u00bb"
"""Punctuation that ends a sentence or a quotation rather than an address."""
_TAG_BREAKS = "\ufeff\u00ad\u2060\u200a\u200b\u200c\u200d\u20e2"
_TAG = re.compile(rf"(?<!\S)[#＃](?!\ufe0f)([^\s{_TAG_BREAKS}]++)")
_CASHTAG = re.compile(r"(?<![^\s(])\$([A-Za-z][A-Za-z0-9]{0,4})(?=[\s.,;:!?)\"'\u2019]|\Z)")

_DIGITS = frozenset("0123456789")

_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST_TAG = 64
"""Graphemes, as in the lexicon."""
_LONGEST_TAG_BYTES = 640
_LONGEST_DOMAIN = 253


class _Found(NamedTuple):
    """A facet by code points."""

    start: int
    end: int
    type: str
    value: str


def find(text: str, resolve: Callable[[str], str | None] | None = None) -> tuple[Facet, ...]:
    """The facets of `text`, in order, by UTF-8 byte offsets (end exclusive).

    `resolve` gives the DID of a handle (lower case, without `@`), or None when nobody has it; without `resolve` nothing is
    a mention. Posts are made without it as yet: who a handle is would have to be asked, and approved, before the send. A bare `example.com` is a link where its last part is a top-level domain; its value gets `https://`.

    >>> [(f.start, f.end, f.type, f.value) for f in find("“Über” example.com #news")]
    [(12, 23, 'link', 'https://example.com'), (24, 29, 'tag', 'news')]
    """
    found = [*_links(text), *_tags(text), *_cashtags(text)]
    if resolve is not None:
        found += _mentions(text, resolve)
    found.sort(key=lambda one: (one.start, -one.end))

    facets: list[Facet] = []
    at = offset = 0
    for one in found:
        if one.start < at:
            continue
        start = offset + _bytes(text[at : one.start])
        offset = start + _bytes(text[one.start : one.end])
        at = one.end
        facets.append(Facet(start=start, end=offset, type=one.type, value=one.value))
    return tuple(facets)


def _links(text: str) -> Iterator[_Found]:
    for match in _LINK.finditer(text):
        host = match["host"]
        if host is not None and not _is_domain(host):
            continue
        written = match.group()
        written = written.rstrip(_AFTER_LINK if "(" in written else _AFTER_LINK + ")")
        address = written if host is None else f"https://{written}"
        if not address.endswith("//"):
            yield _Found(match.start(), match.start() + len(written), "link", address)


def _mentions(text: str, resolve: Callable[[str], str | None]) -> Iterator[_Found]:
    for match in _MENTION.finditer(text):
        handle = match.group(1).rstrip(".-")
        if not _is_domain(handle, test=True):
            continue
        did = resolve(handle.lower())
        if did is not None:
            yield _Found(match.start(), match.start() + 1 + len(handle), "mention", did)


def _tags(text: str) -> Iterator[_Found]:
    for match in _TAG.finditer(text):
        tag = match.group(1)
        end = len(tag)
        while end and category(tag[end - 1]).startswith("P"):
            end -= 1
        tag = tag[:end]
        if all(character in _DIGITS or category(character).startswith("P") for character in tag):
            continue
        if graphemes.length(tag) <= _LONGEST_TAG and _bytes(tag) <= _LONGEST_TAG_BYTES:
            yield _Found(match.start(), match.start(1) + len(tag), "tag", tag)


def _cashtags(text: str) -> Iterator[_Found]:
    for match in _CASHTAG.finditer(text):
        yield _Found(match.start(), match.end(), "tag", match.group().upper())


def _is_domain(name: str, *, test: bool = False) -> bool:
    """Whether `name` is a host name under a top-level domain; with `test` also under `.test`, for servers at home."""
    if len(name) > _LONGEST_DOMAIN:
        return False
    labels = name.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return False
    return tlds.is_domain(labels[-1]) or (test and labels[-1].lower() == "test")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
