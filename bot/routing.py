"""Which accounts take an article: by the feeds that brought it, or by where it stands. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping

from bot.accounts import Account
from bot.text import links
from bot.values import Article, Batch, Kind

NO_ACCOUNT = "no account takes it"


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


def described(account: Account) -> list[str]:
    """What it takes and how its posts look, as far as that was said, in parts of a line."""
    return [part for part in (
        f"from {', '.join(account.sources)}" if account.sources else "from everywhere",
        f"in {', '.join(account.languages)}" if account.languages else "",
        f"only {', '.join(account.kinds)}" if len(account.kinds) < len(Kind) - 1 else "",
        "no threads" if not account.threads and Kind.FAQ in account.kinds else "",
        f"voice {account.voice}" if account.voice else "",
    ) if part]
