"""The words of one part of a draft in one piece, still knowing which statement, and so which evidence, each stretch is from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from bot.text import sentences, split
from bot.values import Part, Statement

_CJK_STOPS = frozenset("。｡！？")


class Fits(Protocol):
    """Does this fit as segment `number` (from 0) of the passage, with nothing of the passage after it if `final`?"""

    def __call__(self, text: str, question: str, number: int, *, final: bool) -> bool: ...


@dataclass(frozen=True)
class Passage:
    """A question, or none, and a text."""

    question: str
    text: str
    asked: tuple[str, ...]
    """Evidence of the question."""
    spans: tuple[tuple[int, int, tuple[str, ...]], ...]
    """Where each statement stands in the text, with its evidence."""

    @property
    def whole(self) -> str:
        """All its words."""
        return f"{self.question}\n\n{self.text}".strip()

    @property
    def evidence(self) -> tuple[str, ...]:
        """Ids of the sentences behind its statements, each once, in order."""
        return tuple(dict.fromkeys((*self.asked, *chain.from_iterable(ids for _, _, ids in self.spans))))

    def cut(self, start: int, end: int, *, asked: bool) -> Passage:
        """A stretch of the text, with the statements it has any words of; with the question or without."""
        spans = ((max(a, start) - start, min(b, end) - start, ids) for a, b, ids in self.spans if a < end and b > start)
        return Passage(self.question if asked else "", self.text[start:end], self.asked if asked else (), tuple(spans))

    def only_question(self) -> Passage:
        """The question as a text of its own."""
        return Passage("", self.question, (), ((0, len(self.question), self.asked),))

    def statement_ends(self) -> list[int]:
        """Offsets at which statements end, rising."""
        return [end for _, end, _ in self.spans]

    def sentence_ends(self, language: str | None) -> list[int]:
        """Offsets at which sentences end, rising; a statement always ends one."""
        found = set(self.statement_ends())
        for start, end, _ in self.spans:
            found.update(start + offset for offset in sentences.ends(self.text[start:end], language))
        return sorted(found)


def of_part(part: Part) -> Passage:
    """Statements joined by a space (none after a Chinese or Japanese stop), paragraphs by a blank line; empty ones left out."""
    question = part.question or Statement(text="")
    text, spans = _joined(part.paragraphs)
    return Passage(question.text.strip(), text, question.evidence, spans)


def of_parts(parts: Sequence[Part]) -> Passage:
    """All parts as one text without questions of its own."""
    paragraphs = chain.from_iterable((*([(part.question,)] if part.question else []), *part.paragraphs) for part in parts)
    text, spans = _joined(tuple(paragraphs))
    return Passage("", text, (), spans)


def _joined(paragraphs: Sequence[tuple[Statement, ...]]) -> tuple[str, tuple[tuple[int, int, tuple[str, ...]], ...]]:
    pieces: list[str] = []
    spans = []
    at = 0
    for paragraph in paragraphs:
        gap = "\n\n"
        for statement in paragraph:
            words = statement.text.strip()
            if not words:
                continue
            if pieces:
                between = "" if gap == " " and pieces[-1].rstrip(sentences.CLOSERS)[-1:] in _CJK_STOPS else gap
                pieces.append(between)
                at += len(between)
            spans.append((at, at + len(words), statement.evidence))
            pieces.append(words)
            at += len(words)
            gap = " "
    return "".join(pieces), tuple(spans)


def spread(whole: Passage, fits: Fits, language: str | None) -> list[Passage]:
    """The passage by segment. An answer that is too long is shortened to the whole sentences that fit beside its question;
    where not even one does, and for a text without question, it goes on in further segments.
    """
    if fits(whole.text, whole.question, 0, final=True):
        return [whole]
    ends = whole.sentence_ends(language)
    if not whole.question:
        return _pieces(whole, ends, lambda text, number, final: fits(text, "", number, final=final))
    count = split.longest(len(ends), lambda n: fits(whole.text[: ends[n - 1]], whole.question, 0, final=True))
    if count:
        return [whole.cut(0, ends[count - 1], asked=True)]
    found = _pieces(whole, ends, lambda text, number, final: fits(text, "" if number else whole.question, number, final=final))
    if found and fits(found[0].text, whole.question, 0, final=len(found) == 1):
        return [whole.cut(0, len(found[0].text), asked=True), *found[1:]]
    # The question leaves no room beside it: it stands alone.
    asked = whole.only_question()
    head = _pieces(asked, asked.sentence_ends(language), lambda text, number, final: fits(text, "", number, final=final and not whole.text))
    return head + _pieces(whole, ends, lambda text, number, final: fits(text, "", len(head) + number, final=final))


def _pieces(whole: Passage, ends: list[int], fits: split.Fits) -> list[Passage]:
    return [whole.cut(*span, asked=False) for span in split.pieces(whole.text, fits, frozenset(ends))]
