"""Who is said to lead, against the shares that the article gives (English)."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from bot.text import english, forecast, predicates
from bot.text.claims import Kind
from bot.text.reading import Found, Line, Reading

DOMINANCE = re.compile(
    r"(?<![\w'-])(?:tak(?:e|es|en|ing) over|took over|dominat(?:e|es|ed|ing)|dominant|dominance|overtak(?:e|es|en|ing)|overtook|outnumber(?:s|ed|ing)?|outsell(?:s|ing)?|outsold|eclips(?:e|es|ed|ing)|"
    r"(?:the |a )?(?:clear |vast )?majority of|lead(?:s|ing)? the market|market leader|the (?:largest|biggest) (?:share|part|market)|number one)(?![\w'-])", re.IGNORECASE
)
_NO = re.compile(r"(?<!\w)(?:not|no longer|never|n't|far from|yet to|without|instead of|until)(?!\w)", re.IGNORECASE)
_BREAK = re.compile(r"[;:,()—–\n]|(?<!\w)(?:as|while|whereas|but|and|because|that|says?|reports?)(?!\w)", re.IGNORECASE)
_HALF = 50
_MOST = 40


class Contradiction(NamedTuple):
    """A share of the article that speaks against a claim of leading, and the article's own claim, if it makes one."""

    cue: tuple[int, int]
    share: Found
    claim: Line | None


def find(sentence: str, reading: Reading) -> Contradiction | None:
    """What speaks against this sentence's claim that something leads: another of its kind has half or more."""
    cue = DOMINANCE.search(sentence)
    if not cue or _NO.search(sentence[: cue.start()][-40:]):
        return None
    subject = _subject(sentence, cue.start())
    if not subject:
        return None
    smaller = None if forecast.hedged(sentence) else _smaller(subject, reading)
    if smaller:
        return Contradiction(cue.span(), smaller, None)
    leaders = [(line, leader) for line, leader in _leaders(reading) if subject & leader]
    for share, holder in shares(reading):
        for line, leader in ((None, frozenset[str]()), *leaders):
            own = subject | leader
            if own & holder and own - holder and holder - own and subject - holder:
                return Contradiction(cue.span(), share, line or next((line for line, leader in leaders if line is not share.line), None))
    return None


def _smaller(subject: frozenset[str], reading: Reading) -> Found | None:
    """The share of half or more of another, beside which, in one sentence, stands the smaller share of this subject."""
    for share, _ in shares(reading):
        if subject & _before(share):
            continue
        for one in reading.beside(share.line):
            figure = one.claim.figure
            if figure.unit == "%" and one.claim.kind is not Kind.UP and one.claim.kind is not Kind.DOWN and subject <= _before(one) and max(figure.readings, default=_HALF) < _HALF:
                return share
    return None


def _before(found: Found) -> frozenset[str]:
    """What a clause says before its figure."""
    return predicates.about(found.line.text[found.claim.start : found.claim.figure.start])


@lru_cache(maxsize=16)
def shares(reading: Reading) -> tuple[tuple[Found, frozenset[str]], ...]:
    """The shares of half or more, at most forty, with who has them."""
    found = (
        one for one in reading.of_unit("%")
        if one.claim.kind is Kind.SHARE and any(_HALF <= value <= 100 for value in one.claim.figure.readings)
    )
    return tuple((one, _subject(one.line.text, one.claim.cue[0])) for one in islice(found, _MOST))


@lru_cache(maxsize=16)
def _leaders(reading: Reading) -> tuple[tuple[Line, frozenset[str]], ...]:
    """The article's own sentences on who leads, at most forty, with whom they name."""
    found = ((line, cue) for line in reading.lines if line.id and (cue := DOMINANCE.search(line.text)))
    return tuple((line, _subject(line.text, cue.start())) for line, cue in islice(found, _MOST))


def _subject(sentence: str, end: int) -> frozenset[str]:
    """What stands before a verb in its own clause: the one it speaks of."""
    breaks = [match.end() for match in _BREAK.finditer(sentence, 0, end)]
    clause = sentence[breaks[-1] if breaks else 0 : end]
    if not english.content(clause) and len(breaks) > 1:
        clause = sentence[breaks[-2] : end]
    return predicates.about(clause) - _VERBS


_VERBS = frozenset(map(english.stem, english.words("become becoming account accounts make makes represent set expected remain remains likely appear")))
