"""Which article sentence says each figure of a post: the line under a text, and the brackets in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.cli import screen
from bot.text import figures
from bot.values import Hold, Segment, Warn


def line(
    segment: Segment, sentences: Mapping[str, str], language: str | None = None, found: Iterable[Hold | Warn] = ()
) -> str:
    """`from: 122%, 2026 ‹ s1 · 55% ‹ s5`; without figures the sentences: `from: s1 s2`; empty without evidence.

    What is a figure, and which sentence says it, is decided by `bot.text.figures`: the segment's own evidence first, then all
    `sentences` of the article, for a person's edit brings figures whose evidence nobody named. What none says stands in brackets.
    """
    groups: list[tuple[list[str], str]] = []
    seen: set[str] = set()
    known = {one.sentence: one.text for one in segment.evidence}
    for figure in figures.sourced(segment.text, known, sentences, language):
        words, ids = screen.one_line(figure.words), " ".join(figure.sentences)
        seen.add(words)
        shown = words if ids else f"[{words}]"
        if groups and groups[-1][1] == ids:
            groups[-1][0].append(shown)
        else:
            groups.append(([shown], ids))
    for one in found:
        # A doubtful word that is no figure; with a figure in it, that is named already.
        if isinstance(one, Hold) and one.span and one.span in segment.text and not any(words in screen.one_line(one.span) for words in seen):
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
