"""Where each setting's value came from: the places `bot.config` reads, looked at one by one."""

from __future__ import annotations

import os
import re
import tomllib
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from bot.config import Settings, setting_names

MASK = "••••"


@dataclass(frozen=True)
class Shown:
    """A setting for people: its main name, its value (secrets masked), where that came from, and what is wrong with it."""

    name: str
    value: str | None
    source: str
    problem: str | None = None


@dataclass
class Reading:
    """All settings as found; `settings` is None when they can not be used."""

    shown: list[Shown] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    settings: Settings | None = None


def read(database: Callable[[str], str]) -> Reading:
    """Read every place; never raises for what stands there. `database` masks a database's address for people."""
    reading = Reading()
    stored = _dotenv(reading)
    table = _toml(reading)
    errors: dict[str, str] = {}
    try:
        reading.settings = Settings()
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            name = _main_name(str(one["loc"][0])) if one["loc"] else "settings"
            errors.setdefault(name, one["msg"].removeprefix("Value error, "))
    except (OSError, ValueError) as error:
        if not reading.problems:
            reading.problems.append(f"the settings can not be read: {error}. Correct .env or bot.toml.")
    places = (("environment", os.environ), (".env", stored), ("bot.toml", table))
    for name in Settings.model_fields:
        names = setting_names(name)
        if names:
            shown = _one(name, names, places, reading.settings, errors)
            if name == "database_url" and shown.value is not None:
                shown = replace(shown, value=database(shown.value))
            reading.shown.append(shown)
    for name, what in errors.items():
        reading.problems.append(f"{name}: {what}. Correct it in the environment, .env or bot.toml.")
    reading.unknown = _unknown(stored, table)
    return reading


def _one(
    name: str, names: list[str], places: tuple[tuple[str, Mapping[str, Any]], ...], settings: Settings | None, errors: dict[str, str]
) -> Shown:
    for source, place in places:
        values = {str(key).lower(): value for key, value in place.items() if value not in (None, "")}
        for alias in [*names, *([name] if source == "bot.toml" else [])]:
            if alias.lower() in values:
                return Shown(names[0], _text(name, values[alias.lower()]), source, errors.get(names[0]))
    default = getattr(settings, name) if settings else Settings.model_fields[name].default
    value = default.get_secret_value() if name == "database_url" and isinstance(default, SecretStr) else default
    return Shown(names[0], None if value in (None, "", (), {}) else _text(name, value), "default", errors.get(names[0]))


def _text(name: str, value: Any) -> str:
    if name == "database_url":
        return str(value)  # masked by who knows such addresses
    if _secret(name):
        return MASK
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return ",".join(f"{key}={one}" for key, one in value.items())
    return address(str(value))


def address(text: str) -> str:
    """The text; in an address, without the name and password it may carry."""
    return re.sub(r"(?<=://)[^/@\s]*@", f"{MASK}@", text)


def _secret(name: str) -> bool:
    kind = Settings.model_fields[name].annotation
    return kind is SecretStr or SecretStr in typing.get_args(kind)


def _main_name(loc: str) -> str:
    """The main environment name of a setting, whichever of its names an error carries."""
    for name in Settings.model_fields:
        names = setting_names(name)
        if loc == name or loc.lower() in {one.lower() for one in names}:
            return names[0] if names else f"{name} in bot.toml"
    return loc


def _dotenv(reading: Reading) -> dict[str, str | None]:
    try:
        return dict(dotenv_values(".env"))
    except (OSError, ValueError) as error:
        reading.problems.append(f".env can not be read: {error}. Correct the file, or remove it.")
        return {}


def _toml(reading: Reading) -> dict[str, Any]:
    path = Path("bot.toml")
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        reading.problems.append(f"bot.toml can not be read: {error}. Correct the file, or remove it.")
        return {}


def _unknown(stored: Mapping[str, Any], table: Mapping[str, Any]) -> list[str]:
    """BOT_* variables and keys of bot.toml that no setting reads: likely slips of the pen."""
    known = {name.lower() for field in Settings.model_fields for name in [*setting_names(field), field]}
    accounts = table.get("accounts")
    for account in accounts.values() if isinstance(accounts, dict) else ():
        secrets = account.get("secrets") if isinstance(account, dict) else None
        known |= {str(variable).lower() for variable in secrets.values()} if isinstance(secrets, dict) else set()
    found = [f"{name} (environment)" for name in sorted(os.environ) if name.upper().startswith("BOT_") and name.lower() not in known]
    found += [f"{name} (.env)" for name in sorted(stored) if name.upper().startswith("BOT_") and name.lower() not in known]
    return found + [f"{name} (bot.toml)" for name in sorted(map(str, table)) if name.lower() not in known]
