"""The Source of an http(s) address: a page, or a feed where the content says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import SourceError
from bot.sources import LIMIT, TIMEOUT, Since, feed, reading
from bot.sources.article import Load
from bot.sources.fetch import MAX_BYTES, MAX_FEED, PICTURE, Answer, NotAFeed, get
from bot.text import links
from bot.values import NO_URL_RULES, Article, Batch, UrlRules

if TYPE_CHECKING:
    from bot.sources.guard import Resolve


class AddressSource:
    """Reads `address`; each fetch (page, entry, picture) may take `timeout` seconds.

    `url` stands before the address that the page names; it belongs to a page, not to a feed. `limit` is the most
    entries taken from a feed in one pass. `resolve` stands in for the system's name look-up. `rules`: the user's for addresses.
    """

    def __init__(
        self, address: str, *, timeout: float = TIMEOUT, allow_private: bool = False, url: str | None = None, limit: int = LIMIT,
        resolve: Resolve | None = None, rules: UrlRules = NO_URL_RULES,
    ) -> None:
        self._address, self._timeout, self._allow_private = address, timeout, allow_private
        self._url, self._limit, self._resolve, self._rules = url, limit, resolve, rules

    def fetch(self, since: Since | None = None) -> Batch:
        """See Source. A source that has not changed since gives an empty batch."""
        answer = self._get(self._address, since, MAX_FEED if since and since.pick else MAX_BYTES)
        if answer.unchanged:
            return Batch(
                etag=answer.etag or (since.etag if since else None), last_modified=answer.last_modified or (since.last_modified if since else None),
                unchanged=True, moved=answer.moved, wait=answer.wait,
            )
        shown = links.masked(self._address)
        if not reading.is_feed(answer.data):
            if since and since.pick:
                raise NotAFeed(f"{shown}: this is a page, not a feed; add the address of its feed, or read the page once: bot add {shown}", answer)
            return Batch(articles=(self._article(answer, self._address, self._url),), etag=answer.etag, last_modified=answer.last_modified)
        if self._url:
            raise SourceError(f"{shown}: this is a feed of many articles; leave --url out.")
        batch = feed.read(
            answer.data, where=shown, address=answer.url, fetch_article=self._entry, limit=self._limit, charset=answer.charset, since=since,
            rules=self._rules,
        )
        return batch.model_copy(update={"etag": answer.etag, "last_modified": answer.last_modified, "moved": answer.moved, "wait": answer.wait})

    def _get(self, address: str, since: Since | None = None, limit: int = MAX_BYTES) -> Answer:
        return get(address, timeout=self._timeout, allow_private=self._allow_private, since=since, resolve=self._resolve, limit=limit)

    def _entry(self, link: str) -> Article:
        answer = self._get(link)
        if reading.is_feed(answer.data):
            raise SourceError(f"{links.masked(link)}: this is another feed, not an article; add it as a source of its own.")
        return self._article(answer, link, None)

    def _article(self, answer: Answer, asked: str, url: str | None) -> Article:
        try:
            read = reading.article(reading.Given(
                data=answer.data, where=links.masked(asked), address=answer.url, url=url, name=links.short(answer.url), media_type=answer.media_type,
                charset=answer.charset, load=picture_of(answer.url, self._timeout, self._allow_private, self._resolve), rules=self._rules,
            ))
        except SourceError as error:
            error.address = answer.url
            raise
        own = read.url is not None and links.url_key(read.url, self._rules) == links.url_key(asked, self._rules)  # it was sent elsewhere on the way
        return read.model_copy(update={"page": url is None, "read_at": None if own else read.read_at})


def picture_of(base: str | None, timeout: float, allow_private: bool, resolve: Resolve | None = None) -> Load:
    """A loader of pictures over the guarded fetch, for links as they are meant on the page `base`."""

    def load(link: str) -> bytes | None:
        address = links.joined(base, link) if base else links.parsed(link)
        if address is None:
            return None
        return get(address, timeout=timeout, allow_private=allow_private, limit=MAX_BYTES, accept=PICTURE, resolve=resolve).data

    return load
