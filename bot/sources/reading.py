"""Bytes to one Article, whatever their format: HTML, Markdown or plain text, told by name, media type and content."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.errors import SourceError
from bot.sources import bounds, jsonfeed, markdown, page, plain
from bot.sources.article import Load
from bot.sources.characters import decoded
from bot.values import NO_URL_RULES, Article, UrlRules

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_LEAD = re.compile(r"\A\ufeff?\s*(?:<\?xml[^>]*\?>|<!--.*?-->|<!doctype[^>]*>|\s)*", re.I | re.S)
_FEED = re.compile(rb"<(?:rss|rdf:RDF|(?:\w+:)?feed)[\s>]", re.I)
_HTML = re.compile(r"<(?:html|head|body|article|main|section|div|p|h1|title|meta|header)\b[^>]*>", re.I)


@dataclass(frozen=True)
class Given:
    """What was read, before anything is understood of it."""

    data: bytes
    where: str
    """The SOURCE as messages name it."""
    address: str | None = None
    """Where the page stands; None for files and standard input."""
    url: str | None = None
    """The address the user gave for it."""
    name: str = ""
    """File name or path, for its ending."""
    media_type: str = ""
    charset: str | None = None
    load: Load | None = None
    rules: UrlRules = NO_URL_RULES
    """The user's for addresses."""


def is_feed(data: bytes) -> bool:
    """Whether the first element is that of RSS or Atom, or it is a JSON Feed."""
    head = data[:4096]
    if b"\0" in head:
        head = head.replace(b"\0", b"")
    head = re.sub(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*", b"", head, flags=re.S)
    return bool(_FEED.match(head)) or jsonfeed.is_one(data)


def article(given: Given) -> Article:
    """Raises SourceError for what is empty, no text, or no article."""
    if not given.data.strip():
        raise SourceError(f"{given.where}: it is empty; give a page, or a text with a headline and paragraphs.")
    text = decoded(given.data, given.where, charset=given.charset, media_type=given.media_type)
    bounds.of_characters(text, given.where)
    return bounds.of_article(_read(given, text), given.where)


def _read(given: Given, text: str) -> Article:
    name = given.name.lower()
    is_html = _is_html(text, name, given.media_type)
    if not is_html:
        bounds.of_lines(text, given.where)
    if name.endswith(MARKDOWN) or given.media_type in ("text/markdown", "text/x-markdown"):
        return markdown.read(text, where=given.where, address=given.address, url=given.url, load=given.load)
    if is_html:
        return page.read(text, where=given.where, address=given.address, url=given.url, load=given.load, rules=given.rules)
    if not name.endswith((".txt", ".text")) and markdown.looks_like_it(text):
        return markdown.read(text, where=given.where, address=given.address, url=given.url, load=given.load)
    return plain.read(text, where=given.where, url=given.url or given.address)


def _is_html(text: str, name: str, media_type: str) -> bool:
    if name.endswith((".html", ".htm", ".xhtml")) or media_type in ("text/html", "application/xhtml+xml"):
        return True
    lead = _LEAD.match(text[:5_000])
    start = lead.end() if lead else 0
    return bool(_HTML.match(text, start)) or bool(re.search(r"<(?:html|body)\b[^>]*>", text[:20_000], re.I))
