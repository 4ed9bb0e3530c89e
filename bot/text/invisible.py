"""Characters a reader can not see: which of them are at home where they stand, and text without the others."""

from __future__ import annotations

import unicodedata

_JOINERS = frozenset("\u200c\u200d")
_FLAGS = tuple(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f" for region in ("gbeng", "gbsct", "gbwls")
)
"""The flags that Unicode has for regions (RGI_Emoji_Tag_Sequence): tags behind any other flag are a hiding place."""
_SELECTORS = frozenset("\ufe0e\ufe0f")
_DIRECTION_MARKS = frozenset("\u200e\u200f\u061c")
_LINES = frozenset("\n\r\t")
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Drawn as nothing, although Unicode counts them as letters, marks or symbols."""


def is_invisible(char: str) -> bool:
    """Is this a format or control character, a blank letter, a tag or a variation selector beyond those emoji use?"""
    return (
        unicodedata.category(char) == "Cf" or (unicodedata.category(char) == "Cc" and char not in _LINES) or char in _BLANKS
        or 0xE0000 <= ord(char) <= 0xE0FFF or 0xFE00 <= ord(char) <= 0xFE0D
    )


def find(text: str) -> tuple[int, ...]:
    """Indexes of invisible characters that are not at home where they stand.

    Control characters, which a terminal acts upon, are at home nowhere but for tabs and line breaks. At home are: joiners inside emoji and in scripts that join their letters, direction marks in text with right-to-left
    letters, one variation selector behind a character, and the tags of the flags of England, Scotland and Wales.
    """
    if text.isascii() and text.isprintable():
        return ()
    right_to_left = any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
    found: list[int] = []
    flag_ends = 0
    for at, char in enumerate(text):
        if char == _FLAGS[0][0]:
            flag_ends = next((at + len(flag) for flag in _FLAGS if text.startswith(flag, at)), at)
        second = char in _SELECTORS and text[at - 1 : at] in _SELECTORS  # a row of them spells bits
        if second or (is_invisible(char) and at >= flag_ends and not _at_home(text, at, right_to_left)):
            found.append(at)
    return tuple(found)


def strip(text: str) -> str:
    """The text without the characters that `find` names."""
    out = frozenset(find(text))
    return "".join(char for at, char in enumerate(text) if at not in out) if out else text


def drop(text: str) -> str:
    """The text without any invisible character, for comparing."""
    return text if text.isascii() and text.isprintable() else "".join(char for char in text if not is_invisible(char))


def _at_home(text: str, at: int, right_to_left: bool) -> bool:
    char = text[at]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if char in _JOINERS:
        return _joins(before) and (_joins(after) or char == "\u200c")
    if char in _DIRECTION_MARKS:
        return right_to_left
    return False


def _joins(char: str) -> bool:
    """Emoji, their modifiers and selectors, and letters of scripts in which joiners have a meaning (Arabic, Indic)."""
    if not char:
        return False
    code = ord(char)
    return (
        0x0600 <= code <= 0x08FF or 0x0900 <= code <= 0x0DFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x18AF
        or code == 0xFE0F or 0x1F3FB <= code <= 0x1F3FF or unicodedata.category(char) == "So"
    )
