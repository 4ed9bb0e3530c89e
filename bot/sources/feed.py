"""Feeds (RSS, Atom, JSON Feed): entries oldest first, each with its page's full article where that can be had, else with its own text."""

from __future__ import annotations

import io
import re
import warnings
from calendar import timegm
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

from bot.errors import SourceError, unforeseen
from bot.sources import (
    LIMIT,
    Since,
    article,
    blocks,
    bounds,
    entries,
    fetch,
    hidden,
    jsonfeed,
    pace,
    record,
    slim,
    walls,
    whole,
)
from bot.sources.characters import clean
from bot.sources.head import MAX_TITLE, Head, dek_of, language_tag
from bot.text import links
from bot.values import NO_URL_RULES, Article, Batch, Fault, UrlRules

_HEAD_END = re.compile(rb"<(?:item|entry)[\s>]")
"""Before it a feed speaks of itself."""
MIN_OWN = 200
"""Characters of an entry's own text that make do for a page that can not be read."""
_ELSEWHERE = "relative.invalid"
"""The host (RFC 2606) on which the parser finds addresses that the feed states without one, so that they can be told from others."""


def read(
    data: bytes, *, where: str, address: str | None, fetch_article: Callable[[str], Article], limit: int = LIMIT,
    charset: str | None = None, load: article.Load | None = None, since: Since | None = None, rules: UrlRules = NO_URL_RULES,
) -> Batch:
    """The newest `limit` entries of a feed, or those that `since.pick` chooses, oldest first.

    What is wrong with one of them is a Fault, never the end. Entries that have one page together are read from the feed's own texts.

    `fetch_article` reads the page of an entry and raises SourceError. Raises SourceError for what is no feed.
    """
    body = sha256(data).hexdigest()
    if since and since.pick and since.body == body:
        return Batch(is_feed=True, unchanged=True, body=body)
    mended = whole.mended(data) if not jsonfeed.is_one(data) else None
    data = data if mended is None else mended
    light = slim.entries(data, charset, address) if since and since.pick and len(data) >= slim.LARGE and not jsonfeed.is_one(data) else None
    parsed = _parsed(_HEAD_END.split(data, maxsplit=1)[0] if light else data, address, charset)
    found = light or list(parsed.get("entries", ()))
    if mended is not None and (not found or (since and since.whole)):
        raise SourceError(f"{where}: the feed ends in its middle; nothing is made of it until it comes whole.")
    if not found and (parsed.get("bozo") or not parsed.get("version")):
        raise SourceError(f"{where}: the feed can not be read; open it in a browser and check that it is RSS or Atom.")
    articles: dict[int, Article] = {}
    faults: list[Fault] = []
    language = language_tag(parsed.get("feed", {}).get("language"))
    ordered = _oldest_first(found)
    told = [(entry, link := _link(entry, address), link or clean(str(entry.get("title") or "")) or "entry") for _, entry in ordered]
    seen = [
        entries.of(entry, link, name, place, _moment(entry), rules, since.rules if since else rules)
        for (place, _), (entry, link, name) in zip(ordered, told, strict=True)
    ]
    pages = entries.shared(seen)
    wanted: Collection[int] = range(max(0, len(told) - limit), len(told)) if limit > 0 else ()
    if since and since.pick:
        wanted = sorted(since.pick(seen))
    texts = _texts(data, address, charset, sorted(ordered[at][0] for at in wanted)) if light and wanted else {}
    for at in wanted:
        entry, link, name = told[at]
        entry = texts.get(ordered[at][0], entry)
        shares = seen[at].part is not None and (seen[at].link in pages or bool(since and since.shares_page and since.shares_page(at)))
        try:
            articles[at] = _own(entry, link, name, language, load) if shares else _article(entry, link, name, language, fetch_article, load)
            news: dict[str, Any] = {"article": articles[at]}
        except SourceError as error:
            faults.append(Fault(where=links.masked(name), what=str(error)))
            news = {"fault": faults[-1]}
        except Exception as error:  # nobody foresaw it, and the other entries are not to blame
            faults.append(Fault(where=links.masked(name), what=str(unforeseen(error))))
            news = {"fault": faults[-1]}
        seen[at] = seen[at].model_copy(update=news)
    for at, trouble in walls.same(articles, {at: clean(str(told[at][0].get("title") or "")) for at in articles}).items():
        del articles[at]
        faults.append(Fault(where=links.masked(told[at][2]), what=str(trouble)))
        seen[at] = seen[at].model_copy(update={"article": None, "fault": faults[-1]})
    if mended is not None:
        faults.append(Fault(where=where, what="the feed ends in its middle; what comes before that is read."))
    return Batch(
        articles=tuple(articles.values()), faults=tuple(faults), is_feed=True, entries=tuple(seen) if since and since.pick else (), body=body,
        cut=mended is not None, ttl=pace.seconds(parsed.get("feed", {})), skips=pace.skips(data),
    )


def _texts(data: bytes, address: str | None, charset: str | None, places: Sequence[int]) -> dict[int, Any]:
    """The entries at these numbers from the top, with all that they say."""
    found = _parsed(slim.only(data, charset, places), address, None).get("entries", ())
    return dict(zip(places, found, strict=True)) if len(found) == len(places) else {}


def _link(entry: Any, address: str | None) -> str | None:
    """A GUID is a link only where it is a whole address: one without a host names the entry, and leads nowhere."""
    link = str(entry.get("link") or "")
    return None if entry.get("bare_guid") else links.joined(address, link) if address and link else links.parsed(link)


def _settled(entry: Any, address: str) -> None:
    """Say of an entry's addresses what they are on the feed's own host, where they stand on none; and which is but a GUID."""
    for name in ("link", "id"):
        stated = urlsplit(str(entry.get(name) or ""))
        if stated.netloc == _ELSEWHERE:
            if name == "link" and entry.get("guidislink") and entry["link"] == entry.get("id"):
                entry["bare_guid"] = True
            entry[name] = stated._replace(netloc=urlsplit(address).netloc).geturl()


def _parsed(data: bytes, address: str | None, charset: str | None) -> Any:
    import feedparser

    if jsonfeed.is_one(data):
        return jsonfeed.parsed(data)
    # Its type was told by its content already; servers name all kinds.
    headers = {"content-type": f"application/xml; charset={charset}" if charset else "application/xml"}
    if address:
        headers["content-location"] = urlsplit(address)._replace(netloc=_ELSEWHERE).geturl()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of feedparser about its own future
        try:
            # As a stream: bytes that look like a file's name would be opened.
            parsed = feedparser.parse(io.BytesIO(data), response_headers=headers)
            if address:
                for entry in parsed.get("entries", ()):
                    _settled(entry, address)
            return parsed
        except Exception:  # a hostile feed reaches corners of the parser that raise anything
            return {"bozo": True}


def _oldest_first(found: list[Any]) -> list[tuple[int, Any]]:
    """With their numbers from the top: by date where every entry has one; else as feeds are written, newest first."""
    dates = [_moment(entry) for entry in found]
    placed = list(enumerate(found))[::-1]
    return sorted(placed, key=lambda item: dates[item[0]] or datetime.min) if all(dates) else placed


def _moment(entry: Any) -> datetime | None:
    for name in ("published_parsed", "updated_parsed"):
        stated = entry.get(name)
        if stated:
            try:
                return datetime.fromtimestamp(timegm(stated), UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None


def _article(
    entry: Any, link: str | None, where: str, language: str | None, fetch_article: Callable[[str], Article], load: article.Load | None,
) -> Article:
    failure: SourceError | None = None
    if link:
        try:
            return _completed(walls.passed(fetch_article(link), link), entry)
        except fetch.Gone:
            raise
        except SourceError as error:
            failure = error
    try:
        return _own(entry, link, where, language, load, shares=False)
    except _NoText:
        raise failure or SourceError(f"{links.masked(where)}: the entry has neither a link nor a text; nothing can be made of it.") from None


class _NoText(SourceError):
    """An entry says too little itself."""


def _own(entry: Any, link: str | None, where: str, language: str | None, load: article.Load | None, *, shares: bool = True) -> Article:
    """The article that an entry's own text makes; `shares`: its page is other entries' too."""
    own = max((str(part.get("value") or "") for part in entry.get("content", ())), key=len, default="")
    own = own if len(own) >= len(entry.get("summary") or "") else str(entry.get("summary") or "")
    if len(own) < MIN_OWN:
        raise _NoText(f"{links.masked(where)}: other entries have this page, too, and the entry's own text is too short to make a post of.")
    lines, unseen = _lines(own)
    title = clean(" ".join(_lines(str(entry.get("title") or ""))[0]))
    head = Head(
        title=title[:MAX_TITLE], dek=dek_of(" ".join(_lines(str(entry.get("summary") or ""))[0])) if entry.get("content") else "",
        language=language, author=clean(str(entry.get("author") or "")) or None, published_at=_moment(entry),
    )
    head, unsaid = record.borne_out(head, lines, title)
    unseen = "\n".join(filter(None, (unseen, unsaid)))
    made = bounds.of_article(article.made(lines, where=links.masked(where), head=head, url=link, hidden=unseen, load=load), links.masked(where))
    return made.model_copy(update={"shares_page": shares})


def _completed(found: Article, entry: Any) -> Article:
    """The page's article; author and date from the feed where the page states none."""
    missing: dict[str, Any] = {}
    if found.published_at is None and entry.get("published_parsed"):
        missing["published_at"] = _moment(entry)
    if found.author is None and entry.get("author"):
        author = clean(str(entry["author"]))[:80]
        missing |= {"author": author} if record.is_name(author) else {}
    return found.model_copy(update=missing) if missing else found


def _lines(markup: str) -> tuple[list[str], str]:
    if not markup.strip():
        return [], ""
    try:
        tree = lxml_html.fragment_fromstring(bounds.of_source(markup, "the entry"), create_parent="div")
        bounds.of_tree(tree, "the entry")
    except (etree.ParserError, ValueError):
        return [], ""
    unseen = hidden.take_out(tree)
    return blocks.paragraphs(tree), unseen
