"""Graphemes: what a reader takes for one character, and what Bluesky counts (300 a post, 64 a tag).

The boundaries are those of Unicode's extended grapheme clusters (UAX #29), as `regex` finds them with `\\X`; the Bluesky
server's own segmenter agrees with them on ordinary text.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

UNIT = "graphemes"
"""What is counted here, for people."""

_GRAPHEME = regex.compile(r"\X")
_FLAGS = regex.compile("[\U0001f1e6-\U0001f1ff]{64}(?=[\U0001f1e6-\U0001f1ff])")


def length(text: str) -> int:
    """The number of graphemes in `text`.

    >>> length("👨‍👩‍👧‍👦 é"), length("a\\r\\nb")
    (3, 3)
    """
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for piece in _pieces(text) for _ in _GRAPHEME.finditer(piece))


def split(text: str) -> list[str]:
    """The graphemes of `text`, in order; joined they are `text` again."""
    return [grapheme for piece in _pieces(text) for grapheme in _GRAPHEME.findall(piece)]


def _pieces(text: str) -> Iterator[str]:
    """`text` cut within long rows of flags, where a flag ends.

    To pair two letters of a flag `regex` looks back to where the row begins, which takes the square of its length.
    """
    at = 0
    for flags in _FLAGS.finditer(text):
        yield text[at : flags.end()]
        at = flags.end()
    yield text[at:]
