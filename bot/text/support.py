"""Whether sentences can be what a statement rests on: they share words that carry meaning."""

from __future__ import annotations

from collections.abc import Iterable

from bot.text.rank import terms

_STEM = 4
"""Characters that two forms of a word have in common."""
_FEWEST = 2
"""Words of meaning below which a statement ("Yes.") says nothing of its own."""


def possible(statement: str, sentences: Iterable[str]) -> bool:
    """Can these sentences support the statement? Not where they have not one word of meaning in common with it.

    A weak test on purpose: a paraphrase keeps at least a name or a noun.
    """
    said = {word[:_STEM] for word in terms(statement)}
    return len(said) < _FEWEST or any(word[:_STEM] in said for sentence in sentences for word in terms(sentence))
