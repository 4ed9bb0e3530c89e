"""Which accounts take an article: by the feeds that brought it, or by where it stands. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping

from bot.accounts import Account
from bot.text import links
from bot.values import Article, Batch, Kind

NO_ACCOUNT = "no account takes it"
_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy "
    "ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo "
    "lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl "
    "sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
"""ISO 639-1. Languages with three letters are taken as they are."""
_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{2,8})*")


def key(address: str) -> str | None:
    """The identity of a feed, domain or path prefix as `bot.toml` names it; None for what is none of them.

    `example.com` and `https://www.example.com/` are one; so are `example.com/sport` and `https://example.com/sport/`.
    """
    named = address.strip().removeprefix("*.")
    if not named or any(sign.isspace() for sign in named):
        return None
    found = links.url_key(named if "://" in named else f"https://{named}")
    host = (found or "").partition("/")[0]
    return found if "." in host or ":" in host or host == "localhost" else None


def from_there(named: str, article: Article, feeds: Collection[str]) -> bool:
    """Does the article come from what `bot.toml` names: was it brought by this feed, or does it stand on this domain, or under this path?

    `feeds` are keys. A domain stands for those under it, too.
    """
    wanted = key(named)
    if wanted is None:
        return False
    if wanted in feeds:
        return True
    place = links.url_key(article.url) if article.url else None
    if place is None:
        return False
    if "/" not in wanted and "?" not in wanted:
        host = place.partition("/")[0].partition("?")[0]
        return host == wanted or host.endswith(f".{wanted}")
    return place == wanted or place.startswith(f"{wanted.rstrip('/')}/")


def feeds(spec: str, batch: Batch) -> tuple[str, ...]:
    """The key of the feed that a SOURCE is; none for a page or a file."""
    found = key(spec) if batch.is_feed and links.parsed(spec) else None
    return (found,) if found else ()


def takes(account: Account, kind: Kind, article: Article, feeds: Collection[str]) -> bool:
    """Does this article become a post of this kind on this account?"""
    return account.takes(kind, article.language) and (not account.sources or any(from_there(named, article, feeds) for named in account.sources))


def refused(accounts: Iterable[Account], article: Article, feeds: Collection[str]) -> str:
    """Why no account takes it, in a line."""
    elsewhere = [account.name for account in accounts if account.sources and not any(from_there(named, article, feeds) for named in account.sources)]
    told = []
    others = [account for account in accounts if account.name not in elsewhere]
    if elsewhere:
        told.append(f"other sources ({', '.join(elsewhere)})")
    foreign = [account.name for account in others if account.languages and not account.speaks(article.language)]
    if foreign:
        told.append(f"other languages than {article.language} ({', '.join(foreign)})")
    unkind = [account.name for account in others if account.name not in foreign]
    if unkind:
        told.append(f"no kind of post ({', '.join(unkind)})")
    return f"{NO_ACCOUNT}: {'; '.join(told)}" if told else f"{NO_ACCOUNT}: there is none"


def configured(accounts: Mapping[str, Account]) -> str:
    """A hash of what all accounts take: another one says that articles which nobody took are to be asked about again."""
    told = {name: (account.sources, account.languages, account.kinds, account.threads) for name, account in sorted(accounts.items())}
    return hashlib.sha256(json.dumps(told, default=list).encode()).hexdigest()[:32]


def described(account: Account) -> str:
    """What it takes, in a line; empty when that is everything."""
    return "; ".join(part for part in (
        f"from {', '.join(account.sources)}" if account.sources else "",
        f"in {', '.join(account.languages)}" if account.languages else "",
        f"only {', '.join(account.kinds)}" if len(account.kinds) < len(Kind) - 1 else "",
        f"voice {account.voice}" if account.voice else "",
    ) if part)


def problems(account: Account) -> list[str]:
    """What it names that can not be: sources that are no address, languages that are none. Each a line."""
    found = [f"{links.masked(named)!r} is no feed, domain or path: write https://example.com/feed.xml, example.com or example.com/sport" for named in account.sources if key(named) is None]
    for named in account.languages:
        tag = _TAG.fullmatch(named)
        if tag is None or (len(tag[1]) == 2 and tag[1].lower() not in _LANGUAGES):
            found.append(f"{named!r} is no language: write en, de or pt-BR")
    return found


def without_feed(account: Account, polled: Collection[str]) -> list[str]:
    """What it names of which no feed is polled: `polled` are the keys of those that are."""
    def fed(named: str) -> bool:
        wanted = key(named) or ""
        host = wanted.partition("/")[0].partition("?")[0]
        return any(feed == wanted or f".{feed}".partition("/")[0].partition("?")[0].endswith(f".{host}") for feed in polled)

    return [named for named in account.sources if key(named) is not None and not fed(named)]
