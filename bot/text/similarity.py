"""How alike two texts are: posts of one account, and copies of an article; with the words that differ, and why a verdict falls.

Posts are compared by the groups of four characters they have in common (Jaccard): edits, swapped words and other endings
cost little. Articles are compared by the runs of three words of the shorter one that the longer one has, too (containment),
so that a feed's summary is like its page. Neither knows what words mean: a story told in other words is not found.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

import regex

from bot.text import figures, template, urls
from bot.text.plain import fold, unpointed
from bot.text.scripts import SPACELESS

HOLD = 0.7
"""Posts at least this alike say the same (how sure that is: docs/duplicates.md)."""
WARN = 0.5
"""Posts at least this alike are worth a look."""
SAME_ARTICLE = 0.5
"""Part of the shorter article's runs of words that the other has as well, from which on it is the same article."""
FEWEST_WORDS = 20
"""A shorter article, or summary of one, is too little to tell by."""
LONGEST = 200_000
"""Characters of an article that are compared with another's: a book of 30,000 words."""
NOTHING = "there is nothing to compare"
"""The reason of a verdict on texts of which one has no word (and no character) that counts."""

_GRAM, _RUN = 4, 3
_COMPARED_WORDS = 120
"""Words, on each side, in which differences are looked for: the time grows with their cube at worst."""
_SHOWN = 12
"""Words that are shown of each side's difference."""

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_SPACELESS_CHAR = re.compile(f"([{SPACELESS}])")
_NUMBER = re.compile(r"\d+")
_NUMBERING = re.compile(r"\A\s*\(?\d{1,2}/\d{1,2}\)?(?!\S)|(?<!\S)\(?\d{1,2}/\d{1,2}\)?\s*\Z")
_EDGES = regex.compile(r"^[^\p{L}\p{N}\p{S}]+|[^\p{L}\p{N}\p{S}%]+$")


class Likeness(NamedTuple):
    """How alike two texts are, and what follows."""

    score: float
    """0 to 1."""
    same: bool
    """They count as saying the same."""
    why: str
    """The reason for `same`, for people."""
    only_a: tuple[str, ...]
    """Stretches of words that only the first has, in order, shortened for people."""
    only_b: tuple[str, ...]
    """The same of the second."""
    other_numbers: bool = False
    """They are alike, and not the same because their numbers differ."""


# --- posts ----------------------------------------------------------------------------------------------------------


def thread(segments: Sequence[str]) -> str:
    """The text of a post: that of its segments, without their numbering (1/4), which tells nothing and has numbers in it."""
    if len(segments) < 2:
        return "\n".join(segments)
    return "\n".join(_NUMBERING.sub("", segment) for segment in segments)


def compared(text: str, ignore: Sequence[str] = ()) -> str:
    """A post as it is compared: its words in small letters with a space before, between and behind.

    Without links and mentions (they say where and to whom, not what), punctuation, and the phrases of `ignore`: an
    account's sign-off and hashtags. Characters of scripts without spaces are doubled, so that a group of four characters
    is two of theirs, which is about a word, as it is elsewhere. A text without words (emoji) is all its visible characters.
    """
    text = _without_addresses(html.unescape(text) if "&" in text else text)
    if ignore:
        text = _phrases(tuple(ignore)).sub(" ", text)
    if text.isascii():
        words = _ASCII_WORD.findall(text)
    else:
        words = _WORD.findall(_SPACELESS_CHAR.sub(r"\1\1", text))
    said = " ".join(words) or "".join(text.split())
    return f" {said} " if said else ""


def _without_addresses(text: str) -> str:
    """Folded, in small letters, without links and mentions. A bare host is a word: booking.com, node.js, a full stop without a space."""
    text = unpointed(text)
    pieces, at = [], 0
    for span in urls.find(text):
        if span.scheme or "/" in span.text:
            pieces.append(text[at : span.start])
            at = span.end
    text = " ".join([*pieces, text[at:]]) if at else text
    return (figures.MENTION.sub(" ", text) if "@" in text else text).casefold()


@lru_cache(maxsize=64)
def _phrases(ignore: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the phrases as whole words, however spaced; the longest first, as one may begin another."""
    spelled = sorted((_without_addresses(phrase).split() for phrase in ignore), key=lambda words: -sum(map(len, words)))
    either = "|".join(r"\s+".join(map(re.escape, words)) for words in spelled if words)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if either else r"(?!)")


def _grams(said: str) -> set[str]:
    return {said[at : at + _GRAM] for at in range(max(len(said) - _GRAM + 1, 1))} if said else set()


def score(a: str, b: str) -> float:
    """Jaccard index of the groups of four characters of two texts in their `compared` form; 1 for equal ones.

    >>> round(score(compared("Rates rise to 5%."), compared("rates rise, to 5 %")), 2)
    1.0
    """
    if a == b:
        return 1.0
    one, other = _grams(a), _grams(b)
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def explain(a: str, b: str, *, ignore: Sequence[str] = (), hold: float = HOLD) -> Likeness:
    """Do two posts say the same? `hold`: the score from which on they do.

    Not when they are alike, or the same but for digits, and each has a figure or date that the other lacks: "up 12%" is not
    "up 21%". (Of posts less alike than `WARN` that says nothing: all the rest differs, too.) One with nothing to compare is like
    nothing.
    """
    one, other = compared(a, ignore), compared(b, ignore)
    if not one or not other:
        return Likeness(0.0, False, NOTHING, *differing(a, b))
    alike = score(one, other)
    counted = alike >= WARN or _NUMBER.sub("0", one) == _NUMBER.sub("0", other)
    mine, yours = template.own_figures(a, b, same_words=one == other) if counted else ([], [])
    if mine and yours:
        return Likeness(alike, False, f"{alike:.2f} alike, but the numbers differ: {_listed(mine)} / {_listed(yours)}", *differing(a, b), True)
    if alike < hold:
        return Likeness(alike, False, f"{alike:.2f} alike, and only from {hold:.2f} on the same", *differing(a, b))
    if one == other:
        return Likeness(alike, True, "the same words" if a == b else "the same words, but for links, tags, case or marks", *differing(a, b))
    return Likeness(alike, True, f"{alike:.2f} alike", *differing(a, b))


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(" ".join(word.split()) for word in words[:3])
    return f"{shown}, …" if words[3:] else shown


# --- articles -------------------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of an article as they are compared: small letters, no punctuation; in scripts without spaces each character."""
    text = unpointed(text).casefold()
    if text.isascii():
        return _ASCII_WORD.findall(text)
    found: list[str] = _WORD.findall(_SPACELESS_CHAR.sub(r" \1 ", text))
    return found


def article_text(title: str, dek: str, body: str) -> str:
    """What of an article is compared."""
    return "\n".join(part for part in (title, dek, body) if part)


def containment(a: Sequence[str], b: Sequence[str]) -> float:
    """Part of the runs of three words of the shorter text that the other has as well; 0 when one is shorter than that."""
    one, other = _runs(a), _runs(b)
    fewest = min(len(one), len(other))
    return len(one & other) / fewest if fewest else 0.0


def _runs(said: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(said[at:] for at in range(_RUN)), strict=False))


def explain_articles(a: str, b: str, *, same_from: float = SAME_ARTICLE) -> Likeness:
    """Are two texts (see `article_text`) the same article: a copy, a print view, an edited one, or the summary of the other?

    Not when their numbers, dates or names differ as those of two reports from one template do (see `template.otherwise`). Of each the
    first LONGEST characters are compared.
    """
    a, b = a[:LONGEST], b[:LONGEST]
    one, other = words(a), words(b)
    alike = containment(one, other)
    if min(len(one), len(other)) < FEWEST_WORDS:
        return Likeness(alike, one == other and bool(one), "the same words" if one == other else f"fewer than {FEWEST_WORDS} words are too little to tell", *differing(a, b))
    if alike < same_from:
        return Likeness(alike, False, f"{alike:.2f} of the shorter one is in the other, and only from {same_from:.2f} on it is the same", *differing(a, b))
    if one == other:
        return Likeness(alike, True, "the same words", *differing(a, b))
    found = template.otherwise(a, b, one, other)
    if found is not None:
        why = f"{alike:.2f} of the shorter one is in the other, but the {found.kind} differ: {_listed(found.mine)} / {_listed(found.yours)}"
        return Likeness(alike, False, why, *differing(a, b), True)
    return Likeness(alike, True, f"{alike:.2f} of the shorter one is in the other", *differing(a, b))


# --- the words that differ ------------------------------------------------------------------------------------------


def differing(a: str, b: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The stretches of words that only the one and only the other text has, in order; cut for people."""
    ours, theirs = (fold(text[:LONGEST]).split() for text in (a, b))
    mine, yours = [_bare(word) for word in ours], [_bare(word) for word in theirs]
    begin = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, yours, strict=False)))
    rest = min(len(mine), len(yours)) - begin
    end = sum(1 for _ in takewhile(lambda at: mine[-1 - at] == yours[-1 - at], range(rest)))
    ours, theirs = ours[begin : len(ours) - end], theirs[begin : len(theirs) - end]
    mine, yours = mine[begin : len(mine) - end], yours[begin : len(yours) - end]
    steps = SequenceMatcher(None, mine[:_COMPARED_WORDS], yours[:_COMPARED_WORDS], autojunk=False).get_opcodes()
    changed = [step for step in steps if step[0] != "equal"]
    return (
        _cut([" ".join(ours[start:stop]) for _, start, stop, _, _ in changed if stop > start], beyond=len(ours) > _COMPARED_WORDS),
        _cut([" ".join(theirs[start:stop]) for _, _, _, start, stop in changed if stop > start], beyond=len(theirs) > _COMPARED_WORDS),
    )


def _bare(word: str) -> str:
    return str(_EDGES.sub("", word)).casefold()


def _cut(stretches: list[str], *, beyond: bool) -> tuple[str, ...]:
    shown: list[str] = []
    left = _SHOWN
    for stretch in stretches:
        said = stretch.split()
        if not left:
            beyond = True
            break
        text = " ".join(said[:left])
        beyond, left = beyond or len(said) > left, max(left - len(said), 0)
        shown.append(text if len(text) <= 200 else f"{text[:199]}…")
    return (*shown, "…") if beyond else tuple(shown)
