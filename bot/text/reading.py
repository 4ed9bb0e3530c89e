"""An article read once for checking texts against it: its lines by sentence id, its words, and every figure with what it is said of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from bot.text import claims, dates, english, language, numbers, sentences
from bot.text.claims import Claim
from bot.text.dates import Dated
from bot.text.numbers import Figure
from bot.text.plain import fold
from bot.values import Article

LONGEST = 2_000
"""Characters of a sentence; what is longer is read in pieces."""
MOST_CLAIMS = 2_000
"""Figures that are read with their surroundings where all are asked for: at a millisecond each."""
MOST_FIGURES = 30_000
"""Figures of one article; a novel has fewer. What stands in more is not read, and so supports nothing."""
_WORD = english.WORD
_NO_LETTER = re.compile(r"[^\w%$€£]|_")


class Line(NamedTuple):
    """One sentence of the article, folded."""

    id: str
    """Empty for what is no sentence: a heading, the author."""
    text: str
    before: str
    """The sentence that an opening `Their` would point to; empty where there is none."""


class Found(NamedTuple):
    """A claim and the line it stands in."""

    line: Line
    claim: Claim

    @property
    def clause(self) -> str:
        """The words of its clause."""
        return self.line.text[self.claim.start : self.claim.end].strip(" ,;:\n")


class Reading:
    """All that a reader can see of an article, prepared for looking things up. Most of it is made at first use."""

    def __init__(self, article: Article) -> None:
        self.language = article.language
        self.day = article.published_at.date() if article.published_at else None
        """The day of publication, UTC; None where the record does not say."""
        whole = _lines(article)
        self.verbatim = frozenset(map(bare, [*(line.text for line in whole), *sentences.split(whole[0].text, self.language)]))
        """Each sentence, as `bare` gives it."""
        self.lines = tuple(line._replace(text=line.text[start:end]) for line in whole for start, end in parted(line.text))
        self.meant = article.language or language.guess("\n".join(line.text for line in self.lines[:80]))
        """The language it is in: what the record says, else a guess."""
        self.text = "\n".join(line.text for line in self.lines)
        self._at = {id(line): at for at, line in enumerate(self.lines)}
        self._read: dict[int, tuple[Found, ...]] = {}

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += len(line.text) + 1
        return starts

    def line_at(self, offset: int) -> Line:
        """The line that this character of `text` stands in."""
        return self.lines[bisect_right(self._starts, offset) - 1]

    @cached_property
    def figures(self) -> list[Figure]:
        """The figures of `text`, in order."""
        return numbers.find(self.text, self.language, most=MOST_FIGURES)

    @cached_property
    def dates(self) -> tuple[Dated, ...]:
        """Every date of `text`, in order."""
        return tuple(dates.find(self.text))

    @cached_property
    def _figures_of(self) -> dict[int, list[Figure]]:
        """The figures outside dates, by line; offsets are of the line."""
        found: dict[int, list[Figure]] = defaultdict(list)
        dated = bytearray(len(self.text))
        for one in self.dates:
            dated[one.start : one.end] = b"\1" * (one.end - one.start)
        for figure in self.figures:
            if not dated[figure.start]:
                at = bisect_right(self._starts, figure.start) - 1
                found[at].append(figure._replace(start=figure.start - self._starts[at], end=figure.end - self._starts[at]))
        return found

    def _claims_of(self, at: int) -> tuple[Found, ...]:
        # By line and at first need: an article may have thousands of figures, a post asks for a few.
        if at not in self._read:
            line = self.lines[at]
            self._read[at] = tuple(Found(line, claim) for claim in claims.of_line(line.text, self._figures_of.get(at, [])))
        return self._read[at]

    @property
    def claims(self) -> Iterator[Found]:
        """Figures outside dates with what each is said of, in order: of a page that is one table of data, the first thousands."""
        return islice((found for at in self._figures_of for found in self._claims_of(at)), MOST_CLAIMS)

    def figures_below(self, id: str) -> Iterator[Figure]:
        """Every figure outside dates of the lines that are not this sentence."""
        return (figure for at, own in self._figures_of.items() if self.lines[at].id != id for figure in own)

    @cached_property
    def _places(self) -> tuple[dict[tuple[Decimal, str], list[tuple[int, int]]], dict[str, list[tuple[int, int]]]]:
        """Line and number within it of each figure: by value and unit, and by unit."""
        values: dict[tuple[Decimal, str], list[tuple[int, int]]] = defaultdict(list)
        units: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, own in self._figures_of.items():
            for number, figure in enumerate(own):
                units[figure.unit].append((at, number))
                for value in figure.readings:
                    values[value, figure.unit].append((at, number))
        return values, units

    def of_unit(self, unit: str) -> Iterator[Found]:
        """The claims of a unit, in order."""
        return (self._claims_of(at)[number] for at, number in self._places[1].get(unit, ()))

    def number(self, line: Line) -> int:
        """Where one of its lines stands among them."""
        return self._at[id(line)]

    def beside(self, line: Line) -> tuple[Found, ...]:
        """The claims of one of its lines."""
        return self._claims_of(self._at[id(line)])

    def saying(self, figure: Figure, *, unit: str | None = None, most: int | None = None) -> list[Found]:
        """The claims with this figure's value and unit (or another `unit`), in order; none where there are more than `most`."""
        wanted = figure.unit if unit is None else unit
        places = list(dict.fromkeys(place for value in sorted(figure.readings) for place in self._places[0].get((value, wanted), ())))
        if most is not None and len(places) > most:
            return []
        return [self._claims_of(at)[number] for at, number in places]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word, in small letters."""
        return frozenset(match[0].lower() for match in _WORD.finditer(self.text))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of every word."""
        return frozenset(english.stem(word) for word in self.vocabulary)

    @cached_property
    def content(self) -> tuple[frozenset[str], ...]:
        """What each line is about."""
        return tuple(english.content(line.text) for line in self.lines)

    @cached_property
    def by_stem(self) -> dict[str, list[int]]:
        """Which lines a stem stands in."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, stems in enumerate(self.content):
            for one in stems:
                found[one].append(at)
        return found


def parted(text: str) -> list[tuple[int, int]]:
    """Where to part a text without stops, so that no sentence is longer than any that people write."""
    found, start = [], 0
    while len(text) - start > LONGEST:
        end = text.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
        found.append((start, end))
        start = end
    return [*found, (start, len(text))]


def bare(text: str) -> str:
    """The letters and digits of a text, for asking whether two sentences are the same words."""
    return _NO_LETTER.sub("", text.casefold())


def _lines(article: Article) -> list[Line]:
    found: list[Line] = []
    for at, sentence in sentences.visible(article).items():
        pieces = [sentence] if at.startswith("s") else sentences.split(sentence, article.language)
        for number, piece in enumerate(pieces):
            near = found[-1].text if found and (number or (at.startswith("s") and len(found) > 1)) else ""
            found.append(Line(at, fold(piece), near))
    headings = (part for part in article.body.splitlines() if part.lstrip().startswith(sentences.HEADING))
    found.extend(Line("", fold(part.lstrip().removeprefix(sentences.HEADING)), "") for part in headings)
    if article.author:
        found.append(Line("", fold(article.author), ""))
    return found
