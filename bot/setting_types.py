"""The types of settings: how a value is written in the environment, and what it may be."""

from __future__ import annotations

import re
from datetime import datetime, time
from decimal import Decimal
from itertools import pairwise
from math import inf
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field
from pydantic_settings import NoDecode

from bot.values.url_rules import UrlRule, UrlRules

Policy = Literal["always", "last", "never"]
_N = TypeVar("_N", int, float)


def setting(name: str, default: Any, meaning: str, *more: str) -> Any:
    """A field that is read from the environment under `name` or one of `more`; `meaning` is its line in every document."""
    return Field(default=default, validation_alias=AliasChoices(name, *more), description=meaning)


def _by_platform(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [part.strip().partition("=") for part in value.split(",") if part.strip()]
    return {(name if sign else "*"): (policy if sign else name) for name, sign, policy in pairs}


LinkPolicies = Annotated[dict[str, Policy], NoDecode, BeforeValidator(_by_platform)]
"""`last`, or per platform: `x=never,bluesky=last`; `*` stands for every platform."""


def _tags(value: Any) -> Any:
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(word.lstrip("#＃") for word in words)


Tags = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_tags)]
"""Hashtags parted by spaces or commas, with or without their #; kept without."""


def _phrases(value: Any) -> Any:
    parts = value.replace("\n", ",").split(",") if isinstance(value, str) else value
    return tuple(phrase for part in parts if (phrase := " ".join(part.split()) if isinstance(part, str) else part))


Phrases = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_phrases)]
"""Words and phrases parted by commas."""


def _seconds(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return () if value.strip().lower() == "none" else tuple(value.replace(",", " ").split())


def _rising(value: tuple[float, ...]) -> tuple[float, ...]:
    if not all(0 <= one < after < 86_400 for one, after in pairwise((*value, 86_399))):
        raise ValueError("needs rising seconds within a day, e.g. 15,60,300, or none")
    return value


RisingSeconds = Annotated[tuple[float, ...], NoDecode, BeforeValidator(_seconds), AfterValidator(_rising)]
"""`15,60,300`, or `none`."""


def _dollars(value: Decimal) -> Decimal:
    if not 0 <= value < 1_000_000:
        raise ValueError("needs dollars a month, e.g. 20 or 7.50")
    return value


Dollars = Annotated[Decimal, AfterValidator(_dollars)]
"""Dollars a month."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("not a time zone; use a name such as Europe/Berlin") from None
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""Name of a time zone."""


def _expressions(value: Any) -> Any:
    parts = value.replace("\n", ";").split(";") if isinstance(value, str) else value
    return tuple(one for part in parts if (one := " ".join(part.split()) if isinstance(part, str) else part))


def _firing(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        shown = one if len(one) <= 40 else f"{one[:39]}…"
        if not _readable(one):
            raise ValueError(f"{shown!r} is no slot; write five fields, minute hour day month weekday, e.g. 0 9 * * MON-FRI; part several by ;")
        if not _fires(one):
            raise ValueError(f"{shown!r} never fires: there is no such day")
    return tuple(dict.fromkeys(value))


def _readable(expression: str) -> bool:
    from cronsim.cronsim import RANGES, Field

    fields = expression.upper().split()
    if len(fields) != len(RANGES) - 1 or len(expression) > _LONGEST_EXPRESSION:
        return False
    try:
        for kind, field in zip(list(Field)[1:], fields, strict=True):
            kind.parse(field)
    except Exception:  # its error, ValueError, AssertionError: whatever it can not read
        return False
    return True


def _fires(expression: str) -> bool:
    from cronsim import CronSim, CronSimError

    try:
        return next(CronSim(expression, datetime(2024, 1, 1)), None) is not None  # it gives up after fifty years
    except CronSimError:  # a day that none of the months has
        return False


_LONGEST_EXPRESSION = 500
Slots = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_expressions), AfterValidator(_firing)]
"""Cron expressions of five fields, parted by `;`."""


def hours(value: str) -> tuple[time, time] | None:
    """From when on until when; None for an empty text. Raises ValueError."""
    if not value.strip():
        return None
    found = re.fullmatch(r"\s*(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)\s*", value)
    try:
        from_hour, from_minute, to_hour, to_minute = (int(number) for number in (found.groups() if found else ()))
        start, end = time(from_hour, from_minute), time(0 if (to_hour, to_minute) == (24, 0) else to_hour, to_minute)
    except ValueError:
        raise ValueError("needs two times, e.g. 22:00-07:00") from None
    if start == end:
        raise ValueError("needs two times that differ, e.g. 22:00-07:00")
    return start, end


def _hours(value: str) -> str:
    hours(value)
    return "".join(value.split())


Hours = Annotated[str, AfterValidator(_hours)]
"""`22:00-07:00`, or empty."""


def _price(value: str) -> str:
    parts = [float(part) for part in value.split("/")]
    if len(parts) != 2 or not all(0 <= part < inf for part in parts):
        raise ValueError("needs two numbers, e.g. 0.25/2.00")
    return value


Price = Annotated[str, AfterValidator(_price)]
"""Dollars per million tokens, in/out."""


def _not_negative(value: _N) -> _N:
    if not 0 <= value <= 10**9:  # some thirty years in seconds: what is longer is a slip of the pen, and no date can hold it
        raise ValueError("must be a number, not negative, and not over 1,000,000,000")
    return value


def _at_least_one(value: int) -> int:
    if not 1 <= value <= 10**6:
        raise ValueError("must be a number from 1 on; to let nothing go out: bot pause")
    return value


Count = Annotated[int, AfterValidator(_not_negative)]
"""A number that is not negative."""
Cap = Annotated[int, AfterValidator(_at_least_one)]
"""A number of things, one or more."""
Seconds = Annotated[float, AfterValidator(_not_negative)]
"""Seconds, not negative; parts of one are taken."""


_SITE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d{1,5})?(?:/[^\s?#]+)?|localhost(?::\d{1,5})?(?:/[^\s?#]+)?")
_PARAMETER = re.compile(r"[^\s&=?#*%+]+\*?")
_KEYS = tuple(UrlRule.model_fields)


def _url_rules(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    rules: dict[str, UrlRule] = {}
    for name, table in value.items():
        site = _site(str(name))
        if site in rules:
            raise ValueError(f'"{name}" stands there twice')
        rules[site] = _url_rule(f'"{name}"', table)
    return UrlRules(sites=rules)


def _site(name: str) -> str:
    host, slash, path = name.strip().partition("/")
    try:
        host = host.encode("idna").decode().lower() if not host.isascii() else host.lower()
    except UnicodeError:
        host = ""
    if re.match(r"(?:www\d?|m|mobile|amp)\.[^.]+\.", host):
        raise ValueError(f'"{name}": leave out {host.partition(".")[0]}., which makes no difference')
    site = f"{host}{slash}{path}".rstrip("/")
    if not _SITE.fullmatch(site):
        raise ValueError(f'"{name}" is no site; write its host, or host and path, e.g. [url_rules."example.com"]')
    return site


def _url_rule(where: str, table: Any) -> UrlRule:
    if not isinstance(table, dict):
        raise ValueError(f'{where} is to be a table, e.g. [url_rules."example.com"]')
    unknown = sorted(set(map(str, table)) - set(_KEYS))
    if unknown:
        raise ValueError(f"{where}: {unknown[0]} is not known; a table has {', '.join(_KEYS[:-1])} and {_KEYS[-1]}")
    case = table.get("ignore_case", False)
    if not isinstance(case, bool):
        raise ValueError(f"{where}: ignore_case is true or false")
    named = {key: _parameters(where, key, table[key]) for key in ("keep", "drop", "only") if key in table}
    both = sorted(set(named.get("keep", ())) & set(named.get("drop", ())))
    if both:
        raise ValueError(f"{where}: {both[0]} can not be kept and dropped")
    if "only" in named and len(named) > 1:
        raise ValueError(f"{where}: with only no other parameter counts, so keep and drop have no place beside it")
    if not any(named.values()) and "only" not in named and not case:
        raise ValueError(f"{where}: it says nothing; name parameters in keep, drop or only")
    return UrlRule(**named, ignore_case=case)


def _parameters(where: str, key: str, names: Any) -> tuple[str, ...]:
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError(f'{where}: {key} is to be a list of names, e.g. ["sid", "ref_*"]')
    for name in names:
        if not _PARAMETER.fullmatch(name):
            raise ValueError(f"{where}: {key} has {name!r}, which is no parameter's name; a * may stand at the end of one")
    return tuple(sorted({name.lower() for name in names}))


SiteRules = Annotated[UrlRules, NoDecode, BeforeValidator(_url_rules)]
"""`[url_rules."example.com"]` tables of `bot.toml`: what is particular about the addresses of single sites."""


def _addresses(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _mail(value: tuple[str, ...]) -> tuple[str, ...]:
    for address in value:
        name, _, host = address.rpartition("@")
        if not (name and host) or not (address.isascii() and address.isprintable()) or "@" in name or set(address) & set('<>()[]\\;:," '):
            raise ValueError("needs mail addresses such as ana@example.com, parted by commas")
    return value


MailAddresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses), AfterValidator(_mail)]
"""Mail addresses parted by spaces or commas: addresses alone, no names."""
