"""Cutting a text into pieces that fit: at sentences, else at clauses, else between words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection
from itertools import accumulate

from bot.text import graphemes, urls
from bot.text.scripts import HAN, HIRAGANA, KATAKANA

Fits = Callable[[str, int, bool], bool]
"""Does this piece fit, being number `int` (from 0), and (`bool`) with nothing after it?"""

# Chinese and Japanese put no spaces between words: a line may break after nearly any of their characters, but a small
# kana or a closing sign begins no line and an opening bracket ends none.
_CJK = f"[{HIRAGANA}{KATAKANA}{HAN}]"
_WORD = re.compile(
    rf"(?:[「『（【《〈]*+{_CJK}|(?:(?!{_CJK})\S)++)[ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ、。，．！？」』）】》〉]*+\s*+"
)
_CLAUSE = frozenset(",;:–—，；：、،؛)）]")


def pieces(text: str, fits: Fits, sentence_ends: Collection[int] = ()) -> list[tuple[int, int]]:
    """Slices (start, end) of the text, in order, that together hold every word; each fits where anything can.

    A cut stands after the last sentence that fits (`sentence_ends`: offsets into the text), else after a clause in the second
    half of what fits, else between words; never inside a word, an address or a grapheme. A word that fits nowhere becomes
    a piece of its own that does not fit: the caller has to look.
    """
    words = _words(text)
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        start, number = words[at][0], len(found)
        if fits(text[start : words[-1][1]], number, True):
            found.append((start, words[-1][1]))
            break
        # Something has to be left for a piece that is the last; it may have less room than this one.
        most = max(len(words) - at - 1, 1)
        count = _count(text, words, at, most, fits, number)
        end = _best(text, words, at, max(count, 1), sentence_ends)
        found.append((start, words[end - 1][1]))
        at = end
    return found


def _count(text: str, words: list[tuple[int, int]], at: int, most: int, fits: Fits, number: int) -> int:
    """How many words from `at` on, at most, fit as a piece that another follows."""
    return longest(most, lambda n: fits(text[words[at][0] : words[at + n - 1][1]], number, False))


def longest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number from 1 to `most` that fits, 0 if none, taking it that whatever is shorter than what fits, fits.

    Looks near the beginning first, so that a text much longer than its room costs no more than one that is not.
    """
    low, step = 0, 1
    while low + step <= most and fits(low + step):
        low, step = low + step, step * 2
    high = min(low + step, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            low = middle
        else:
            high = middle
    return low


def _best(text: str, words: list[tuple[int, int]], at: int, count: int, sentence_ends: Collection[int]) -> int:
    """Where to cut, when `count` words from `at` on fit: the index of the first word that is not taken."""
    for end in range(at + count, at, -1):
        if words[end - 1][1] in sentence_ends:
            return end
    for end in range(at + count, at + count // 2, -1):
        if text[words[end - 1][1] - 1] in _CLAUSE:
            return end
    return at + count


def _words(text: str) -> list[tuple[int, int]]:
    """The spans of what must stay whole, without the white space around it."""
    cuts = [match.end() for match in _WORD.finditer(text)]
    whole = set(accumulate(len(grapheme) for grapheme in graphemes.split(text)))
    addresses = [(span.start, span.end) for span in urls.find(text)]
    found: list[tuple[int, int]] = []
    start = 0
    for cut in cuts:
        if cut != cuts[-1] and (cut not in whole or _inside(addresses, cut)):
            continue
        piece = text[start:cut]
        if piece.strip():
            found.append((start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())))
        start = cut
    return found


def _inside(spans: list[tuple[int, int]], offset: int) -> bool:
    """Is the offset within one of the spans (in order, apart from each other)?"""
    number = bisect_right(spans, (offset, -1)) - 1
    return number >= 0 and spans[number][0] < offset < spans[number][1]
