"""Links: what identifies an article (lossy), whose site it is on, how it is posted and how it is shown (never lossy)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.text import canon, tracking
from bot.text.plain import fold
from bot.text.tidy import one_line
from bot.values import NO_URL_RULES, UrlRules

if TYPE_CHECKING:
    from ada_url import URL

KEY_FORMAT = 1
"""Goes up when `url_key`, or the data it rests on, gives an address another key than before: stored keys are stale then."""
MAX_VIEWERS = 3
"""AMP viewers within one another that are looked through; an address with more is its own."""
_INDEX = re.compile(r"/(?:index|default|home)(?:\.\w{1,5})?\Z")
_VIEWS = frozenset("amp print printable comments embed single full".split())
"""What stands behind an article's own path for another view of it."""


def _url(url: str, base: str | None = None) -> URL | None:
    from ada_url import URL as Parser
    from ada_url import HostType

    try:
        found = Parser(url.strip(), base)
        if found.protocol not in ("http:", "https:") or not found.hostname:
            return None
        # The parser takes `http://a..b`; no host on the internet has an empty label.
        if found.host_type == HostType.DEFAULT and (".." in found.hostname or found.hostname == "."):
            return None
        return found
    except (ValueError, UnicodeError):
        return None


def parsed(url: str) -> str | None:
    """The address as a browser would understand it (WHATWG), or None for what is no http(s) address with a host."""
    found = _url(url)
    return found.href if found else None


def joined(base: str, link: str) -> str | None:
    """`link` as it is meant on the page `base`; None when that is no http(s) address."""
    found = _url(link, base)
    return found.href if found else None


def url_key(url: str, rules: UrlRules = NO_URL_RULES) -> str | None:
    """Identity of an article by its address: equal for addresses that differ only in how a reader came by them.

    Lossy, never to be posted. None for what is no http(s) address. A key with `https://` before it has itself as key.
    Left out: scheme, user, `www.` and `m.`, ports 80 and 443, AMP, closing slashes, sessions, tracking (`bot.text.tracking`),
    the order of the parameters, fragments other than `#!…` and `#/…`. `rules`: what the user says of single sites.
    """
    return _key(url, rules, MAX_VIEWERS)


def _key(url: str, rules: UrlRules, viewers: int) -> str | None:
    found = _url(url)
    if found is None:
        return None
    host, path = canon.host(found.hostname, _registrable), canon.path(found.pathname)
    shown = canon.viewed(host, path)
    if shown is not None:
        target = _url(shown)
        inner = _key(shown + found.search + found.hash, rules, viewers - 1) if viewers and target and _registrable(target.hostname) else None
        if inner is not None or viewers < MAX_VIEWERS:  # only as a whole, or the key would have another key
            return inner
    path = path if canon.is_viewer(host) else canon.without_amp(path)
    port = "" if found.port in ("", "80", "443") else f":{found.port}"
    whole = canon.rewritten(host + port, path)
    if whole is not None:
        return whole
    rule = tracking.rule(rules, host + port, path)
    query = canon.query(found.search, tracking.site(host + port, path), rule)
    path = path.lower() if rule is not None and rule.ignore_case else path
    return f"{host}{port}{path}{'?' if query else ''}{query}{canon.fragment(found.hash)}"


def names_less(link: str, than: str, rules: UrlRules = NO_URL_RULES) -> bool:
    """Whether `link` has the path of the address `than`, but not the parameters there that say which page it is (`?id=7`).

    A site whose canonical link does so names one page for all of its articles.
    """
    one, other = _url(link), _url(than)
    if one is None or other is None:
        return False
    path, its = (canon.without_amp(canon.path(url.pathname)) for url in (one, other))
    return path == its and not _naming(other, its, rules) <= set(canon.pairs(one.search, rule=tracking.rule(rules, canon.host(other.hostname, _registrable), its)))


def _naming(url: URL, path: str, rules: UrlRules) -> set[tuple[str, str]]:
    """The parameters that say which page an address means; `path` in its one way of writing."""
    host = canon.host(url.hostname, _registrable)
    rule = tracking.rule(rules, host, path)
    known = canon.pairs(url.search, tracking.site(host, path), rule)
    return {pair for pair in known if pair[0].lower() in tracking.NAMING or (rule is not None and rule.names_page(pair[0].lower()))}


def names_section(link: str, than: str, rules: UrlRules = NO_URL_RULES) -> bool:
    """Whether `link` is a page above the address `than`: its section, or the front page (`/news/` of `/news/a-story`).

    Another view of a page (`/a-story/print`) is not below it, and a link with a parameter that says which page it is may be any.
    """
    one, other = _url(link), _url(than)
    if one is None or other is None:
        return False
    path, its = (_INDEX.sub("", canon.without_amp(canon.path(url.pathname)).lower()) for url in (one, other))
    if _naming(one, canon.path(one.pathname), rules) or canon.fragment(one.hash):
        return False
    return path != its and f"{its}/".startswith(f"{path}/") and not {*its[len(path) :].strip("/").split("/")} <= _VIEWS


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def _registrable(host: str) -> str | None:
    if not host.strip(".") or re.fullmatch(r"[\d.]+|\[.*\]", host):
        return None
    found = _suffixes().privatesuffix(host.rstrip("."))
    return str(found) if found else None


def same_site(a: str, b: str) -> bool:
    """Whether two addresses are on one registrable domain (`news.example.co.uk` and `example.co.uk` are).

    Hosts without one (an IP address, `localhost`) are the same only when they are equal.
    """
    one, other = _url(a), _url(b)
    if one is None or other is None:
        return False
    if one.hostname == other.hostname:
        return True
    site = _registrable(one.hostname)
    return site is not None and site == _registrable(other.hostname)


def is_home(url: str) -> bool:
    """Is this the front page of a site, perhaps of one of its languages?"""
    path = re.sub(r"^\w+://[^/?#]*|[?#].*", "", url).strip("/").casefold()
    return re.fullmatch(r"(?:[a-z]{2}(?:[-_][a-z]{2})?)?/?(?:home|index|default|start|startseite|accueil|inicio)?(?:\.\w{2,5})?", path) is not None


def with_query(url: str, extra: str) -> str:
    """`url` with the parameters of `extra` (`a=1&b=2`) added behind its own; one that is there already stays as it is."""
    base, mark, fragment = url.partition("#")
    path, _, query = base.partition("?")
    there = {part.partition("=")[0] for part in query.split("&")}
    added = [
        re.sub(r"[^\w\-.~!$'()*+,;:@/?%=]", lambda odd: "".join(f"%{byte:02X}" for byte in odd[0].encode()), part, flags=re.A)
        for part in extra.strip().lstrip("?&").split("&") if part and part.partition("=")[0] not in there
    ]
    if not added:
        return url
    sep = "?" if "?" not in base else "" if not query or query.endswith("&") else "&"
    return f"{path}{'?' if '?' in base else ''}{query}{sep}{'&'.join(added)}{mark}{fragment}"


def short(url: str) -> str:
    """Host and path for people, e.g. `example.com/ai-inference-2026`; the address itself where it can not be read."""
    found = _url(url)
    if found is None:
        return url
    return found.host.removeprefix("www.") + found.pathname.rstrip("/")


def masked(url: str) -> str:
    """The address as it may stand in a message: without user name and password, on one line, cut at 200 characters."""
    return one_line(re.sub(r"(?<=://)[^/?#\s]*@", "", url))


def bare(address: str) -> str:
    """An address as it is compared, as far as it tells where it leads: no scheme, `www.` or closing marks, host in small letters."""
    host, slash, path = fold(address).split("://", 1)[-1].partition("/")
    return f"{host.casefold().removeprefix('www.')}{slash}{path}".rstrip("/.,;:!?")
