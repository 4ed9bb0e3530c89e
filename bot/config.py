"""Every setting, its meaning and where its value came from: flag, environment, `.env`, `bot.toml`, default."""

from __future__ import annotations

import getpass
import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.errors import ConfigError
from bot.setting_types import (
    Count,
    Dollars,
    LinkPolicies,
    Phrases,
    Price,
    RisingSeconds,
    Seconds,
    SiteRules,
    Tags,
    Zone,
)
from bot.values import NO_URL_RULES

DEFAULT_DATABASE = "sqlite:///bot.db"


def _setting(name: str, default: Any, meaning: str, *more: str) -> Any:
    return Field(default=default, validation_alias=AliasChoices(name, *more), description=meaning)


_TABLES = {"accounts": "accounts in bot.toml", "url_rules": "url_rules in bot.toml"}
"""Settings that no variable can hold, by the names that errors carry."""


class _TomlFile(TomlConfigSettingsSource):
    """`bot.toml`, whose keys are field names (`grace_seconds`) or the environment's names."""

    def __call__(self) -> dict[str, Any]:
        return _by_alias(super().__call__())


def _by_alias(named: dict[str, Any]) -> dict[str, Any]:
    """The same values under the names that settings are read by."""
    aliases = {field: setting_names(field)[0] for field in Settings.model_fields if setting_names(field)}
    return {{**aliases, **_TABLES}.get(key, key): value for key, value in named.items()}


class Settings(BaseSettings):
    """All settings of the program; unknown ones are left alone (`bot doctor` names them)."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", toml_file="bot.toml", extra="ignore", env_ignore_empty=True,
        hide_input_in_errors=True,  # names in the environment are the aliases alone: USER and MODEL are not ours
    )

    # Store
    database_url: SecretStr = _setting(
        "DATABASE_URL", SecretStr(DEFAULT_DATABASE),
        "Where everything is kept: an SQLite file, or postgresql://user:password@host/name.", "BOT_DATABASE_URL",
    )

    # Language model
    openai_api_key: SecretStr | None = _setting(
        "OPENAI_API_KEY", None, "Key of the language model; without it the offline drafter writes."
    )
    openai_base_url: str | None = _setting(
        "OPENAI_BASE_URL", None, "Any OpenAI-compatible server, e.g. http://localhost:11434/v1."
    )
    model: str = _setting("BOT_MODEL", "gpt-5-mini", "Name of the model.")
    llm_price: Price | None = _setting(
        "BOT_LLM_PRICE", None, "Dollars per million tokens, in/out, e.g. 0.25/2.00; without it the cost shows as unknown."
    )

    llm_budget_usd: Dollars | None = _setting(
        "BOT_LLM_BUDGET_USD", None, "Dollars a month for the language model; once they are spent the offline drafter writes. Needs BOT_LLM_PRICE."
    )
    drafting_at_once: Count = _setting("BOT_DRAFTING_AT_ONCE", 4, "Articles that the language model writes about at the same time.")

    # X
    x_api_key: SecretStr | None = _setting("X_API_KEY", None, "X: API key (consumer key) of your app.")
    x_api_secret: SecretStr | None = _setting("X_API_SECRET", None, "X: API key secret.")
    x_access_token: SecretStr | None = _setting("X_ACCESS_TOKEN", None, "X: access token of the account that posts.")
    x_access_token_secret: SecretStr | None = _setting("X_ACCESS_TOKEN_SECRET", None, "X: access token secret.")
    x_base_url: str = _setting("X_BASE_URL", "https://api.x.com", "X: address of the API.")
    x_limit: Count = _setting("BOT_X_LIMIT", 280, "X: weighted characters in one post; 25000 for a Premium account.")
    x_threads: bool = _setting("BOT_X_THREADS", True, "X: on or off; off makes no FAQ threads there.")

    # Bluesky
    bluesky_handle: str | None = _setting("BLUESKY_HANDLE", None, "Bluesky: your handle, e.g. news.example.com.")
    bluesky_app_password: SecretStr | None = _setting(
        "BLUESKY_APP_PASSWORD", None, "Bluesky: an app password (Settings, Privacy and security, App passwords)."
    )
    bluesky_service: str = _setting("BLUESKY_SERVICE", "https://bsky.social", "Bluesky: address of your server.")

    # How posts look
    link_policy: LinkPolicies = _setting(
        "BOT_LINK_POLICY", {},
        "Where the link goes: last (once a post), always (every segment), never; or per platform: x=never,bluesky=last.",
    )
    signoff: str = _setting("BOT_SIGNOFF", "", "Text at the end of each post's last segment.")
    hashtags: Tags = _setting(
        "BOT_HASHTAGS", (), "Hashtags for each post, parted by spaces, e.g. #AI #chips."
    )
    banned_words: Phrases = _setting(
        "BOT_BANNED_WORDS", (), "Words and phrases, parted by commas, that no post may hold, e.g. game-changer, unlock."
    )
    allow_bait: bool = _setting(
        "BOT_ALLOW_BAIT", False, "on: posts may call to like, follow and share, and tease (you won't believe …)."
    )
    utm: str = _setting(
        "BOT_UTM", "", "Query added to the posted link, e.g. utm_source={platform}&utm_medium=social."
    )
    prompts_dir: Path | None = _setting("BOT_PROMPTS_DIR", None, "Your own copy of the prompts/ folder.")

    # When posts go out
    auto_approve: Literal["none", "clean"] = _setting(
        "BOT_AUTO_APPROVE", "none", "none: a person approves each post; clean: posts without holds and warnings go by themselves."
    )
    grace_seconds: Count = _setting(
        "BOT_GRACE_SECONDS", 120, "Nothing approved goes out sooner; until then `bot unapprove` takes it back."
    )
    max_age_seconds: Count | None = _setting(
        "BOT_MAX_AGE", None, "Seconds after its due time at which an unsent post is missed instead of sent late."
    )
    timezone: Zone = _setting("BOT_TIMEZONE", "UTC", "Time zone of the times shown, e.g. Europe/Berlin.")
    user: str = _setting("BOT_USER", "", "Who approves and edits, for the history; default: the login name.")

    # How sending works
    http_timeout: Seconds = _setting("BOT_HTTP_TIMEOUT", 20.0, "Seconds one request to a platform may take as a whole.")
    lease_seconds: Count = _setting(
        "BOT_LEASE_SECONDS", 60, "Seconds after which another worker may take over an account from a dead one."
    )
    segment_pause: Seconds = _setting("BOT_SEGMENT_PAUSE", 3.0, "Seconds between the segments of a thread on X.")
    thread_resume: Count = _setting(
        "BOT_THREAD_RESUME", 1800, "Seconds after which the rest of an interrupted thread waits for a person instead of going on."
    )
    x_readback: RisingSeconds = _setting(
        "BOT_X_READBACK", (15.0, 60.0, 300.0),
        "X: seconds after an unclear answer at which the account's own timeline is read; none: a person looks.",
    )
    x_resend: Literal["after_readback", "off"] = _setting(
        "BOT_X_RESEND", "after_readback", "X: what was not found in any look is sent once more (after_readback), or left to a person (off)."
    )
    x_budget_usd: Dollars | None = _setting(
        "BOT_X_BUDGET_USD", None, "X: dollars a month; what would cost more does not go out."
    )
    over_budget: Literal["hold", "nolink", "skip"] = _setting(
        "BOT_OVER_BUDGET", "hold", "What becomes of a post over the budget: hold (back to review), nolink (sent without its link), skip (cancelled)."
    )
    poll_seconds: Seconds = _setting("BOT_POLL_SECONDS", 5.0, "Seconds between the passes of an idle worker.")
    feed_interval: Count = _setting(
        "BOT_FEED_INTERVAL", 900, "Seconds between the polls of a feed (`bot sources`); at least 60. Publishers may ask for more."
    )
    feed_cap: Count = _setting("BOT_FEED_CAP", 10, "New entries that one poll of a feed takes; the rest comes at the next.")
    recheck_seconds: Count = _setting(
        "BOT_RECHECK_SECONDS", 600, "An article's page is read again before its posts go out, if that was longer ago; 0: never."
    )
    watch_days: Count = _setting(
        "BOT_WATCH_DAYS", 3, "Days after publication in which an article's page is read again, ever more seldom, for corrections; 0: never."
    )
    allow_private: bool = _setting(
        "BOT_ALLOW_PRIVATE_ADDRESSES", False, "on: articles may be read from private addresses (your own network)."
    )

    # Only in bot.toml: the accounts, and what is particular about single sites' addresses, as tables
    accounts: dict[str, dict[str, Any]] = Field(default_factory=dict, exclude=True, validation_alias=_TABLES["accounts"])
    url_rules: SiteRules = Field(default=NO_URL_RULES, exclude=True, validation_alias=_TABLES["url_rules"])

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flag, environment, `.env`, `bot.toml`, in this order."""
        return (init_settings, env_settings, dotenv_settings, _TomlFile(settings_cls))

    @model_validator(mode="after")
    def _lease_outlives_a_call(self) -> Settings:
        if self.http_timeout == 0:
            raise ValueError("BOT_HTTP_TIMEOUT must be over 0")
        if self.http_timeout >= self.lease_seconds / 2:
            raise ValueError("BOT_HTTP_TIMEOUT must be under half of BOT_LEASE_SECONDS")
        if self.segment_pause > self.lease_seconds / 3:
            raise ValueError("BOT_SEGMENT_PAUSE must not be over a third of BOT_LEASE_SECONDS")
        if self.lease_seconds >= 3600:  # a longer one is taken for one from before the clock was set back (`store.leases.LONGEST`)
            raise ValueError("BOT_LEASE_SECONDS must be under 3600, an hour")
        return self

    @model_validator(mode="after")
    def _what_a_budget_needs(self) -> Settings:
        if self.llm_budget_usd is not None and self.llm_price is None:
            raise ValueError("BOT_LLM_BUDGET_USD needs BOT_LLM_PRICE, e.g. 0.25/2.00, to count what is spent")
        if self.drafting_at_once < 1:
            raise ValueError("BOT_DRAFTING_AT_ONCE must be at least 1")
        return self

    @model_validator(mode="after")
    def _feeds_are_left_in_peace(self) -> Settings:
        if not 60 <= self.feed_interval <= 604_800:
            raise ValueError("BOT_FEED_INTERVAL must be from 60 to 604800, a week")
        if self.feed_cap < 1:
            raise ValueError("BOT_FEED_CAP must be at least 1")
        return self

    @model_validator(mode="after")
    def _pages_are_read_again_within_reason(self) -> Settings:
        if self.recheck_seconds > 604_800:
            raise ValueError("BOT_RECHECK_SECONDS must not be over 604800, a week")
        if self.watch_days > 365:
            raise ValueError("BOT_WATCH_DAYS must not be over 365")
        return self

    @property
    def database(self) -> str:
        """The database URL as SQLAlchemy wants it (`postgres://` is accepted, psycopg is the driver)."""
        url = self.database_url.get_secret_value()
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        return url

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.grace_seconds)

    @property
    def max_age(self) -> timedelta | None:
        return None if self.max_age_seconds is None else timedelta(seconds=self.max_age_seconds)

    @property
    def who(self) -> str:
        """The name that approvals and edits carry."""
        if self.user:
            return self.user
        try:
            return getpass.getuser()
        except (KeyError, OSError):  # no login name, as in many containers
            return "someone"


def setting_names(field: str) -> list[str]:
    """The environment names of a setting, the main one first; empty for what only `bot.toml` holds."""
    alias = Settings.model_fields[field].validation_alias
    return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else []


def load(**flags: Any) -> Settings:
    """Read all settings; `flags` (field names) stand before everything else.

    Raises ConfigError naming the first setting that can not be read, never its value.
    """
    try:
        return Settings(**_by_alias({key: value for key, value in flags.items() if value is not None}))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise ConfigError(f"{name}: {first['msg'].removeprefix('Value error, ')}. Correct it in the environment, .env or bot.toml.") from None
    except (OSError, ValueError) as error:  # an unreadable .env, or bot.toml that is not TOML
        raise ConfigError(f"the settings can not be read: {error}. Correct .env or bot.toml.") from None


def environment() -> dict[str, str]:
    """The environment over `.env`, for secrets that `bot.toml` names."""
    try:
        stored = {key: value for key, value in dotenv_values(".env").items() if value}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f".env can not be read: {error}.") from None
    return {**stored, **os.environ}
