"""Pages of a feed that show the same wall instead of their articles: not read, to be tried again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from bot.errors import SourceError
from bot.text import keys, links, stub
from bot.values import Article

KEPT_OUT = ("denied", "away", "parked")
"""Kinds of walls (`bot.text.stub`) behind which the article is there another time."""


def passed(article: Article, link: str) -> Article:
    """The article of a feed's entry; raises SourceError where its page shows a wall."""
    kind = stub.kind(article)
    if kind in KEPT_OUT:
        raise SourceError(f"{links.masked(link)}: {stub.REASONS[kind]}.")
    return article


def same(read: Mapping[int, Article], titles: Mapping[int, str]) -> dict[int, SourceError]:
    """Which entries' pages, at different addresses, show the very same text although the feed gives them different titles."""
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for at, article in read.items():
        if article.page:
            alike[keys.fingerprint(article)].append(at)
    found = {}
    for places in alike.values():
        if len({links.url_key(read[at].url or "") for at in places}) > 1 and len({titles[at].casefold() for at in places}) > 1:
            for at in places:
                found[at] = SourceError(f"{links.masked(read[at].url or '')}: its page shows the same text as that of another entry, and no article of its own.")
    return found
