"""Plain text to an Article: headline first, then perhaps a dek and a byline, short lines as headings."""

from __future__ import annotations

import re

from bot.errors import SourceError
from bot.sources import article, dates, faq, tail
from bot.sources.characters import clean, smuggled
from bot.sources.head import BY, MAX_TITLE, Head
from bot.text.sentences import HEADING, ended
from bot.values import Article

_PARTLY = ":;,：；，"
"""Marks behind which a line goes on; it ends with one too."""
_ITEM = re.compile(r"^(?:[-*•–▪●]|\d{1,2}[.)])\s")
_RULE = re.compile(r"^[=\-_*~#]{3,}$")
_BYLINE = re.compile(rf"(?:{BY})\s+([A-ZÀ-Þ][\w.'’-]*(?:\s+(?:and|und|et|y|e|en|&|de|van|von|der|[A-ZÀ-Þ][\w.'’-]*)){{0,6}})", re.I)
_WRAPPED = 100
"""A file none of whose lines is longer was wrapped by its editor: a line end is then no paragraph's end."""
MAX_HEADING = 80


def read(text: str, *, where: str, url: str | None = None) -> Article:
    """Raises SourceError when nothing but a headline is in it."""
    lines = paragraphs(text)
    if not lines:
        raise SourceError(f"{where}: it is empty; give a page, or a text with a headline and paragraphs.")
    title, *rest = lines
    title = title.lstrip("# ").strip()
    author, published = None, None
    while rest and len(rest) > 1:
        byline = _BYLINE.fullmatch(rest[0][:120])
        moment = dates.read(rest[0])
        if byline and len(rest[0]) <= 100 and not author:
            author = byline[1]
        elif moment and not published:
            published = moment
        else:
            break
        rest.pop(0)
    dek = article.standfirst(rest)
    head = Head(title=title[:MAX_TITLE], dek=dek, author=author, published_at=published)
    return article.made(headed(rest), where=where, head=head, url=url, hidden=smuggled(text))


def paragraphs(text: str) -> list[str]:
    """Paragraphs of a text: lines, or blocks of lines where an editor wrapped them."""
    groups = [[line.strip() for line in group.split("\n")] for group in re.split(r"\n[ \t]*\n", re.sub(r"\r\n?|\u2028|\u2029|\f", "\n", text))]
    groups = [[line for line in group if line and not _RULE.match(line)] for group in groups]
    lengths = [len(line) for group in groups for line in group]
    is_wrapped = bool(lengths) and max(lengths) <= _WRAPPED and any(
        len(group) > 1 and len(group[0]) >= 45 and not ended(group[0], also=_PARTLY) for group in groups
    )
    found: list[str] = []
    for group in groups:
        if not is_wrapped or any(map(_ITEM.match, group)):
            found += group
        else:
            found.append("\n".join(group))
    return [line for line in map(clean, found) if line]


def headed(lines: list[str]) -> list[str]:
    """The paragraphs with `## ` before those that read as headings: short, without a final stop, with text below."""
    found = []
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        found.append(HEADING + line if not line.startswith(HEADING) and _is_heading(line, below) else line)
    return found


def _is_heading(line: str, below: str) -> bool:
    if not 2 <= len(line) <= MAX_HEADING or _ITEM.match(line) or not (line[0].isupper() or line[0].isdigit() or not line[0].isascii()):
        return False
    if faq.is_title(line):
        return True
    if tail.is_title(line) or tail.is_call(line) or "http" in line or len(line.split()) > 14:
        return False
    if faq.asks(line):
        return len(below) >= 60 and len(line.split()) > 2
    return not ended(line, also=_PARTLY) and (len(below) > len(line) and ended(below, also=_PARTLY))
