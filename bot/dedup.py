"""The dedup stage: under which keys an article is known. The store's constraints do the rest."""

from __future__ import annotations

from bot.text import keys, links
from bot.values import Article, UrlRules, Value


class ArticleKeys(Value):
    """What makes two articles the same one: either is enough."""

    url_key: str | None
    fingerprint: str


def article_keys(article: Article, rules: UrlRules) -> ArticleKeys:
    """The keys of an article: its address (lossy, see `links.url_key`; `rules` are the user's) and its text."""
    address = None if article.shares_page else article.url
    return ArticleKeys(url_key=links.url_key(address, rules) if address else None, fingerprint=keys.fingerprint(article))
