"""How large a page may be and still be an article: refused, or cut down, before anything slow reads it.

The parser and the extractor take the square of a tag's attributes and of a page's elements, and the checks read every figure.
"""

from __future__ import annotations

import re
from unicodedata import normalize

import regex
from lxml.html import HtmlElement

from bot.errors import SourceError
from bot.values import Article

MAX_TEXT = 750_000
"""Characters of text: about 120,000 words, a long novel."""
MAX_ELEMENTS = 30_000
"""Elements and comments; long articles have some thousands."""
MAX_MARKS = 6 * MAX_ELEMENTS
"""Signs `<` in a page's source, end tags and scripts included."""
MAX_ATTRIBUTES = 256
"""Attributes of one element; what has more loses them all."""
MAX_DIGITS = 150_000
"""Digits of a text: every figure of an article is read before anything is checked against it."""
MAX_BRACKETS = 20_000
"""Opening brackets of a text in Markdown."""
MAX_LINES = 12_000
"""Of a text that is no page."""
_PIECE = 65_536
_SOURCE = "give the article's own page, or its text as a file"

_TAG = regex.compile(r"<[A-Za-z](?>=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|[^>])*+>")  # not `re`: see bot.text.urls
_NAME = re.compile(r"<[A-Za-z][^\s/>]*")
_VALUE = re.compile(r"=\s*(?:\"[^\"]*\"|'[^']*')")
_RAW = re.compile(r"<(script|style|textarea)\b", re.I)


def of_source(markup: str, where: str) -> str:
    """The source of a page, with overlong tags cut to their names. Raises SourceError for one with too many elements."""
    if markup.count("<") > MAX_MARKS:
        raise SourceError(f"{where}: far more elements than an article has; {_SOURCE}.")
    kept: list[str] = []
    lower = markup.lower() if markup.isascii() else re.sub("[A-Z]+", lambda found: found[0].lower(), markup)
    at = done = 0
    while (at := markup.find("<", at)) >= 0:
        end = _past(lower, at)
        if end is None:
            tag = _TAG.match(markup, at)
            if tag is None:
                if markup[at + 1 : at + 2].isalpha() and len(markup) - at > MAX_ATTRIBUTES:
                    return "".join((*kept, markup[done:at]))  # it never ends: the rest of the page is inside this tag
                at += 1
                continue
            end = tag.end()
            if end - at > 2 * MAX_ATTRIBUTES and _attributes(tag[0]) > MAX_ATTRIBUTES:
                name = _NAME.match(markup, at)
                kept += [markup[done:at], f"{name[0] if name else '<div'}>"]
                done = end
        at = end
    return "".join((*kept, markup[done:])) if kept else markup


def _past(lower: str, at: int) -> int | None:
    """Where the comment or script that begins at `at` ends; None where none begins."""
    raw = _RAW.match(lower, at)
    close = "-->" if lower.startswith("<!--", at) else f"</{raw[1]}" if raw else ""
    if not close:
        return None
    end = lower.find(close, at + 4)
    return len(lower) if end < 0 else end + len(close)


def _attributes(tag: str) -> int:
    return len(re.findall(r"[^\s/]+", _VALUE.sub(" ", tag)))


def of_tree(tree: HtmlElement, where: str) -> None:
    """Take the attributes from elements with too many. Raises SourceError for a page of too many elements or too much text."""
    size = 0
    for elements, node in enumerate(tree.iter()):
        size += len(node.tail or "") + (0 if node.tag in ("script", "style") else len(node.text or ""))
        if isinstance(node.tag, str) and len(node.attrib) > MAX_ATTRIBUTES:
            node.attrib.clear()
        if elements >= MAX_ELEMENTS:
            raise SourceError(f"{where}: more than {MAX_ELEMENTS:,} elements; {_SOURCE}.")
    of_text(size, where)


def of_text(size: int, where: str) -> None:
    """Raises SourceError for a text of so many characters that it is no article."""
    if size > MAX_TEXT:
        raise SourceError(f"{where}: {size:,} characters of text, more than an article has; give only the article.")


def of_characters(text: str, where: str) -> None:
    """Raises SourceError for a text that grows beyond bounds when its characters are folded: one ligature may stand for 18 letters."""
    if not text.isascii():
        grown = sum(len(normalize("NFKC", text[at : at + _PIECE])) for at in range(0, len(text), _PIECE))
        of_text(grown - len(text), where)


def of_lines(text: str, where: str) -> None:
    """Raises SourceError for a text, not a page, of too many characters or lines."""
    of_text(len(text), where)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise SourceError(f"{where}: more than {MAX_LINES:,} lines, a table or list rather than an article; give only the article.")


def of_markdown(text: str, where: str) -> None:
    """Raises SourceError for a text with more marks than writers make: its parser looks at each several times."""
    if text.count("[") > MAX_BRACKETS or sum(map(text.count, "*_`|<>")) > 3 * MAX_BRACKETS:
        raise SourceError(f"{where}: far more marks than an article in Markdown has; give only the article, or its text as a .txt file.")


def of_article(article: Article, where: str) -> Article:
    """The article as it is. Raises SourceError when it is too long, or too full of figures, to be checked against."""
    pairs = sum(len(pair.question) + len(pair.answer) for pair in article.faq)
    of_text(len(article.body) + pairs, where)
    if sum(map(article.body.count, "0123456789")) > MAX_DIGITS:
        raise SourceError(f"{where}: more than {MAX_DIGITS:,} digits, a table rather than an article; {_SOURCE}.")
    return article
