"""The accounts to publish to: one per platform from the environment alone, more from `bot.toml`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from bot import slots as times
from bot.config import Settings, environment
from bot.errors import ConfigError
from bot.setting_types import Cap, Count, Hours, Phrases, Policy, Slots, Tags, Zone, hours
from bot.values import Kind

SECRETS = {
    "x": ("api_key", "api_secret", "access_token", "access_token_secret"),
    "bluesky": ("app_password",),
}
"""The secrets each platform needs, by the names `bot.toml` uses."""


_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class Account(BaseModel):
    """One account: where it is, how its posts look, and what it takes. Secrets never leave memory."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str
    platform: str
    handle: str | None = None
    service: str
    """Address of the platform's API."""
    secrets: dict[str, SecretStr] = {}
    missing: tuple[str, ...] = ()
    """Names of the environment variables that a live account needs and that are not set."""
    limit: int | None = None
    """Length limit where the account's differs from the platform's (X Premium)."""
    link_policy: Policy = "last"
    signoff: str = ""
    hashtags: Tags = ()
    voice: str | None = None
    """Which voice it is written in: `_voice.<name>.j2` of the prompts folder; None: `_voice.j2`, the common one."""
    banned_words: Phrases = ()
    allow_bait: bool = False
    utm: str = ""
    threads: bool = True
    kinds: tuple[Kind, ...] = (Kind.SHORT, Kind.FAQ)
    languages: tuple[str, ...] = ()
    """Languages it takes; none named: all."""
    sources: tuple[str, ...] = ()
    """Where its articles come from: feeds, domains or path prefixes (see `bot.routing`); none named: from everywhere."""

    slots: Slots = ()
    """When its posts go out, and what else governs that: as the settings of the same names."""
    timezone: Zone = "UTC"
    quiet_hours: Hours = ""
    min_gap: Count = 0
    daily_cap: Cap | None = None
    jitter: Count = 0
    late: Literal["next", "now"] = "next"
    spread: Count = 0

    @cached_property
    def rules(self) -> times.Rules:
        """When it may publish."""
        return times.Rules(
            slots=self.slots, zone=self.timezone, quiet=hours(self.quiet_hours), gap=timedelta(seconds=self.min_gap), cap=self.daily_cap,
            jitter=timedelta(seconds=self.jitter), spread=timedelta(seconds=self.spread), late_now=self.late == "now",
        )

    @property
    def ending(self) -> tuple[str, ...]:
        """What its posts end with whatever they say, the sign-off and hashtags: no likeness."""
        return (*([self.signoff] if self.signoff else []), *(f"#{tag}" for tag in self.hashtags))

    @property
    def ready(self) -> bool:
        """All credentials are there; else the account is preview-only."""
        return not self.missing

    @cached_property
    def fingerprint(self) -> str:
        """Changes when the credentials do; made slow to guess from, because it is stored."""
        told = "\0".join(f"{name}={secret.get_secret_value()}" for name, secret in sorted(self.secrets.items()))
        salt = f"{self.platform} {self.service} {self.handle}".encode()
        return hashlib.scrypt(told.encode(), salt=salt, n=2**14, r=8, p=1, dklen=16).hex()

    def takes(self, kind: Kind, language: str | None) -> bool:
        """Does an article in this language become a post of this kind here, as far as kind and language say?"""
        if kind not in self.kinds or (kind is Kind.FAQ and not self.threads):
            return False
        return self.speaks(language)

    def speaks(self, language: str | None) -> bool:
        """Does it take this language? `de` stands for `de-AT`, too; what states no language is taken everywhere."""
        tag = (language or "").lower()
        return not self.languages or not tag or any(tag == one.lower() or tag.startswith(f"{one.lower()}-") for one in self.languages)


def configured(settings: Settings) -> dict[str, Account]:
    """All accounts by name; `x` and `bluesky` from the environment unless `bot.toml` has accounts of its own.

    Raises ConfigError when a table of `bot.toml` can not be read.
    """
    if not settings.accounts:
        found = {"x": _from_environment(settings, "x"), "bluesky": _from_environment(settings, "bluesky")}
    else:
        known = environment()
        found = {name: _from_table(settings, name, table, known) for name, table in settings.accounts.items()}
        _apart(found.values())
    for account in found.values():
        never = times.never(account.rules) if account.quiet_hours else None
        if never is not None:
            where = f"bot.toml: account {account.name}: slots" if settings.accounts else "BOT_SLOTS"
            raise ConfigError(f"{where}: {never!r} never fires outside the quiet hours, {account.quiet_hours}. Move the one or the other.")
    return found


def _apart(found: Iterable[Account]) -> None:
    """Raises ConfigError for two names of one account: neither would know what the other has sent."""
    names: dict[object, str] = {}
    for account in found:
        if account.ready:
            secrets = sorted((name, one.get_secret_value()) for name, one in account.secrets.items())
            key = (account.platform, account.service, account.platform == "bluesky" and account.handle, *secrets)
            if key in names:
                raise ConfigError(f"bot.toml: accounts {names[key]} and {account.name} have the same credentials. Keep one of them.")
            names[key] = account.name


def _from_environment(settings: Settings, platform: str) -> Account:
    found = {
        name: (f"{platform.upper()}_{name.upper()}", getattr(settings, f"{platform}_{name}")) for name in SECRETS[platform]
    }
    missing = [variable for variable, value in found.values() if value is None]
    if platform == "bluesky" and not settings.bluesky_handle:
        missing.insert(0, "BLUESKY_HANDLE")
    return Account(
        name=platform, **_common(settings, platform), missing=tuple(missing),
        secrets={name: value for name, (_, value) in found.items() if value is not None},
    )


def _common(settings: Settings, platform: str) -> dict[str, object]:
    x = platform == "x"
    policies = settings.link_policy
    return {
        "platform": platform,
        "service": settings.x_base_url if x else settings.bluesky_service,
        "handle": None if x else settings.bluesky_handle,
        "limit": settings.x_limit if x else None,
        "threads": settings.x_threads if x else True,
        "link_policy": policies.get(platform) or policies.get("*") or "last",
        "signoff": settings.signoff, "hashtags": settings.hashtags, "utm": settings.utm,
        "slots": settings.slots, "timezone": settings.timezone, "quiet_hours": settings.quiet_hours, "min_gap": settings.min_gap,
        "daily_cap": settings.daily_cap, "jitter": settings.jitter, "late": settings.late, "spread": settings.spread,
        "banned_words": settings.banned_words, "allow_bait": settings.allow_bait,
    }


def _from_table(settings: Settings, name: str, table: dict[str, object], known: dict[str, str]) -> Account:
    fields = dict(table)
    platform = fields.get("platform")
    if platform not in SECRETS:
        raise ConfigError(f"bot.toml: account {name} needs platform = one of {', '.join(SECRETS)}.")
    variables = fields.pop("secrets", {})
    if not isinstance(variables, dict) or not set(variables) <= set(SECRETS[platform]):
        raise ConfigError(f"bot.toml: the secrets of account {name} are a table of {', '.join(SECRETS[platform])}, each the name of an environment variable.")
    for secret, variable in variables.items():
        if not isinstance(variable, str) or not _VARIABLE.fullmatch(variable):  # perhaps the secret itself: never shown
            raise ConfigError(f"bot.toml: secrets.{secret} of account {name} is to be the name of an environment variable, e.g. NEWS_KEY.")
    missing = [variables.get(secret, f"secrets.{secret} in bot.toml") for secret in SECRETS[platform] if variables.get(secret) not in known]
    if platform == "bluesky" and not (fields.get("handle") or settings.bluesky_handle):
        missing.insert(0, "handle in bot.toml")
    secrets = {secret: SecretStr(known[variable]) for secret, variable in variables.items() if variable in known}
    try:
        return Account(**{**_common(settings, platform), **fields, "name": name, "secrets": secrets, "missing": tuple(missing)})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        what = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"bot.toml: account {name}: there is no key {what}; known are {', '.join(_KEYS)}.") from None
        raise ConfigError(f"bot.toml: account {name}: {what}: {first['msg'].removeprefix('Value error, ')}.") from None


_KEYS = [name for name in Account.model_fields if name not in ("name", "missing")]
