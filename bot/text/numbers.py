"""Figures in text: digits, percents, money, scales, ordinals and number words, by value so that spellings compare equal.

Texts are expected normalised (see `bot.text.grounding`): NFKC, without invisible characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from bot.text import myriads


class Figure(NamedTuple):
    """One figure as it stands in a text."""

    start: int
    end: int
    readings: frozenset[Decimal]
    """The values it may have: `5m` is five, or five million."""
    unit: str
    """`%`, `pp` for percentage points, a currency (`USD`), `th` for an ordinal, `name` for a name made with digits (GB200), else empty."""
    name: str = ""
    """The folded word, for the unit `name` and for figures that are no value (`14:30`, `3.1.0`)."""
    weak: bool = False
    """A word such as `one` or `second` that mostly counts nothing: it supports a figure but needs no support."""


_SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "thousands": 1000, "millions": 10**6, "billions": 10**9, "trillions": 10**12, "mln": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12, "trn": 10**12,
    "tausend": 1000, "mio": 10**6, "millionen": 10**6, "mrd": 10**9, "milliarde": 10**9, "milliarden": 10**9, "billionen": 10**12,
    "mille": 1000, "milliard": 10**9, "milliards": 10**9, "mil": 1000, "millón": 10**6, "millones": 10**6, "dozen": 12, "hundred thousand": 10**5, "hundred million": 10**8, "hundred billion": 10**11,
    "тыс": 1000, "млн": 10**6, "млрд": 10**9, "ألف": 1000, "آلاف": 1000, "مليون": 10**6, "ملايين": 10**6, "مليار": 10**9, "مليارات": 10**9,
}
_COMMA = frozenset("de fr es it nl pt da sv nb no fi pl cs sk ru uk tr el hu ro id".split())
"""Languages that write a decimal comma, and thousands with a stop."""
_LETTERS = {"k": 1000, "m": 10**6, "b": 10**9, "t": 10**12}
"""Ambiguous (5m: metres?), so the plain value stays a reading too."""
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "dólares": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "pounds": "GBP", "pound": "GBP", "¥": "JPY", "jpy": "JPY", "yen": "JPY", "₹": "INR", "inr": "INR", "rupees": "INR",
    "chf": "CHF", "francs": "CHF", "cny": "CNY", "yuan": "CNY", "₩": "KRW", "krw": "KRW",
    "دولار": "USD", "دولارا": "USD", "يورو": "EUR",
}
_PERCENT = r"percentage points?|percent points?|%-?punkte?n?|per ?cent|percent|pct|prozentpunkte?n?|prozent|pour ?cent|por ?ciento|procent|per mille|процент(?:а|ов)?|في المئة|في المائة|بالمئة|بالمائة"
_POINTS = re.compile(r"poi|punkt", re.IGNORECASE)
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_AFTER = "|".join(sorted((re.escape(word) for word in _CURRENCIES), key=len, reverse=True))
UNIT_BEHIND = rf" ?-?(?:{_SCALE}|{_PERCENT}|{_AFTER})(?!\w)"
"""A pattern for what makes another figure of the digits before it."""
_SPELT = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
}
_ORDINAL_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_PARTS = {f"{words} {one}": Decimal(part) for words, part in (("half", "0.5"), ("a quarter of", "0.25"), ("three quarters of", "0.75")) for one in ("a", "an")}
_WEAK = frozenset("one first second un eins acht neuf uno once".split())

_LETTER = r"A-Za-zªµºÀ-ɏͰ-ԯ"
"""Letters that can be part of one word with digits; scripts without spaces are left out (約122%)."""
_DIGITS = re.compile(
    r"(?P<number>(?:\d{1,3} )?\d{1,3}⁄\d{1,3}|\d{1,3}(?: \d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’:]\d+)*)"
    rf"(?P<ordinal>(?:st|nd|rd|th|er|ère|ème|º|ª)(?![{_LETTER}]))?"
    rf"(?:[ -]?(?P<scale>(?:mio|mrd)\.|(?:{_SCALE})(?![{_LETTER}])))?(?P<letter>[kmbt](?![{_LETTER}\d]))?"
    rf"(?:[ -]?(?P<percent>%|٪|(?:{_PERCENT})(?![{_LETTER}])))?(?: ?(?P<after>(?:{_AFTER})(?![{_LETTER}])))?(?P<tail>[{_LETTER}]+)?",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:us\$|[$€£¥₹₩]|\b(?:usd|eur|gbp|chf)) ?\Z", re.IGNORECASE)
_WORD_BEFORE = re.compile(rf"(?<![{_LETTER}\d])[{_LETTER}]+\Z")
_LOOK_BACK = 24
_RANGE = re.compile(r" ?(?:-|–|—|to|bis|à|a|and|und|et|y) ?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:([.,'’ ])\d{3})(?:\1\d{3})*")


def find(text: str, language: str | None = None, *, most: int | None = None) -> list[Figure]:
    """Every figure of a normalised text, in order; number words as the language (BCP 47) and English spell them.

    `most`: of those with digits, the first so many alone. An article that is one list of numbers supports no more than these.
    """
    code = (language or "en").split("-")[0].lower()
    figures = sorted([*islice(_with_digits(text, code), most), *_in_words(text, code)], key=lambda figure: figure.start)
    return _ranges(text, figures)


def _with_digits(text: str, language: str) -> Iterator[Figure]:
    counted = list(myriads.find(text))
    yield from (Figure(one.start, one.end, frozenset({one.value}), one.unit, text[one.start : one.end]) for one in counted)
    taken = 0
    for match in _DIGITS.finditer(text):
        start, end = match.span("number")
        while taken < len(counted) and counted[taken].end <= start:
            taken += 1
        if taken < len(counted) and counted[taken].start <= start:
            continue
        back = text[max(0, start - _LOOK_BACK) : start]
        currency = _BEFORE.search(back)
        word = None if currency else _WORD_BEFORE.search(back)
        readings = _values(match["number"], "," if language in _COMMA else ".")
        if word or not readings:
            start, end = start - len(word[0] if word else ""), match.end("tail" if match["tail"] else "number")
            yield Figure(start, end, frozenset(), "name", _folded(text[start:end]))
            continue
        scale = _SCALES.get((match["scale"] or "").lower().rstrip("."), 1)
        readings = frozenset(value * scale for value in readings)
        if match["letter"]:
            readings |= {value * _LETTERS[match["letter"].lower()] for value in readings}
        money = currency[0].strip() if currency else match["after"] or ""
        unit = _unit(match["percent"], money, ordinal=bool(match["ordinal"]))
        start -= len(currency[0]) if currency else 0
        yield Figure(start, match.end(), readings, unit, _folded(text[start : match.end()]))


def _unit(percent: str | None, money: str, *, ordinal: bool) -> str:
    if percent:
        return "pp" if _POINTS.search(percent) else "%"
    return _CURRENCIES.get(money.lower(), "") or ("th" if ordinal else "")


def _values(number: str, point: str) -> frozenset[Decimal]:
    """The value of a digit string, where `point` is the decimal mark if both are possible; none for clock times and versions."""
    if number.isdecimal():
        return frozenset({Decimal(number)})
    if ":" in number:
        return frozenset()
    if "⁄" in number:  # ½, as NFKC writes it
        whole, _, part = number.rpartition(" ")
        above, below = map(Decimal, part.split("⁄"))
        return frozenset({Decimal(whole or 0) + above / below}) if below else frozenset()
    whole, mark, fraction = _last_mark(number)
    if _GROUPED.fullmatch(number) and not (mark == point and whole.isdecimal()):
        return frozenset({Decimal(re.sub(r"\D", "", number))})
    if mark in ".," and (whole.isdecimal() or (_GROUPED.fullmatch(whole) and mark not in whole)):
        return frozenset({Decimal(re.sub(r"\D", "", whole) + "." + fraction)})
    return frozenset()


def _last_mark(number: str) -> tuple[str, str, str]:
    at = max(number.rfind(mark) for mark in ".,'’ ")
    return number[:at], number[at], number[at + 1 :]


@lru_cache
def _spelt(language: str) -> tuple[re.Pattern[str], dict[str, Decimal], dict[str, int]]:
    """Number words of English and one more language: the pattern, cardinals, ordinals."""
    cardinals = {word: Decimal(ten) for word, ten in _TENS.items()}
    for code in ("en", language):
        for value, word in enumerate(_SPELT.get(code, "").split(), 1):
            cardinals.setdefault(word, Decimal(value))
    for (tens, ten), (word, value) in product(_TENS.items(), list(zip(_SPELT["en"].split()[:9], range(1, 10), strict=True))):
        cardinals[f"{tens}-{word}"] = cardinals[f"{tens} {word}"] = Decimal(ten + value)
    ordinals = {word: value for value, word in enumerate(_ORDINAL_WORDS.split(), 1)}
    words = "|".join(sorted([*cardinals, *ordinals], key=len, reverse=True))
    pattern = re.compile(
        rf"(?<![\w-])(?P<word>(?:half|a quarter of|three quarters of) an?(?= (?:{_SCALE})\b)|{words}|an?(?= (?:{_SCALE})\b))(?P<half> and a half)?(?:[ -](?P<scale>{_SCALE}))?"
        rf"(?:[ -]?(?P<percent>{_PERCENT}))?(?: (?P<after>{_AFTER}))?(?!\w)", re.IGNORECASE
    )
    return pattern, cardinals, ordinals


def _in_words(text: str, language: str) -> Iterator[Figure]:
    pattern, cardinals, ordinals = _spelt(language)
    last: Figure | None = None
    for match in pattern.finditer(text):
        word = match["word"].lower()
        if word in _PARTS:
            value = _PARTS[word]
        else:
            value = cardinals.get(word, Decimal(ordinals.get(word, 1)))
        value = (value + (Decimal("0.5") if match["half"] else 0)) * _SCALES.get((match["scale"] or "").lower(), 1)
        unit = _unit(match["percent"], match["after"] or "", ordinal=word in ordinals)
        bare = not (match["scale"] or match["percent"] or match["after"])
        figure = Figure(match.start(), match.end(), frozenset({value}), unit, _folded(match[0]), bare and word in _WEAK)
        if last and not last.unit and unit != "th" and text[last.end : match.start()] in (" ", " and ") and _adds(last, figure):
            figure = Figure(last.start, match.end(), frozenset({max(last.readings) + value}), unit, _folded(text[last.start : match.end()]))
            last = None
        if last:
            yield last
        last = figure
    if last:
        yield last


def _adds(one: Figure, other: Figure) -> bool:
    """Are these the two halves of one number in words: two hundred (and) twelve?"""
    above, below = max(one.readings), max(other.readings)
    return any(above >= scale and above % scale == 0 and below < scale and above < scale * scale * 10 for scale in (Decimal(100), Decimal(1000))) and below >= 1


def _ranges(text: str, figures: list[Figure]) -> list[Figure]:
    """In `10 to 20%` and `$10-20 million` the first figure has the second one's unit, the second the first one's currency."""
    for at in range(len(figures) - 1, 0, -1):
        one, two = figures[at - 1], figures[at]
        if "name" in (one.unit, two.unit) or not _RANGE.fullmatch(text[one.end : two.start]):
            continue
        if two.unit and not one.unit:
            figures[at - 1] = one._replace(unit=two.unit)
        elif one.unit and one.unit not in ("%", "th") and not two.unit:
            figures[at] = two._replace(unit=one.unit)
    return figures


def _folded(text: str) -> str:
    return re.sub(r"[\s-]+", "", text).casefold()
