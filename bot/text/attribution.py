"""Who says something: is it the one whom the article has saying it (English)?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bot.text import english
from bot.text.reading import Found, Line, Reading

_TOKEN = re.compile(r"[^\W_]+(?:['.&-][^\W_]+)*")
_LETTERS = re.compile(r"[^\W_]+")
_SAYS = english.SAYING - english.words("show shows showed shown call calls called ask asks asked think thinks thought describe describes described find expect")
_AFTER = english.words("said says wrote writes added adds tweeted told")
"""Verbs that may stand before the one who speaks."""
_REPORT = english.words("report reports study survey data analysis analyst analysts forecast forecasts research figures poll estimate estimates spokesman spokeswoman spokesperson boss chief ceo")
_BETWEEN = english.words("also has have had now today later then ceo chief executive")
_LINKS = english.words("of the de van von and for la le")
_NEAR_SPEECH = _SAYS | _REPORT | english.words("according statement interview told letter email press")
_NOBODY = frozenset(
    map(english.stem, english.FUNCTION | english.words("according expert analyst official critic researcher police scientist source people company report study update breaking note question answer news exclusive watch video prime minister president mayor judge sheriff officer police chief secretary spokesman spokeswoman spokesperson government ministry court council"))
)
_BACK, _AHEAD = 9, 4
_MOST = 6
_PRONOUNS = english.words("he she it they we i who")
_DASH = re.compile(r"\s*[—–-]+\s*[A-Z]")
_COLON = re.compile(r"([A-Z][^\s:]*(?: [A-Z&][^\s:]*){0,4}): (?=\S)")
_INSIDE = re.compile(r"“([^“”]{0,4000})”|\"([^\"]{0,4000})\"|„([^“”„]{0,4000})[“”]|«([^«»]{0,4000})»|(?<!\w)'([^'\n]{0,600}(?:\w'\w[^'\n]{0,600}){0,20})'(?!\w)|[“\"]([^”\"\n]{0,4000})$", re.MULTILINE)


class Speaker(NamedTuple):
    """A name that a sentence has saying something."""

    start: int
    end: int
    name: str


def speakers(sentence: str) -> Iterator[Speaker]:
    """The names that this sentence has speaking: before or after a verb of telling, after "according to", before an opening colon."""
    tokens = list(_TOKEN.finditer(sentence))
    for at, token in enumerate(tokens):
        word = token[0].lower()
        if word in _SAYS:
            yield from _named(sentence, tokens, _before(sentence, tokens, at))
        if word in _AFTER or (word == "to" and at and tokens[at - 1][0].lower() == "according"):
            yield from _named(sentence, tokens, _behind(sentence, tokens, at))
    opening = _COLON.match(sentence.lstrip())
    if opening:
        start = len(sentence) - len(sentence.lstrip())
        yield Speaker(start, start + opening.end(1), opening[1])


def _before(sentence: str, tokens: list[re.Match[str]], at: int) -> list[int]:
    """Indexes of the capitalised words before a verb, behind which only small words like "also" or "'s latest report" stand."""
    at -= 1
    while at >= 0 and tokens[at][0].lower() in _BETWEEN:
        at -= 1
    if at >= 0 and tokens[at][0].lower() in _REPORT:
        for back in range(at - 1, max(-1, at - 4), -1):
            if tokens[back][0].endswith("'s") or sentence[tokens[back].end() : tokens[back].end() + 2] == "' ":
                at = back
                break
    found: list[int] = []
    while at >= 0 and len(found) < _MOST and (tokens[at][0][0].isupper() or (found and tokens[at][0] in _LINKS)):
        if found and sentence[tokens[at].end() : tokens[found[-1]].start()] not in (" ", ". "):
            break
        found.append(at)
        at -= 1
    return found[::-1]


def _behind(sentence: str, tokens: list[re.Match[str]], at: int) -> list[int]:
    found: list[int] = []
    for index in range(at + 1, min(at + 1 + _MOST, len(tokens))):
        word = tokens[index][0]
        if not sentence[tokens[index - 1].end() : tokens[index].start()].isspace():
            break
        if word[0].isupper() or (found and word in _LINKS):
            found.append(index)
        elif found or word not in ("the", "a", "an"):
            break
    return found


def _named(sentence: str, tokens: list[re.Match[str]], found: list[int]) -> Iterator[Speaker]:
    while found and tokens[found[-1]][0] in _LINKS:
        found = found[:-1]
    described = found and tokens[found[0]][0].lower() == "the"
    while found and english.stem(tokens[found[0]][0].lower()) in _NOBODY:
        found = found[1:]
    if described and len(found) == 1 and tokens[found[0]][0][1:].islower():
        found = []  # "The Frenchman says" names nobody
    if found:
        start, end = tokens[found[0]].start(), tokens[found[-1]].end()
        yield Speaker(start, end, sentence[start:end])


def doubted(speaker: Speaker, kept: list[Found], reading: Reading) -> Line | None:
    """A sentence of the article that shows it was not this one: a name of the article that never speaks there, or not of these figures."""
    wanted = _parts(speaker.name) & _names(reading)
    if not wanted:
        return None
    if not wanted & _voices(reading):
        lines = [one.line for one in kept] or [line for line in reading.lines if wanted & _parts(line.text)]
        return next((line for line in lines if any(speakers(line.text))), lines[0] if lines else None)
    told = [one.line for one in kept if one.line.id != "s0"]
    named = [frozenset().union(*(_parts(one.name) for one in speakers(line.text))) for line in told]
    if told and all(named) and not any(wanted & (_voices_of(line) | names) for line, names in zip(told, named, strict=True)):
        return told[0]
    return None


def borrowed(inside: str, sentence: str, reading: Reading) -> Line | None:
    """The article's sentence whose words stand here in quotation marks as somebody's, when nobody says them there, or somebody else."""
    rest = sentence.replace(inside, " ", 1)
    somebody = any(token[0].lower() in _SAYS | {"according"} for token in _TOKEN.finditer(rest)) or _DASH.match(sentence.partition(inside)[2].lstrip("”\"»'“ ,."))
    wanted = _spaced(inside)
    if not somebody or not wanted.strip():
        return None
    at = next((at for at, line in enumerate(reading.lines) if wanted in _spaced(line.text)), None)
    if not any(wanted in piece for piece in _quotations(reading)):
        return None if at is None else reading.lines[at]
    return None if at is None else _misquoted(rest, at, reading)


def _misquoted(rest: str, at: int, reading: Reading) -> Line | None:
    """The line of a quotation that the article gives, when the names it has around it are not those of whom the text has saying it."""
    near = frozenset().union(*(_parts(line.text) for line in reading.lines[max(0, at - 3) : at + 3]))
    said = [_parts(one.name) & _names(reading) for one in speakers(rest)]
    own = frozenset().union(*(_parts(one.name) for one in speakers(reading.lines[at].text)))
    strange = [names for names in said if names and (not names & own if own else not names & near)]
    return reading.lines[at] if strange else None


def _voices_of(line: Line) -> frozenset[str]:
    """The words of names beside a word of telling: generous, so that who may speak is not doubted."""
    tokens = list(_TOKEN.finditer(line.text))
    found: set[str] = set()
    for at, token in enumerate(tokens):
        if token[0].lower().removesuffix("'s") not in _NEAR_SPEECH:
            continue
        ahead = _AHEAD if token[0].lower() in _AFTER or token[0].lower() in _REPORT | {"according", "told"} else 0
        for near in range(max(0, at - _BACK), min(len(tokens), at + ahead + 1)):
            if any(char.isupper() for char in tokens[near][0]):
                found |= _parts(tokens[near][0])
    return frozenset(found)


@lru_cache(maxsize=16)
def _voices(reading: Reading) -> frozenset[str]:
    """All who speak in the article; where only a pronoun or "the company" does, the names just before it."""
    found: set[str] = set()
    for at, line in enumerate(reading.lines):
        found |= _voices_of(line)
        tokens = [token[0].lower() for token in _TOKEN.finditer(line.text)]
        said = [index for index, token in enumerate(tokens) if token in _SAYS]
        if any({*tokens[max(0, index - 3) : index], *tokens[index + 1 : index + 3]} & (_PRONOUNS | {"the", "its", "their", "his", "her"}) for index in said):
            for one in reading.lines[max(0, at - 3) : at]:
                found |= {part for token in _TOKEN.finditer(one.text) if token[0][0].isupper() for part in _parts(token[0])}
    for line in reading.lines:
        opening = _COLON.match(line.text)
        found |= _parts(opening[1]) if opening else frozenset()
    return frozenset(found)


@lru_cache(maxsize=16)
def _names(reading: Reading) -> frozenset[str]:
    """Words the article writes with a capital inside a sentence, or with capitals within the word."""
    found: set[str] = set()
    for line in reading.lines:
        for at, token in enumerate(_TOKEN.finditer(line.text)):
            if (at and token[0][0].isupper()) or any(char.isupper() for char in token[0][1:]):
                found |= _parts(token[0])
    return frozenset(found)


@lru_cache(maxsize=16)
def _quotations(reading: Reading) -> tuple[str, ...]:
    """What stands between quotation marks in the article."""
    return tuple(_spaced(next(group for group in match.groups() if group is not None)) for match in _INSIDE.finditer(reading.text))


def _spaced(text: str) -> str:
    return f" {' '.join(_LETTERS.findall(text.casefold()))} "


def _parts(name: str) -> frozenset[str]:
    words = (word.removesuffix("'s") for word in _TOKEN.findall(name.lower()))
    return frozenset(word for word in words if len(word) > 1 and word not in english.FUNCTION)
