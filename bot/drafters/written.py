"""From what a language model answered to drafts: evidence that exists, posts that fit, questions that the article answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.drafters.answer import Answer, Item, Said, Unusable, parsed
from bot.drafters.room import Room, room
from bot.text import sentences, support
from bot.values import Article, Brief, Draft, Kind, Note, Part, Statement, Variant

MOST_VARIANTS = 3
"""Wordings of a short for one platform."""
MOST_PAIRS = 10
"""Questions in one thread; a page of a hundred makes no thread anybody reads."""
MOST_WRITTEN = 5
"""Questions in one thread where the model wrote them itself."""
MOST_NOTES = 8
MOST_NOTE = 400
"""Characters of a note."""
MOST_STATEMENTS = 20
"""Sentences of a short, or of the opening of a thread."""
LONGEST_ANSWER = 2_000
"""Characters of an answer to a question; what is longer is no shorter wording of anything."""
_OPENING_WORDS = 3
_MOST_OPENING = 6
_OPENING_CHARACTERS = 8
"""Of a text in a script without spaces."""


class Written(NamedTuple):
    """What an answer came to."""

    drafts: tuple[Draft, ...]
    notes: tuple[Note, ...]
    shortcoming: str | None
    """What one correction should mend; the drafts can be used as they are."""


def read(content: str, article: Article, brief: Brief, left_out: frozenset[str] = frozenset()) -> Written:
    """The drafts and notes of an answer; `left_out`: ids of sentences that the model was not shown. Raises Unusable, saying what is wrong.

    Statements keep only evidence that exists. Where the article has questions of its own, the thread has those and no others, in its
    order and words, each with the model's shorter answer where the article's bears that out, else with the article's. Where it has
    none, an item stays only with an answer that the sentences named for it bear out.
    """
    answer = parsed(content)
    told = {at: text for at, text in sentences.visible(article).items() if text.strip() and at not in left_out}
    drafts: list[Draft] = []
    shortcoming = None
    if Kind.SHORT in brief.kinds:
        variants, shortcoming = _shorts(answer, told, brief)
        drafts.append(Draft(kind=Kind.SHORT, variants=variants))
    if Kind.FAQ in brief.kinds:
        parts = _faq(answer, told, article)
        if parts:
            drafts.append(Draft(kind=Kind.FAQ, variants=(Variant(platforms=brief.platforms, parts=parts),)))
    notes = tuple(
        Note(text=_line(note.text)[:MOST_NOTE], sentences=_known(note.sentences, told)) for note in answer.article_notes if note.text.strip()
    )
    return Written(tuple(drafts), notes[:MOST_NOTES], shortcoming)


def _shorts(answer: Answer, told: dict[str, str], brief: Brief) -> tuple[tuple[Variant, ...], str | None]:
    """The variants, each for one platform, best first; and what is wrong with them all the same."""
    by_platform: dict[str, list[Part]] = {platform: [] for platform in brief.platforms}
    too_long: set[str] = set()
    for short in answer.shorts:
        statements = [said for said in short.statements if said.text.strip()][:MOST_STATEMENTS]
        for platform in dict.fromkeys(short.platforms):
            if platform not in by_platform:
                continue
            fitting = _fitting(statements, room(brief, platform))
            if not fitting:
                too_long.add(platform)
                continue
            part = Part(paragraphs=_paragraphs(fitting, told))
            others = by_platform[platform]
            if len(others) < MOST_VARIANTS and _opening(part) not in map(_opening, others):
                others.append(part)
    missing = [platform for platform, parts in by_platform.items() if not parts]
    if missing:
        raise Unusable("; ".join(
            f"the short for {platform} is longer than {brief.room[platform]} characters" if platform in too_long
            else f"shorts has none for the platform {platform}" for platform in missing
        ))
    same = _tell_apart(by_platform)
    variants = tuple(Variant(platforms=(platform,), parts=(part,)) for platform, parts in by_platform.items() for part in parts)
    return variants, f"the shorts for {' and '.join(same)} are the same text; give each platform its own, opening differently" if same else None


def _tell_apart(by_platform: dict[str, list[Part]]) -> tuple[str, ...]:
    """Put first on each platform what is not first on another; the platforms for which that is not possible."""
    taken: dict[str, str] = {}
    for platform, parts in by_platform.items():
        fresh = next((at for at, part in enumerate(parts) if _text(part) not in taken), None)
        if fresh is None:
            return taken[_text(parts[0])], platform
        parts.insert(0, parts.pop(fresh))
        taken[_text(parts[0])] = platform
    return ()


def _opening(part: Part) -> str:
    """The first words, without case and punctuation."""
    words = re.findall(r"\w+", _text(part).casefold())
    return " ".join(words[:_OPENING_WORDS]) if len(words) > _OPENING_WORDS else " ".join(words)[:_OPENING_CHARACTERS]


def _text(part: Part) -> str:
    return "\n\n".join(" ".join(said.text for said in group) for group in part.paragraphs)


def _fitting(statements: list[Said], free: Room) -> list[Said]:
    """The statements from the first on that fit together: models count badly, and whole sentences may go."""
    for count in range(len(statements), 0, -1):
        text = "\n\n".join(" ".join(_line(said.text) for said in group) for group in _groups(statements[:count]))
        if free.fits(text):
            return statements[:count]
    return []


def _groups(statements: Sequence[Said]) -> list[list[Said]]:
    """By paragraph, in the order given: a new number opens a new one."""
    groups: list[list[Said]] = []
    for said in statements:
        if groups and groups[-1][-1].paragraph == said.paragraph:
            groups[-1].append(said)
        else:
            groups.append([said])
    return groups


def _paragraphs(statements: Sequence[Said], told: dict[str, str]) -> tuple[tuple[Statement, ...], ...]:
    return tuple(
        tuple(Statement(text=_line(said.text), evidence=_known(said.evidence, told)) for said in group) for group in _groups(statements)
    )


def _faq(answer: Answer, told: dict[str, str], article: Article) -> tuple[Part, ...]:
    own = [at[1:] for at in told if at[0] == "a" and f"q{at[1:]}" in told][:MOST_PAIRS]
    if own:
        items = [_own(number, answer.faq.items, told, article) for number in own]
    else:
        asked = {_line(item.question): part for item in answer.faq.items if (part := _asked(item, told, article))}
        items = [*asked.values()][:MOST_WRITTEN]
    if not items:
        return ()
    opening = _paragraphs([said for said in answer.faq.opening if said.text.strip()][:_MOST_OPENING], told)
    if not opening:
        opening = ((Statement(text=sentences.fold(article.title), evidence=("s0",)),),)
    return (Part(paragraphs=opening), *items)


def _own(number: str, items: Sequence[Item], told: dict[str, str], article: Article) -> Part:
    """One of the article's pairs: its own question, and the answer as the model shortened it where that can be."""
    question = Statement(text=_line(told[f"q{number}"]), evidence=(f"q{number}",))
    for item in items:
        named = tuple(at for at in _known(item.evidence, told) if at[0] != "q")
        if f"a{number}" in named and not support.turns(item.answer, told[f"a{number}"]):
            part = _answered(question, item.answer, named, told, article)
            if part:
                return part
    verbatim = tuple(Statement(text=text, evidence=(f"a{number}",)) for text in sentences.split(told[f"a{number}"], article.language))
    return Part(question=question, paragraphs=(verbatim,))


def _asked(item: Item, told: dict[str, str], article: Article) -> Part | None:
    """A question that the model asked; None where it has no answer that the article bears out."""
    evidence = _known(item.evidence, told)
    if not item.question.strip() or not evidence:
        return None
    return _answered(Statement(text=_line(item.question)), item.answer, evidence, told, article)


def _answered(question: Statement, answer: str, evidence: tuple[str, ...], told: dict[str, str], article: Article) -> Part | None:
    if not answer.strip() or len(answer) > LONGEST_ANSWER or not support.borne_out(answer, (told[at] for at in evidence)):
        return None
    answers = tuple(Statement(text=text, evidence=evidence) for text in sentences.split(answer, article.language))
    return Part(question=question, paragraphs=(answers,))


def _known(ids: list[str], told: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(at for at in (one.strip().lower() for one in ids) if at in told))


def _line(text: str) -> str:
    return " ".join(text.split())
