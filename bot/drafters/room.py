"""How much of a platform's room a text takes, for choosing and trimming sentences; the formatter measures exactly."""

from __future__ import annotations

import unicodedata

_WIDE_COUNTS_TWICE = frozenset({"x"})
"""Platforms where a wide character takes two (twitter-text configuration v3: weight 200 of scale 100)."""


def taken(text: str, platform: str) -> int:
    """Characters the text takes on this platform; rather too many than too few."""
    if text.isascii() or platform not in _WIDE_COUNTS_TWICE:
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
