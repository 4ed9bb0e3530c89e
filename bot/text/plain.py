"""Text as it is compared: NFKC, without invisible characters, apostrophes and hyphens as one; and the way back to the original."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import regex

from bot.text import graphemes, invisible
from bot.text.nfc import nfkc

_SUPERSCRIPT = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", (f"^{digit}" for digit in "0123456789"), strict=True))
"""A footnote mark behind a figure must not become a digit of it."""
_SAME = {
    **dict.fromkeys("‐‑‒−", "-"), **dict.fromkeys("’‘ʼ‛＇´`", "'"), "\u2028": "\n", "\u2029": "\n", "\u0085": "\n", **_SUPERSCRIPT,
    **dict.fromkeys("⓿🄋🄌", "0"), **{chr(first + at): f" {at + 1} " for first in (0x2776, 0x2780, 0x278A) for at in range(10)},
    **{fraction: f" {fraction}" for fraction in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"},
}
_TABLE = str.maketrans(_SAME)
_POINTS = regex.compile(r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]+")
"""Hebrew points, Arabic vowel marks, and the stroke that stretches a word: the same word is written with them and without."""
_DIGIT = regex.compile(r"[\p{Nd}--[0-9]]", regex.V1)
"""By newer tables than Python has: one that only they know stays as it is."""


class Plain(NamedTuple):
    """Normalised text, and where each of its characters comes from."""

    text: str
    original: str
    starts: tuple[int, ...] | None
    """For each character of `text` the index in the original; None when both are the same."""
    ends: tuple[int, ...] | None

    def verbatim(self, start: int, end: int) -> str:
        """The words of the original behind this stretch of the normalised text."""
        if self.starts is None or self.ends is None:
            return self.original[start:end]
        return self.original[self.starts[start] : self.ends[end - 1]] if end > start else ""


def fold(text: str) -> str:
    """The normalised text."""
    return text if text.isascii() else nfkc(invisible.drop(text).translate(_TABLE))


def unpointed(text: str) -> str:
    """The normalised text as texts are compared with each other: without marks that writers may leave out, every script's digits as 0 to 9."""
    if text.isascii():
        return text
    return str(_DIGIT.sub(lambda match: str(unicodedata.digit(match[0], match[0])), _POINTS.sub("", fold(text))))


def plain(text: str) -> Plain:
    """The normalised text with the way back; for texts of a post's size."""
    if text.isascii():
        return Plain(text, text, None, None)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for grapheme in graphemes.split(text):
        piece = fold(grapheme)
        pieces.append(piece)
        starts += [at] * len(piece)
        at += len(grapheme)
        ends += [at] * len(piece)
    return Plain("".join(pieces), text, tuple(starts), tuple(ends))
