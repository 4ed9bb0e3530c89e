"""What a source brings: articles, their FAQ and image, and faults of single items."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from bot.values.base import Value


class FaqPair(Value):
    """One question of the article with its answer, without any `Q1:` / `A1:` label."""

    question: str
    answer: str
    visible: bool = True
    """False when the answer stands only in hidden markup (JSON-LD), where a reader can not see it."""


class Image(Value):
    """A picture, already checked and scaled to what every platform takes (at most 1,000,000 bytes)."""

    url: str | None = None
    alt: str = ""
    mime: str
    width: int
    height: int
    data: bytes = Field(repr=False)


class Note(Value):
    """An oddity of the article itself: told once to the reviewer, never published."""

    text: str
    sentences: tuple[str, ...] = ()


class Article(Value):
    """What was read, clean: no tail, no navigation, no hidden text.

    `body` is plain text: paragraphs parted by a blank line; a heading is a paragraph that begins with `## `.
    """

    title: str
    dek: str = ""
    body: str
    faq: tuple[FaqPair, ...] = ()
    url: str | None = None
    """The address that is posted: the page's own canonical link, or what the user gave; never shortened or keyed."""
    language: str | None = None
    """BCP 47 tag."""
    author: str | None = None
    published_at: datetime | None = None
    image: Image | None = None
    tail_cut: bool = False
    """Something after the article (follow line, newsletter, related articles) was cut."""
    hidden: str = Field(default="", repr=False)
    """Text of hidden parts of the page, kept only so that a draft that repeats it can be held."""


class Fault(Value):
    """What went wrong with one source, in words that say what to do."""

    where: str
    what: str


class Batch(Value):
    """What one fetch of a source brought: articles, oldest first, and faults of single items."""

    articles: tuple[Article, ...] = ()
    faults: tuple[Fault, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    is_feed: bool = False
