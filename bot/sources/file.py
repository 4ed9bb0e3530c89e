"""The Sources of this machine: a file, and standard input; a local page's pictures only from its own folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from bot.errors import SourceError
from bot.sources import LIMIT, TIMEOUT, Since, feed, reading
from bot.sources.address import AddressSource, picture_of
from bot.sources.article import Load
from bot.sources.fetch import MAX_BYTES
from bot.values import NO_URL_RULES, Article, Batch, UrlRules


class FileSource:
    """Reads the file at `path`: one article, or a feed saved as a file. `url` is the article's address."""

    def __init__(
        self, path: str, *, timeout: float = TIMEOUT, allow_private: bool = False, url: str | None = None, limit: int = LIMIT,
        rules: UrlRules = NO_URL_RULES,
    ) -> None:
        self._path, self._timeout, self._allow_private, self._url, self._limit, self._rules = path, timeout, allow_private, url, limit, rules

    def fetch(self, since: Since | None = None) -> Batch:
        """See Source; `since` makes no difference to a file."""
        data = _file(self._path)
        if reading.is_feed(data):
            if self._url:
                raise SourceError(f"{self._path}: this is a feed of many articles; leave --url out.")
            return feed.read(data, where=self._path, address=None, fetch_article=self._entry, limit=self._limit)
        load = beside(Path(self._path).parent, picture_of(None, self._timeout, self._allow_private))
        return Batch(articles=(reading.article(reading.Given(data=data, where=self._path, url=self._url, name=self._path, load=load)),))

    def _entry(self, link: str) -> Article:
        batch = AddressSource(link, timeout=self._timeout, allow_private=self._allow_private, limit=1, rules=self._rules).fetch()
        if batch.is_feed or not batch.articles:
            raise SourceError(f"{link}: this is another feed, not an article; add it as a source of its own.")
        return batch.articles[0]


class StreamSource:
    """Reads one article from an open stream (standard input); its format is told by its content."""

    def __init__(self, stream: BinaryIO, *, timeout: float = TIMEOUT, allow_private: bool = False, url: str | None = None) -> None:
        self._stream, self._timeout, self._allow_private, self._url = stream, timeout, allow_private, url

    def fetch(self, since: Since | None = None) -> Batch:
        """See Source."""
        data = self._stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SourceError(f"standard input: larger than {MAX_BYTES // 1_000_000} MB; give only the article.")
        if not data.strip():
            raise SourceError("standard input: it is empty; pipe an article into it, e.g. `bot draft - < article.txt`.")
        if reading.is_feed(data):
            raise SourceError("standard input: this is a feed; give its address or its file instead.")
        load = picture_of(None, self._timeout, self._allow_private)
        return Batch(articles=(reading.article(reading.Given(data=data, where="standard input", url=self._url, load=load)),))


def beside(folder: Path, elsewhere: Load | None) -> Load:
    """A loader of pictures that lie in `folder` (or below it); web addresses go to `elsewhere`, everything else is refused."""

    def load(link: str) -> bytes | None:
        if link.lower().startswith(("http://", "https://")):
            return elsewhere(link) if elsewhere else None
        if "://" in link or link.startswith(("//", "/", "\\", "data:")):
            return None
        root = folder.resolve()
        # Symbolic links are followed first, so that none of them leads out of the folder.
        named = (root / unquote(link.partition("?")[0].partition("#")[0])).resolve()
        if not named.is_relative_to(root) or not named.is_file() or named.stat().st_size > MAX_BYTES:
            return None
        return named.read_bytes()

    return load


def _file(path: str) -> bytes:
    if "\0" in path:
        raise SourceError("the name of the file has a NUL character in it; check it.")
    try:
        if os.path.isdir(path):
            raise SourceError(f"{path}: this is a folder; name the files in it.")
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = "; an address begins with https://" if "." in path and "/" in path and not path.startswith((".", "/")) else ""
        raise SourceError(f"{path}: there is no such file; check the name{hint}.") from None
    except OSError as error:
        raise SourceError(f"{path}: can not be read ({error.strerror or error}); check its permissions.") from None
    if len(data) > MAX_BYTES:
        raise SourceError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB; give only the article.")
    return data
