"""Is something told as a fact that happened, where the article only expects it (English)?"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from bot.text import dates, english
from bot.text.english import WORD
from bot.text.reading import Found, Line, Reading

_MODALS = english.words("will would could may might should shall")
_SHARED = 3
"""So many words of content must a sentence share with an article's sentence to be taken for the same statement."""
_COMMON_LINES = 200
"""A word that stands in more lines than this does not help to find the statement."""
_HEDGED_NAME = re.compile(
    r"(?<!\w)Will(?= [A-Z])|(?<=[a-z] )May(?= \d)|(?<!\w)(?:[Ii]n|[Uu]ntil|[Tt]ill|[Bb]y|[Oo]f|[Ss]ince|[Ff]rom|[Tt]his|[Ll]ast|[Nn]ext|[Ee]arly|[Ll]ate|[Mm]id|[Tt]hrough|[Bb]efore|[Aa]fter)[ -]May\b"
)
"""Will Smith, and the month of May."""
_POINTS_BACK = re.compile(r"(?:it|they|this|these|he|she)(?!\w)", re.IGNORECASE)
_TO_BE = re.compile(r"(?<!\w)(?:is|are|was|were) to (?:be |have )?\w", re.IGNORECASE)
_NOT_HEDGED = re.compile(r"(?:as|than|more|less|was|were|had been|has been|have been|first|originally|previously) (?:\w+ )?(?:expected|forecast|predicted|planned|projected|scheduled)", re.IGNORECASE)


_DONE = re.compile(r"(?:(?!\b(?:to|that|which|who|whose|until|till|by|for|from|starting|ending|due|running)\b)[^,.;:!?()\n])+\b(?:in|on) \Z", re.IGNORECASE)
"""Words before a date that no infinitive or other clause stands between."""
_REACH = 80
"""Characters before a date in which its verb is looked for."""


def hedged(text: str) -> bool:
    """Does a sentence or clause speak of what is to come, or may be?"""
    text = _NOT_HEDGED.sub(" ", text)
    tokens = _tokens(text)
    return bool(_TO_BE.search(text)) or any(token in english.HEDGES or token.endswith(("'ll", "'d")) for token in tokens)


def told_as_fact(clause: str, sentence: str, kept: list[Found]) -> Found | None:
    """The article's forecast behind a clause with a figure that tells it as past, or as certain where the article says could."""
    if not kept or hedged(sentence):
        return None
    expected = [one for one in kept if hedged(one.clause)]
    if english.past(_tokens(clause)):
        return expected[0] if expected and not any(english.past(_tokens(one.clause)) for one in kept) else None
    possible = all(any(token in english.POSSIBLE for token in _tokens(one.clause)) for one in kept)
    return kept[0] if possible else None


def statement(sentence: str, reading: Reading) -> Line | None:
    """The article's sentence that expects what this sentence, with or without figures, tells as done; None when there is none."""
    tokens = _tokens(sentence)
    told = english.past(tokens, telling=True)
    if not told or hedged(sentence):
        return None
    wanted = english.content(sentence)
    deeds = {english.stem(tokens[at + 1] if tokens[at] in ("has", "have", "had", "was", "were") and at + 1 < len(tokens) else tokens[at]) for at in told} & wanted
    counted: Counter[int] = Counter()
    for one in wanted:
        lines = reading.by_stem.get(one, ())
        if len(lines) <= _COMMON_LINES:
            counted.update(lines)
    best: Line | None = None
    for at, shared in counted.most_common(8):
        line = reading.lines[at]
        if _POINTS_BACK.match(line.text):
            shared += len((wanted & english.content(line.before)) - reading.content[at])
        if shared < max(_SHARED, 0.6 * len(wanted)):
            continue
        own = _tokens(line.text)
        if any(english.stem(own[index]) in deeds or (index + 1 < len(own) and english.stem(own[index + 1]) in deeds) for index in english.past(own, telling=True)):
            return None
        if best is None and any(_expected(own, deed) for deed in deeds):
            best = line
    return best


def too_soon(sentence: str, reading: Reading) -> Line | None:
    """The article's line with a date after its publication, at which this sentence has something happen in the past."""
    if not reading.day or hedged(sentence):
        return None
    for one in dates.find(sentence):
        told = _DONE.search(sentence[max(0, one.start - _REACH) : one.start])
        if told and english.past([match[0].lower() for match in WORD.finditer(told[0])]) and one.readings and all(_after(day, reading.day) for day in one.readings):
            same = (other for other in reading.dates if set(other.readings) & set(one.readings))
            return next((line for other in same if (line := reading.line_at(other.start)).id), None)
    return None


def _after(reading: tuple[int | None, int | None, int | None], day: date) -> bool:
    """Is a date later than this day, whatever it leaves open?"""
    year, month, of_month = reading
    if year is None:
        return False
    return (year, month or 0, of_month or 0) > (day.year, day.month if month else 0, day.day if of_month else 0)


def _expected(tokens: list[str], deed: str) -> bool:
    """Does a sentence speak of this deed as of one to come: will open, is expected to open, could open?"""
    for at, token in enumerate(tokens):
        if english.stem(token) == deed and not token.endswith(("ed", "ing")):
            back = tokens[max(0, at - 6) : at]
            if set(back[-2:]) & _MODALS or ("to" in back[-2:] and any(one in english.HEDGES for one in back)):
                return True
    return False


def _tokens(text: str) -> list[str]:
    return [match[0].lower() for match in WORD.finditer(_HEDGED_NAME.sub(" ", text))]
