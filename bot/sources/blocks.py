"""Paragraphs: a tree of HTML, or of trafilatura's own XML, as the flat list that an article's body is made of."""

from __future__ import annotations

from lxml import etree

from bot.sources.characters import clean
from bot.text.sentences import HEADING, ended

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "head", "summary", "legend"))
_BLOCKS = _HEADINGS | frozenset((
    "p", "div", "section", "article", "main", "body", "blockquote", "quote", "ul", "ol", "li", "list", "item", "dl", "dt", "dd",
    "table", "tbody", "thead", "tfoot", "tr", "row", "td", "th", "cell", "caption", "figure", "figcaption", "address", "details",
    "header", "footer", "nav", "aside", "form", "fieldset", "center", "hr", "html",
))
_SKIPPED = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "button", "select", "option",
    "textarea", "input", "code", "pre", "title", "graphic", "img", "video", "audio", "figcaption",
))
_CELLS = frozenset(("td", "th", "cell"))
_ROWS = frozenset(("tr", "row"))


def paragraphs(tree: etree._Element, *, skip: frozenset[str] = frozenset()) -> list[str]:
    """The visible text below `tree` as paragraphs; a heading begins with `## `. Code, pictures and forms' fields are left out.

    `skip` names further elements to leave out.
    """
    found: list[str] = []
    line: list[str] = []
    heading = 0

    def end() -> None:
        text = clean("".join(line))
        line.clear()
        if text:
            found.append(HEADING + text if heading else text)

    cells: list[int] = []
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, node in walk:
        tag = str(node.tag)
        if event == "start":
            if tag in _SKIPPED or tag in skip:
                walk.skip_subtree()
                continue
            if tag in _CELLS and cells:
                cells[-1] += 1
                if cells[-1] > 1 and line:
                    line.append(" | ")
            elif tag in _BLOCKS:
                end()
            if tag in _ROWS:
                cells.append(0)
            heading += tag in _HEADINGS
            if node.text:
                line.append(node.text)
            continue
        if tag not in _SKIPPED and tag not in skip:
            if tag in _BLOCKS and not (tag in _CELLS and cells):
                end()
            heading -= tag in _HEADINGS
            if tag in _ROWS and cells:
                cells.pop()
            if tag in ("br", "lb"):
                # Only the last piece is looked at, or a page of line ends would take quadratic time.
                before = line[-1] if line else ""
                if before == "\n" or ended(before[-200:].rstrip(), also=":;：；"):
                    end()
                else:
                    line.append("\n")
        if node is not tree and node.tail and (node.tail.strip() or tag not in ("br", "lb")):
            line.append(node.tail)
    end()
    return found
