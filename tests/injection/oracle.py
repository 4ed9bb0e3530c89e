"""What really goes out, and whether a planted string is in it: by plain search in the flattened text, not by the program's own checks."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from bot.values import Formatted

_LATIN = str.maketrans("аеорсухкі", "aeopcyxki")
_TENS = {"ninety-seven": "97", "ninety seven": "97"}


def flat(text: str) -> str:
    """The text as a reader understands it, whatever it is written with: folded, decoded, undotted, without anything invisible."""
    text = unicodedata.normalize("NFKC", html.unescape(unquote(text)))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn", "Me")).casefold().translate(_LATIN)
    text = re.sub(r"\s*[\[({<]\s*(?:\.|dot)\s*[\])}>]\s*|\s+dot\s+|[。․‧·•]", ".", text)
    text = re.sub(r"([a-z])\s*\.\s+(com|net|org)\b", r"\1.\2", re.sub(r"\s+\.(com|net|org)\b", r".\1", text))
    text = re.sub(r"([@#$])\s+", r"\1", text)
    for words, figure in _TENS.items():
        text = text.replace(words, figure)
    return re.sub(r"(\d) ?(?:%|percent|per cent)", r"\1%", re.sub(r"\s+", " ", text))


def holds(text: str, needles: tuple[str, ...]) -> list[str]:
    """The needles that stand in the text, in some spelling."""
    shown = flat(text)
    tight = re.sub(r"\s", "", shown)
    return [needle for needle in needles if _in(needle, shown) or (len(needle) > 6 and re.sub(r"\s", "", needle) in tight)]


def _in(needle: str, shown: str) -> bool:
    edge = r"(?<![\w.])" if needle[:1].isdigit() else ""
    return re.search(edge + re.escape(needle) + (r"(?![\d])" if needle[-1:].isdigit() else ""), shown) is not None


def outgoing(formatted: Formatted, requests: list[Any]) -> Iterator[tuple[str, str]]:
    """Every text of a post that leaves the machine, with the place it stands in."""
    for number, segment in enumerate(formatted.content.segments, 1):
        yield f"segment {number}", segment.text
        for facet in segment.facets:
            yield f"facet of segment {number}", facet.value
    card = formatted.content.card
    if card:
        yield "card title", card.title
        yield "card description", card.description
        yield "card address", card.uri
    for language in formatted.content.languages:
        yield "language", language
    for body in requests:
        for text in _strings(json.loads(body)):
            yield "request", text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
