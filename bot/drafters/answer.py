"""What a language model is asked to answer: the schema it is given, and its answer read by that schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.text.tidy import sendable

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


def parsed(content: str) -> Answer:
    """The answer's object: what stands between the first and the last brace, behind any thinking aloud.

    Raises Unusable, saying what is wrong.
    """
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
