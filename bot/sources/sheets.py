"""The style sheets that stand in a page, as far as they decide what a reader sees: simple selectors, cascade, plain media.

Not read: sheets at other addresses, what only some screens get, states (`:hover`), and anything a script changes later.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

MAX_CHARS = 2_000_000
"""Of all sheets of a page together."""
MAX_RULES = 20_000
"""Selectors that say something about being seen."""
MAX_PARTS = 6
"""Compounds of one selector."""
MAX_CANDIDATES = 40
"""Rules that one name may bring up for an element; the last ones count."""

Declarations = dict[str, str]

_PROPERTIES = frozenset((
    "display", "visibility", "opacity", "font-size", "color", "background", "background-color", "background-image", "text-indent", "left",
    "right", "top", "margin-left", "clip", "clip-path", "height", "width", "max-height", "max-width", "overflow", "overflow-x", "overflow-y",
    "transform", "translate", "content-visibility", "animation", "animation-name", "transition", "font", "-webkit-text-fill-color", "bottom",
))
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_COMPOUND = re.compile(r"([a-z][\w-]*|\*)?((?:[.#][\w-]+|\[[^\]]{1,100}\])*)", re.I)
_NAME = re.compile(r"([.#])([\w-]+)|\[\s*([\w-]+)\s*(?:([~^$*|]?)=\s*[\"']?([^\"'\]]*)[\"']?\s*)?\]")
_PLAIN_MEDIA = re.compile(r"(?:only\s+)?(?:all|screen)(?:\s*,\s*(?:all|screen|print))*\s*", re.I)


class _Compound(NamedTuple):
    tag: str
    id: str
    classes: frozenset[str]
    attributes: tuple[tuple[str, str, str], ...]

    def fits(self, node: etree._Element) -> bool:
        if self.tag and node.tag != self.tag:
            return False
        if self.id and node.get("id") != self.id:
            return False
        if self.classes and not self.classes <= _classes(node):
            return False
        return all(_has(node, name, how, value) for name, how, value in self.attributes)


class _Rule(NamedTuple):
    parts: tuple[_Compound, ...]
    """The last one is the element's own."""
    direct: tuple[bool, ...]
    """For each part but the last: must it be the parent of the next?"""
    weight: tuple[int, int, int, int]
    """Specificity, then order."""
    said: Declarations
    important: Declarations


class Sheets:
    """The rules of a page, asked for one element at a time."""

    def __init__(self, tree: HtmlElement) -> None:
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        self.count = 0
        left = MAX_CHARS
        for style in tree.iter("style"):
            media = (style.get("media") or "").strip()
            if media and not _PLAIN_MEDIA.fullmatch(media):
                continue
            text = (style.text or "")[:left]
            left -= len(text)
            for selectors, body in _blocks(text):
                self._add(selectors, body)
        self.is_all = not any("stylesheet" in (link.get("rel") or "").lower() for link in tree.iter("link"))
        """No other sheet can have a say."""

    def _add(self, selectors: str, body: str) -> None:
        said, important = declarations(body)
        if not said and not important:
            return
        for selector in selectors.split(",")[:500]:
            if self.count >= MAX_RULES:
                return
            rule = _rule(selector.strip(), self.count, said, important)
            if rule:
                self.count += 1
                own = rule.parts[-1]
                names = [f"#{own.id}"] if own.id else [f".{name}" for name in sorted(own.classes)[:1]] or [own.tag or "*"]
                self._rules[names[0]].append(rule)

    def of(self, node: etree._Element) -> Declarations:
        """What the sheets say about an element, after the cascade; its own `style` is not in it."""
        if not self.count:
            return {}
        names = ["*", str(node.tag), f"#{node.get('id') or ''}", *(f".{name}" for name in sorted(_classes(node))[:50])]
        rules = [rule for name in names for rule in self._rules.get(name, ())[-MAX_CANDIDATES:] if _fits(rule, node)]
        found: Declarations = {}
        rules.sort(key=lambda rule: rule.weight)
        for rule in rules:
            found.update(rule.said)
        for rule in rules:
            found.update(rule.important)
        return found


def declarations(body: str) -> tuple[Declarations, Declarations]:
    """Usual and `!important` declarations of a block that bear on being seen, without white space and in small letters."""
    said: Declarations = {}
    important: Declarations = {}
    for part in _COMMENT.sub("", body[:10_000]).lower().split(";"):
        name, colon, value = part.partition(":")
        name = name.strip()
        if colon and name in _PROPERTIES:
            value = re.sub(r"\s+", " " if name in ("background", "font") else "", value.strip())
            bare = re.sub(r"!\s*important$", "", value).strip()
            (important if bare != value else said)[name] = bare
    return said, important


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and body of every rule that holds on a usual screen."""
    text = _COMMENT.sub(" ", text)
    at, end, depth = 0, len(text), 0
    while at < end:
        brace = text.find("{", at)
        if brace < 0:
            return
        before = text[at:brace]
        if "}" in before:  # a plain @media block that was entered ends
            depth = max(depth - before.count("}"), 0)
            before = before.rpartition("}")[2]
        before = before.rpartition(";")[2].strip()
        if not before.startswith("@"):
            close = text.find("}", brace)
            close = end if close < 0 else close
            if len(before) < 10_000:
                yield before, text[brace + 1 : close]
            at = close + 1
        elif before.startswith("@layer") or (before.startswith("@media") and _PLAIN_MEDIA.fullmatch(before[6:].strip())):
            at, depth = brace + 1, depth + 1
        else:
            at = _closing(text, brace) + 1


def _closing(text: str, brace: int) -> int:
    """Where the block that opens at `brace` closes."""
    depth = 0
    for mark in re.compile("[{}]").finditer(text, brace):
        depth += 1 if mark[0] == "{" else -1
        if not depth:
            return mark.start()
    return len(text)


def _rule(selector: str, order: int, said: Declarations, important: Declarations) -> _Rule | None:
    """None for a selector that is not understood: it then hides nothing."""
    parts: list[_Compound] = []
    direct: list[bool] = []
    waiting = False
    for word in re.sub(r"\s*>\s*", " > ", selector).split():
        if word == ">":
            waiting = True
            continue
        compound = _compound(word)
        if compound is None or len(parts) == MAX_PARTS:
            return None
        if parts:
            direct.append(waiting)
        waiting = False
        parts.append(compound)
    if not parts or waiting:
        return None
    weight = (
        sum(bool(part.id) for part in parts), sum(len(part.classes) + len(part.attributes) for part in parts),
        sum(bool(part.tag) for part in parts), order,
    )
    return _Rule(tuple(parts), tuple(direct), weight, said, important)


def _compound(word: str) -> _Compound | None:
    whole = _COMPOUND.fullmatch(word)
    if not whole:
        return None
    own, classes, attributes = "", set[str](), list[tuple[str, str, str]]()
    names = list(_NAME.finditer(whole[2]))
    if sum(len(name[0]) for name in names) != len(whole[2]) or not whole[0]:
        return None
    for name in names:
        if name[1] == "#":
            own = name[2]
        elif name[1]:
            classes.add(name[2])
        else:
            attributes.append((name[3].lower(), "?" if name[5] is None else name[4] + "=", name[5] or ""))
    tag = (whole[1] or "").lower()
    return _Compound("" if tag == "*" else tag, own, frozenset(classes), tuple(attributes))


def _fits(rule: _Rule, node: etree._Element) -> bool:
    """Whether the element is one the rule speaks of; of several ancestors that would do, the nearest is taken."""
    if not rule.parts[-1].fits(node):
        return False
    at: etree._Element | None = node
    for part, direct in zip(reversed(rule.parts[:-1]), reversed(rule.direct), strict=True):
        assert at is not None
        at = at.getparent()
        while at is not None and not part.fits(at):
            at = None if direct else at.getparent()
        if at is None:
            return False
    return True


def _classes(node: etree._Element) -> frozenset[str]:
    return frozenset((node.get("class") or "")[:2_000].split())


def _has(node: etree._Element, name: str, how: str, value: str) -> bool:
    given = node.get(name)
    if given is None or how == "?":
        return given is not None
    if how == "=":
        return given == value
    if not value:
        return False
    return {
        "~=": value in given.split(), "^=": given.startswith(value), "$=": given.endswith(value), "*=": value in given,
        "|=": given == value or given.startswith(f"{value}-"),
    }[how]
