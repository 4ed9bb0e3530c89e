"""A site's feeds, from a page of it: those that the page names, else those that stand where feeds usually do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lxml import etree
from lxml import html as lxml_html

from bot import clock
from bot.errors import SourceError
from bot.sources import reading
from bot.sources.fetch import Answer, Refused
from bot.text import links

TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
PATHS = ("feed", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json")
"""Where feeds usually stand, under the page."""
MOST = 20
"""Feeds of a page that are looked at; some name one for each of their rubrics."""
_PAGE = 1_000_000
"""Bytes of a page in which feeds are looked for: they stand in its head."""
_COMMENTS = ("comment", "kommentar", "commentaire", "comentario", "comentário", "reacties", "commenti", "replies")


class Named(NamedTuple):
    """A feed that a page names."""

    address: str
    title: str


def named(page: Answer) -> list[Named]:
    """The feeds that a page names, the main one first: in its own order, those of another site behind, those of comments last."""
    try:
        tree = lxml_html.document_fromstring(page.data[:_PAGE])
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    base = next((at for one in tree.iter("base") if (at := links.joined(page.url, one.get("href") or ""))), page.url)
    found: dict[str, Named] = {}
    for link in tree.iter("link"):
        if len(found) >= MOST:
            break
        address = _address(link, base)
        if address is not None and address.partition("#")[0] != page.url.partition("#")[0]:
            found.setdefault(address, Named(address, " ".join((link.get("title") or "").split())[:100]))
    return sorted(found.values(), key=lambda one: (_of_comments(one), not links.same_site(one.address, page.url)))


def _address(link: Any, base: str) -> str | None:
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    href = (link.get("href") or "").strip()
    if kind not in TYPES or "alternate" not in (link.get("rel") or "").lower().split() or not href or len(href) > 2_000:
        return None
    return links.joined(base, href)


def _of_comments(one: Named) -> bool:
    return any(word in f"{one.title} {one.address}".lower() for word in _COMMENTS)


def usual(page: Answer, get: Callable[[str], Answer], seconds: float) -> str | None:
    """The first of the usual places under a page that ends with a slash, as a home page does, at which there is a feed; None where there
    is none. One after the other, and no more once the server is troubled, or after so many `seconds`.
    """
    here = page.url.partition("#")[0].partition("?")[0]
    if not here.endswith("/"):
        return None
    ends = clock.monotonic() + seconds
    for path in PATHS:
        address = links.joined(here, path)
        if address is None or clock.monotonic() > ends:
            return None
        try:
            answer = get(address)
        except Refused as error:
            if error.status == 429 or error.status >= 500:
                return None
            continue
        except SourceError:
            return None
        if reading.is_feed(answer.data):
            return address
    return None
