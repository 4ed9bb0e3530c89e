"""The parts of an address in the one way of writing in which identity compares them; `links.url_key` puts them together.

Every function takes what a WHATWG parser found, so that dot segments, international hosts and the like are settled already,
and every one leaves its own result as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote_from_bytes, unquote_to_bytes

from bot.text import tracking
from bot.values import UrlRule

_PREFIXES = re.compile(r"(?:(?:www\d?|m|mobile|amp)\.)+")
_WIKIMEDIA = re.compile(r"([a-z0-9-]+)\.m\.((?:wikipedia|wikinews|wikiquote|wikibooks|wikisource|wikivoyage|wikiversity|wiktionary)\.org)")
_CODE = re.compile(rb"%([0-9A-Fa-f]{2})")
# RFC 3986's unreserved marks and those which RFC 2396 had besides (`encodeURIComponent` leaves them as they are).
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!*'()")
# Not behind a slash or dot, where the rest of the segment could become a dot segment.
_SESSION = re.compile(rb"(?<=[^/.])(?:;(?:jsessionid|phpsessid|sessionid)=[^/;]*)+", re.I)
_VIEWER_PATHS = re.compile(r"/(?:amp|c|v|wp)/(?:(s)/)?([^/].*)", re.S)
_GOOGLE = re.compile(r"google\.(?:com?\.)?[a-z]{2,3}")
_REWRITES = (
    ("youtu.be", re.compile(r"/([\w-]{11})", re.A), r"youtube.com/watch?v=\1"),
    ("youtube.com", re.compile(r"/(?:shorts|embed|live|v)/(?!videoseries|live_stream)([\w-]{11})", re.A), r"youtube.com/watch?v=\1"),
    ("youtube-nocookie.com", re.compile(r"/embed/(?!videoseries|live_stream)([\w-]{11})", re.A), r"youtube.com/watch?v=\1"),
    ("x.com", re.compile(r"/(?:i/web|\w+)/status(?:es)?/(\d+)(?:/(?:photo|video)/\d+)?", re.A), r"x.com/i/status/\1"),
    ("medium.com", re.compile(r"/(?:[^/]+/)?(?:[^/]*-)?([0-9a-f]{10,12})"), r"medium.com/p/\1"),
)
"""Sites where one thing has several paths, and the number in them alone says which: host, path, key."""
_ALIASES = {"twitter.com": "x.com"}


def host(name: str, registrable: Callable[[str], str | None]) -> str:
    """A host without closing dot and without `www.`, `m.`, `mobile.`, `amp.`, as long as a registrable domain is left (`m.com` stays)."""
    name = name.rstrip(".")
    before = _PREFIXES.match(name)
    if before:
        labels = before[0].removesuffix(".").split(".")
        for left in range(min(4, len(labels))):  # a public suffix has few labels, so what must stay is found soon
            bare = ".".join([*labels[len(labels) - left :], name[before.end() :]])
            if registrable(bare) is not None:
                name = bare
                break
    wiki = _WIKIMEDIA.fullmatch(name)
    name = f"{wiki[1]}.{wiki[2]}" if wiki else name
    return _ALIASES.get(name, name)


def path(raw: str) -> str:
    """A path with one way of percent-encoding, composed letters (NFC), no session and no closing slashes.

    Case, doubled slashes inside, and `index.html` stay: what they mean is the server's own affair (RFC 3986, 6.2.2.1 and 6.2.3).
    """
    open_ = _CODE.sub(_opened, re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", raw).encode())
    composed = _composed(open_)
    while (bare := _SESSION.sub(b"", composed)) != composed:  # thrice at most: a session may hold what kept the rest from being composed
        composed = _composed(bare)
    return quote_from_bytes(composed, safe="%/:@!$&'()*+,;=-._~").rstrip("/")


def _opened(code: re.Match[bytes]) -> bytes:
    byte = int(code[1], 16)
    return bytes((byte,)) if byte >= 0x80 or byte in _UNRESERVED else code[0].upper()


def _composed(raw: bytes) -> bytes:
    try:
        return unicodedata.normalize("NFC", raw.decode()).encode()
    except UnicodeDecodeError:  # an older encoding: compared byte by byte
        return raw


def without_amp(path: str) -> str:
    """A path of `path` without the marks of its AMP page: `/amp` before or behind, `.amp`, `.amp.html`."""
    small = path.lower()  # ASCII by now, so the positions are the same
    end = len(path)
    extension = next((kind for kind in (".html", ".htm") if small.endswith(kind)), "")
    end -= len(extension)
    while True:
        if (small.endswith(".amp", 1, end) and small[end - 5] not in "/.") or (not extension and small.endswith("/amp", 0, end)):
            end -= 4
        elif not extension and small.endswith("/", 0, end):
            end -= 1
        else:
            break
    path = path[:end] + (extension and path[-len(extension) :])
    return re.sub(r"^(?:/amp)+(?=/)", "", path, flags=re.I)


def viewed(host: str, path: str) -> str | None:
    """The address that Google's AMP viewer or an AMP cache shows at `host` and `path`, without query; None for any other address."""
    if not is_viewer(host):
        return None
    found = _VIEWER_PATHS.fullmatch(path)
    if found is None or host.startswith("google.") != path.startswith("/amp/"):
        return None
    return f"http{found[1] or ''}://{found[2]}"


def is_viewer(host: str) -> bool:
    """Whether other sites' AMP pages are shown on this host."""
    return host == "cdn.ampproject.org" or host.endswith(".cdn.ampproject.org") or _GOOGLE.fullmatch(host) is not None


def rewritten(host: str, path: str) -> str | None:
    """The whole key, where a number in the path says it all (`youtu.be/ID` is `youtube.com/watch?v=ID`); None elsewhere."""
    for at, shape, key in _REWRITES:
        found = shape.fullmatch(path) if host == at else None
        if found:
            return found.expand(key)
    return None


def query(search: str, site: tracking.Site | None, rule: UrlRule | None = None) -> str:
    """The parameters that count, by name; those of one name keep their order. `?a` is `?a=`, and `+` is a space, as forms have it."""
    return "&".join(f"{name}={value}" for name, value in sorted(pairs(search, site, rule), key=lambda pair: pair[0]))


def pairs(search: str, site: tracking.Site | None = None, rule: UrlRule | None = None) -> list[tuple[str, str]]:
    """The parameters that count, in their order, each encoded in the one way."""
    found = []
    for part in search.removeprefix("?").split("&"):
        name, _, value = (_composed(unquote_to_bytes(side.replace("+", " "))) if side != "=" else b"" for side in part.partition("="))
        if (name or value) and tracking.counts(name.decode("latin-1"), value.decode("latin-1"), site, rule):
            found.append((quote_from_bytes(name, safe="!$()*,/:;?@-._~"), quote_from_bytes(value, safe="!$()*,/:;?@-._~=")))
    return found


def fragment(raw: str) -> str:
    """A fragment that chooses what a page shows (`#!/story/7`, `#/story/7`); "" for one that names a place within it."""
    return raw if raw.startswith(("#!", "#/")) and raw.strip("#!/") else ""
