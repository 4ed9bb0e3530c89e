"""Where the prompt and layout files are, and how they are compiled: jinja2, strict about missing values."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment

from bot.errors import ConfigError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_PACKAGE = Path(__file__).resolve().parent
SHIPPED = (_PACKAGE.parent / "prompts", _PACKAGE / "_prompts")
"""Beside `bot/` in a checkout; inside the package when installed from a wheel."""


def folder(chosen: Path | None = None) -> Path:
    """The folder in use: the chosen one (BOT_PROMPTS_DIR), else the shipped one. Raises ConfigError when it is not there."""
    if chosen is not None:
        if not chosen.is_dir():
            raise ConfigError(f"BOT_PROMPTS_DIR: {chosen} is not a folder. Copy prompts/ there, or unset it.")
        return chosen
    for place in SHIPPED:
        if (place / "layout").is_dir():
            return place
    raise ConfigError("the prompts folder is missing beside bot/. Restore it, or set BOT_PROMPTS_DIR to your copy.")


def voice(name: str | None, chosen: Path | None = None) -> str:
    """The file of the voice of this name; None: the common one. Raises ConfigError when it is not there."""
    if name is not None and not _NAME.fullmatch(name):
        raise ConfigError(f"voice {name!r}: a name of letters, digits, - and _ is needed; it is the middle of the file's name, _voice.NAME.j2.")
    file = f"_voice.{name}.j2" if name else "_voice.j2"
    place = folder(chosen)
    if not (place / file).is_file():
        raise ConfigError(f"{file} is missing in {place}. " + (f"Copy _voice.j2 to {file} and edit it." if name else "Copy it from the project's prompts/ folder."))
    return file


@lru_cache
def _environment(*places: Path) -> Environment:
    return SandboxedEnvironment(
        loader=FileSystemLoader(places), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )


def template(name: str, chosen: Path | None = None, *, shipped_too: bool = False) -> Template:
    """The compiled file `name` (relative, e.g. `layout/x.short.j2`). Only these files are ever compiled; article text is a value.

    `shipped_too`: the shipped file serves where the chosen folder has none, as for a prompt newer than somebody's copy of the folder.
    Raises ConfigError when the file is missing or is not a jinja2 template.
    """
    place = folder(chosen)
    elsewhere = [folder()] if shipped_too and not (place / name).is_file() else []
    try:
        return _environment(place, *elsewhere).get_template(name)
    except TemplateNotFound as error:
        raise ConfigError(f"{error.name} is missing in {place}. Copy it from the project's prompts/ folder.") from None
    except TemplateError as error:
        number = getattr(error, "lineno", None)
        line = f" line {number}" if number else ""
        raise ConfigError(f"{name}{line}: {error.message}. Correct the file in {place}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} in {place} can not be read: {error}.") from None
