"""What a figure is said of: its clause, and whether it is growth, a share, a level. English words; elsewhere a claim has no kind."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from bot.text import english
from bot.text.numbers import Figure


class Kind(StrEnum):
    """What a figure measures, as far as the words beside it tell."""

    UP = "growth"
    DOWN = "decline"
    SHARE = "share"
    LEVEL = "level"
    NONE = ""
    """The words do not tell; it goes with every other."""


class Claim(NamedTuple):
    """A figure of one line with the clause it stands in; offsets count in the line's text."""

    figure: Figure
    start: int
    end: int
    """Of the clause."""
    kind: Kind
    cue: tuple[int, int]
    """Where figure and the word that tells its kind stand, together."""


_BOUNDARY = re.compile(
    r"[;:!?()\[\]—–\n]|,(?=[ \n])|\.{3}| -+ |(?<![\w'-])(?:while|whereas|but|although|though|compared)(?![\w'-])", re.IGNORECASE
)
_AND = re.compile(r"(?<!\w)(?:and|or)(?!\w)", re.IGNORECASE)
_ADVERB = r"(?:about |around |roughly |nearly |almost |just |only |over |under |more than |less than |at least |up to |as much as |as many as |some |a |an |the |record )*"
_AFTER_OF = re.compile(r"\s?(?:share\b|(?:or (?:more|less) )?(?:of|in) (?!(?:growth|increase|all time|20\d\d|19\d\d|january|february|march|april|may|june|july|august|september|october|november|december))\w+)", re.IGNORECASE)
_ALTERNATIVES = {kind: "|".join(sorted(listed - {"cut", "cuts", "cutting", "lose", "loses"}, key=len, reverse=True)) for kind, listed in ((Kind.UP, english.UP), (Kind.DOWN, english.DOWN))}
_AFTER_MOVE = {
    kind: re.compile(rf"(?:\s|-)(?:(?:annual|yearly|monthly|quarterly|further|sharp|steep|overall|price|sales|revenue|profit|year-on-year|year-over-year|pay) )?(?:{listed})(?![\w-])", re.IGNORECASE)
    for kind, listed in _ALTERNATIVES.items()
}
_BEFORE_TO = re.compile(rf"(?<![\w'])(?:to|at|from|of|is|are|was|were|stands at|stood at|reached|reaches|hit|hits) {_ADVERB}\Z", re.IGNORECASE)
_BEFORE_LEVEL = re.compile(rf"(?<![\w'])(?:to|at|from|stands at|stood at|reached|reaches|hit|hits) {_ADVERB}\Z", re.IGNORECASE)
_BEFORE_SHARE = re.compile(
    rf"(?<![\w'])(?:account(?:s|ed|ing)? for|mak(?:e|es|ing) up|made up|represent(?:s|ed|ing)?|compris(?:e|es|ed|ing)|constitut(?:e|es|ed|ing)|(?:share|stake|proportion)(?: \w+){{0,3}}) {_ADVERB}\Z", re.IGNORECASE
)
_MOVE = re.compile(rf"(?<![\w'-])(?:(?P<up>{_ALTERNATIVES[Kind.UP]})|(?P<down>{_ALTERNATIVES[Kind.DOWN]}|cut|cuts))(?![\w'-])", re.IGNORECASE)
_NEAR = 5
"""So many words may stand between a figure and the verb that moves it; after "by", any number within the clause."""
_BY = re.compile(rf"(?<![\w'])by {_ADVERB}\Z", re.IGNORECASE)
_REACH = 400
"""Characters a clause goes on before and behind its figure at most."""
_BACK = 200
"""Characters of a clause that are read on either side of a figure."""


def of_line(text: str, figures: list[Figure]) -> list[Claim]:
    """The claims of one sentence, whose figures (with offsets into it) are these, in order."""
    if not figures:
        return []
    cuts = sorted({0, len(text), *_cuts(text, figures)})
    found: list[Claim] = []
    for figure in figures:
        at = bisect_right(cuts, figure.start)
        start, end = max(cuts[at - 1], figure.start - _REACH), min(cuts[min(at, len(cuts) - 1)], figure.end + _REACH)
        kind, cue = _kind(text[start:end], figure, start)
        if kind is Kind.NONE and found and found[-1].figure.unit == figure.unit and not _told(text[start:end]):
            kind = found[-1].kind  # "training grows 56%, inference 122%"
        found.append(Claim(figure, start, max(end, figure.end), kind, cue))
    return found


def clause(text: str, at: int) -> str:
    """The clause of a sentence that the character at this offset stands in."""
    cuts = sorted({0, len(text), *_cuts(text, [])})
    found = bisect_right(cuts, at)
    return text[cuts[found - 1] : cuts[min(found, len(cuts) - 1)]]


def _cuts(text: str, figures: list[Figure]) -> list[int]:
    inside = [(figure.start, figure.end) for figure in figures]
    cuts = []
    at = 0
    for mark in _BOUNDARY.finditer(text):
        while at < len(inside) and inside[at][1] <= mark.start():
            at += 1
        if at == len(inside) or mark.start() < inside[at][0]:
            cuts.append(mark.start() if mark[0].isalpha() else mark.end())
    for (_, left), (right, _) in pairwise(inside):
        joints = list(_AND.finditer(text, left, right)) if right - left < _BACK else []
        if joints and right - left > 8:
            cuts.append(joints[-1].start())
    return cuts


def _told(clause: str) -> bool:
    """Does the clause have a verb of its own, so far as a list of verbs that stand beside figures knows?"""
    return _VERB.search(clause) is not None


_VERBS = english.words("is are was were be has have had will would could may might can said says did does do saw see sees accounts account accounted made makes make") | english.PAST_WORDS
_VERB = re.compile(rf"(?<![\w'-])(?:{'|'.join(sorted(_VERBS))})(?![\w'-])", re.IGNORECASE)


def _kind(clause: str, figure: Figure, offset: int) -> tuple[Kind, tuple[int, int]]:
    here = (figure.start, figure.end)
    if figure.unit in ("", "th", "name"):
        return Kind.NONE, here
    before = clause[max(0, figure.start - offset - _BACK) : figure.start - offset]
    after = clause[figure.end - offset :][:_BACK]
    for kind, pattern in _AFTER_MOVE.items():
        move = pattern.match(after)
        if move:
            return kind, (figure.start, figure.end + move.end())
    share = _BEFORE_SHARE.search(before)
    if share:
        return Kind.SHARE, (figure.start - len(before) + share.start(), figure.end)
    moves = list(_MOVE.finditer(before))
    level = _BEFORE_LEVEL.search(before)
    of = _AFTER_OF.match(after) if figure.unit == "%" else None
    if level and (moves or not of):
        return Kind.LEVEL, (figure.start - len(before) + level.start(), figure.end)
    if moves and not _BEFORE_TO.search(before):
        between = before[moves[-1].end() :]
        if len(between.split()) <= _NEAR or _BY.search(before):
            return Kind.UP if moves[-1]["up"] else Kind.DOWN, (figure.start - len(before) + moves[-1].start(), figure.end)
    if of:
        return Kind.SHARE, (figure.start, figure.end + of.end())
    return Kind.NONE, here


def agree(one: Kind, other: Kind) -> bool:
    """May two claims with these kinds be the same claim?"""
    return Kind.NONE in (one, other) or one is other or {one, other} == {Kind.SHARE, Kind.LEVEL}
