"""The warnings about a text: what its article may not say in this way. English, but for the names of some other languages.

A sentence that stands in the article word for word is never doubted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.text import (
    attribution,
    claims,
    contradiction,
    english,
    factors,
    figures,
    forecast,
    language,
    names,
    predicates,
    roles,
    rounded,
    sentences,
    units,
)
from bot.text.claims import Claim
from bot.text.factors import Verdict
from bot.text.numbers import Figure
from bot.text.plain import Plain
from bot.text.reading import Found, Line, Reading, bare, parted
from bot.values import Hold, HoldCode, Warn, WarningCode

MOST = 500
"""Sentences of a text that are looked at: far more than a post or a thread has."""
_FIGURES = 20
"""Figures of one sentence that are looked at."""
_CLIP = 160
_PAIRED = re.compile(r"\d[-–]\d")
"""Scores, seasons: 4-2, 2010-11. What they are said of is not compared."""
_MARKS = frozenset("\"“”„«»")
_CONJUNCTION = re.compile(r"\A(?:while|whereas|but|and|or|although|though|compared)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """One sentence of the text, by offsets into its normalised words."""

    said: Plain
    start: int
    text: str
    reading: Reading
    english: bool

    def verbatim(self, start: int, end: int) -> str:
        """The text's own words behind this stretch of the sentence."""
        return self.said.verbatim(self.start + start, self.start + end).strip()

    @cached_property
    def claims(self) -> list[Claim]:
        """Its figures and what they are said of."""
        found = (one for one in figures.find(self.text, self.reading.language) if isinstance(one, Figure))
        return claims.of_line(self.text, [one for one in found if not _PAIRED.search(self.text[max(0, one.start - 3) : one.end + 3])])

    @cached_property
    def factors(self) -> list[factors.Factor]:
        """Its figures in words that someone worked out."""
        return list(factors.find(self.text)) if self.english else []


def of_text(said: Plain, reading: Reading) -> list[Sentence]:
    """The sentences of a text that are not the article's own."""
    meant = english.is_meant(reading.meant, said.text)
    found, at = [], 0
    for end in sentences.ends(said.text, reading.language):
        start = at + len(said.text[at:end]) - len(said.text[at:end].lstrip())
        if start < end and bare(said.text[start:end]) not in reading.verbatim:
            found += [Sentence(said, start + a, said.text[start + a : start + b], reading, meant) for a, b in parted(said.text[start:end])]
        at = end
    return found


def find(told: list[Sentence], allowed: Collection[str]) -> Iterator[Hold | Warn]:
    """What there is to doubt in these sentences, and derived figures that are not so; `allowed` words need no article."""
    known = frozenset(part for word in allowed for part in re.findall(r"[^\W_]+", word.lower()))
    for one in told[:MOST]:
        if one.english:
            yield from _derived(one)
            kept, doubts = _claims(one)
            yield from doubts
            yield from _forecasts(one, kept)
            yield from _attributions(one, kept)
            yield from _contradictions(one)
            yield from _roles(one)
        yield from _names(one, known)


def _derived(one: Sentence) -> Iterator[Hold | Warn]:
    for factor in one.factors:
        clause = claims.clause(one.text, factor.start)
        verdict, total, found = factors.judged(factor, clause, one.reading)
        span = one.verbatim(factor.start, factor.end)
        if verdict is Verdict.FALSE:
            yield Hold(code=HoldCode.UNSUPPORTED_NUMBER, detail=f"“{span}” is not in the article, nor does it follow from its figures", span=span)
        elif verdict is Verdict.SAID and (line := factors.moved(factor, clause, one.reading)):
            yield _warn(WarningCode.PREDICATE, span, ", of something else", line, line.text)
        elif verdict is Verdict.TRUE and found:
            yield _warn(WarningCode.PREDICATE, span, f", computed: {total}", found.line, found.clause)
    for start, end in rounded.firsts(one.text, one.reading):
        span = one.verbatim(start, end)
        yield Hold(code=HoldCode.UNSUPPORTED_NUMBER, detail=f"the article has nothing that is {span.removeprefix('for ')}", span=span)
    for vague in rounded.vague(one.text):
        span = one.verbatim(vague.start, vague.end)
        if not rounded.bears(vague, span, one.reading):
            yield Hold(code=HoldCode.UNSUPPORTED_NUMBER, detail=f"the article has no {span} of anything", span=span)


def loose(one: Sentence, figure: Figure, span: str) -> Warn | None:
    """A warning for a figure that the article lacks but has more exactly; the figure's offsets are of the whole text."""
    before = one.text[max(0, figure.start - one.start - 24) : figure.start - one.start]
    found = rounded.of(figure, before, one.reading)
    return _warn(WarningCode.PREDICATE, span, f", rounded: {found[1]}", found[0].line, found[0].clause) if found else None


def _claims(one: Sentence) -> tuple[dict[Claim, list[Found]], list[Hold | Warn]]:
    """For each figure the claims of the article it may be, and what is wrong where it is none of them."""
    kept: dict[Claim, list[Found]] = {}
    found: list[Hold | Warn] = []
    counted = [claim.figure for claim in one.claims[:_FIGURES]]
    for claim in one.claims[:_FIGURES]:
        if any(factor.start <= claim.figure.start < factor.end for factor in one.factors):
            continue
        misuse = units.changed(claim.figure, one.text, one.reading)
        if misuse:
            span = one.verbatim(claim.figure.start, misuse.end)
            told = quoted(misuse.found.line, misuse.found.clause)
            if misuse.sure:
                detail = f"{span} is not in the article, which has this figure of something else: {told}"
                found.append(Hold(code=HoldCode.UNSUPPORTED_NUMBER, detail=detail, span=span))
            else:
                found.append(_warn(WarningCode.PREDICATE, span, ", a count of something else", misuse.found.line, misuse.found.clause))
            continue
        other = units.rate(claim.figure, one.text, one.reading) or units.whole(claim.figure, one.text, counted, one.reading)
        if other:
            span = one.verbatim(claim.figure.start, other.end)
            found.append(_warn(WarningCode.PREDICATE, span, ", of something else", other.found.line, other.found.clause))
            continue
        doubt, left = predicates.doubted(claim, one.text, one.reading, one.claims[:_FIGURES])
        kept[claim] = left
        if doubt:
            span = one.verbatim(*claim.cue)
            rival = None if doubt.why.startswith("another") else predicates.rival(claim, one.text, one.reading)
            more = f" {claim.kind.value.capitalize()}: {quoted(rival.line, rival.clause)}." if rival else ""
            found.append(_warn(WarningCode.PREDICATE, span, f", {doubt.why}" if doubt.why.startswith("another") else "", doubt.found.line, doubt.found.clause, more))
    return kept, found


def _forecasts(one: Sentence, kept: dict[Claim, list[Found]]) -> Iterator[Warn]:
    for claim, left in kept.items():
        found = forecast.told_as_fact(one.text[claim.start : claim.end], one.text, left)
        if found:
            yield _warn(WarningCode.FORECAST, one.verbatim(*claim.cue), "", found.line, found.clause)
            return
    line = forecast.statement(one.text, one.reading) or forecast.too_soon(one.text, one.reading)
    if line:
        yield _warn(WarningCode.FORECAST, one.verbatim(0, len(one.text)), "", line, line.text)


def _attributions(one: Sentence, kept: dict[Claim, list[Found]]) -> Iterator[Warn]:
    quotes = any(char in _MARKS for char in one.text) or "' " in one.text
    left = [found for claim, own in kept.items() if claim.figure.unit and not quotes for found in own]
    speakers = list(attribution.speakers(one.text))
    for speaker in speakers[:_FIGURES]:
        line = attribution.doubted(speaker, speakers[:_FIGURES], left, one.reading)
        if line:
            yield _warn(WarningCode.ATTRIBUTION, one.verbatim(speaker.start, speaker.end), "", line, line.text)
            break


def _contradictions(one: Sentence) -> Iterator[Warn]:
    found = contradiction.find(one.text, one.reading)
    if found:
        share = found.share
        more = f" Against it: {quoted(share.line, share.clause)}." if found.claim else ""
        line, clause = (found.claim, found.claim.text) if found.claim else (share.line, share.clause)
        yield _warn(WarningCode.CONTRADICTION, one.verbatim(*found.cue), "", line, clause, more)


def _roles(one: Sentence) -> Iterator[Warn]:
    for found in roles.find(one.text, one.reading):
        yield _warn(WarningCode.ATTRIBUTION, one.verbatim(found.start, found.end), ", another role", found.line, found.line.text)


def _names(one: Sentence, allowed: frozenset[str]) -> Iterator[Warn]:
    code = (one.reading.meant or language.guess(one.text) or "").split("-")[0].lower()
    for name in names.unknown(one.text, one.reading, allowed, code):
        span = one.verbatim(name.start, name.end)
        yield Warn(code=WarningCode.UNSUPPORTED_NAME, detail=f'"{span}" is not in the article', span=span)


def quotation(inside: str, sentence: str, span: str, reading: Reading) -> Warn | None:
    """A warning when words of the article stand in quotation marks as somebody's, though it quotes nobody with them, or another."""
    line = attribution.borrowed(inside, sentence, reading)
    return _warn(WarningCode.ATTRIBUTION, span, ", a quotation", line, line.text) if line else None


def _warn(code: WarningCode, span: str, why: str, line: Line, told: str, more: str = "") -> Warn:
    return Warn(code=code, detail=f'"{_clipped(span)}"{why}. Article: {quoted(line, told)}.{more}', span=span)


def quoted(line: Line, told: str) -> str:
    """Words of the article in quotation marks, with the sentence's id."""
    told = _CONJUNCTION.sub("", told.strip()).rstrip(" .,;:—–-")
    if len(told.split()) < 3:
        told = line.text.rstrip(".")
    at = f" ({line.id})" if line.id else ""
    return f'"{_clipped(told)}"{at}'


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _CLIP else text[: _CLIP - 1].rsplit(" ", 1)[0] + "…"
