"""JSON-LD of a page: its objects, flattened. Nobody sees it and anybody can write it, so nothing here is trusted."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from bot.sources import blocks
from bot.sources.characters import clean
from bot.sources.faq import MAX_PAIRS
from bot.text.sentences import HEADING
from bot.values import FaqPair

Node = dict[str, Any]

MAX_NODES = 2_000
MAX_CHARS = 1_000_000
"""Of one script; a longer one is no description of an article."""


def nodes(tree: HtmlElement) -> list[Node]:
    """Every object of every JSON-LD script of the page, those inside `@graph` and inside other objects too."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").removeprefix("//<![CDATA[").removesuffix("//]]>")
        if len(text) > MAX_CHARS:
            continue
        try:
            root = json.loads(text.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        waiting: list[Any] = [root]
        while waiting and len(found) < MAX_NODES:
            item = waiting.pop()
            if isinstance(item, dict):
                found.append(item)
                waiting += reversed(list(item.values()))
            elif isinstance(item, list):
                waiting += reversed(item)
    return found


def types(node: Node) -> frozenset[str]:
    """Its `@type`s, without the address of a vocabulary."""
    given = node.get("@type")
    return frozenset(str(name).rpartition("/")[2] for name in (given if isinstance(given, list) else [given]) if name)


def text(value: Any) -> str:
    """A text property as one line; the first of a list, the `name` or `@value` of an object; "" for anything else."""
    for _ in range(4):
        if isinstance(value, list):
            value = next(filter(None, value), None)
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value") or value.get("url")
    return clean(html.unescape(value)) if isinstance(value, str) else ""


def marked_up(value: Any) -> str:
    """A text property that may hold HTML, escaped or not, as one line."""
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str):
        return ""
    for _ in range(2):
        if "&lt;" in value or "&amp;" in value:
            value = html.unescape(value)
    if "<" not in value and "&" not in value:
        return clean(value)
    try:
        tree = lxml_html.fragment_fromstring(value, create_parent="div")
    except (ParserError, ValueError):
        return clean(value)
    return clean(" ".join(line.removeprefix(HEADING) for line in blocks.paragraphs(tree)))


def faq(found: list[Node]) -> Iterator[FaqPair]:
    """Pairs of every FAQPage, as far as question and answer are both there; at most MAX_PAIRS."""
    count = 0
    for page in found:
        if not types(page) & {"FAQPage", "QAPage"}:
            continue
        entities = page.get("mainEntity")
        for entity in entities if isinstance(entities, list) else [entities]:
            if not isinstance(entity, dict) or count >= MAX_PAIRS:
                continue
            answers = entity.get("acceptedAnswer") or entity.get("suggestedAnswer")
            answer = answers[0] if isinstance(answers, list) and answers else answers
            said = marked_up(answer.get("text") if isinstance(answer, dict) else answer)
            question = marked_up(entity.get("name") or entity.get("text"))
            if question and said:
                count += 1
                yield FaqPair(question=question, answer=said)
