"""What is odd about an article itself, as far as a rule can see it surely: told once to the reviewer, never published."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from bot.text import contradiction, english, predicates
from bot.text.claims import Kind
from bot.text.dates import Dated
from bot.text.reading import Found, Reading
from bot.values import Article, Note

_WHOLE = re.compile(r"(?<!\w)(?:account(?:s|ed|ing)? for|mak(?:e|es|ing) up|made up|remaining|rest|split|divided|breakdown|respectively|share)(?!\w)", re.IGNORECASE)
_OF = re.compile(r"\s?of (?:all |the |its |total )*(?P<whole>[\w-]+(?: [\w-]+)?)", re.IGNORECASE)
_OVERLAP = re.compile(r"(?<!\w)(?:also|multiple|both|more than one|asked|respondents|surveyed|said|survey|poll|up from|down from|compared|from|to)(?!\w)", re.IGNORECASE)
_WEEKDAY_DATE = re.compile(r"\s*,? ?(?:the |den |le |el )?\Z")
_MOST = 8
"""More notes than this are noise."""


def notes(article: Article) -> tuple[Note, ...]:
    """The oddities of the article, at most eight, each once. English, but for dates and the headline's figures."""
    reading = Reading(article)
    found = [*_headline(article, reading), *_weekdays(reading)]
    if (reading.meant or "").split("-")[0].lower() == "en":
        found += [*_two_subjects(reading), *_too_much(reading), *_leading(reading)]
    return tuple(dict.fromkeys(found))[:_MOST]


def _two_subjects(reading: Reading) -> Iterator[Note]:
    """One percentage or sum of money said of a whole and of a few: 122% of all AI inference, and of five companies."""
    told: dict[tuple[Decimal, str], list[Found]] = defaultdict(list)
    for found in reading.claims:
        if found.claim.figure.unit not in ("", "th", "name") and found.line.id:
            for value in found.claim.figure.readings:
                told[value, found.claim.figure.unit].append(found)
    for same in told.values():
        few = [one for one in same if predicates.restricted(one)]
        rest = [one for one in same if one not in few and few and few[0].claim.kind is one.claim.kind is not Kind.NONE]
        rest = [one for one in rest if len(predicates.about(one.clause) & predicates.about(few[0].clause)) > 1 and not predicates.restricted(few[0]) & english.content(one.line.text)]
        if not few or not rest:
            continue
        words = few[0].line.text[few[0].claim.figure.start : few[0].claim.figure.end]
        whole = next((one for one in rest if one.line.id != "s0"), rest[0])
        group = predicates.group_of(few[0])
        yield Note(
            text=f'{words} has two subjects: "{whole.clause}" ({_ids(rest)}), and "{group}" ({_ids(few)})',
            sentences=tuple(dict.fromkeys(one.line.id for one in (*rest, *few))),
        )


def _ids(found: list[Found]) -> str:
    return " ".join(dict.fromkeys(one.line.id for one in found))


def _too_much(reading: Reading) -> Iterator[Note]:
    """Shares of one whole in one sentence that come to more than all of it."""
    by_line: dict[str, list[Found]] = defaultdict(list)
    for found in reading.claims:
        if found.claim.figure.unit == "%" and found.claim.kind is Kind.SHARE and found.line.id:
            by_line[found.line.text].append(found)
    for text, shares in by_line.items():
        if len(shares) < 2 or not _WHOLE.search(text) or _OVERLAP.search(text):
            continue
        wholes = {match["whole"].lower() for one in shares if (match := _OF.match(text, one.claim.figure.end))}
        total = sum((max(one.claim.figure.readings) for one in shares), Decimal(0))
        if len(wholes) == 1 and total > 101:
            yield Note(text=f"the shares in {shares[0].line.id} come to {total.normalize():f}%: \"{text}\"", sentences=(shares[0].line.id,))


def _leading(reading: Reading) -> Iterator[Note]:
    """What is said to lead, against a share of half or more that something else of its kind has."""
    for line in reading.lines:
        found = contradiction.find(line.text, reading) if line.id else None
        if found and found.share.line is not line:
            cue = line.text[slice(*found.cue)]
            yield Note(text=f'{line.id} "{cue}" against {found.share.line.id} "{found.share.clause}"', sentences=(line.id, found.share.line.id))


def _headline(article: Article, reading: Reading) -> Iterator[Note]:
    """A percentage, a sum of money or a large number of the headline that nothing below it says."""
    below = {(value, figure.unit) for figure in reading.figures_below("s0") for value in figure.readings}
    if not article.body.strip():
        return
    for found in reading.claims:
        figure = found.claim.figure
        if found.line.id != "s0" or figure.unit in ("th", "name") or not figure.readings or (not figure.unit and max(figure.readings) < 1000):
            continue
        near = any(unit == figure.unit and abs(value - wanted) <= wanted / 20 for value, unit in below for wanted in figure.readings)
        if not near:
            words = found.line.text[figure.start : figure.end]
            yield Note(text=f"{words} stands in the headline (s0) and nowhere below it", sentences=("s0",))


def _weekdays(reading: Reading) -> Iterator[Note]:
    """A weekday beside a full date that falls on another one."""
    told = reading.dates
    for one, other in pairwise(told):
        if one.weekday is None or not _WEEKDAY_DATE.fullmatch(reading.text[one.end : other.start]):
            continue
        day = _day(other)
        if day and day.weekday() != one.weekday:
            words = reading.text[one.start : other.end]
            line = reading.line_at(one.start)
            yield Note(text=f'"{words}" is a {calendar.day_name[day.weekday()]}' + (f" ({line.id})" if line.id else ""), sentences=(line.id,) if line.id else ())


def _day(dated: Dated) -> date | None:
    if len(dated.readings) != 1:
        return None
    year, month, day = dated.readings[0]
    return date(year, month, day) if year and month and day and day <= calendar.monthrange(year, month)[1] else None
