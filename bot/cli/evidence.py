"""Which article sentence says each figure of a post: the line under a text, and the brackets in it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from bot.cli import screen
from bot.text import numbers
from bot.values import Hold, Segment, Warn

_ADDRESS = re.compile(r"https?://\S+")


def line(
    segment: Segment, sentences: Mapping[str, str], language: str | None = None, found: Iterable[Hold | Warn] = ()
) -> str:
    """`from: 122%, 2026 ‹ s1 · 55% ‹ s5`; without figures the sentences: `from: s1 s2`; empty without evidence.

    The segment's own evidence is asked first; then all `sentences` of the article, for a person's edit brings figures whose
    evidence nobody named. What no sentence says stands in brackets.
    """
    groups: list[tuple[list[str], str]] = []
    seen: set[str] = set()
    known = {one.sentence: numbers.find(_plain(one.text), language) for one in segment.evidence}
    others: dict[str, list[numbers.Figure]] | None = None
    text = _plain(_ADDRESS.sub(" ", segment.text))
    for figure in numbers.find(text, language):
        words = text[figure.start : figure.end].strip()
        if figure.weak or figure.unit == "name" or words in seen:
            continue
        seen.add(words)
        ids = _having(figure, known)
        if not ids:
            others = others or {sentence: numbers.find(_plain(said), language) for sentence, said in sentences.items()}
            ids = _having(figure, others)
        shown = words if ids else f"[{words}]"
        if groups and groups[-1][1] == ids:
            groups[-1][0].append(shown)
        else:
            groups.append(([shown], ids))
    for one in found:
        # A doubtful word that is no figure; with a figure in it, that is named already.
        if isinstance(one, Hold) and one.span and one.span in segment.text and not any(figure in one.span for figure in seen):
            groups.append(([f"[{screen.one_line(one.span)}]"], ""))
    if groups:
        return "from: " + screen.parted(f"{', '.join(words)} ‹ {ids or 'no sentence says it'}" for words, ids in groups)
    ids_in_order = " ".join(dict.fromkeys(one.sentence for one in segment.evidence))
    return f"from: {ids_in_order}" if ids_in_order else ""


def bracketed(text: str, found: Iterable[Hold | Warn]) -> str:
    """The text with brackets around the words in doubt: they are seen without colour, too."""
    spans = sorted({one.span for one in found if one.span}, key=lambda span: -len(span))
    if not spans:
        return text
    return re.sub("|".join(map(re.escape, spans)), lambda match: f"[{match[0]}]", text)


def _having(figure: numbers.Figure, known: Mapping[str, list[numbers.Figure]]) -> str:
    return " ".join(sentence for sentence, figures in known.items() if any(_same(figure, other) for other in figures))


def _same(one: numbers.Figure, other: numbers.Figure) -> bool:
    return one.unit == other.unit and bool(one.readings & other.readings)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", screen.clean(text))
