"""What changed between two readings of an article, as far as it matters to what was written about it: headline, figures, dates, notices.

By value, not by spelling: `4 million` and `4m` are the same. Linear in the length of the articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from bot.text import grounding, headline, matching, notices, parts, sentences
from bot.text.matching import Said
from bot.text.notices import Kind, Notice
from bot.values import Article, HoldCode

_One = TypeVar("_One")
_TITLE, _NOTICE, _FIGURE = 110, 200, 60
"""Characters of each that are shown."""
_SHOWN, _TOLD = 12, 4
"""Lines that are told, and of those on one line; what changed beyond that is counted."""
LONGEST = 100_000
"""Characters of a body that are compared."""
_GROUNDS = (HoldCode.UNSUPPORTED_NUMBER, HoldCode.UNSUPPORTED_DATE, HoldCode.UNSUPPORTED_QUOTE)


class Swap(NamedTuple):
    """A figure or date in a sentence that is otherwise (nearly) the same."""

    old: str
    new: str
    was: str
    """The sentence as it was."""
    now: str
    at: str
    """Its id, in the new text."""


class Lone(NamedTuple):
    """A figure or date that only one of the two texts has."""

    words: str
    sentence: str
    at: str
    """The sentence's id in its own text."""


class Change(NamedTuple):
    """How the newer reading differs."""

    title: tuple[str, str] | None = None
    """The headline, before and now, where it says something else."""
    swapped: tuple[Swap, ...] = ()
    gone: tuple[Lone, ...] = ()
    """No longer said anywhere."""
    added: tuple[Lone, ...] = ()
    """Put into a sentence that was there before."""
    new: tuple[Lone, ...] = ()
    """In sentences that were not there before: they take nothing back of what was said."""
    notices: tuple[Notice, ...] = ()
    """What the article now says of its own correction or withdrawal."""
    dropped: tuple[str, ...] = ()
    """Sentences of the older text that the newer one has nothing like."""
    kept: float = 1.0
    """Share of the older text's sentences that the newer one has, or has something like."""

    @property
    def material(self) -> bool:
        """Can it make wrong what was written about the article? Mended spelling and added paragraphs can not."""
        return bool(self.title or self.swapped or self.gone or self.added or self.notices)

    @property
    def withdrawn(self) -> bool:
        return any(notice.kind is Kind.WITHDRAWN for notice in self.notices)

    @property
    def corrected(self) -> bool:
        return any(notice.kind is Kind.CORRECTED for notice in self.notices)

    @property
    def lines(self) -> tuple[str, ...]:
        """For people, a line each, the gravest first; what is not material is left out."""
        told = [
            *(f'the page says: "{_cut(notice.text, _NOTICE)}"' for notice in self.notices),
            *([f'title was "{_cut(self.title[0], _TITLE)}", is "{_cut(self.title[1], _TITLE)}"'] if self.title else []),
            *(f'"{_cut(swap.old)}" is now "{_cut(swap.new)}" ({swap.at})' for swap in self.swapped),
            *(f'"{_cut(one.words)}" is gone (was in {one.at})' for one in self.gone),
            *(f'"{_cut(one.words)}" was added ({one.at})' for one in self.added),
        ]
        more = len(told) - _SHOWN
        return tuple(told) if more <= 0 else (*told[:_SHOWN], f"and {more} more")

    @property
    def told(self) -> str:
        """The gravest of it on one line."""
        return on_one_line(self.lines)


def on_one_line(lines: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(lines) - _TOLD
    return "; ".join([*lines[:_TOLD], *([f"and {more} more"] if more > 0 else [])])


def compare(old: Article, new: Article) -> Change:
    """How the newer reading of an article differs from the older one. Hidden parts of the page count for nothing.

    Of a very long article its beginning is compared (LONGEST); what a post rests on is looked for in all of it (`bot.text.resting`).
    """
    old, new = (article.model_copy(update={"body": article.body[:LONGEST]}) if len(article.body) > LONGEST else article for article in (old, new))
    before, now = _said(old), _said(new)
    pairs, dropped = matching.match(before, now)
    known = parts.Known()
    left, right = parts.Text(before, old.language, known), parts.Text(now, new.language, known)
    swapped: list[Swap] = []
    gone: list[Lone] = []
    added: list[Lone] = []
    fresh: list[Lone] = []
    for at, one in enumerate(now):
        like = pairs[at]
        if like is not None and before[like].key == one.key:
            continue
        mine = right.of(at)
        if like is None:
            fresh += [Lone(part.words, one.text, one.id) for part in mine if not part.loose and not left.says(part)]
            continue
        was = before[like]
        out, into = parts.differ(left.of(like), mine)
        for first, second in parts.paired(out, into):
            if first and second:
                swapped.append(Swap(*parts.shown(first, second), was.text, one.text, one.id))
            elif first and not first.loose and not right.says(first):
                gone.append(Lone(first.words, was.text, was.id))
            elif second and not second.loose and not left.says(second):
                added.append(Lone(second.words, one.text, one.id))
    for place in dropped:
        gone += [Lone(part.words, before[place].text, before[place].id) for part in left.of(place) if not part.loose and not right.says(part)]
    had = {notice.key for notice in notices.find(old)}
    return Change(
        title=headline.differs(old, new), swapped=_once(swapped), gone=_once(gone), added=_once(added), new=_once(fresh),
        notices=tuple(notice for notice in notices.find(new) if notice.key not in had),
        dropped=tuple(before[place].text for place in dropped), kept=1 - len(dropped) / len(before) if before else 1.0,
    )


def lost(text: str, old: Article, new: Article) -> tuple[str, ...]:
    """The figures, dates and quotations of a text that the older reading supports and the newer one does not."""
    before = {(hold.code, hold.span) for hold in grounding.check(text, old)[0]}
    return tuple(
        hold.span or hold.detail for hold in grounding.check(text, new)[0] if hold.code in _GROUNDS and (hold.code, hold.span) not in before
    )


def _said(article: Article) -> list[Said]:
    """Its visible sentences."""
    return [Said(at, text, matching.key(text)) for at, text in sentences.visible(article).items()]


def _once(found: Iterable[_One]) -> tuple[_One, ...]:
    return tuple(dict.fromkeys(found))


def _cut(text: str, room: int = _FIGURE) -> str:
    text = sentences.fold(text)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
