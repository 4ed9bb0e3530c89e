"""The dedup stage: under which identities an article and a post are known. The store's constraints do the rest."""

from __future__ import annotations

from bot.text import keys, links
from bot.values import Article, Content, Value


class Identity(Value):
    """What makes two articles the same one: either is enough."""

    url_key: str | None
    fingerprint: str


def identity(article: Article) -> Identity:
    """The identities of an article: its address (lossy, see `links.url_key`) and its text."""
    return Identity(url_key=links.url_key(article.url) if article.url else None, fingerprint=keys.fingerprint(article))


def said_key(content: Content) -> str:
    """The key under which an account has said this content; a card's link counts as said."""
    card = [content.card.uri] if content.card else []
    return keys.said_key([*(segment.text for segment in content.segments), *card])
