"""Links: what identifies an article (lossy), whose site it is on, how it is posted and how it is shown (never lossy)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.text.plain import fold
from bot.text.tidy import one_line

if TYPE_CHECKING:
    from ada_url import URL

TRACKING = frozenset("""
    _ga _gac _gl _hsenc _hsmi _openstat action_object_map action_ref_map action_type_map algo_pvid at_campaign at_medium
    campaign_id cmpid dclid dm_i ef_id epik fb_action_ids fb_action_types fb_ref fb_source fbclid gad_source gbraid gclid
    gclsrc hsctatracking hsa_acc hsa_ad hsa_cam icid igsh igshid li_fat_id mc_cid mc_eid mibextid mkt_tok msclkid ncid
    oly_anon_id oly_enc_id rb_clickid ref_src ref_url s_cid s_kwcid spm srsltid trk_contact trk_msg trk_sid ttclid twclid
    vero_conv vero_id wbraid wickedid wt_mc wt_zmc xtor yclid ysclid
""".split())
"""Query parameters that say how a reader came, never which article it is. `id`, `page`, `v` and `lang` must never stand here."""
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "piwik_", "hsa_", "matomo_", "at_custom")

_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_UNRESERVED = re.compile(r"%(?:2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])")
_AMP = re.compile(r"(?:/amp)+$|(?<=.)\.amp(?=\.html?$)", re.I)


def _url(url: str, base: str | None = None) -> URL | None:
    from ada_url import URL as Parser
    from ada_url import HostType

    try:
        found = Parser(url.strip(), base)
        if found.protocol not in ("http:", "https:") or not found.hostname:
            return None
        # The parser takes `http://a..b`; no host on the internet has an empty label.
        if found.host_type == HostType.DEFAULT and ".." in found.hostname:
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


def url_key(url: str) -> str | None:
    """Identity of an article by its address: equal for addresses that differ only in how a reader came by them.

    Lossy, never to be posted. None for what is no http(s) address.
    """
    found = _url(url)
    if found is None:
        return None
    host = found.hostname.rstrip(".")
    bare = _HOST_PREFIX.sub("", host)
    if bare != host and _registrable(bare) is not None:
        host = bare
    path = _UNRESERVED.sub(lambda code: chr(int(code[0][1:], 16)), found.pathname)
    path = re.sub(r"%[0-9a-f]{2}", lambda code: code[0].upper(), path, flags=re.I)
    path = _AMP.sub("", path.rstrip("/")).rstrip("/")
    path = re.sub(r"^/amp(?=/)", "", path)
    pairs = (_pair(part) for part in found.search.removeprefix("?").split("&") if part)
    query = "&".join(sorted(f"{name}={value}" for name, value in pairs if not _is_tracking(name, value)))
    fragment = found.hash if found.hash.startswith("#!") else ""
    return f"{host}{':' if found.port else ''}{found.port}{path}{'?' if query else ''}{query}{fragment}"


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value


def _is_tracking(name: str, value: str) -> bool:
    name = name.lower()
    return (
        name in TRACKING or name.startswith(TRACKING_PREFIXES)
        or (name == "amp" and value in ("", "1", "true")) or (name == "outputtype" and value.lower() == "amp")
    )


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
