"""What of a page a reader can not see, and what readers wrote below it: taken out before anything is read, and handed over apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from bot.sources import comments
from bot.sources.characters import clean, smuggled
from bot.sources.sheets import Declarations, Sheets, declarations

MAX_CHARS = 20_000
"""Of hidden text; the rest is dropped."""

_NOT_TEXT = frozenset(("script", "style", "template", "noscript", "iframe", "object", "svg", "math"))
_ALWAYS = frozenset(("html", "body", "head", "title", "meta", "link", "script", "style"))
_READERS_ONLY = re.compile(r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|visuallyhidden|a11y-hidden)(?:\s|$)", re.I)
_FAR = re.compile(r"-(?:\d{4,}(?:px|pt)?|[5-9]\d\d(?:px|pt)?|\d{2,}(?:\.\d+)?(?:em|rem|vw|vh|ch)|\d{3,}%)", re.I)
"""So far outside its place that nobody scrolls there."""
_CLIPPED = re.compile(r"rect\((?:[01](?:px)?,?){4}\)|(?:inset\((?:50|[5-9]\d|100)%|circle\(0|polygon\(0(?:px|%)?0?(?:px|%)?(?:,0(?:px|%)?0?(?:px|%)?)*\)).*", re.I)
_SCALED = re.compile(r"scale(?:[xy]|3d)?\(0(?:\.0+)?[,)]|translate(?:[xy]|3d)?\((?:-?\d+(?:px|%)?,)?-(?:\d{4,}|[5-9]\d\dpx|\d{3,}(?:%|em|rem|vw|vh))", re.I)
_CLEAR = re.compile(r"transparent|(?:rgb|hsl)a?\([^()]*[,/]0?\.?0*%?\)|#[0-9a-f]{3}0|#[0-9a-f]{6}00", re.I)
_SIZE = re.compile(r"(?:.*\s)?(\d*\.?\d+)(px|pt|em|rem|%|)(?:$|[\s/!].*)", re.I | re.S)
_SMALLEST = {"px": 4.0, "pt": 3.0, "em": 0.25, "rem": 0.25, "%": 25.0, "": 0.0}
"""A font of this size, or smaller, is not meant to be read."""
_FAINT = 0.05
"""An opacity that leaves nothing to see."""
_SMALL = re.compile(r"(?:0|0?\.\d+)(?:px|em|rem|%)?|1px", re.I)
_MOST = 2_000
"""Characters; an element with less is not looked at as the article itself."""
_OUTSIDE = ("text-indent", "left", "right", "top", "bottom", "margin-left", "translate")
_NAMED = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245), "black": (0, 0, 0)}
_WHITE = (255, 255, 255)


def take_out(tree: HtmlElement) -> str:
    """Remove comments, the readers' comments, and every element a reader can not see; the text they held.

    Seen are attributes, inline styles and the page's own style sheets (`bot.sources.sheets`); no sheet at another address. The
    page's own root and body always stay: scripts hide those until a page is drawn. At most MAX_CHARS of what was hidden, and as
    much of comments.
    """
    sheets = Sheets(tree)
    hidden = _taken(tree, [node for node in tree.iter() if _is_hidden(node, sheets)])
    said = _taken(tree, list(comments.found(tree)))
    return "\n".join(filter(None, (hidden, said, smuggled("".join(tree.itertext()))[:MAX_CHARS])))


def _taken(tree: HtmlElement, nodes: list[etree._Element]) -> str:
    found: list[str] = []
    gone: set[etree._Element] = set()
    for node in nodes:
        if node in gone or node.getparent() is None:
            continue
        text = _text_of(node)
        if text:
            found.append(text)
        gone.update(node.iter())
        _remove(node)
    return "\n".join(dict.fromkeys(found))[:MAX_CHARS]


def _is_hidden(node: etree._Element, sheets: Sheets) -> bool:
    if not isinstance(node.tag, str):
        return True
    if node.tag in _ALWAYS:
        return False
    if node.tag in ("noscript", "template"):
        return True
    if node.get("hidden") is not None or node.get("aria-hidden", "").strip().lower() == "true":
        return True
    classes = node.get("class") or ""
    if _READERS_ONLY.search(classes) or node.get("popover") is not None or (_is_classed_away(classes) and not _is_most(node)):
        return True
    if node.tag == "font" and node.get("color") and _rgb(node.get("color") or "") == _WHITE and _behind(node, sheets) == _WHITE:
        return True
    style = node.get("style")
    own: Declarations = {}
    if style:
        said, important = declarations(style)
        own = {**said, **important}
    if own and _is_styled_away(node, own, sheets):
        return True
    given = sheets.of(node)
    if not given:
        return False
    moving = any(given.get(name, "none") not in ("none", "") for name in ("animation", "animation-name", "transition"))
    if moving:  # it is brought into sight by and by
        given = {name: value for name, value in given.items() if name not in ("opacity", "transform", "translate")}
    if not sheets.is_all and _background(given) is None:  # what stands behind it may be another sheet's
        given = {name: value for name, value in given.items() if name != "color"}
    return _is_styled_away(node, {**given, **own}, sheets) and not _is_most(node)


def _is_most(node: etree._Element) -> bool:
    """Does the element hold the article itself? A sheet hides that only until a script shows it."""
    if node.find(".//h1") is not None or node.find(".//main") is not None:
        return True
    own = sum(len(text) for text in node.itertext())
    return own > _MOST and own * 2 > sum(len(text) for text in node.getroottree().getroot().itertext())


def _is_classed_away(classes: str) -> bool:
    """Common frameworks' class for what is not shown, without one beside it that shows it on some screens (`md:block`, `d-md-flex`)."""
    names = set(classes.lower().split())
    return bool(names & {"hidden", "d-none"}) and not any(":" in name or (name.startswith("d-") and name != "d-none") for name in names)


def _is_styled_away(node: etree._Element, style: Declarations, sheets: Sheets) -> bool:
    said = style.get
    if said("display") == "none" or said("visibility") in ("hidden", "collapse") or said("content-visibility") == "hidden":
        return True
    if _number(said("opacity"), percent=True) <= _FAINT or any(_is_tiny(said(name, "")) for name in ("font-size", "font")):
        return True
    if any(_FAR.match(said(name, "")) for name in _OUTSIDE) or any(_CLIPPED.fullmatch(said(name, "")) for name in ("clip", "clip-path")):
        return True
    if _SCALED.search(said("transform", "")):
        return True
    shut = any(said(name) in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y"))
    if shut and any(said(name) and _SMALL.fullmatch(said(name, "")) for name in ("height", "width", "max-height", "max-width")):
        return True
    paint = said("-webkit-text-fill-color") or said("color") or ""
    if _CLEAR.fullmatch(paint):
        return "text" not in said("background", "")
    ink = _rgb(paint) if paint else None
    if ink is None:
        return False
    behind = _behind(node, sheets, style)
    return behind is not None and max(abs(a - b) for a, b in zip(ink, behind, strict=True)) <= 16


def _is_tiny(font: str) -> bool:
    size = _SIZE.fullmatch(font[:200])
    return bool(size) and float(size[1] if size else 0) <= _SMALLEST[(size[2] if size else "").lower()]


def _number(value: str | None, *, percent: bool) -> float:
    found = re.fullmatch(r"(\d*\.?\d+)(%?)", value or "")
    return 1.0 if not found else float(found[1]) / (100 if percent and found[2] else 1)


def _background(style: Declarations) -> str | None:
    return style.get("background-color") or style.get("background") or style.get("background-image")


def _behind(node: etree._Element, sheets: Sheets, style: Declarations | None = None) -> tuple[int, int, int] | None:
    """The colour behind the node as far as inline styles and the page's own sheets tell; None where another may have set it."""
    at: etree._Element | None = node
    classed = False
    while at is not None:
        if style is None or at is not node:
            style = {**sheets.of(at), **declarations(at.get("style") or "")[0]}
        paint = _background(style) or at.get("bgcolor")
        if paint and not _CLEAR.fullmatch(paint) and paint not in ("none", "inherit"):
            return _rgb(paint)
        classed = classed or (at.tag not in ("html", "body") and bool(at.get("class")) and at is not node)
        at = at.getparent()
    return None if classed and not sheets.is_all and node.tag not in ("p", "span", "font") else _WHITE


def _rgb(colour: str) -> tuple[int, int, int] | None:
    colour = colour.strip().lower()
    if colour in _NAMED:
        return _NAMED[colour]
    code = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", colour)
    if code:
        wide = code[1] if len(code[1]) == 6 else "".join(digit * 2 for digit in code[1])
        return int(wide[:2], 16), int(wide[2:4], 16), int(wide[4:], 16)
    parts = re.fullmatch(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,[\d.]+)?\)", colour.replace(" ", ""))
    return (int(parts[1]), int(parts[2]), int(parts[3])) if parts else None


def _texts(node: etree._Element) -> Iterator[str]:
    if not isinstance(node.tag, str) or node.tag in _NOT_TEXT - {"noscript", "template"}:
        return
    if node.text:
        yield node.text
    for child in node.iterdescendants():
        inside = isinstance(child.tag, str) and child.tag not in _NOT_TEXT
        if child.text and inside:
            yield child.text
        if child.tail:
            yield child.tail


def _text_of(node: etree._Element) -> str:
    if isinstance(node.tag, str):
        # "Please enable JavaScript" is for other readers, not hidden from them.
        return "" if node.tag == "noscript" else clean(" ".join(_texts(node)))
    if isinstance(node, etree._Comment):
        text = clean(re.sub(r"<[^>]*>", " ", node.text or ""))
        return "" if text.startswith("[if ") else text
    return ""


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)
