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
    read_at: str | None = Field(default=None, repr=False)
    """The address its page was read from, where `url` is another one that the page itself names."""
    language: str | None = None
    """BCP 47 tag."""
    author: str | None = None
    published_at: datetime | None = None
    image: Image | None = None
    tail_cut: bool = False
    """Something after the article (follow line, newsletter, related articles) was cut."""
    hidden: str = Field(default="", repr=False)
    """Text of hidden parts of the page, kept only so that a draft that repeats it can be held."""
    page: bool = Field(default=False, repr=False)
    """It was read from the page at an address of its own, so that the address may be asked again whether it still says so."""
    shares_page: bool = Field(default=False, repr=False)
    """Other articles stand on its page, too, so that its address does not tell them apart."""


class Fault(Value):
    """What went wrong with one source, in words that say what to do."""

    where: str
    what: str


class Entry(Value):
    """One entry of a feed, as one knows it again: either key is enough."""

    link: str | None
    """Hash of its link's key (see `links.url_key`), or of its text where it has no link."""
    former: str | None = None
    """The hash its link had by the rules the user had before; None while they are the same."""
    guid: str | None
    """Hash of its GUID."""
    where: str
    """The entry as messages name it."""
    place: int = 0
    """Its number from the top of the feed."""
    published_at: datetime | None = None
    part: str | None = None
    """Hash of its link and its GUID together: what names it where several entries have one page."""
    page: str | None = None
    """The hash of that page, where `link` is its `part` for that reason."""
    about: str | None = None
    """Hash of its title and date (of its text too, where it has no date): how it is known when its site has moved as a whole."""
    article: Article | None = None
    """What its page says, where it was read and could be."""
    fault: Fault | None = None
    """Why it could not."""


class Batch(Value):
    """What one fetch of a source brought: articles, oldest first, and faults of single items."""

    articles: tuple[Article, ...] = ()
    faults: tuple[Fault, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    is_feed: bool = False
    unchanged: bool = False
    """The server says that nothing changed since."""
    entries: tuple[Entry, ...] = ()
    """All that a feed holds, oldest first, where `Since.pick` chose among them."""
    moved: str | None = None
    """Where the source stands from now on: it was redirected there for good, and answered."""
    wait: int = 0
    """Seconds that the server wants between two fetches."""
    ttl: int | None = None
    """The same as the feed itself says it; None where it was not read."""
    skips: str = ""
    """Hours and days (UTC) in which the feed asks to be left alone, as words: `3 4 Saturday`."""
    body: str | None = None
    """SHA-256 (hex) of a feed's text."""
    cut: bool = False
    """The feed ends in its middle: these are the entries before that."""
