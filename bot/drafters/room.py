"""How much of a platform's room a text takes, for choosing and trimming sentences; the formatter measures the whole segment."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from bot.text import graphemes, weighted
from bot.values import Brief

_COUNTS = {graphemes.UNIT: graphemes.length, weighted.UNIT: weighted.weighted_length}


class Room(NamedTuple):
    """The room of a short on one platform."""

    size: int
    unit: str | None
    """What it counts (`limits.unit`)."""

    def taken(self, text: str) -> int:
        """What the text takes of it; in a unit nobody knows rather too much than too little."""
        count = _COUNTS.get(self.unit or "")
        if count is not None:
            return count(text)
        if text.isascii():
            return len(text)
        return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)

    def fits(self, text: str) -> bool:
        """Is there room for the text?"""
        return self.taken(text) <= self.size


def room(brief: Brief, platform: str) -> Room:
    """The room that the brief gives a short on this platform."""
    return Room(brief.room[platform], brief.units.get(platform))
