"""Which sentences of an article now say otherwise what a post took from it: what a correction can say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.text import figures, numbers, sentences
from bot.text.plain import fold
from bot.text.rank import terms

HEADLINE = "s0"
_SAME_MATTER = 0.5
"""Share of an old sentence's words that a sentence must have to be what became of it."""


def instead(said: Iterable[str], now: Mapping[str, str], language: str | None = None, *, headline: bool = True) -> tuple[str, ...]:
    """Ids of the sentences that an article has `now` in the place of those that a post rests on (`said`), where a figure or date
    changed, in the order of what was said; last the `headline`, which can stand for an article that says something else now.

    What the article still has in the same words is not asked about. A sentence that says other figures in the same words counts;
    one that was only worded otherwise does not.
    """
    kept = {sentences.fold(text) for text in now.values()}
    words = {at: _words(text) for at, text in now.items()}
    told = {at: _figures(text, language) for at, text in now.items()}
    found: dict[str, None] = {}
    for old in dict.fromkeys(map(sentences.fold, said)):
        meant = _words(old)
        if old in kept or not meant:
            continue
        figured = _figures(old, language)
        near = {at: len(meant & has) / len(meant | has) for at, has in words.items() if len(meant & has) >= _SAME_MATTER * len(meant)}
        best = max(near, key=lambda at: near[at], default=None)
        if best is not None and told[best] - figured:
            found[best] = None
    return tuple(dict.fromkeys((*found, *((HEADLINE,) if headline and now.get(HEADLINE) else ()))))


def _words(text: str) -> frozenset[str]:
    """Its words that carry meaning, without figures: they are what changes."""
    return frozenset(word for word in terms(text) if not word[0].isdigit())


def _figures(text: str, language: str | None) -> frozenset[tuple[frozenset[Decimal], str] | str]:
    """The figures and dates of a text, by value."""
    folded = fold(text)
    found = figures.find(folded, language)
    return frozenset(
        (one.readings, one.unit) if isinstance(one, numbers.Figure) and one.readings else folded[one.start : one.end].casefold()
        for one in found
    )
