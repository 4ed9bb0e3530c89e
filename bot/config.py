"""Every setting, its meaning and where its value came from: flag, environment, `.env`, `bot.toml`, default."""

from __future__ import annotations

import os
from typing import Any

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.errors import ConfigError
from bot.sections.health import Health
from bot.sections.looks import Looks
from bot.sections.parts import Parts
from bot.sections.reading import Reading
from bot.sections.schedule import Schedule
from bot.sections.sending import Sending
from bot.setting_types import SiteRules
from bot.values import NO_URL_RULES

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


class Settings(Health, Reading, Sending, Schedule, Looks, Parts, BaseSettings):  # fields come in the order of these classes from behind
    """All settings of the program; unknown ones are left alone (`bot doctor` names them)."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", toml_file="bot.toml", extra="ignore", env_ignore_empty=True,
        hide_input_in_errors=True,  # names in the environment are the aliases alone: USER and MODEL are not ours
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
