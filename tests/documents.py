"""The parts of the documents that are made from the program: `.env.example` and the README's configuration table.

`BOT_UPDATE_DOCS=1 python -m pytest tests/unit/house/test_documents.py` writes them anew.
"""

from __future__ import annotations

from pydantic import SecretStr

from bot.config import Settings, setting_names

GROUPS = {
    "database_url": "Store", "openai_api_key": "Language model", "x_api_key": "X", "bluesky_handle": "Bluesky",
    "link_policy": "How posts look", "auto_approve": "When posts go out", "http_timeout": "How sending works",
    "http_port": "Health, logs and notices",
}
"""Headings, by the setting that each stands before."""


def _default(field: str) -> str:
    value = Settings.model_fields[field].default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in (None, "", (), {}):
        return ""
    if isinstance(value, tuple):
        return ",".join(f"{part:g}" for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def fields() -> list[str]:
    """The settings that have a name in the environment, in their order."""
    return [field for field in Settings.model_fields if setting_names(field)]


def env_example() -> str:
    """`.env.example`: every setting with its meaning, commented out at its default."""
    lines = ["# Copy to .env and fill in what you need. Nothing is required: without keys, posts are previewed only.", ""]
    for field in fields():
        if field in GROUPS:
            lines += ["", f"# --- {GROUPS[field]}", ""]
        lines += [f"# {Settings.model_fields[field].description}", f"#{setting_names(field)[0]}={_default(field)}"]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def table() -> str:
    """The README's configuration table."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for field in fields():
        names = " or ".join(f"`{name}`" for name in setting_names(field))
        default = f"`{_default(field)}`" if _default(field) else ""
        rows.append(f"| {names} | {default} | {Settings.model_fields[field].description} |")
    return "\n".join(rows)
