"""Names in a text that its article does not have: capitalised words, with tolerance for possessives, plurals, initials and first names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bot.text import english, numbers
from bot.text.reading import Reading
from bot.text.scripts import HANGUL, SPACELESS

CAPITALS = frozenset("en fr es it pt nl".split())
"""Languages in which a capital inside a sentence makes a name. German has one on every noun, others have none at all."""
_TOKEN = re.compile(rf"[^\W_{SPACELESS}{HANGUL}]+(?:['.&][^\W_{SPACELESS}{HANGUL}]+)*")
"""A word; what is written around it without a space in another script (したiPhoneを) is no part of it."""
_OPENS = re.compile(r"(?:\A|[.!?…:;•\n\"“”„«»'‘(\[—–|-])[\s\"“„«'‘(\[¿¡]*\Z")
_ROMAN = re.compile(r"[IVX]+")
_EQUAL = ("us u.s u.s.a usa america american americans states", "uk u.k britain british briton britons", "eu european europe", "un united nations", "uae emirates")
_SAME = {word: frozenset(group.split()) for group in _EQUAL for word in group.split()}
_COMMON = english.words(
    "ai api ceo cfo cto faq q a tv pr it hr id pc cpu gpu ok vs pm am mr mrs ms dr st sir lord president king queen prince princess professor god earth internet web "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december "
    "north south east west northern southern eastern western central english french german spanish italian dutch portuguese "
    "m mme mlle le la les el los las un une des du de il lo gli en et y je nous vous état dieu"
)
_SENTENCE_VERBS = english.words("is was has had will would could says said can may might does did")
_MASS = re.compile(r"(?:ing|tion|sion|ment|ness|ity|ance|ence|ship|ism|ware|age|ery|ure|ogy|ics|ies|ss|hood|dom|ty|th|cy|ed|ly|est|er|or|al|ous|ive|ful|less)\Z")
_UNNAMED = english.words(
    "air art bread cash crime data debt demand energy evidence fire flu food fuel gas gold heat help hope inflation interest land law life light love milk money music news oil pay peace "
    "power profit rain research rice risk salt sand silence snow space speed sport staff steel sugar supply tax time trade traffic trust truth war waste water wind wood work youth "
    "anyone everybody nobody somebody whoever whatever thanks please breaking update here today tonight tomorrow yesterday everyone sadly luckily finally details link watch read why "
    "half part side rest plenty lots none little mankind humanity mum dad team club congress parliament government police court council public press media cancer covid coronavirus"
)


class Unknown(NamedTuple):
    """A name the article does not have, by offsets."""

    start: int
    end: int


def unknown(sentence: str, reading: Reading, allowed: frozenset[str], language: str | None) -> Iterator[Unknown]:
    """The names of a folded sentence that neither the article nor `allowed` (words in small letters) has, each run as one."""
    tokens = list(_TOKEN.finditer(sentence))
    counted = {at for figure in numbers.find(sentence, language) for at in range(figure.start, figure.end)}  # which are judged as figures
    capitals = language in CAPITALS and not _headline(tokens)
    run: list[int] = []
    for at, token in enumerate([*tokens, None]):
        if token and token.start() not in counted and _named(sentence, tokens, at, capitals=capitals, english_text=language == "en"):
            if run and sentence[tokens[run[-1]].end() : token.start()] not in (" ", "-", ". "):
                yield from _judged(tokens, run, reading, allowed)
                run = []
            run.append(at)
        elif run:
            yield from _judged(tokens, run, reading, allowed)
            run = []


def words(text: str) -> list[str]:
    """The words of a folded text in small letters, without a possessive's ending."""
    return [word.lower().removesuffix("'s") for word in spelt(text)]


def spelt(text: str) -> list[str]:
    """The words of a folded text as they stand in it."""
    return _TOKEN.findall(text)


def written(text: str) -> list[str]:
    """The words of a folded text that are written as names are, in small letters: by the rules of English, whatever its language."""
    tokens = list(_TOKEN.finditer(text))
    return [token[0].lower().removesuffix("'s") for at, token in enumerate(tokens) if _named(text, tokens, at, capitals=True, english_text=True)]


def _judged(tokens: list[re.Match[str]], run: list[int], reading: Reading, allowed: frozenset[str]) -> Iterator[Unknown]:
    known = [_known(tokens[at][0], reading, allowed) for at in run]
    initials = "".join(tokens[at][0][0] for at in run).lower()
    if all(known) or (len(run) > 1 and initials in reading.vocabulary):
        return
    if known[-1] and len(run) > 1 and not any(known[:-1]) and len(run) <= 3:
        return  # a first name before a known surname
    strange = [at for at, one in zip(run, known, strict=True) if not one]
    yield Unknown(tokens[strange[0]].start(), tokens[strange[-1]].end())


def _named(sentence: str, tokens: list[re.Match[str]], at: int, *, capitals: bool, english_text: bool) -> bool:
    """Is this word written as a name? One that opens a sentence is, in English, only where a verb follows as behind no common noun."""
    word = tokens[at][0]
    lower = word.lower().removesuffix("'s")
    if any(char.isdigit() for char in word) or lower in _COMMON or lower in english.FUNCTION or _ROMAN.fullmatch(word):
        return False
    before = sentence[max(0, tokens[at].start() - 1) : tokens[at].start()]
    if before in ("@", "#", "$", "/", ".", "&"):
        return False
    inner = [char for char in word.removesuffix("'s")[1:] if char.isupper()]
    if inner and len(word) > 1:
        return len(word) < 6 or not word.isupper()  # long words in capitals only shout
    if not capitals or not word[0].isupper() or len(word) < 3:
        return False
    if not _OPENS.search(sentence[max(0, tokens[at].start() - 8) : tokens[at].start()]):
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following is None or not english_text:
        return False
    if word.endswith("'s"):
        return not _ordinary(lower)
    if sentence[tokens[at].end() : following.start()] != " ":
        return False
    upcoming = following[0]
    if upcoming[0].isupper():
        return not _ordinary(lower)
    verb = upcoming in _SENTENCE_VERBS or (upcoming.endswith("s") and not upcoming.endswith(("ss", "us", "ics")) and upcoming not in english.FUNCTION and len(upcoming) > 3)
    return verb and not _ordinary(lower)


def _ordinary(word: str) -> bool:
    return word in _UNNAMED or bool(_MASS.search(word)) or word.endswith("s")


def _known(word: str, reading: Reading, allowed: frozenset[str]) -> bool:
    lower = word.lower().removesuffix("'s").removesuffix("'").rstrip(".")
    vocabulary = _vocabulary(reading)
    spellings = {lower, lower.removesuffix("s"), lower + "s", lower.replace(".", ""), english.stem(lower)}
    stem, _, ending = word.partition("'")
    if len(stem) > 3 and ending.islower() and len(ending) <= 3:
        spellings.add(stem.lower())  # iPhone'u, as Turkish writes its cases
    if spellings & vocabulary or spellings & allowed or _SAME.get(lower, frozenset()) & vocabulary:
        return True
    if word.isupper() and 2 <= len(word) <= 6 and lower in _initials(reading):
        return True
    return len(lower) > 4 and lower[: max(4, len(lower) - 4)] in _beginnings(reading)


@lru_cache(maxsize=16)
def _vocabulary(reading: Reading) -> frozenset[str]:
    words = frozenset(_TOKEN.findall(reading.text.lower()))
    plain = frozenset(word.removesuffix("'s") for word in words)
    return words | plain | frozenset(part for word in plain for part in re.split(r"['.&]", word) if part) | frozenset(word.replace(".", "") for word in plain) | reading.stems


@lru_cache(maxsize=16)
def _beginnings(reading: Reading) -> frozenset[str]:
    """How capitalised words begin: Swede, Swedish and Sweden are one."""
    words = (token[0].lower() for token in _TOKEN.finditer(reading.text) if token[0][0].isupper())
    return frozenset(word[:size] for word in words for size in range(4, len(word) + 1))


@lru_cache(maxsize=16)
def _initials(reading: Reading) -> frozenset[str]:
    """The first letters of every two to six words in a row, as an abbreviation takes them, with small words or without."""
    found: set[str] = set()
    for line in reading.lines:
        words = [token[0].lower() for token in _TOKEN.finditer(line.text)]
        for letters in ("".join(word[0] for word in words), "".join(word[0] for word in words if word not in english.FUNCTION)):
            found.update(letters[at : at + size] for size in range(2, 7) for at in range(len(letters) - size + 1))
    return frozenset(found)


def _headline(tokens: list[re.Match[str]]) -> bool:
    """Is nearly every longer word capitalised, as in a title?"""
    long = [token[0] for token in tokens if len(token[0]) > 3 and token[0].isalpha()]
    return len(long) > 3 and sum(word[0].isupper() for word in long) > 0.7 * len(long)
