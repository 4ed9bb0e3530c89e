"""Notices in words: what an article says in them names nobody, links nowhere and drives nothing. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 1800
"""Characters of a message: Discord takes 2,000."""
_TITLE, _LINE, _SHOWN = 80, 300, 5
# What Slack, Mattermost and Discord make mentions, links and code of, by what looks like it and is not.
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "@": "＠", "`": "'", "[": "(", "]": ")", "*": "∗", "|": "¦", "\\": "⧵", "~": "∼"})
_DOT = re.compile(r"(?<=\w)\.(?=\w*[^\W\d_])")
_JOINER = "\u2060"


@dataclass(frozen=True)
class Matter:
    """Something that needs a person."""

    key: str
    """Told once under this name."""
    kind: str
    """`review`, `uncertain`, `stopped`, `paused`, `changed`, `expiring`, or `health`."""
    line: str
    """What it is and what to do, without markup."""
    post: int | None = None
    account: str | None = None


def plain(text: str, most: int = _LINE) -> str:
    """Text of others, on one line, without control and invisible characters, mentions, links and markup."""
    visible = "".join(" " if char.isspace() else char for char in text[: 4 * most] if char.isspace() or unicodedata.category(char)[0] != "C")
    short = " ".join(visible.split())
    short = short if len(short) <= most else short[: most - 1].rstrip() + "…"
    return _DOT.sub(f".{_JOINER}", short.translate(_HARMLESS).replace("://", ":⁄⁄"))


def title(text: str) -> str:
    """An article's headline, quoted."""
    return f"“{plain(text, _TITLE)}”"


def message(matters: Sequence[Matter]) -> str:
    """All of them in one message: what is urgent first, the posts that wait for approval together."""
    waiting = [one for one in matters if one.kind == "review"]
    lines = [one.line for one in matters if one.kind != "review"]
    if waiting:
        lines.append(f"{len(waiting)} {'post waits' if len(waiting) == 1 else 'posts wait'} for approval: bot review")
        lines += [f"  {one.line}" for one in waiting[:_SHOWN]]
        lines += [f"  and {len(waiting) - _SHOWN} more"] if len(waiting) > _SHOWN else []
    shown, used = [], 0
    for n, line in enumerate(lines):
        used += len(line) + 1
        if used > LONGEST - 40:
            shown.append(f"… and {len(lines) - n} more lines: bot status")
            break
        shown.append(line)
    return "\n".join(shown)


def subject(matters: Sequence[Matter]) -> str:
    """For a mail: no word of an article stands in it."""
    urgent = [one for one in matters if one.kind != "review"]
    if not urgent:
        return f"article-bot: {len(matters)} {'post waits' if len(matters) == 1 else 'posts wait'} for approval"
    return f"article-bot: {len(matters)} {'matter needs' if len(matters) == 1 else 'matters need'} you"
