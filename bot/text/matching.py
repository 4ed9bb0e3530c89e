"""Which sentence of a newer text is which of an older one, edited: the same words, or enough of them. Linear in the texts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from bot.text.plain import fold

ALIKE = 0.5
"""Words in common (Dice) from which two sentences are one, edited."""
_COMMON = 12
"""A word that stands in more sentences of the older text leads to none of them."""
_CANDIDATES = 4
_LONGEST = 120
"""Words of a sentence that are looked at."""
_WORD = re.compile(r"[^\W\d_]+|\d")
_NOT_WORD = re.compile(r"[^\w%$€£¥₹₩.,:-]+")


class Said(NamedTuple):
    """A sentence of a text."""

    id: str
    text: str
    key: str
    """Equal for sentences that differ in layout alone."""


def key(text: str) -> str:
    """The sentence so that case, quotation marks and spaces make no difference."""
    return " ".join(_NOT_WORD.sub(" ", fold(text).casefold()).split())


def match(old: Sequence[Said], new: Sequence[Said]) -> tuple[list[int | None], list[int]]:
    """For each new sentence the place of the older one that it is; and the places of older ones that nothing new is, or is like.

    A sentence that is the same goes first. One that is like an older sentence is that one, edited, even where that one is
    still there, too: `The toll rose to 12` and, below, `The toll rose to 14`.
    """
    same: defaultdict[str, list[int]] = defaultdict(list)
    for at in range(len(old) - 1, -1, -1):
        same[old[at].key].append(at)
    pairs: list[int | None] = [same[one.key].pop() if same.get(one.key) else None for one in new]
    taken = {at for at in pairs if at is not None}
    bags = [_bag(one.key) for one in old]
    where: defaultdict[str, list[int]] = defaultdict(list)
    for at, bag in enumerate(bags):
        for word in bag:
            where[word].append(at)
    last = -1
    for place, one in enumerate(new):
        found = pairs[place]
        if found is None:
            found = _like(_bag(one.key), bags, where, taken, last)
            pairs[place] = found
            if found is None:
                continue
            taken.add(found)
        last = found
    return pairs, [at for at in range(len(old)) if at not in taken]


def _bag(text: str) -> Counter[str]:
    return Counter(word for word in _WORD.findall(text)[:_LONGEST] if not word.isdigit())


def _like(bag: Counter[str], bags: Sequence[Counter[str]], where: dict[str, list[int]], taken: set[int], last: int) -> int | None:
    """The most alike of the few sentences that rare words, or the place, lead to; one that is still free before one that is not."""
    votes: Counter[int] = Counter()
    for word in bag:
        places = where.get(word, ())
        if len(places) <= _COMMON:
            votes.update(places)
    near = [at for at in (last + 1, last + 2, last) if 0 <= at < len(bags)]
    best: tuple[bool, float, int] | None = None
    for at in dict.fromkeys([*near, *(place for place, _ in votes.most_common(_CANDIDATES))]):
        size = bag.total() + bags[at].total()
        score = 2 * (bag & bags[at]).total() / size if size else float(at == last + 1)
        rank = (at not in taken, score, -at)
        if score >= ALIKE and (best is None or rank > best):
            best = rank
    return None if best is None else -best[2]
