"""Whether sentences can be what a statement rests on: they share words that carry meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.text import sentences
from bot.text.rank import terms

_STEM = 4
"""Characters that two forms of a word have in common."""
_FEWEST = 2
"""Words of meaning below which a statement ("Yes.") says nothing of its own."""
_WORD = re.compile(r"\w+(?:['’]\w+)?")
TURNS = frozenset(
    "not no never none nobody nothing neither nor cannot can't don't doesn't didn't isn't aren't won't wasn't weren't without only except unless but hardly former"
    " nicht kein keine keinen keiner nie niemand nichts ohne nur außer jedoch kaum pas jamais aucun aucune personne rien sans seulement sauf uniquement"
    " ningún ninguna nunca nadie nada sin solo sólo excepto salvo únicamente non nessuno mai senza solo tranne niet geen nooit zonder alleen behalve não nunca sem só exceto".split()
)
_MOST_OF_IT = 0.5
"""Share of a statement's words that a sentence must have to be taken for what it rests on."""


def possible(statement: str, among: Iterable[str]) -> bool:
    """Can these sentences support the statement? Not where they have not one word of meaning in common with it.

    A weak test on purpose: a paraphrase keeps at least a name or a noun.
    """
    said = _words(statement)
    return len(said) < _FEWEST or any(not said.isdisjoint(_words(sentence)) for sentence in among)


def borne_out(answer: str, among: Iterable[str]) -> bool:
    """Do these sentences have at least half of the answer's words of meaning? Answers that an article does not give have fewer;
    of 66 honest answers of a model none had under three quarters. An answer of two such words or fewer passes.
    """
    said = _words(answer)
    told = frozenset[str]().union(*map(_words, among))
    return len(said) <= _FEWEST or len(said & told) >= _MOST_OF_IT * len(said)


def turns(answer: str, own: str) -> bool:
    """Has the answer a word that turns a meaning round or narrows it ("not", "only", "except") which the article's own answer has not?"""
    return not (TURNS & set(_WORD.findall(answer.casefold()))) <= set(_WORD.findall(own.casefold()))


def found(text: str, known: Mapping[str, str], language: str | None = None) -> tuple[str, ...]:
    """The ids of the sentences that the statements of a text most likely rest on, in the text's order: for each the one sentence
    with most of its words, where that has at least half of them. For text from any hand, which names no evidence.
    """
    words = {at: _words(sentence) for at, sentence in known.items()}
    best = []
    for statement in sentences.split(text, language):
        said = _words(statement)
        shared = {at: len(said & has) for at, has in words.items()} if len(said) >= _FEWEST else {}
        most = max(shared, key=lambda at: (shared[at], -len(words[at])), default=None)
        if most is not None and shared[most] >= _MOST_OF_IT * len(said):
            best.append(most)
    return tuple(dict.fromkeys(best))


def _words(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in terms(text))
