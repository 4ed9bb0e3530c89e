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
_BREAK = "\u2028"
"""A line end of the page inside a paragraph."""
MAX_LEAD = 80
"""Characters of a paragraph's first line that may be a heading of it."""


def paragraphs(tree: etree._Element, *, skip: frozenset[str] = frozenset()) -> list[str]:
    """The visible text below `tree` as paragraphs; a heading begins with `## `. Code, pictures and forms' fields are left out.

    `skip` names further elements to leave out.
    """
    found: list[str] = []
    line: list[str] = []
    heading = 0

    def end() -> None:
        lead, _, rest = "".join(line).partition(_BREAK)
        line.clear()
        lead, rest = clean(lead), clean(rest.replace(_BREAK, "\n"))
        if _leads(lead, rest) and not heading:
            found.extend((HEADING + lead, rest))
        elif lead or rest:
            text = clean(f"{lead}\n{rest}")
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
                if before == _BREAK or ended(before[-200:].rstrip(), also=":;：；"):
                    end()
                else:
                    line.append(_BREAK)
        if node is not tree and node.tail and (node.tail.strip() or tag not in ("br", "lb")):
            line.append(node.tail)
    end()
    return found


def _leads(lead: str, rest: str) -> bool:
    """Whether a line set off by a line break is a heading: short, without a stop, above at least one whole sentence."""
    return (
        10 <= len(lead) <= MAX_LEAD and lead[0].isupper() and not ended(lead, also=":;,：；，—–-") and not any(map(str.isdecimal, lead))
        and len(rest) > 2 * len(lead) and rest[0].isupper() and ended(rest)
    )
