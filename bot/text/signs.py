"""Handles, hashtags and cashtags in the loosest sense: what a reader takes for one, linked by a platform or not. For holding only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.text.figures import CASHTAG, HASHTAG, MENTION


class Sign(NamedTuple):
    """A handle or tag in a folded text."""

    start: int
    end: int
    sign: str
    """`@`, `#` or `$`."""
    word: str
    """What stands behind the sign, case folded."""
    spaced: bool
    """There is a space between: only a tag if the words behind it are not the article's own."""

    @property
    def name(self) -> str:
        """As it is compared: the sign and the word."""
        return self.sign + self.word


_STRICT = (("@", MENTION), ("#", HASHTAG), ("$", CASHTAG))
_LOOSE = (
    ("@", re.compile(r"@(?P<gap> ?)(?P<word>\w[\w.-]*)")),
    # `#🔥win`, a keycap, a sharp; `C# code` and `#1` are none
    ("#", re.compile(r"(?:(?<![\w&])[#♯][\ufe0e\ufe0f\u20e3]*(?P<gap> ?)[^\s\w#@.,;:()\"']{0,4}|(?<=\w)#)(?P<word>\w*[^\W\d_]\w*)")),
    ("$", re.compile(r"[$\U0001f4b2](?:(?P<gap> )(?=[A-Z]{2})|)(?P<word>[A-Za-z][A-Za-z0-9]*(?:[._][A-Za-z]{1,2})?)(?!\w)")),
)


def find(text: str) -> list[Sign]:
    """Every sign of a folded text: first what a platform links, then what only looks like it, none twice."""
    found = [
        Sign(match.start(), match.end(), sign, match[1].casefold(), spaced=False) for sign, pattern in _STRICT for match in pattern.finditer(text)
    ]
    taken = bytearray(len(text) + 1)
    for one in found:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    for sign, pattern in _LOOSE:
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append(Sign(match.start(), match.end(), sign, match["word"].casefold().rstrip(".-"), spaced=bool(match["gap"])))
    return found


def names(text: str) -> Iterator[str]:
    """What the signs of a text are compared by."""
    return (one.name for one in find(text) if not one.spaced)
