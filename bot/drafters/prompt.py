"""The prompt of a model drafter: its front matter, its two blocks rendered for one article, its hash."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jinja2 import Template, TemplateError

from bot import prompts
from bot.errors import ConfigError
from bot.text import invisible, sentences
from bot.values import Article, Brief

FILE = "posts.v2.j2"
"""The prompt in use. A released file is never edited: a change is a new version."""
MOST_CHARACTERS = 60_000
"""Of an article's text in a prompt, about 15,000 tokens; what comes later in a longer one is left out."""

_FRONT = re.compile(r"\A\s*\{#-*\s*\n(.*?)-*#\}", re.DOTALL)


class Prompt(NamedTuple):
    """A rendered prompt."""

    name: str
    """Name and version, e.g. `posts.v2`."""
    hash: str
    """SHA-256 (hex) of the prompt file and the voice."""
    system: str
    user: str
    left_out: frozenset[str]
    """Ids of sentences that are not shown: what no reader sees, what speaks to a model, and what is over a prompt's worth."""


def render(article: Article, brief: Brief, chosen: Path | None = None) -> Prompt:
    """The prompt for this article. Raises ConfigError, naming the file, when it is missing or can not be rendered."""
    template = prompts.template(FILE, chosen, shipped_too=True)
    voice = prompts.voice(brief.voice, chosen)
    try:
        source, tone = Path(template.filename or FILE).read_bytes(), (prompts.folder(chosen) / voice).read_bytes()
    except OSError as error:
        raise ConfigError(f"{Path(error.filename or FILE).name} can not be read in {prompts.folder(chosen)}. Copy it from the project's prompts/ folder.") from None
    place = Path(template.filename or FILE).parent
    told = _sentences(article, brief.left_out)
    values = {
        "sentences": told,
        "platforms": {platform: brief.room[platform] for platform in brief.platforms},
        "kinds": [kind.value for kind in brief.kinds],
        "language": brief.language or article.language,
        "has_faq": any(at[0] == "q" for at in told),
        "banned": list(brief.banned),
        "voice": voice,
        "folder": prompts.folder(chosen),
        "delimiter": f"ARTICLE-{secrets.token_hex(8)}",
    }
    return Prompt(
        _named(source, place), sha256(source + tone).hexdigest(),
        _block(template, "system", values, place), _block(template, "user", values, place),
        frozenset(sentences.of_article(article)) - told.keys(),
    )


def _sentences(article: Article, left_out: frozenset[str]) -> dict[str, str]:
    """What the model may use: no pair that only hidden markup holds, no invisible characters, not more than a prompt's worth."""
    told, left = {}, MOST_CHARACTERS
    for at, text in sentences.visible(article).items():
        if at in left_out:
            continue
        text = invisible.strip(text)
        left -= len(text)
        if text and left >= 0:
            told[at] = text
    return {at: text for at, text in told.items() if at[0] == "s" or {f"q{at[1:]}", f"a{at[1:]}"} <= told.keys()}


def _named(source: bytes, place: Path) -> str:
    front = _FRONT.match(source.decode())
    fields = dict(re.findall(r"^(\w+):[ \t]*(.*?)[ \t]*$", front[1], re.MULTILINE)) if front else {}
    if not fields.get("name") or not fields.get("version"):
        raise ConfigError(f"{FILE} in {place} does not begin with its name and version. Copy the comment at its top from the project's prompts/ folder.")
    return f"{fields['name']}.v{fields['version']}"


def _block(template: Template, name: str, values: dict[str, object], place: Path) -> str:
    if name not in template.blocks:
        raise ConfigError(f"{FILE} in {place} has no block {name}. Copy it from the project's prompts/ folder.")
    try:
        return "".join(template.blocks[name](template.new_context(values))).strip()
    except TemplateError as error:
        file = getattr(error, "name", None)  # of a file that cannot be compiled: the voice
        where = f"{file} in {values['folder']}" if file and file != FILE else f"{FILE} in {place}, block {name}"
        raise ConfigError(f"{where}: {error.message}. Correct the file.") from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ConfigError(f"{FILE} in {place}, block {name}: {error}. Correct the file.") from None
