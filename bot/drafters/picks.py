"""The sentences of an article that make a short post: the dek where it stands alone, else those that stand best for the article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cached_property

from bot.drafters.openers import asks, calls, dangling, labelled, quoted, whole
from bot.drafters.room import Room
from bot.errors import DraftError
from bot.text import sentences, stub
from bot.text.rank import CANDIDATES, Ranking, terms
from bot.values import Article

MOST_SENTENCES = 3
"""A short of more sentences than this reads as a torn page."""
MOST_RANKED = 400
"""Sentences of a very long article that are weighed: news puts what matters first."""
NEAR = 0.7
"""Share of the worth of the best sentence, too long for the room, below which what fits says too little: the headline then says it."""
_SHORTEST = 25
"""Characters below which a line is a label, a byline or a stray heading rather than a statement."""
_ODD = re.compile(r"https?://|www\.|@|\s\|\s|\bRT\b", re.I)
"""What makes a sentence unfit for a post of its own: an address, a handle, the cells of a table."""
_SUBJECT = 4
"""Words behind "The" in which it should be clear what is meant, by a name or a word of the headline. Other languages have the article everywhere."""


class _Kind(Enum):
    STANDS = "can open a post"
    LEANS = "can go out behind the one before it"
    UNFIT = "can not go out"


class Picks:
    """What can be picked from one article; sentences are judged when they are asked for, the best first."""

    def __init__(self, article: Article, told: dict[str, str]) -> None:
        """`told` is the article's sentences by id, as a post would say them."""
        self._title, self._language = article.title, article.language
        self._told = told
        self._dek_size = len(sentences.split(article.dek, article.language))
        self._body = [at for at in told if at[0] == "s" and at != "s0"][:MOST_RANKED]
        self._kinds: dict[int, _Kind] = {}

    def short(self, free: Room) -> tuple[str, ...]:
        """The ids of the sentences of a short that fits, in the article's order; the headline where none does.

        Raises DraftError when the article has no words at all.
        """
        if self._dek and free.fits(self._text(self._dek)):
            return self._dek
        title = self._told["s0"]
        chosen, is_poor = self._chosen(free)
        if chosen and not (is_poor and free.fits(title) and self.titled):
            return chosen
        if title and (free.fits(title) or not self._any):
            return ("s0",)
        if not self._body:
            raise DraftError("the article has no sentence that could be posted; give it a headline or a text.")
        every = list(self._any) or [(at,) for at in range(len(self._body))]
        return min((self._ids(unit) for unit in every), key=lambda ids: free.taken(self._text(ids)))

    def shorts(self, free: Room, most: int) -> list[tuple[str, ...]]:
        """At most so many shorts, the best first, that have no sentence in common: each stands alone as the first would.

        Fewer where the article does not give them. Raises DraftError as `short` does.
        """
        found = [self.short(free)]
        while len(found) < most:
            said = {_bare(self._told[at]) for ids in found for at in ids}
            other = self._other(free, frozenset(at for at, text in self._told.items() if _bare(text) in said))
            if not other:
                break
            found.append(other)
        return found

    def _other(self, free: Room, used: frozenset[str]) -> tuple[str, ...]:
        """What says most without the sentences that are used; empty where nothing that can stand alone is left."""
        if self._dek and used.isdisjoint(self._dek) and free.fits(self._text(self._dek)):
            return self._dek
        chosen, is_poor = self._chosen(free, used)
        headline = ("s0",) if "s0" not in used and self.titled and free.fits(self._told["s0"]) else ()
        return headline if headline and (is_poor or not chosen) else chosen

    def stands(self, sentence: str) -> bool:
        """Can a post open with this sentence, and be no more than it?"""
        return self._is_fit(sentence) and self._opens(sentence)

    @cached_property
    def titled(self) -> bool:
        """Can the headline stand alone: does it state something, leaning on nothing?"""
        title = self._told["s0"]
        return _size(title) >= _SHORTEST and not asks(title) and _is_said(title) and not dangling(title, self._language)

    @cached_property
    def _dek(self) -> tuple[str, ...]:
        """The ids of the dek's sentences, where it can stand alone as a post; else none."""
        ids = tuple(f"s{number}" for number in range(1, self._dek_size + 1))
        said = [self._told.get(at, "") for at in ids]
        text = " ".join(said)
        if _size(text) < _SHORTEST or not self._opens(said[0]) or all(map(asks, said)) or _same(text, self._title):
            return ()
        return ids if all(whole(one) and _is_said(one) for one in said) else ()

    @cached_property
    def _ranking(self) -> Ranking:
        return Ranking([self._told[at] for at in self._body], self._title)

    @cached_property
    def _quoted(self) -> frozenset[int]:
        return quoted([self._told[at] for at in self._body])

    @cached_property
    def _any(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self._in_order())

    def _chosen(self, free: Room, used: frozenset[str] = frozenset()) -> tuple[tuple[str, ...], bool]:
        """The best set that fits, without any sentence that is used, and whether it says much less than the best that does not fit."""
        found: list[tuple[int, ...]] = []
        best = 0.0
        for unit in self._in_order():
            best = max(best, self._ranking.worth(unit))
            if used.isdisjoint(self._ids(unit)) and free.fits(self._text(self._ids(unit))):
                found.append(unit)
                if len(found) == CANDIDATES:
                    break
        for wanted in self._ranking.sets(found, MOST_SENTENCES):
            ids = self._ids(wanted)
            if free.fits(self._text(ids)):
                return ids, self._ranking.worth(wanted) < best * NEAR
        return (), False

    def _in_order(self) -> Iterator[tuple[int, ...]]:
        """What can go out, each with the sentences it leans on, by how well the sentence itself stands for the article."""
        seen = set()
        for at in self._ranking.order:
            unit = self._unit(at)
            if unit and unit not in seen:
                seen.add(unit)
                yield unit

    def _unit(self, at: int) -> tuple[int, ...]:
        """The sentence with those that must go out with it: one that leans takes the one before along. Empty where it can not go out."""
        first = at
        while first >= 0 and at - first < MOST_SENTENCES:
            kind = self._kind(first)
            if kind == _Kind.STANDS:
                return tuple(range(first, at + 1))
            if kind == _Kind.UNFIT:
                return ()
            first -= 1
        return ()

    def _kind(self, at: int) -> _Kind:
        if at not in self._kinds:
            text = self._told[self._body[at]]
            if at in self._quoted or not self._is_fit(text):
                self._kinds[at] = _Kind.UNFIT
            elif self._opens(text):
                self._kinds[at] = _Kind.STANDS if _size(text) >= _SHORTEST else _Kind.UNFIT
            else:
                self._kinds[at] = _Kind.UNFIT if labelled(text) else _Kind.LEANS
        return self._kinds[at]

    def _is_fit(self, sentence: str) -> bool:
        return whole(sentence) and _is_said(sentence) and not asks(sentence) and not _same(sentence, self._title)

    def _opens(self, sentence: str) -> bool:
        """Can it be the first that a reader sees? "The row involves the singer" goes on from the headline and names nothing."""
        if dangling(sentence, self._language):
            return False
        first, *after = sentence.split(" ", _SUBJECT + 1)[: _SUBJECT + 1]
        if first != "The" or (self._language or "en")[:2] != "en" or not self._title:
            return True
        said = self._heading.intersection(terms(sentence))
        return bool(said) and (any(word[:1].isupper() for word in after) or not said.isdisjoint(terms(" ".join(after))))

    @cached_property
    def _heading(self) -> frozenset[str]:
        return frozenset(terms(self._title))

    def _ids(self, wanted: Sequence[int]) -> tuple[str, ...]:
        return tuple(self._body[at] for at in wanted)

    def _text(self, ids: Sequence[str]) -> str:
        return " ".join(self._told[at] for at in ids)


def _is_said(sentence: str) -> bool:
    """Is it said of the subject, in words that a post can have?"""
    return not calls(sentence) and not _ODD.search(sentence) and stub.kind_of(sentence) is None


def _size(text: str) -> int:
    """Characters; those of Chinese, Japanese and Korean say twice as much."""
    return len(text) + sum(char >= "\u2e80" for char in text)


def _same(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
