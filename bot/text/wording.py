"""Whether two wordings of one sentence say the same: which words of meaning went and came. Figures and dates are compared elsewhere, by value."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from bot.text import english, figures
from bot.text.dates import Dated
from bot.text.plain import fold
from bot.text.scripts import SPACELESS
from bot.text.support import TURNS

LONGEST = 300
"""Words of a sentence that are compared."""
_LETTERS = 2_000
"""Characters of a sentence in which figures are looked for."""
_SLIP = 5
"""Letters from which a word may be a typing error of another."""
_WORD = re.compile(rf"[{SPACELESS}]|[^\W\d_]+(?:'[^\W\d_]+)*")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|dell|all|dall|nell|sull|un)'")
_NEGATED = re.compile(r"(?i)n't\b")
_UNIT = re.compile(r"(?i)(?<=\d)(?!(?:[kmbt]|st|nd|rd|th|er|bn|mn|tn|trn|mln|mio|mrd)\Z)[^\W\d_]{1,4}\Z")
"""Letters right behind a figure that are a unit: 30km, 9pm."""
_DAYS = "today yesterday tomorrow tonight heute gestern morgen aujourd'hui hier demain hoy ayer mañana oggi ieri domani vandaag gisteren hoje ontem amanhã"
DAYS = frozenset(_DAYS.split())
"""Words that may stand for a weekday or date, in the place of it."""

_STYLE = {
    "en": "a an the and of to in on at for by with from as that which who whom is are was were be been being has have had having do does did it its this these those there their "
    "they also too then so very far much many just even still already yet now quite rather such both will would shall",
    "de": "der die das den dem des ein eine einer eines einem einen und ist sind war waren wird werden wurde wurden hat haben hatte hatten in im am an auf zu zum zur von vom bei mit "
    "für aus als auch noch sich dass es sie er so sehr schon dabei dann da dies diese dieser dieses",
    "fr": "le la les l un une des d de du et est sont était étaient a ont avait avaient été à au aux en dans par pour sur avec ce cet cette ces que qui qu il elle ils elles on se s "
    "y aussi très bien sa son ses leur leurs c",
    "es": "el la los las un una unos unas y e es son era eran fue fueron ha han había de del a al en por para con que su sus se lo le les este esta estos estas también muy ya",
    "it": "il lo la i gli le l un uno una e è sono era erano ha hanno aveva di del della dei delle dell da dal in nel nella a al alla con per su che si anche molto già",
    "nl": "de het een en is zijn was waren wordt worden werd werden heeft hebben had in op te aan van voor met bij door dat die dit deze er ook zich al heel",
    "pt": "o a os as um uma e é são era foi foram tem de do da dos das em no na nos nas ao à por para com que se seu sua também muito já",
    "ja": "の は が を に で と も", "zh": "的 了 地 得",
}
STYLE = {code: frozenset(words.split()) for code, words in _STYLE.items()}
"""Words that come and go without saying anything else, by language."""
_HEDGES = frozenset(
    "least most up fewer alleged allegedly reportedly suspected may might could almost nearly false falsely denied denies deny if"
    " angeblich mutmaßlich vielleicht mindestens höchstens fast beinahe könnte présumé présumée prétendument presque"
    " presunto presunta presuntamente supuestamente quizás casi forse quasi vermeend vermoedelijk misschien bijna minstens hoogstens"
    " suposto supostamente alegadamente talvez quase 不 没 未 無 非".split()
)
TURNING = frozenset(TURNS | _HEDGES)
"""Words that turn what a sentence says wherever they are put in or taken out: negations, and what makes a fact a possibility."""
_ALIKE = ({"s", "z"}, {"c", "s"}, {"c", "k"}, {"i", "y"})
"""Letters between which spellings of one word differ."""


class Reworded(NamedTuple):
    """How a newer wording of a sentence differs in its words of meaning."""

    out: tuple[str, ...]
    """Words that went, as they stood."""
    into: tuple[str, ...]
    turned: bool
    """A negation or doubt was put in or taken out, or names changed places."""
    shown: tuple[str, str]
    """The stretches that differ, before and now."""

    @property
    def otherwise(self) -> bool:
        """Is something else said: not only more than before?"""
        return bool(self.out and self.into) or self.turned

    def says(self, post: str, language: str | None) -> bool:
        """Does a post say what went?"""
        told = {form(word, language) for word in words(post, language)}
        return self.turned or any(form(word, language) in told for word in self.out)


def words(text: str, language: str | None = None) -> list[str]:
    """The words of a sentence as they stand, without its figures and dates."""
    text = fold(text)[: 20 * LONGEST]
    for one in reversed(figures.find(text[:_LETTERS], language)):
        unit = _UNIT.search(text[one.start : one.end])
        text = f"{text[: one.start]} {unit[0] if unit and not isinstance(one, Dated) else ''} {text[one.end :]}"
    return _plain_words(text)


def _plain_words(text: str) -> list[str]:
    return [word.removesuffix("'s") for word in _WORD.findall(_NEGATED.sub(" not", text.replace("annot", "an not")))[:LONGEST]]


@lru_cache(maxsize=65_536)
def form(word: str, language: str | None = None) -> str:
    """A word as it is compared: in small letters, in English without its endings; empty when it is one of style."""
    bare, code = word.casefold(), (language or "en").split("-")[0].lower()
    bare = bare if code == "en" or bare in DAYS else _ELIDED.sub("", bare)
    if bare in DAYS or (bare in STYLE.get(code, frozenset()) and bare not in TURNING):
        return ""
    return english.stem(bare) if code == "en" else bare


def bag(text: str, language: str | None = None) -> Counter[str]:
    """The words of meaning of a sentence; cheap, so its figures' words are among them."""
    return Counter(filter(None, (form(word, language) for word in _plain_words(fold(text)[: 20 * LONGEST]))))


def compare(old: str, new: str, language: str | None = None, beside: frozenset[str] = frozenset()) -> Reworded | None:
    """How the newer wording differs; None when it says the same. `beside`: forms of words next to it, where a part may have gone."""
    before, now = words(old, language), words(new, language)
    forms, newer = [form(word, language) for word in before], [form(word, language) for word in now]
    out = _left([*zip(forms, before, strict=True)], Counter(newer))
    into = _left([*zip(newer, now, strict=True)], Counter(forms))
    for one in tuple(out):
        same = next((two for two in into if _same(one[1], two[1], language)), None)
        if same is not None:
            out.remove(one)
            into.remove(same)
    if "".join(word for _, word in out).casefold() == "".join(word for _, word in into).casefold():
        out, into = [], []
    turning = TURNING - (set() if out else beside)
    turned = any(word.casefold() in turning for _, word in (*out, *into)) or (not out and not into and _moved(before, now, language))
    out = [one for one in out if one[0] not in beside or one[1].casefold() in TURNING]
    if not out and not turned:
        return None
    return Reworded(tuple(word for _, word in out), tuple(word for _, word in into), turned, _shown(before, now, forms, newer))


def _left(told: list[tuple[str, str]], others: Counter[str]) -> list[tuple[str, str]]:
    """Those that the others do not have."""
    rest, found = Counter(others), []
    for one in told:
        if one[0] and rest[one[0]] <= 0:
            found.append(one)
        rest[one[0]] -= 1
    return found


def _same(one: str, two: str, language: str | None) -> bool:
    """Are these one word in two spellings or forms? A name that is spelt otherwise is another name."""
    if not (one.islower() and two.islower()):
        return one.casefold() == two.casefold()
    if (language or "en").split("-")[0].lower() != "en" and _inflected(one, two):
        return True
    return _slip(one, two)


def _inflected(one: str, two: str) -> bool:
    same = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return same >= _SLIP - 1 and max(len(one), len(two)) - same <= 2


def _slip(one: str, two: str) -> bool:
    """Two letters changed about, one of a pair too many or too few, another letter of the same sound; in a long word any letter more or less."""
    if min(len(one), len(two)) < _SLIP or abs(len(one) - len(two)) > 1 or one[0] != two[0]:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    if len(one) == len(two):
        swapped = one[at : at + 2] == two[at : at + 2][::-1] and one[at + 2 :] == two[at + 2 :]
        return swapped or (one[at + 1 :] == two[at + 1 :] and {one[at], two[at]} in _ALIKE)
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    doubled = longer[at : at + 1] in (longer[at - 1 : at], longer[at + 1 : at + 2])
    spelt = longer[at - 1 : at + 1] == "ou"  # colour, color
    return longer[at + 1 :] == shorter[at:] and (doubled or spelt or (len(longer) > 2 * _SLIP - 2 and at < len(shorter)))


def _moved(before: list[str], now: list[str], language: str | None) -> bool:
    """Do the same names stand in another order? Not asked where every noun has a capital."""
    if (language or "en").split("-")[0].lower() in ("de", "lb"):
        return False
    names = {word for told in (before, now) for word in told[1:] if word[:1].isupper()}
    first, second = ([word for word in told if word in names] for told in (before, now))
    return first != second and Counter(first) == Counter(second)


def _shown(before: list[str], now: list[str], forms: list[str], newer: list[str]) -> tuple[str, str]:
    """From the first word that differs to the last, on both sides."""
    changed = [code for code in SequenceMatcher(None, forms, newer, autojunk=False).get_opcodes() if code[0] != "equal"]
    if not changed:
        return " ".join(before), " ".join(now)
    return " ".join(before[changed[0][1] : changed[-1][2]]), " ".join(now[changed[0][3] : changed[-1][4]])
