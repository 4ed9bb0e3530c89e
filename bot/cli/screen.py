"""Text for a terminal: widths, wrapping, rules; and nothing of an article that could drive the terminal. Pure."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator

NARROWEST, USUAL, WIDEST = 40, 80, 100
PARTED = " · "

# Whole sequences first, so that no remains of them stay; then line breaks of other kinds; then every control character but
# the line feed, the marks that turn the direction of what follows, and (for JSON lines) what else ends a line for some readers.
_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]")
_BREAK = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_WIDENER = "\ufe0f"


def clean(text: str) -> str:
    """The text without escape sequences, control characters (except line feeds) and direction marks."""
    text = _BREAK.sub("\n", _SEQUENCE.sub("", text)).replace("\t", " ")
    return _CONTROL.sub("", text)


def escaped(text: str) -> str:
    """JSON text with the same characters written as its escapes, so that it says what it said."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def columns() -> int:
    """How wide to write: the terminal's width between 40 and 100; 80 where there is no terminal."""
    try:
        wide = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return USUAL
    return max(NARROWEST, min(WIDEST, wide or USUAL))


def width(text: str) -> int:
    """Columns a terminal needs for the text; never fewer than it takes, at times more (joined emoji)."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if char == _WIDENER:
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, room: int) -> str:
    """The text on one line in at most `room` columns, with `…` where something is gone."""
    text = one_line(text)
    if width(text) <= room:
        return text
    kept = ""
    taken = 0
    for char in text:
        taken += _width(char)
        if taken > room - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def wrap(text: str, room: int, first: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most `room` columns; its own line breaks stay. `first` and `rest` go before the lines."""
    later = first if rest is None else rest
    lines: list[str] = []
    for paragraph in clean(text).split("\n"):
        for line in _filled(paragraph, room - max(width(first), width(later))):
            lines.append(((later if lines else first) + line).rstrip())
    return lines


def _filled(paragraph: str, room: int) -> Iterator[str]:
    line, used = "", 0
    for word in paragraph.split():
        for piece in _pieces(word, room):
            wide = width(piece)
            if line and used + 1 + wide > room:
                yield line
                line, used = piece, wide
            elif line:
                line, used = f"{line} {piece}", used + 1 + wide
            else:
                line, used = piece, wide
    yield line


def _pieces(word: str, room: int) -> Iterator[str]:
    """A word wider than the line (an address, a language without spaces) in pieces that fit."""
    if width(word) <= room:
        yield word
        return
    piece, used = "", 0
    for char in word:
        wide = _width(char)
        if piece and used + wide > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + char, used + wide
    yield piece


def rule(left: str, right: str, wide: int) -> str:
    """`left ───…─── right`, exactly `wide` columns where the words leave room."""
    left = cut(left, max(8, wide - width(right) - 4))
    return f"{left} {'─' * max(2, wide - width(left) - width(right) - 2)} {right}"


def padded(text: str, room: int) -> str:
    """The text cut or filled to exactly `room` columns."""
    text = cut(text, room)
    return text + " " * (room - width(text))


def parted(parts: Iterable[str | None]) -> str:
    """The parts that there are, with a dot between."""
    return PARTED.join(part for part in parts if part)


def money(micros: int | None, digits: int = 3) -> str:
    """Micro-dollars for people: `$0.245`, `$0`; `$?` when the price is not known."""
    if micros is None:
        return "$?"
    if micros == 0:
        return "$0"
    return f"${micros / 1_000_000:.{digits}f}" if micros >= 500 or digits < 3 else "under $0.001"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 post`, `2 posts`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def cut_keeping(head: str, tail: str, wide: int) -> str:
    """`head`, white space and all, and as much of `tail` as fits behind it."""
    room = wide - width(head)
    return (head + cut(tail, room)).rstrip() if room > 3 else cut(head, wide)
