"""Which sentences stand for a text: the set whose words come nearest to the text's tf-idf centroid and its title together."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from bot.text.scripts import HANGUL, SPACELESS

GAIN = 0.1
"""How much nearer each further sentence must bring the set (cosine): a weak second sentence makes a post longer, not better."""
CANDIDATES = 8
"""The best units, of which sets are made."""

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
    "fr": "en le la les un une et ou mais ne pas est sont était ont dans par pour sur avec sans sous du au aux ce cette ces il elle ils elles "
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
    """The sentences of one text, weighed once; `sets` then gives those that stand best for it together."""

    def __init__(self, sentences: Sequence[str], title: str = "") -> None:
        words = [Counter(terms(sentence)) for sentence in sentences]
        seen = Counter(word for counted in words for word in counted)
        total = len(sentences)
        rarity = {word: math.log(1 + total / count) for word, count in seen.items()}
        self._vectors = [{word: (1 + math.log(n)) * rarity[word] for word, n in counted.items()} for counted in words]
        centroid: dict[str, float] = {}
        for vector in map(_unit, self._vectors):
            for word, weight in vector.items():
                centroid[word] = centroid.get(word, 0.0) + weight
        # The title counts as much as all the sentences: it is what the text's own editor took from it.
        aim = _unit(centroid)
        for word, weight in _unit({word: n * rarity.get(word, math.log(1 + total)) for word, n in Counter(terms(title)).items()}).items():
            aim[word] = aim.get(word, 0.0) + weight
        aim = _unit(aim)
        self._towards = [_dot(vector, aim) for vector in self._vectors]
        self._squares = [sum(weight * weight for weight in vector.values()) for vector in self._vectors]
        self._products: dict[tuple[int, int], float] = {}
        near = [towards / math.sqrt(square) if square else 0.0 for towards, square in zip(self._towards, self._squares, strict=True)]
        self.order = sorted(range(total), key=lambda at: -near[at])
        """The sentences, the one that stands best for the whole first."""

    def sets(self, units: Sequence[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
        """Sets of at most `most` sentences made of these units, in the text's order, best first; the earlier one on a tie.

        A unit is sentences that go together. The number of sets grows with the cube of the units: give the best CANDIDATES of them.
        """
        found = {
            tuple(sorted({at for unit in chosen for at in unit})) for count in range(1, most + 1) for chosen in combinations(units, count)
        }
        worth = {wanted: self.worth(wanted) for wanted in found if len(wanted) <= most}
        return sorted(worth, key=lambda wanted: (-worth[wanted], wanted))

    def _both(self, one: int, other: int) -> float:
        found = self._products.get((one, other))
        if found is None:
            found = self._products[one, other] = _dot(self._vectors[one], self._vectors[other])
        return found

    def worth(self, wanted: tuple[int, ...]) -> float:
        """Cosine of the set's words, taken as one text, to the aim; less GAIN for each sentence after the first."""
        towards = square = 0.0
        for place, at in enumerate(wanted):
            towards += self._towards[at]
            square += self._squares[at]
            for other in wanted[:place]:
                square += 2 * self._both(other, at)
        return towards / math.sqrt(square) - GAIN * (len(wanted) - 1) if square else 0.0


def _unit(vector: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / norm for word, weight in vector.items()} if norm else vector


def _dot(one: dict[str, float], other: dict[str, float]) -> float:
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())
