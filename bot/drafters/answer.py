"""What a language model answers: the schema it is given, and its answer as drafts or as what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.drafters.room import Room, room
from bot.text import sentences
from bot.text.tidy import sendable
from bot.values import Article, Brief, Draft, Kind, Note, Part, Statement, Variant

NAME = "posts"


class Unusable(ValueError):
    """The answer breaks the schema or a rule; the message says exactly how, for the one repair call."""


class _Answered(BaseModel):
    model_config = ConfigDict(extra="ignore")  # a server that does not enforce the schema adds keys of its own


class Said(_Answered):
    text: str
    evidence: list[str]
    paragraph: int = 1


class Short(_Answered):
    platforms: list[str]
    statements: list[Said]


class Item(_Answered):
    question: str
    answer: str
    evidence: list[str]


class Faq(_Answered):
    opening: list[Said] = []
    items: list[Item] = []


class ArticleNote(_Answered):
    text: str
    sentences: list[str]


class Answer(_Answered):
    """One answer for one article: all platforms, all kinds."""

    shorts: list[Short] = []
    faq: Faq = Faq()
    article_notes: list[ArticleNote] = []


def schema() -> dict[str, Any]:
    """The JSON schema as structured output wants it: every property required, none besides."""
    strict: dict[str, Any] = _strict(Answer.model_json_schema())
    return strict


def read(content: str, article: Article, brief: Brief) -> tuple[tuple[Draft, ...], tuple[Note, ...]]:
    """The drafts and notes of an answer. Raises Unusable, saying what is wrong.

    Statements keep only evidence that exists; an FAQ item keeps a question only with an answer that a sentence of the article supports.
    """
    answer = _parse(content)
    told = {at for at in sentences.of_article(article) if _visible(at, article)}
    drafts: list[Draft] = []
    if Kind.SHORT in brief.kinds:
        drafts.append(Draft(kind=Kind.SHORT, variants=_shorts(answer, told, brief)))
    if Kind.FAQ in brief.kinds:
        parts = _faq(answer, told, article)
        if parts:
            drafts.append(Draft(kind=Kind.FAQ, variants=(Variant(platforms=brief.platforms, parts=parts),)))
        elif any(pair.visible for pair in article.faq):
            raise Unusable("faq.items is empty or without a- and s-ids as evidence, though the article has questions and answers")
    notes = tuple(
        Note(text=_line(note.text), sentences=_known(note.sentences, told)) for note in answer.article_notes if note.text.strip()
    )
    return tuple(drafts), notes


def _parse(content: str) -> Answer:
    """Plain text answers too: what stands between the first and the last brace, behind any thinking aloud."""
    text = content.rpartition("</think>")[2]
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise Unusable("it holds no JSON object")
    try:
        parsed = json.loads(text[start : end + 1])
        # Half surrogates, which JSON can spell, can be neither stored nor sent.
        return Answer.model_validate(json.loads(sendable(json.dumps(parsed, ensure_ascii=False))))
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, one['loc'])) or 'the object'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False, include_context=False)[:5]
        ]
        raise Unusable("; ".join(problems)) from None
    except (ValueError, RecursionError) as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unusable(f"it is not valid JSON{where}") from None


def _shorts(answer: Answer, told: set[str], brief: Brief) -> tuple[Variant, ...]:
    variants: list[Variant] = []
    too_long: dict[str, int] = {}
    for short in answer.shorts:
        statements = [said for said in short.statements if said.text.strip()]
        for platform in dict.fromkeys(short.platforms):
            if platform not in brief.platforms:
                continue
            fitting = _fitting(statements, room(brief, platform))
            if not fitting:
                too_long[platform] = brief.room[platform]
                continue
            parts = (Part(paragraphs=_paragraphs(fitting, told)),)
            same = next((at for at, variant in enumerate(variants) if variant.parts == parts), None)
            if same is None:
                variants.append(Variant(platforms=(platform,), parts=parts))
            elif platform not in variants[same].platforms:
                variants[same] = Variant(platforms=(*variants[same].platforms, platform), parts=parts)
    covered = {platform for variant in variants for platform in variant.platforms}
    missing = [platform for platform in brief.platforms if platform not in covered]
    if missing:
        raise Unusable("; ".join(
            f"the short for {platform} is longer than {too_long[platform]} characters" if platform in too_long
            else f"shorts has none for the platform {platform}" for platform in missing
        ))
    return tuple(variants)


def _fitting(statements: list[Said], free: Room) -> list[Said]:
    """The statements from the first on that fit together: models count badly, and whole sentences may go."""
    for count in range(len(statements), 0, -1):
        text = "\n\n".join(" ".join(_line(said.text) for said in group) for group in _groups(statements[:count]))
        if free.fits(text):
            return statements[:count]
    return []


def _groups(statements: list[Said]) -> list[list[Said]]:
    """By paragraph, in the order given: a new number opens a new one."""
    groups: list[list[Said]] = []
    for said in statements:
        if groups and groups[-1][-1].paragraph == said.paragraph:
            groups[-1].append(said)
        else:
            groups.append([said])
    return groups


def _paragraphs(statements: list[Said], told: set[str]) -> tuple[tuple[Statement, ...], ...]:
    return tuple(
        tuple(Statement(text=_line(said.text), evidence=_known(said.evidence, told)) for said in group) for group in _groups(statements)
    )


def _faq(answer: Answer, told: set[str], article: Article) -> tuple[Part, ...]:
    items = []
    for item in answer.faq.items:
        evidence = _known(item.evidence, told)
        support = tuple(at for at in evidence if at[0] != "q")
        if support and item.question.strip() and item.answer.strip():
            asked = tuple(at for at in evidence if at[0] == "q") or _asked(item.question, article, told)
            answers = tuple(Statement(text=text, evidence=support) for text in sentences.split(item.answer, article.language))
            items.append(Part(question=Statement(text=_line(item.question), evidence=asked), paragraphs=(answers,)))
    if not items:
        return ()
    opening = _paragraphs([said for said in answer.faq.opening if said.text.strip()], told)
    if not opening:
        opening = ((Statement(text=sentences.fold(article.title), evidence=("s0",)),),)
    return (Part(paragraphs=opening), *items)


def _asked(question: str, article: Article, told: set[str]) -> tuple[str, ...]:
    """The article's own question, where the model used it and forgot to say so."""
    return tuple(
        f"q{number}" for number, pair in enumerate(article.faq, 1)
        if f"q{number}" in told and _line(pair.question).casefold() == _line(question).casefold()
    )


def _visible(at: str, article: Article) -> bool:
    return at[0] == "s" or article.faq[int(at[1:]) - 1].visible


def _known(ids: list[str], told: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(at for at in (one.strip().lower() for one in ids) if at in told))


def _line(text: str) -> str:
    return " ".join(text.split())


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, Mapping):
        return node
    kept = {key: _strict(value) for key, value in node.items() if key not in ("title", "default", "description")}
    if kept.get("type") == "object" and isinstance(kept.get("properties"), dict):
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    return kept
