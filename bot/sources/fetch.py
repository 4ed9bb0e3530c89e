"""One guarded HTTP GET: deadline, size cap, redirects by hand, no private addresses; for pages, feeds and pictures alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bot import __version__, clock
from bot.errors import SourceError
from bot.sources import TIMEOUT, Since, packed
from bot.text import links
from bot.text.tidy import one_line

if TYPE_CHECKING:
    import httpx

    from bot.sources.guard import Resolve

MAX_BYTES = 10_000_000
"""Larger answers are refused; no article comes near it."""
MAX_FEED = 50_000_000
"""The same of a feed that is polled: some hold all that a site ever published."""
MAX_REDIRECTS = 5
USER_AGENT = f"article-bot/{__version__} (reads articles for their publisher)"
READABLE = "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, text/plain, text/markdown, */*;q=0.1"
PICTURE = "image/jpeg, image/png, image/webp"

_REMEDY = {
    401: "it needs a login; save the page as a file and give that",
    402: "it wants payment; save the page as a file and give that",
    403: "it refuses programs; save the page as a file and give that",
    404: "there is nothing at this address; check it",
    410: "the page was taken down; check the address",
    429: "it gets too many requests; try again later",
}


class Refused(SourceError):
    """The server answered, with what is no content."""

    def __init__(self, said: str, status: int, wait: int = 0) -> None:
        super().__init__(said)
        self.status, self.wait = status, wait
        """Its HTTP status, and the seconds until another try that it asks for (Retry-After)."""


class Gone(Refused):
    """The server says that there is nothing at this address (404, 410)."""


@dataclass(frozen=True)
class Answer:
    """What a server sent; `data` is empty and `unchanged` set for a 304."""

    url: str
    """After redirects."""
    data: bytes
    media_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    moved: str | None = None
    """Where the address leads for good (301, 308, before any other redirect)."""
    wait: int = 0
    """Seconds for which it stays as it is (`Cache-Control: max-age`, or `Expires`)."""


class NotAFeed(SourceError):
    """There is a page where a feed was looked for; it may name one."""

    def __init__(self, said: str, page: Answer) -> None:
        super().__init__(said)
        self.page = page


def get(
    url: str, *, timeout: float = TIMEOUT, allow_private: bool = False, since: Since | None = None, limit: int = MAX_BYTES,
    accept: str = READABLE, resolve: Resolve | None = None,
) -> Answer:
    """Fetch `url` within `timeout` seconds over all, redirects included, and at most `limit` bytes.

    `resolve` stands in for the system's name look-up. Raises SourceError (Gone for 404 and 410).
    """
    import httpcore
    import httpx

    from bot.sources import guard

    here = links.parsed(url)
    if here is None:
        raise SourceError(f"{links.masked(url)}: not an http or https address with a host; check it.")
    transport = guard.Transport(clock.monotonic() + timeout, allow_private=allow_private, resolve=resolve or guard.resolved)
    headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
    if since and since.etag:
        headers["If-None-Match"] = since.etag
    if since and since.last_modified:
        headers["If-Modified-Since"] = since.last_modified
    shown = links.masked(url)
    try:
        # The transport keeps the deadline; httpx's own timeouts only bound each read.
        with httpx.Client(transport=transport, headers=headers, timeout=timeout, trust_env=False) as client:
            moved, for_good = None, True
            for _ in range(MAX_REDIRECTS + 1):
                with client.stream("GET", here) as answer:
                    target = answer.headers.get("location")
                    if answer.status_code in (301, 302, 303, 307, 308) and target:
                        here = links.joined(here, target) or here
                        for_good = for_good and answer.status_code in (301, 308)
                        moved = here if for_good else moved
                        continue
                    return replace(_answer(answer, here, shown, limit), moved=moved)
    except guard.PrivateAddress:
        raise SourceError(
            f"{shown}: leads to a private address, which is refused; set BOT_ALLOW_PRIVATE_ADDRESSES=on to read your own network."
        ) from None
    except guard.BadRedirect:
        raise SourceError(f"{shown}: redirects to what is no http or https address; give the address it should end at.") from None
    except (httpcore.TimeoutException, httpx.TimeoutException):
        raise SourceError(f"{shown}: no complete answer within {timeout:g} seconds; try again later.") from None
    except httpcore.ConnectError as error:
        raise SourceError(f"{shown}: can not connect ({_said(error)}); check the address.") from None
    except packed.NotUnpacked as error:
        raise SourceError(f"{shown}: the answer can not be unpacked ({error}); save the page as a file and give that.") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpcore.NetworkError, httpcore.ProtocolError,
            httpcore.UnsupportedProtocol, OSError, ValueError) as error:
        raise SourceError(f"{shown}: the answer can not be read ({_said(error)}); try again later.") from None
    raise SourceError(f"{shown}: redirects more than {MAX_REDIRECTS} times; give the address it should end at.")


def _answer(answer: httpx.Response, here: str, shown: str, limit: int) -> Answer:
    status = answer.status_code
    etag, last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if status == 304:
        return Answer(url=here, data=b"", etag=etag, last_modified=last_modified, unchanged=True, wait=_fresh_for(answer))
    if not 200 <= status < 300:
        remedy = _REMEDY.get(status) or ("the server has a problem; try again later" if status >= 500 else "check the address")
        said = f"{shown}: the server answered {status}: {remedy}."
        raise Gone(said, status) if status in (404, 410) else Refused(said, status, _retry_after(answer))
    declared = answer.headers.get("content-length", "")
    data = bytearray()
    if not (declared.isdigit() and int(declared) > limit):
        for chunk in packed.unpacked(answer.iter_raw(), answer.headers.get("content-encoding", ""), limit + 1):
            data += chunk
            if len(data) > limit:
                break
    if len(data) > limit or (not data and declared.isdigit() and int(declared) > limit):
        raise SourceError(f"{shown}: larger than {limit // 1_000_000} MB; give the article's own page, or its text as a file.")
    if not data:
        raise SourceError(f"{shown}: the server answered with an empty page; check the address.")
    kind = answer.headers.get("content-type", "")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:+-]+)", kind, re.I)
    return Answer(
        url=here, data=bytes(data), media_type=kind.partition(";")[0].strip().lower(),
        charset=charset[1] if charset else None, etag=etag, last_modified=last_modified, wait=_fresh_for(answer),
    )


def _fresh_for(answer: httpx.Response) -> int:
    """Seconds that the answer stays fresh: its max-age, less what it spent in caches; without one until `Expires` (RFC 9111, 4.2.1)."""
    control = answer.headers.get("cache-control", "")
    if re.search(r"(?:^|[,\s])no-(?:cache|store)", control, re.I):
        return 0
    stated = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,9})", control, re.I)
    age = answer.headers.get("age", "")
    if stated is None:
        expires = answer.headers.get("expires", "")
        return _until(expires, _moment(answer.headers.get("date", ""))) if expires else 0
    return max(0, int(stated[1]) - (int(age) if re.fullmatch("[0-9]{1,9}", age) else 0))


def _retry_after(answer: httpx.Response) -> int:
    """As RFC 9110 has it, seconds or a date; 0 for what can not be read."""
    value = answer.headers.get("retry-after", "").strip()
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else _until(value)


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def _until(value: str, start: datetime | None = None) -> int:
    """Seconds from `start`, or now, until a date; 0 for what can not be read, or is past."""
    moment = _moment(value)
    try:
        return max(0, int((moment - (start or clock.now())).total_seconds()) + 1) if moment else 0
    except OverflowError:
        return 0


def _said(error: Exception) -> str:
    return one_line(str(error), 120) or type(error).__name__
