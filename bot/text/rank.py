"""Which sentences stand for a text: tf-idf centroid, overlap with the title, and MMR against repetition."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from bot.text.scripts import HANGUL, SPACELESS

TITLE_WEIGHT = 0.6
"""Share of the title's words in a sentence, against its cosine to the centroid."""
RELEVANCE = 0.7
"""MMR: relevance against likeness to what is already chosen (Carbonell and Goldstein 1998, their lambda)."""

_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(f"[{SPACELESS}{HANGUL}]+")
_STEM = 6
"""Words are compared by their first letters: as good as a stemmer here, and the same for every language."""

_COMMON = {
    "en": "a an the of to in and or for on with by is are was were be been being as at from that this these those it its they their we our "
    "you your he she his her have has had not no but which who what when where how why can could will would may might do does did "
    "than then there here also such more most other some any all each into over under between through about after before during while if so",
    "de": "der die das den dem des ein eine einer eines einem einen und oder aber nicht ist sind war waren wird werden wurde wurden hat haben "
    "hatte mit von für auf aus bei nach über unter zu zum zur im am als auch noch nur sich dass wenn wie er sie es wir ihr ihre sein seine",
    "fr": "le la les un une et ou mais ne pas est sont était ont dans par pour sur avec sans sous du au aux ce cette ces il elle ils elles "
    "que qui quoi dont où son sa ses leur leurs plus se si nous vous",
    "es": "el los las uno unos unas y o pero es son era fue ser han con sin por para sobre entre del al lo su sus como más este esta estos estas",
}
_STOP = frozenset(" ".join(_COMMON.values()).split())


def terms(text: str) -> list[str]:
    """The words of a text that carry meaning, shortened; pairs of characters where a script writes no spaces."""
    folded = text.casefold()
    found = [word[:_STEM] for word in _WORD.findall(folded) if word not in _STOP]
    if folded.isascii():
        return found
    pairs = (run[at : at + 2] for run in _CJK.findall(folded) for at in range(max(1, len(run) - 1)))
    return [word for word in found if not _CJK.match(word)] + list(pairs)


class Ranking:
    """The sentences of one text, weighed once; `next` then gives the best that adds something to those chosen."""

    def __init__(self, sentences: Sequence[str], title: str = "") -> None:
        words = [Counter(terms(sentence)) for sentence in sentences]
        seen = Counter(word for counted in words for word in counted)
        total = len(sentences)
        rarity = {word: math.log(1 + total / count) for word, count in seen.items()}
        self._vectors = [_unit({word: (1 + math.log(n)) * rarity[word] for word, n in counted.items()}) for counted in words]
        centroid: dict[str, float] = {}
        for vector in self._vectors:
            for word, weight in vector.items():
                centroid[word] = centroid.get(word, 0.0) + weight
        centroid = _unit(centroid)
        heading = frozenset(terms(title))
        self.relevance = [
            _dot(vector, centroid) + (TITLE_WEIGHT * len(heading & vector.keys()) / len(heading) if heading else 0.0)
            for vector in self._vectors
        ]
        """How well each sentence stands for the whole; higher is better."""

    def next(self, among: Sequence[int], chosen: Sequence[int]) -> int:
        """The sentence of `among` (indexes, not empty) with the best maximal marginal relevance; the earlier one on a tie."""
        def worth(at: int) -> float:
            repeats = max((_dot(self._vectors[at], self._vectors[other]) for other in chosen), default=0.0)
            return RELEVANCE * self.relevance[at] - (1 - RELEVANCE) * repeats

        return max(among, key=lambda at: (worth(at), -at))


def _unit(vector: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / norm for word, weight in vector.items()} if norm else vector


def _dot(one: dict[str, float], other: dict[str, float]) -> float:
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())
