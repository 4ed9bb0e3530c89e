"""Who says something: is it the one whom the article has saying it (English)?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from bot.text import english
from bot.text.reading import Found, Line, Reading

_TOKEN = re.compile(r"[^\W_]+(?:['.&-][^\W_]+)*")
_LETTERS = re.compile(r"[^\W_]+")
_SAYS = english.SAYING - english.words("show shows showed shown call calls called ask asks asked think thinks thought describe describes described find expect")
_AFTER = english.words("said says wrote writes added adds tweeted")
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
_MARK = re.compile(r"[\"“”„«»]|(?<!\w)'(?=\w)|(?<=[.,!?])'(?!\w)")
_ENDS = re.compile(r"[.!?][\"”»']?\s|\n")
_ANSWER = re.compile(r"(?:A|Answer)\d*[:.] \S")
"""What opens an answer of an interview, which quotes somebody without quotation marks."""
_PLACES = 5
"""Sentences in which the words of a quotation are looked up."""
_SENTENCES = 8
"""Sentences that a quotation without a closing mark is followed over."""
_POINTED = 3
"""Lines before one of which a pronoun may speak."""
_SHORT = 3
"""Letters of a word whose stop ends no sentence: J. Smith, St. John, Mrs. Hale."""
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
        between = sentence[tokens[at].end() : tokens[found[-1]].start()] if found else " "
        if between != " " and not (between == ". " and len(tokens[at][0]) <= _SHORT):
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


def doubted(speaker: Speaker, beside: list[Speaker], kept: list[Found], reading: Reading) -> Line | None:
    """A sentence of the article that shows it was not this one: a name of the article that never speaks there, or not of these figures.

    `beside`: all who speak in the sentence. Where the figures are another's of them, this one says something else.
    """
    wanted = _parts(speaker.name) & _names(reading)
    if not wanted:
        return None
    if not wanted & _voices(reading):
        lines = [one.line for one in kept] or [line for line in reading.lines if wanted & _parts(line.text)]
        return next((line for line in lines if any(speakers(line.text))), lines[0] if lines else None)
    told = [one.line for one in kept if one.line.id != "s0"]
    if any(one.start != speaker.start and any(_parts(one.name) & (_voices_of(line) | _parts(line.text)) for line in told) for one in beside):
        return None
    named = [frozenset().union(*(_parts(one.name) for one in speakers(line.text))) for line in told]
    if any(named) and not any(wanted & (names | _voices_of(line) if names else _near(line, reading)) for line, names in zip(told, named, strict=True)):
        return next(line for line, names in zip(told, named, strict=True) if names)
    return None


def _near(line: Line, reading: Reading) -> frozenset[str]:
    """The words of a line that has nobody speaking, or only `it`, and of the lines before it: whoever speaks is named there."""
    at = reading.number(line)
    return frozenset().union(*(_parts(one.text) for one in reading.lines[max(0, at - _POINTED) : at + 1]))


def borrowed(inside: str, sentence: str, reading: Reading) -> Line | None:
    """The article's sentence whose words stand here in quotation marks as somebody's, when nobody says them there, or somebody else."""
    rest = sentence.replace(inside, " ", 1)
    somebody = any(token[0].lower() in _SAYS | {"according"} for token in _TOKEN.finditer(rest)) or _DASH.match(sentence.partition(inside)[2].lstrip("”\"»'“ ,."))
    wanted = _spaced(inside)
    if not somebody or not wanted.strip():
        return None
    places = list(islice((at for at, line in enumerate(reading.lines) if wanted in _spaced(line.text)), _PLACES))
    if not places:
        return None
    first = places[0]
    if not any(wanted in piece for piece in _quotations(reading)):
        answer = any(_ANSWER.match(line.text) for line in reading.lines[max(0, first - _SENTENCES) : first + 1])
        return None if answer else reading.lines[first]
    if any(_fits(rest, sentence.find(inside), at, reading) for at in places):
        return None
    return reading.lines[first]


def _fits(rest: str, place: int, at: int, reading: Reading) -> bool:
    """May whom the text has saying a quotation be the one who says it in this line of the article?

    `rest` is the text around the quotation, which stood at `place` in it. Whoever is named in its own sentence speaks, the nearest
    first; names in other sentences may be another's, so that one fitting name among them is enough. Nobody named may be anybody.
    """
    near = frozenset().union(*(_parts(line.text) for line in reading.lines[max(0, at - 3) : at + 3]))
    own = frozenset().union(*(_parts(one.name) for one in speakers(reading.lines[at].text)))
    said = []
    for one in speakers(rest):
        names = _parts(one.name) & _names(reading)
        between = rest[one.end : place] if one.end <= place else rest[place : one.start]
        if names:
            said.append((bool(_ENDS.search(between)), len(between), bool(names & own if own else names & near)))
    said.sort()
    return not said or (said[0][2] if not said[0][0] else any(fits for _, _, fits in said))


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
    """What stands between quotation marks in the article; generous, since marks are lost, and quotations go on over sentences."""
    texts = [reading.text, *(line.text for line in reading.lines)]
    found = [next(group for group in match.groups() if group is not None) for text in texts for match in _INSIDE.finditer(text)]
    return tuple(map(_spaced, [*found, *_opened(reading)]))


def _opened(reading: Reading) -> Iterator[str]:
    """From each mark that opens to the one that closes, or to the end of the sentence, with the sentences that follow up to the closing one."""
    held: list[str] = []
    inside = False
    for line in reading.lines:
        if len(held) > _SENTENCES:
            held, inside = [], False
        start = 0
        for mark in _MARK.finditer(line.text):
            before, after = line.text[mark.start() - 1 : mark.start()], line.text[mark.end() : mark.end() + 1]
            opens = after.strip() and not (before.strip() and before not in "([—–-")
            if inside and not opens:
                yield " ".join([*held, line.text[start : mark.start()]])
                held, inside = [], False
            elif inside or opens or not before.strip():
                held, inside, start = [], True, mark.end()
            elif not held:
                yield line.text[start : mark.start()]  # what opens it is lost
        if inside:
            held.append(line.text[start:])
            yield held[-1]


def _spaced(text: str) -> str:
    return f" {' '.join(_LETTERS.findall(text.casefold()))} "


def _parts(name: str) -> frozenset[str]:
    words = (word.removesuffix("'s") for word in _TOKEN.findall(name.lower()))
    return frozenset(word for word in words if len(word) > 1 and word not in english.FUNCTION)
