"""Quotations in a text: what stands in quotation marks of any kind, closed or not, over line ends, or broken into pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MARKS = str.maketrans({
    **dict.fromkeys("❝🙶‟〝", "“"), **dict.fromkeys("❞🙷〞〟", "”"), **dict.fromkeys("״＂", '"'), **dict.fromkeys("❛❜′‵", "'"),
    **dict.fromkeys("《〈⟪", "«"), **dict.fromkeys("》〉⟫", "»"),
})
_DOUBLED = re.compile(r"``|(?<!\w)''(?=\w)|''|<<|>>")
_WHOLE = re.compile(
    r'“([^“”\n]*)[”“]|“([^“”]{0,1000})”|„([^“”„\n]*)[“”]|«([^«»]{0,1000})»|»([^«»\n]*)«|「([^」]{0,1000})」|『([^』]{0,1000})』'
    r'|(?<![\w"])"(?=\S)([^"\n]*)"|‹([^‹›\n]*)›|›([^‹›\n]*)‹|‚([^‚\'\n]*)\''
    r"|(?<!\w)'(?=\S)(?!(?:s|t|d|m|re|ll|ve|em|til|n|cause|tis|\d\ds)\b)([^'\n]*(?:\w'\w[^'\n]*)*)'(?!\w)"
)
_LONE = re.compile(r"[\"“”„«»「」『』]")
_STOP = re.compile(r"[.!?\n](?=\s|$)|\n")
_SPEECH = re.compile(
    r"\b(?:said|says|say|told|tells|called|calls|calling|added|adds|wrote|writes|warned|warns|claimed|claims|announced|tweeted|posted|described|insisted|quoted"
    r"|sagte|sagt|nannte|nennt|erklärte|schrieb|a dit|déclare|déclaré|qualifie|dijo|dice|afirmó|calificó|ha detto|disse|zei|noemde)\b|:\s*$", re.I)


_PIECES = 20
"""Quotations in a row that are read as one."""
_LONGEST = 600
"""Characters that a mark without its other half may reach."""


class Quotation(NamedTuple):
    """Words in quotation marks."""

    start: int
    end: int
    words: str
    spoken: bool
    """Somebody is said to have said them: then even two words are a quotation, not irony or a name."""


def find(text: str) -> Iterator[Quotation]:
    """Every quotation of a folded text; those that follow each other with nothing between are one."""
    shown = _DOUBLED.sub(_single, text.translate(_MARKS))
    pieces = [(match.start(), match.end(), next(group for group in match.groups() if group is not None)) for match in _WHOLE.finditer(shown)]
    inside = bytearray(len(shown))
    for start, end, _ in pieces:
        inside[start:end] = b"\1" * (end - start)
    joined: list[tuple[int, int, list[str]]] = []
    for start, end, words in pieces:
        if joined and not shown[joined[-1][1] : start].strip(" "):
            joined[-1] = (joined[-1][0], end, [*joined[-1][2], words]) if len(joined[-1][2]) < _PIECES else (start, end, [words])
        else:
            joined.append((start, end, [words]))
    for start, end, parts in joined:
        yield Quotation(start, end, " ".join(parts), _is_spoken(shown, start, end))
    for mark in _LONE.finditer(shown):
        found = None if inside[mark.start()] else _one_sided(shown, mark.start())
        if found:
            yield Quotation(*found, _is_spoken(shown, *found[:2]))


def _is_spoken(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 60) : start].rpartition("\n")[2]
    return bool(_SPEECH.search(before) or _SPEECH.search(text[end : end + 40].partition("\n")[0]))


def _single(match: re.Match[str]) -> str:
    if match[0] in ("<<", ">>"):
        return "« " if match[0] == "<<" else " »"
    before = match.string[match.start() - 1 : match.start()]
    return " ”" if match[0] == "''" and before and not before.isspace() else "“ "


def _one_sided(text: str, at: int) -> tuple[int, int, str] | None:
    """A mark without its other half: the words from it to the end of the sentence, or from the sentence's beginning to it."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if before.isdigit():  # inches
        return None
    if (after.isalnum() or after in tuple("([¿¡'$€£@#")) and text[at] not in "”»」』" and not before.isalnum():
        stop = _STOP.search(text, at + 1, at + _LONGEST)
        end = stop.start() if stop else min(len(text), at + _LONGEST)
        return at, end, text[at + 1 : end]
    if before and not before.isspace() and text[at] not in "„「『«":
        begin = max((match.end() for match in _STOP.finditer(text, max(0, at - _LONGEST), at - 1)), default=max(0, at - _LONGEST))
        begin += len(text[begin:at]) - len(text[begin:at].lstrip())
        return (begin, at + 1, text[begin:at]) if begin < at else None
    return None
