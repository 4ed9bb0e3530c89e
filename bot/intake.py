"""Intake: from a SOURCE of the command line (file, address, feed, `-`) to clean articles."""

from __future__ import annotations

import re
import sys
from typing import BinaryIO

from bot.errors import SourceError
from bot.sources import LIMIT, TIMEOUT, Source
from bot.sources.fetch import NotAFeed
from bot.values import NO_URL_RULES, Article, Batch, UrlRules


def read(
    spec: str, *, timeout: float = TIMEOUT, allow_private: bool = False, url: str | None = None, stdin: BinaryIO | None = None,
    limit: int = LIMIT, rules: UrlRules = NO_URL_RULES,
) -> Batch:
    """Read one SOURCE once: a path, an http(s) address (page or feed, told by content), or `-` (one article on `stdin`).

    `timeout` is seconds for each fetch as a whole; `url` is the article's address (`--url`) and must be http(s) with a
    host; `limit` bounds the entries of a feed; `rules` is what the user says of single sites' addresses. Raises SourceError,
    one line that says what to do.
    """
    return open_source(spec, timeout=timeout, allow_private=allow_private, url=url, stdin=stdin, limit=limit, rules=rules).fetch()


def open_source(
    spec: str, *, timeout: float = TIMEOUT, allow_private: bool = False, url: str | None = None, stdin: BinaryIO | None = None,
    limit: int = LIMIT, rules: UrlRules = NO_URL_RULES,
) -> Source:
    """The adapter for a SOURCE; nothing is read yet. Raises SourceError for a `url` or scheme that can not be."""
    from bot.sources.address import AddressSource
    from bot.sources.file import FileSource, StreamSource
    from bot.text import links

    if url is not None:
        address = links.parsed(url)
        if address is None:
            raise SourceError(f"--url {links.masked(url)}: not an http or https address with a host; check it.")
        url = url.strip() if re.fullmatch(r"\s*[\x21-\x7e]+\s*", url) else address
    if spec == "-":
        return StreamSource(stdin or sys.stdin.buffer, timeout=timeout, allow_private=allow_private, url=url)
    if not spec.strip():
        raise SourceError("a SOURCE is empty; name a file or an address, or `-` for standard input.")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):(?=//)|(?:data|javascript|mailto|about):", spec)
    if scheme is None:
        return FileSource(spec, timeout=timeout, allow_private=allow_private, url=url, limit=limit, rules=rules)
    if links.parsed(spec) is None:
        raise SourceError(f"{links.masked(spec)}: not an http or https address with a host; check it, or name a file.")
    return AddressSource(spec, timeout=timeout, allow_private=allow_private, url=url, limit=limit, rules=rules)


def feeds_of(found: NotAFeed, *, timeout: float = TIMEOUT, allow_private: bool = False) -> list[str]:
    """The addresses of the feeds of a page's site, the main one first: those that the page names, else one where feeds usually stand."""
    from bot.sources import discover, fetch

    addresses = [one.address for one in discover.named(found.page)]
    if addresses:
        return addresses
    usual = discover.usual(found.page, lambda address: fetch.get(address, timeout=timeout, allow_private=allow_private), 3 * timeout)
    return [usual] if usual else []


def sample() -> Article:
    """The built-in sample article: what the main job shows when there is nothing else to show."""
    from importlib import resources

    from bot.sources import reading

    folder = resources.files("bot").joinpath("data", "sample")
    data = folder.joinpath("article.html").read_bytes()

    def load(link: str) -> bytes | None:
        return folder.joinpath(link).read_bytes() if link == "picture.jpg" else None

    return reading.article(reading.Given(data=data, where="the sample", name="article.html", load=load))
