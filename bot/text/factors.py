"""Figures told as words that someone worked out: doubled, threefold, twice as, half of, two thirds of, the majority of (English)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from bot.text import english, predicates
from bot.text.claims import Kind
from bot.text.reading import Found, Line, Reading

_QUALIFIER = r"(?:(?P<q>more than|over|at least|nearly|almost|not quite|just under|less than|fewer than|under|about|around|roughly|some|well over) )?"
_COUNT = {word: value for value, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_VERBS = {"doubl": Decimal(2), "tripl": Decimal(3), "trebl": Decimal(3), "quadrupl": Decimal(4), "halv": Decimal("0.5")}
_COUNTS = "|".join(_COUNT)
_TIMES = re.compile(
    rf"(?<![\w'-]){_QUALIFIER}(?:(?P<verb>doubl|tripl|trebl|quadrupl|halv)(?P<form>e|es|ed|ing)|(?P<fold>{_COUNTS}|\d+)[ -]?fold|(?P<twice>twice|thrice|(?P<n>{_COUNTS}|\d+) times) "
    r"(?:as|the|that of|more|larger|bigger|higher|faster|its|their)\b)(?![\w-])", re.IGNORECASE
)
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_PART = re.compile(
    rf"(?<![\w'-]){_QUALIFIER}(?:(?:(?P<over>a|one|two|three|four)[ -])(?P<part>third|quarter|fifth|sixth|eighth|tenth)(?:s\b|(?= (?:of|off|more|less|fewer)\b))(?! (?:of )?(?:an? )?(?:hours?|centur\w+|miles?|finals?|place))"
    r"|(?:(?:a|one) )?(?P<half>half)(?= (?:of|the|its|their|all|our|those|these|his|her)\b)(?! of (?:20|19)\d\d)|(?:the |a )?(?:vast |overwhelming |large |clear )?(?P<majority>majority)(?= of\b))(?!\w)",
    re.IGNORECASE,
)
_ONE_OF_TWO = re.compile(r"(?:first|second|latter|other|better|top|bottom|final|opening|1st|2nd)[ -]\Z", re.IGNORECASE)
_NO_FACTOR = re.compile(r" (?:\w+ )?(?:side's |team's |hosts' |visitors' )?(?:\w+ )?(?:lead|advantage|as|up|over|down|back)\b", re.IGNORECASE)  # a score, or another verb
_VERBAL = re.compile(r"(?:\bto|\bwill|\bwould|\bcould|\bmay|\bmight|\bcan|\bshould|\bthan|\bnearly|\balmost|\band|\bnot) \Z", re.IGNORECASE)
_OBJECT = re.compile(r" (?:the|that|its|their|in|by|from|since|this|last|year)\b|[.!?,;:\n]|\Z", re.IGNORECASE)


_WORDS = frozenset(map(english.stem, _PARTS))
_SHARED = 2
"""So many more words of content must a line have in common to be the one that is meant."""


class Verdict(StrEnum):
    """What the article says of a derived figure."""

    SAID = "said"
    TRUE = "true"
    FALSE = "false"


class Factor(NamedTuple):
    """One derived figure of a text."""

    start: int
    end: int
    value: Decimal
    """Times, or the part of a whole."""
    part: bool
    qualifier: str
    exact: bool = True
    """False for a majority: anything above a half."""


def find(text: str) -> Iterator[Factor]:
    """The derived figures of a folded text, in order of kind."""
    for match in _TIMES.finditer(text):
        if match["verb"] and not _verb(text, match):
            continue
        if match["verb"]:
            value = _VERBS[match["verb"].lower()]
        elif match["fold"]:
            value = _number(match["fold"])
        else:
            value = _number(match["n"] or ("two" if match["twice"].lower() == "twice" else "three"))
        yield Factor(match.start(), match.end(), value, False, (match["q"] or "").lower())
    for match in _PART.finditer(text):
        if match["half"] or match["majority"]:
            if not _ONE_OF_TWO.search(text[max(0, match.start() - 9) : match.start()]):
                yield Factor(match.start(), match.end(), Decimal("0.5"), True, (match["q"] or "").lower(), not match["majority"])
            continue
        over = 1 if match["over"].lower() in ("a", "one") else _COUNT[match["over"].lower()]
        yield Factor(match.start(), match.end(), Decimal(over) / _PARTS[match["part"].lower()], True, (match["q"] or "").lower())


def judged(factor: Factor, clause: str, reading: Reading) -> tuple[Verdict, str, Found | None]:
    """Does the article say it, or figures it follows from, of what this clause speaks of? With the sum, and where it is from."""
    if _said(factor, reading):
        return Verdict.SAID, "", None
    about = predicates.about(clause)
    for found, value, total in _sums(factor, reading):
        if _holds(factor, value) and predicates.same_subject(about, found, reading):
            return Verdict.TRUE, total, found
    return (Verdict.FALSE if factor.exact else Verdict.SAID), "", None


def moved(factor: Factor, clause: str, reading: Reading) -> Line | None:
    """The line that has another part of what this clause speaks of, where the article has this part only of something else."""
    wanted = english.content(clause) - _WORDS
    if not factor.part or not factor.exact:
        return None
    own = [len(wanted & english.content(line.text)) for line, parts in _parts(reading) if factor.value in parts]
    rivals = [(len(wanted & english.content(line.text)), line) for line, parts in _parts(reading) if factor.value not in parts]
    best = max((shared for shared, _ in rivals), default=0)
    return next(line for shared, line in rivals if shared == best) if own and best >= max(own) + _SHARED else None


@lru_cache(maxsize=16)
def _parts(reading: Reading) -> tuple[tuple[Line, frozenset[Decimal]], ...]:
    """The lines that tell a part in words, with the parts."""
    told = ((line, frozenset(one.value for one in find(line.text) if one.part)) for line in reading.lines if line.id)
    return tuple((line, parts) for line, parts in told if parts)


def _said(factor: Factor, reading: Reading) -> bool:
    if (factor.value, factor.part) in _told(reading):
        return True
    percent = factor.value * 100
    return factor.part and any(
        one.claim.figure.unit == "%" and any(abs(value - percent) < Decimal("0.01") for value in one.claim.figure.readings) for one in reading.claims
    ) and not factor.qualifier


@lru_cache(maxsize=16)
def _told(reading: Reading) -> frozenset[tuple[Decimal, bool]]:
    told = {(one.value, one.part) for one in find(reading.text)}
    for pattern, value in ((r"\bdoubl(?:e|es|ed|ing)\b|\btwice\b|\btwo-?fold\b|\b2x\b", 2), (r"\b(?:tripl|trebl)(?:e|es|ed|ing)\b|\bthree-?fold\b|\bthrice\b|\b3x\b", 3)):
        if re.search(pattern, reading.text, re.IGNORECASE):
            told.add((Decimal(value), False))
    if re.search(r"\bhal(?:f|ve[sd]?|ving)\b", reading.text, re.IGNORECASE):
        told |= {(Decimal("0.5"), True), (Decimal("0.5"), False)}
    return frozenset(told)


def _sums(factor: Factor, reading: Reading) -> Iterator[tuple[Found, Decimal, str]]:
    """What the article's figures come to, as this kind of factor."""
    last: Found | None = None
    for found in reading.claims:
        figure, kind = found.claim.figure, found.claim.kind
        for value in sorted(figure.readings):
            if factor.part:
                if figure.unit == "%" and kind in (Kind.SHARE, Kind.LEVEL, Kind.NONE):
                    yield found, value / 100, f"{value.normalize():f}%"
            elif figure.unit == "%" and kind in (Kind.UP, Kind.DOWN) and value < 10**6:
                times = 1 + value / 100 * (1 if kind is Kind.UP else -1)
                yield found, times, f"{'+' if kind is Kind.UP else '-'}{value.normalize():f}% is {times.normalize():f} times"
            elif last and last.line is found.line and kind is last.claim.kind is Kind.LEVEL and figure.unit == last.claim.figure.unit:
                below = max(last.claim.figure.readings, default=Decimal(0))
                if below:
                    yield found, value / below, f"{value:f} over {below:f} is {value / below:.2f} times"
        last = found if figure.unit != "name" else last


def _holds(factor: Factor, value: Decimal) -> bool:
    """Is the value what the words say, as loosely as such words are used?"""
    wanted = factor.value
    if not factor.exact:
        return Decimal("0.5") < value <= 1
    loose = Decimal("0.08") if factor.part else wanted * Decimal("0.5")
    if factor.qualifier in ("more than", "over", "at least", "well over"):
        return wanted < value <= wanted + loose
    if factor.qualifier in ("nearly", "almost", "not quite", "just under", "less than", "fewer than", "under"):
        return wanted - loose / 2 <= value < wanted
    near = Decimal("0.04") if factor.part and factor.qualifier else Decimal("0.02") if factor.part else wanted * Decimal("0.12")
    return abs(value - wanted) <= near


def _verb(text: str, match: re.Match[str]) -> bool:
    """Is this the verb that multiplies, not a double bed, the men's doubles, or a lead that was doubled?"""
    form, before, after = match["form"].lower(), text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 60]
    if re.match(_NO_FACTOR, after):
        return False
    if form == "es":
        return bool(match["q"]) or (not before.endswith(("'s ", "the ", "The ", "mixed ", "s' ")) and bool(_OBJECT.match(after)))
    if form == "e" and match["verb"].lower() == "halv":
        return bool(_OBJECT.match(after))  # no noun, unlike double
    if form == "e":
        return bool(match["q"] or _VERBAL.search(before)) and bool(_OBJECT.match(after))
    return not (form == "ing" and not match["q"] and not _OBJECT.match(after))


def _number(word: str) -> Decimal:
    return Decimal(_COUNT.get(word.lower(), 0) or int(word))
