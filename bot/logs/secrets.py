"""Which secrets there are: those of the settings and of the accounts."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from bot.accounts import Account
from bot.config import Settings

_TELLING = 12
"""A part of an address that is this long is taken for a key: webhooks carry theirs in the path."""


def of(settings: Settings, accounts: Iterable[Account]) -> list[str]:
    """Every text that must not be shown."""
    found: list[str] = []
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            text = value.get_secret_value()
            found += _of_address(text, whole=name != "database_url") if "://" in text else [text]
    found += [secret.get_secret_value() for account in accounts for secret in account.secrets.values()]
    return [text for text in found if text]


def _of_address(url: str, *, whole: bool) -> Iterator[str]:
    """Its password; of a `whole` secret address also what tells it: path, query, and each long part of them."""
    try:
        parts = urlsplit(url)
        user, password = parts.username, parts.password
    except ValueError:
        yield url
        return
    for text in (password, unquote(password or "")):
        yield text or ""
    if user and password:
        yield base64.b64encode(f"\0{unquote(user)}\0{unquote(password)}".encode()).decode()  # as SMTP and HTTP say it
        yield base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
    query = [value for key, value in parse_qsl(parts.query) if whole or "password" in key]
    yield from query
    if whole:
        yield url
        yield from (part for part in parts.path.split("/") if len(part) >= _TELLING)
        if len(parts.path) >= _TELLING:
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
