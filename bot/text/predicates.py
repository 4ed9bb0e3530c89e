"""Is a figure said of what the article says it of? Its kind, its direction, its subject, its scope (English)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from bot.text import english, measures
from bot.text.claims import Claim, Kind, agree
from bot.text.reading import Found, Reading

MANY = 20
"""A figure that stands in the article more often than this is not compared."""
_RIVALS = 100
_SCOPES = tuple(
    re.compile(rf"(?<![\w'-])(?:{listed})(?![\w'-])", re.IGNORECASE)
    for listed in (
        r"world-?wide|global(?:ly)?|(?:across|around|throughout|in|of) the world|the world's|the planet|every country|all countries",
        r"nation-?wide|national(?:ly)?|(?:across|around|throughout) the (?:country|nation)",
        r"industry-?wide|(?:across|throughout) the industry|the (?:whole|entire) (?:industry|market|sector)",
    )
)
_POINTS_BACK = re.compile(r"(?:their|its|his|her|they|these|those|it)(?!\w)", re.IGNORECASE)
_GROUP = re.compile(
    r"(?:the |these )?(?:(?:top|largest|biggest|leading|major) )?(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|\d{1,3}|some|several|few|selected|surveyed|leading|largest|biggest|top)\b"
    r"(?:[ -](?:top|largest|biggest|leading|major))?((?: [\w'-]+){1,5})", re.IGNORECASE
)
_WITHOUT = re.compile(r"(?<![\w'-])without(?: (?:a|an|any|the|such))?((?: [\w'-]+){1,2})", re.IGNORECASE)
_COMMON = frozenset(map(english.stem, english.words("company firm group business people market year month week day quarter time total number amount industry sector analyst expert report rate")))
"""Nouns that stand for any other."""
_MEASURES = {
    word: group for group, listed in enumerate(
        ("revenue revenues sales turnover", "profit profits earnings income", "loss losses", "price prices cost costs", "fine fines penalty", "debt debts", "tax taxes", "salary salaries wage wages pay",
         "investment investments", "valuation", "budget", "fee fees", "donation donations", "dividend dividends", "bail", "bonus bonuses", "margin margins", "spending")
    ) for word in listed.split()
}


class Doubt(NamedTuple):
    """Why a claim of a text may not be the article's."""

    why: str
    found: Found


@lru_cache(maxsize=8192)
def about(clause: str) -> frozenset[str]:
    """What a clause speaks of, without the verbs that move figures; what it is said to be without is marked as such."""
    found = english.content(clause)
    lacking = frozenset().union(*(english.content(match[1]) for match in _WITHOUT.finditer(clause)))
    return (found - lacking - english.MOVES) | {f"without {one}" for one in lacking}


def doubted(claim: Claim, sentence: str, reading: Reading, others: Iterable[Claim] = ()) -> tuple[Doubt | None, list[Found]]:
    """Why the claim, of a text's sentence, is none of the article's, or the claims of the article that it may be.

    `others`: all claims of the sentence. What stands before another figure of the same clause is that one's subject.
    """
    found = reading.saying(claim.figure, most=MANY)
    if not found or claim.figure.unit in ("name", "th"):
        return None, []
    clause, subject = sentence[claim.start : claim.end], _subject(claim, sentence, others)
    steps: tuple[tuple[str, Callable[[Found], bool]], ...] = (
        ("", lambda one: agree(claim.kind, one.claim.kind)),
        ("another subject", lambda one: same_subject(subject, one, reading) and _head_fits(claim, sentence, one, reading)),
        ("another measure", lambda one: _measure_fits(claim, clause, one)),
        ("another scope", lambda one: _scope_fits(sentence, clause, one)),
    )
    for why, fits in steps:
        left = list(filter(fits, found))
        if not left:
            return Doubt(why, next((one for one in found if one.line.id != "s0"), found[0])), []
        found = left
    return None, found


def _subject(claim: Claim, sentence: str, others: Iterable[Claim]) -> frozenset[str]:
    """What a clause says before its figure, or, where that is nothing, at all; around it in “$3 of the $4 for repairs”."""
    near = [one.figure for one in others if one.start == claim.start and one.figure.unit == claim.figure.unit]
    start = max((one.end for one in near if one.end <= claim.figure.start), default=claim.start)
    end = min((one.start for one in near if one.start >= claim.figure.end), default=claim.end)
    if start > claim.start:
        return about(sentence[start : claim.figure.start]) | about(sentence[claim.figure.end : end])
    return about(sentence[start : claim.figure.start]) or about(sentence[claim.start : claim.end])


def rival(claim: Claim, sentence: str, reading: Reading) -> Found | None:
    """Where the article has a figure of the claim's kind on the same subject."""
    wanted = about(sentence[claim.start : claim.end])
    scored = [
        (len(wanted & about(one.clause)), one) for one in _same_unit(claim, reading)
        if one.claim.kind is claim.kind is not Kind.NONE and not one.claim.figure.readings & claim.figure.readings
    ]
    best = max((score for score, _ in scored), default=0)
    return next((one for score, one in scored if score == best), None) if best > 1 else None


def same_subject(wanted: frozenset[str], found: Found, reading: Reading) -> bool:
    """May a clause about this speak of what the found figure is said of? Not when its words are those of another figure beside it.

    Counts are compared with the other counts of their own sentence, and those in the same unit in the sentences beside it;
    percents and money with all of the article.
    """
    own = about(found.clause)
    for one in _same_unit(found, reading):
        beside = one.line is found.line
        if one.claim.figure.unit != found.claim.figure.unit or one.claim.figure.readings & found.claim.figure.readings:
            continue
        other = about(one.clause)
        if (wanted & other) - own - measures.STEMS and own - other and not (own - other) & wanted and (beside or not wanted <= about(found.line.text)):
            return False
    return True


def _same_unit(found: Claim | Found, reading: Reading) -> Iterable[Found]:
    """Figures of the same unit: of the article for percents and money (the first few hundred), of the sentence for counts."""
    if isinstance(found, Found) and not found.claim.figure.unit:
        return [*reading.beside(found.line), *_measured_beside(found, reading)]
    unit = (found.claim if isinstance(found, Found) else found).figure.unit
    return islice(reading.of_unit(unit), _RIVALS)


def _measured_beside(found: Found, reading: Reading) -> Iterable[Found]:
    """The figures in the same unit of measure of the sentences before and behind."""
    unit, _ = measures.unit_of(found.line.text, found.claim.figure)
    at = reading.number(found.line)
    near = [line for line in (*reading.lines[max(0, at - 1) : at], *reading.lines[at + 1 : at + 2]) if unit and line.id]
    return [one for line in near for one in reading.beside(line) if measures.unit_of(line.text, one.claim.figure)[0] == unit]


def _head_fits(claim: Claim, sentence: str, found: Found, reading: Reading) -> bool:
    """Does the noun before the verb that moves the figure stand where the article has the figure? Nouns the article lacks are let pass."""
    if claim.kind is Kind.NONE or not claim.figure.unit or claim.cue[0] >= claim.figure.start:
        return True
    before = [english.stem(match[0].lower()) for match in english.WORD.finditer(sentence[claim.start : claim.cue[0]])]
    heads = [one for one in before if one in about(sentence[claim.start : claim.cue[0]])]
    if not heads or heads[-1] in _COMMON or heads[-1] not in reading.stems:
        return True
    return heads[-1] in english.content(f"{found.line.text} {found.line.before} {reading.lines[0].text}")


def _measure_fits(claim: Claim, clause: str, found: Found) -> bool:
    """Revenue is not profit: a measure that the clause names must be among those of the article's sentence, if that names any."""
    if not claim.figure.unit:
        return True
    said, told = _measures(clause), _measures(found.line.text)
    return not said or not told or bool(said & told)


def _measures(text: str) -> set[int]:
    return {_MEASURES[word] for match in english.WORD.finditer(text) if (word := match[0].lower()) in _MEASURES}


def _scope_fits(sentence: str, clause: str, found: Found) -> bool:
    where = f"{found.line.text} {found.line.before}"
    if any(scope.search(clause) and not scope.search(where) for scope in _SCOPES):
        return False
    group = restricted(found)
    return not group or bool(english.content(sentence) & group) or bool(_POINTS_BACK.match(sentence.lstrip()))


def restricted(found: Found) -> frozenset[str]:
    """What names the few that a figure is said of, where its sentence points back to them (“Their combined …”): else nothing."""
    pointing = _POINTS_BACK.match(found.line.text)
    group = _GROUP.match(found.line.before) if pointing else None
    return english.content(group[0]) - english.content(found.line.text) if group else frozenset()


def group_of(found: Found) -> str:
    """The words that name those few."""
    group = _GROUP.match(found.line.before) if restricted(found) else None
    return group[0] if group else ""
