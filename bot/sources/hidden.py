"""Hidden text of a page: taken out of the tree before anything is read from it, and handed over apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from bot.sources.characters import clean, smuggled

MAX_CHARS = 20_000
"""Of hidden text; the rest is dropped."""

_NOT_TEXT = frozenset(("script", "style", "template", "noscript", "iframe", "object", "svg", "math"))
_READERS_ONLY = re.compile(r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|visuallyhidden|a11y-hidden)(?:\s|$)", re.I)
_NONE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|(?:^|;)opacity:0?\.?0*(?:;|$|!)|font-size:0?\.?0*(?:px|pt|em|rem|%)?(?:;|$|!)"
    r"|(?:text-indent|left|right|top|margin-left):-\d{4,}|clip:rect\((?:0(?:px)?,?){4}\)|clip-path:inset\((?:50|100)%"
    r"|(?:max-)?(?:height|width):0(?:px)?;(?:.*;)?overflow:hidden|overflow:hidden;(?:.*;)?(?:max-)?(?:height|width):0(?:px)?(?:;|$)"
    r"|(?:^|;)color:transparent", re.I)
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)", re.I)
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)", re.I)
_NAMED = {"white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245), "black": (0, 0, 0)}
_WHITE = (255, 255, 255)


def take_out(tree: HtmlElement) -> str:
    """Remove every comment and every element a reader can not see; the text they held, at most MAX_CHARS.

    Seen are inline styles and attributes; style sheets are not read. The page's own root and body always stay: scripts
    hide those until a page is drawn.
    """
    found: list[str] = []
    for node in [node for node in tree.iter() if _is_hidden(node)]:
        if node.getparent() is None or not _is_below(node, tree):
            continue
        text = _text_of(node)
        if text:
            found.append(text)
        _remove(node)
    found.append(smuggled("".join(tree.itertext())))
    return "\n".join(text for text in dict.fromkeys(found) if text)[:MAX_CHARS]


def _is_hidden(node: etree._Element) -> bool:
    if not isinstance(node.tag, str):
        return True
    if node.tag in ("html", "body", "head", "title", "meta", "link", "script", "style"):
        return False
    if node.tag in ("noscript", "template"):
        return True
    if node.get("hidden") is not None or node.get("aria-hidden", "").strip().lower() == "true":
        return True
    if _READERS_ONLY.search(node.get("class") or ""):
        return True
    if node.tag == "font" and node.get("color") and _rgb(node.get("color") or "") == _WHITE and _behind(node) == _WHITE:
        return True
    style = node.get("style")
    return bool(style) and _is_styled_away(node, _folded(style or ""))


def _is_styled_away(node: etree._Element, style: str) -> bool:
    if _NONE.search(style):
        return True
    colour = _COLOUR.search(style)
    ink = _rgb(colour[1]) if colour else None
    if ink is None:
        return False
    behind = _behind(node)
    return behind is not None and max(abs(a - b) for a, b in zip(ink, behind, strict=True)) <= 16


def _behind(node: etree._Element) -> tuple[int, int, int] | None:
    """The colour behind the node as far as inline styles tell; None where a class may have set it."""
    at: etree._Element | None = node
    classed = False
    while at is not None:
        given = _BACKGROUND.search(_folded(at.get("style") or ""))
        paint = given[1] if given else at.get("bgcolor")
        if paint:
            return _rgb(paint)
        classed = classed or (at.tag not in ("html", "body") and bool(at.get("class")) and at is not node)
        at = at.getparent()
    return None if classed and node.tag not in ("p", "span", "font") else _WHITE


def _folded(style: str) -> str:
    return re.sub(r"\s+|/\*.*?\*/", "", style[:10_000]).lower()


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


def _is_below(node: etree._Element, tree: HtmlElement) -> bool:
    """Whether it still hangs in the tree: a hidden parent may have gone before it."""
    return any(parent is tree for parent in node.iterancestors())


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
