"""What a post took from an article and whether a newer reading still says it: the sentences it rests on, and the figures it says. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.text import changes, matching, parts, sentences, wording
from bot.text.changes import Change
from bot.text.matching import Said
from bot.text.plain import fold
from bot.text.wording import Reworded
from bot.values import Article

_REPEATED = 0.6
"""Share of a post sentence's words that a sentence must have to be what it repeats."""
_ALIKE, _HELD = 0.5, 0.75
"""Words in common (Dice) from which a sentence is another, edited; or share of its words that the other has."""
_SHOWN, _CONTEXT = 80, 60
"""Characters of a sentence, and of what changed in it, that are shown."""
_SENTENCE, _LOOKED = 20, 300
_COUNTER = re.compile(
    r"\b(?:views?|reads?|viewed|clicks?|shares|comments?|likes|followers|subscribers|readers online|min(?:ute)?s? read|(?:minute|hour|day)s? ago|last updated|updated at|page"
    r"|aufrufe|gelesen|kommentare?|mal geteilt|zuletzt aktualisiert|lesezeit|vues|lectures|partages|commentaires?|mis à jour|vistas|visitas|lecturas|comentarios?|actualizado"
    r"|visualizzazioni|letture|commenti|condivisioni|weergaven|reacties|gelezen|visualizações|leituras|comentários)\b", re.I,
)
"""Words of a line about the page's own readers or making."""
_MOST = 12
"""Sentences of a post that are looked for."""


class Post(NamedTuple):
    """What is known of a post here."""

    text: str
    """All that it says."""
    evidence: tuple[str, ...]
    """The sentences that its text was written from."""


class Fallen(NamedTuple):
    """A sentence that a post rests on and that the article does not have any more."""

    was: str
    now: str
    """What it became; empty when there is nothing like it."""
    words: Reworded | None
    """How its words differ; None when only figures do, or it is gone."""
    figures: bool
    """Its figures or dates are others."""
    grave: bool
    """It concerns what the post itself says."""

    @property
    def line(self) -> str:
        """For people; empty where figures alone differ: these have lines of their own."""
        if not self.now:
            return f'the post rests on "{_cut(self.was, _SHOWN)}", which is gone'
        if self.words is None:
            return ""
        old, new = self.words.shown
        if not new:
            return f'"{_cut(old, _CONTEXT)}" is gone from "{_cut(self.was, _SHOWN)}"'
        if not old:
            return f'"{_cut(new, _CONTEXT)}" was put into "{_cut(self.was, _SHOWN)}"'
        return f'"{_cut(old, _CONTEXT)}" is now "{_cut(new, _CONTEXT)}" in "{_cut(self.was, _SHOWN)}"'


class Concern(NamedTuple):
    """What of a change concerns a post."""

    change: Change
    """The headline, notices, and figures that it rests on, or says."""
    fallen: tuple[Fallen, ...]
    beyond: tuple[str, ...]
    """Other figures that changed in the sentences of its text: lines for people. May be a counter's."""
    lost: tuple[str, ...]
    """Figures and quotations that it says and that the article does not any more."""

    @property
    def lines(self) -> tuple[str, ...]:
        told = [*self.change.lines, *(one.line for one in self.fallen if one.line), *self.beyond]
        return (*told, *(f'the post says "{one}", the article no longer does' for one in self.lost[:1]))

    @property
    def grave(self) -> tuple[str, ...]:
        """Of these what makes what was published wrong, not only what it was written from."""
        gone = [one for one in self.lost[:1] if not self.change.lines]
        return (*self.change.lines, *(one.line for one in self.fallen if one.line and one.grave), *self.beyond, *(f'the post says "{one}", the article no longer does' for one in gone))


def concerns(posts: Sequence[Post], change: Change, old: Article, new: Article) -> list[Concern]:
    """What of the change from one reading to the next concerns each post.

    Headline and notices always; figures of what it rests on or says; other figures that changed inside a sentence of the text that
    stayed. What is no sentence (a ticker, the weather, an advertisement) or counts the page's readers concerns none of them.
    """
    before, now = (_Text(old), _Text(new)) if posts else (None, None)
    return [_concern(post, change, old, new, before, now) for post in posts if before and now]


def _concern(post: Post, change: Change, old: Article, new: Article, before: _Text, now: _Text) -> Concern:
    rests = before.rests(post)
    known = {(one.was, one.now) for one in before.fallen(rests, post)}
    fallen = tuple(one for one in now.fallen(rests, post) if (one.was, one.now) not in known)
    keys = {matching.key(text) for text in rests} | {matching.key(one.now) for one in fallen if one.now}
    bags = [wording.bag(text, old.language) for text in rests]

    def rested(*told: str) -> bool:
        return any(matching.key(one) in keys for one in told) or any(_dice(bag, wording.bag(told[0], old.language)) >= 0.9 for bag in bags)

    figured = _Figures(post.text, old.language)
    about = change._replace(
        swapped=tuple(one for one in change.swapped if rested(one.was, one.now) or figured.say(one.old)),
        gone=tuple(one for one in change.gone if rested(one.sentence) or figured.say(one.words)),
        added=tuple(one for one in change.added if rested(one.sentence)),
    )
    beyond = change._replace(
        title=None, notices=(), swapped=tuple(one for one in change.swapped if one not in about.swapped and _prose(one.was) and _prose(one.now)),
        gone=tuple(one for one in change.gone if one not in about.gone and _prose(one.sentence) and one.sentence not in change.dropped),
        added=tuple(one for one in change.added if one not in about.added and _prose(one.sentence)),
    )
    day = any(wording.DAYS & set(one.now.casefold().split()) for one in now.fallen(rests, post, every=True))
    lost = tuple(one for one in changes.lost(post.text, old, new) if not (day and parts.is_weekday(one)))
    return Concern(about, fallen, beyond.lines, lost)


def _prose(text: str) -> bool:
    """Is this a whole sentence, and not one that counts who read the page or says when it was made?"""
    return sentences.ended(text) and len(text) >= _SENTENCE and _COUNTER.search(fold(text[:_LOOKED])) is None


class _Figures:
    """The figures that a post says; dates and weekdays stand in too many sentences to say whose they are."""

    def __init__(self, text: str, language: str | None) -> None:
        self._known = parts.Known()
        self._language = language
        self._told = {(one.sort, one.number) for one in self._of(text)}

    def _of(self, text: str) -> list[parts.Part]:
        said = parts.Text([Said("", text, "")], self._language, self._known)
        return [one for one in said.of(0) if one.dated is None and one.sort != "name"]

    def say(self, words: str) -> bool:
        return any((one.sort, one.number) in self._told for one in self._of(words))


class _Text:
    """An article, ready to be asked for sentences."""

    def __init__(self, article: Article) -> None:
        self._language = article.language
        self._all = list(sentences.visible(article).items())
        self._keys = {matching.key(text) for at, text in self._all}
        self._told = [text for at, text in self._all if at != "s0"]
        self._title = matching.key(article.title)
        self._bags = [wording.bag(text, article.language) for text in self._told]

    def rests(self, post: Post) -> list[str]:
        """The sentences that a post rests on: its evidence, and what its text repeats. The headline is compared as a whole."""
        found = dict.fromkeys(sentences.fold(one) for one in post.evidence if matching.key(one) != self._title)
        for said in sentences.split(post.text, self._language)[:_MOST]:
            bag = wording.bag(said, self._language)
            size = bag.total()
            best = max(range(len(self._bags)), key=lambda at: (bag & self._bags[at]).total(), default=None) if size > 2 else None
            if best is not None and (bag & self._bags[best]).total() >= _REPEATED * size:
                found.setdefault(sentences.fold(self._told[best]))
        return list(found)[: 2 * _MOST]

    def fallen(self, rests: Iterable[str], post: Post, *, every: bool = False) -> list[Fallen]:
        """Those of the sentences that do not stand here, and say something else now; `every`: or the same in other words."""
        found = []
        for was in rests:
            if matching.key(was) in self._keys:
                continue
            bag = wording.bag(was, self._language)
            at = self._like(bag)
            if at is None:
                gone = [form for form in wording.bag(was, self._language) if form in wording.bag(post.text, self._language)]
                still = sum(any(form in other for other in self._bags) for form in gone)
                found.append(Fallen(was, "", None, figures=False, grave=not gone or still < len(gone)))
                continue
            now = self._told[at]
            beside = frozenset(form for place in (at - 1, at + 1) if 0 <= place < len(self._bags) for form in self._bags[place])
            words = wording.compare(was, now, self._language, beside)
            told = words is not None and (words.otherwise or words.says(post.text, self._language))
            figures = self._figured(was, now)
            if told or figures or every:
                grave = told and words is not None and words.says(post.text, self._language)
                found.append(Fallen(was, now, words if told else None, figures, grave or figures))
        return found

    def _like(self, bag: Counter[str]) -> int | None:
        """The sentence that this one became."""
        ranked = [(max(_dice(bag, other), _share(bag, other) * _ALIKE / _HELD), -at) for at, other in enumerate(self._bags) if bag & other]
        score, at = max(ranked, default=(0.0, 0))
        return -at if score >= _ALIKE else None

    def _figured(self, was: str, now: str) -> bool:
        known = parts.Known()
        one, two = (parts.Text([Said("", text, "")], self._language, known).of(0) for text in (was, now))
        out, into = parts.differ(one, two)
        return any(first is not None and not (first.loose and second is None) for first, second in parts.paired(out, into))


def _dice(one: Counter[str], other: Counter[str]) -> float:
    size = one.total() + other.total()
    return 2 * (one & other).total() / size if size else 0.0


def _share(one: Counter[str], other: Counter[str]) -> float:
    return (one & other).total() / one.total() if one else 0.0


def _cut(text: str, room: int) -> str:
    text = sentences.fold(text)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
