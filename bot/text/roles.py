"""Whether a text gives a person an office that the article gives to another: Mayor Joanna Pike, where she is the engineer (English).

What shows it has to be strong: the article names the person with another office, never near this one. An office that only the
text has for somebody is let pass where the article gives none: a reader knows who is president.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bot.text import english
from bot.text.reading import Line, Reading

_OFFICES = {
    word: group.split()[0] for group in (
        "mayor mayoress", "president", "chancellor", "premier", "minister secretary", "governor", "senator congressman congresswoman representative mp lawmaker", "ambassador", "judge justice", "prosecutor",
        "lawyer attorney solicitor barrister", "sheriff", "detective inspector", "general colonel", "bishop archbishop cardinal", "pope", "king queen", "prince princess",
        "ceo cfo cto coo chief director manager head boss chair chairman chairwoman chairperson founder co-founder cofounder president owner",
        "spokesman spokeswoman spokesperson", "engineer", "architect", "teacher", "doctor physician surgeon pulmonologist cardiologist psychiatrist gp",
        "nurse", "cook chef baker", "farmer", "captain striker goalkeeper midfielder defender winger forward player", "coach", "referee", "actor actress", "singer musician composer guitarist drummer",
        "professor researcher scientist author co-author biologist physicist chemist economist analyst historian psychologist geologist astronomer ecologist epidemiologist", "journalist reporter editor", "pilot",
    ) for word in group.split()
}
"""Offices and trades that one person seldom has together, those that one person may well have in one group."""
_ALSO = {"president": frozenset({"president", "ceo"}), "doctor": frozenset({"doctor", "professor"}), "professor": frozenset({"professor", "doctor"}), "captain": frozenset({"captain", "general", "pilot"})}
_TOKEN = re.compile(r"[^\W_]+(?:['.&-][^\W_]+)*")
_WHO = re.compile(r",? who (?P<clause>[^,.;!?\n]{1,120})")
_APART = re.compile(r"(?<!\w)(?:not|never|no|wasn't|isn't|weren't)(?!\w)", re.IGNORECASE)
_INVOLVED = re.compile(r"(?<!\w)(?:not|never) (?:been )?(?:directly |personally )?(?:involved in|part of|connected (?:with|to)|affiliated with|a (?:member|part|co-author|author) of|take part in|taken part in|work on|worked on)(?P<what>[^,.;!?\n]{1,80})")
_DID = english.words("led leads wrote writes authored co-authored conducted conducts directed directs ran runs headed heads did carried oversaw oversees coordinated designed founded started made")
_APPOSED = 6
"""Words after a name and its comma in which its office stands."""
_MOST = 12
"""Names of a sentence that are looked at."""
_ARTICLES = english.words("the a an its their his her our")
_NO_NAME = english.FUNCTION | english.words("mr mrs ms dr st sir prof")


class Misplaced(NamedTuple):
    """A name with an office that is not its own, by offsets, and the article's sentence."""

    start: int
    end: int
    line: Line


class _Named(NamedTuple):
    """A name with what the words around it call the person."""

    start: int
    end: int
    surname: str
    offices: frozenset[str]


def find(sentence: str, reading: Reading) -> Iterator[Misplaced]:
    """The names of a sentence with an office that the article gives to another, or with work that it says they had no part in."""
    for one in _named(sentence):
        own = [line for line in _lines_of(reading).get(one.surname, ()) if line.id]
        if not own or not one.surname:
            continue
        apart = _apart(sentence, one, own)
        if apart:
            yield apart
            continue
        strange = one.offices - _around(one.surname, reading) if one.offices else one.offices
        if not strange or strange != one.offices:
            continue
        given = [(line, offices) for line in own for offices in [_given(one.surname, line)] if offices]
        if given and any(_held(office, reading) for office in strange):
            yield Misplaced(one.start, one.end, given[0][0])


def _named(sentence: str) -> Iterator[_Named]:
    """Names of one to four words, with the offices right before them or in the words that follow their comma."""
    tokens = list(_TOKEN.finditer(sentence))
    at = names = 0
    while at < len(tokens) and names < _MOST:
        end = at
        while end < len(tokens) and end - at < 5 and _part_of_name(tokens[end][0]) and (end == at or sentence[tokens[end - 1].end() : tokens[end].start()] in (" ", ". ")):
            end += 1
        if end == at:
            at += 1
            continue
        names += 1
        before = _before(sentence, tokens, at) or _apposed(sentence, tokens, at, end)
        start = tokens[before[-1]].start() if before else tokens[at].start()
        offices = {_OFFICES[tokens[index][0].lower()] for index in before}
        stop = tokens[end - 1].end()
        if sentence.startswith(",", stop):
            for token in tokens[end : end + _APPOSED]:
                if re.search(r"[,.;:!?\"“”()]|\s[—–-]\s", sentence[stop + 1 : token.start()]) or token[0] in ("who", "and", "said", "says"):
                    break
                if token[0].lower() in _OFFICES:
                    offices.add(_OFFICES[token[0].lower()])
                    stop = token.end()
                    break
        yield _Named(start, stop, tokens[end - 1][0].lower().removesuffix("'s"), frozenset(offices))
        at = end


def _before(sentence: str, tokens: list[re.Match[str]], at: int) -> list[int]:
    """Indexes of the words of office right before a name."""
    found: list[int] = []
    index = at - 1
    while index >= 0 and sentence[tokens[index].end() : tokens[index + 1].start()] == " " and tokens[index][0].lower() in _OFFICES:
        found.append(index)
        index -= 1
    return found


def _apposed(sentence: str, tokens: list[re.Match[str]], at: int, end: int) -> list[int]:
    """Index of the office in “The mayor of Dalton, Erik Sund, …”."""
    if sentence[tokens[at].start() - 2 : tokens[at].start()] != ", " or sentence[tokens[end - 1].end() : tokens[end - 1].end() + 1] not in (",", "."):
        return []
    for index in range(at - 1, max(0, at - _APPOSED) - 1, -1):
        if index + 1 < at and sentence[tokens[index].end() : tokens[index + 1].start()] != " ":
            break
        if tokens[index][0].lower() in _OFFICES:
            opens = index == 0 or tokens[index - 1][0].lower() in _ARTICLES
            return [index] if opens else []
    return []


def _part_of_name(word: str) -> bool:
    return word[0].isupper() and word.lower().removesuffix("'s") not in _NO_NAME and word.lower() not in _OFFICES


def _given(surname: str, line: Line) -> frozenset[str]:
    """The offices that a line of the article gives to a name."""
    return frozenset().union(*(one.offices for one in _named(line.text) if one.surname == surname))


def _around(surname: str, reading: Reading) -> frozenset[str]:
    """Every office in a line that has the name, and in the lines beside it, with those that go together with it: generous."""
    found: set[str] = set()
    for line in _lines_of(reading)[surname]:
        at = reading.number(line)
        found.update(*_offices(reading)[max(0, at - 1) : at + 2])
    return frozenset(found)


@lru_cache(maxsize=16)
def _offices(reading: Reading) -> tuple[frozenset[str], ...]:
    """The offices that each line names, with those that go together with them."""
    found = []
    for line in reading.lines:
        words = {token[0].lower().removesuffix("'s") for token in _TOKEN.finditer(line.text)}
        found.append(frozenset().union(*(_ALSO.get(_OFFICES[word], frozenset({_OFFICES[word]})) for word in words if word in _OFFICES)))
    return tuple(found)


def _held(office: str, reading: Reading) -> bool:
    """Does the article speak of this office at all?"""
    return any(group == office and word in reading.vocabulary for word, group in _OFFICES.items())


def _apart(sentence: str, one: _Named, own: list[Line]) -> Misplaced | None:
    """Is the person said to have led, written or run what the article says they had no part in?"""
    who = _WHO.match(sentence, one.end)
    told = who["clause"].split() if who and not _APART.search(who["clause"]) else []
    if not told or told[0].lower() not in _DID:
        return None
    for line in own:
        for match in _INVOLVED.finditer(line.text):
            if english.content(match["what"]) & english.content(" ".join(told[1:])):
                return Misplaced(one.start, one.end + len(who[0]) if who else one.end, line)
    return None


@lru_cache(maxsize=16)
def _lines_of(reading: Reading) -> dict[str, tuple[Line, ...]]:
    """The lines in which each word with a capital stands, the first twenty."""
    found: dict[str, list[Line]] = {}
    for line in reading.lines:
        for word in {token[0].lower().removesuffix("'s") for token in _TOKEN.finditer(line.text) if token[0][0].isupper()}:
            if len(found.setdefault(word, [])) < 20:
                found[word].append(line)
    return {word: tuple(lines) for word, lines in found.items()}
