"""Markdown to an Article: simple front matter, then the tokens of markdown-it; code is left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from bot.errors import SourceError
from bot.sources import article, blocks, bounds, dates, hidden, record
from bot.sources.characters import clean, smuggled
from bot.sources.head import MAX_TITLE, Head, dek_of, language_tag
from bot.text import links
from bot.text.sentences import HEADING
from bot.values import Article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$")
_SIGNS = re.compile(r"^#{1,6} \S|\]\((?:https?:|/|#)|^```|\*\*\S[^*\n]*\*\*|^> \S|^[*-] \S.*\n[*-] \S", re.M)


def looks_like_it(text: str) -> bool:
    """Whether a text without a name is Markdown: front matter, a `#` headline, or two signs of it."""
    return bool(_FRONT.match(text) or re.match(r"\s*# \S", text)) or len(_SIGNS.findall(text[:20_000])) >= 2


def read(text: str, *, where: str, address: str | None = None, url: str | None = None, load: article.Load | None = None) -> Article:
    """The article of a text that stands at `address` (None: a file). `url` stands before the address in the front matter.

    Raises SourceError when there is no text.
    """
    from markdown_it import MarkdownIt

    text = re.sub(r"\r\n?", "\n", text)
    fields, text = front_matter(text)
    bounds.of_markdown(text, where)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    lines, unseen = _paragraphs(tokens)
    title = fields.get("title", "")
    if not title:
        at = next((at for at, line in enumerate(lines) if line.startswith(HEADING)), None)
        if at is not None and at <= 1:
            title = lines.pop(at).removeprefix(HEADING)
        elif lines:
            title = lines.pop(0)
    if not title:
        raise SourceError(f"{where}: it is empty; give a page, or a text with a headline and paragraphs.")
    told = dek_of(fields.get("description") or fields.get("summary") or fields.get("subtitle") or fields.get("dek") or "")
    named = links.parsed(fields.get("canonical") or fields.get("canonical_url") or fields.get("url") or "")
    if named and address and not links.same_site(named, address):
        named = None
    head = Head(
        title=title[:MAX_TITLE], dek=told or article.standfirst(lines), language=language_tag(fields.get("lang") or fields.get("language")),
        author=fields.get("author") or None, published_at=dates.read(fields.get("date") or fields.get("published")),
        image=fields.get("image") or fields.get("cover") or None, image_alt=fields.get("image_alt", ""),
    )
    head, unsaid = record.borne_out(head, lines, title)
    hidden_text = "\n".join(filter(None, (*unseen, unsaid, smuggled(text))))[: hidden.MAX_CHARS]
    return article.made(lines, where=where, head=head, url=url or named or address, hidden=hidden_text, load=load)


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The `key: value` lines before the text (lists and nested values are left out), and the text."""
    found = _FRONT.match(text)
    if not found:
        return {}, text
    pairs = (_FIELD.match(line) for line in found[1].split("\n"))
    fields = {pair[1].lower(): clean(_unquoted(pair[2].strip())) for pair in pairs if pair}
    return {name: value for name, value in fields.items() if value and value[0] not in "[{|>"}, text[found.end() :]


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*$", "", value)


def _paragraphs(tokens: Sequence[Token]) -> tuple[list[str], list[str]]:
    found: list[str] = []
    unseen: list[str] = []
    row: list[str] | None = None
    is_heading = False
    for token in tokens:
        if token.type == "heading_open":
            is_heading = True
        elif token.type == "heading_close":
            is_heading = False
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            found.append(" | ".join(filter(None, row)))
            row = None
        elif token.type == "inline":
            parts = _inline(token, unseen)
            if row is not None:
                row.append(" ".join(parts))
            else:
                found += [HEADING + part if is_heading else part for part in parts]
        elif token.type == "html_block":
            found += _of_html(token.content, unseen)
    return [line for line in found if line.removeprefix(HEADING)], unseen


def _inline(token: Token, unseen: list[str]) -> list[str]:
    """The text of a paragraph: link texts without their addresses, no code fences, pictures or HTML; hard breaks part it."""
    parts = [""]
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            parts[-1] += child.content
        elif child.type == "softbreak":
            parts[-1] += "\n"
        elif child.type == "hardbreak":
            parts.append("")
        elif child.type == "html_inline" and child.content.startswith("<!--"):
            unseen.append(clean(child.content[4:].removesuffix("-->")))
    return [line for line in map(clean, parts) if line]


def _of_html(content: str, unseen: list[str]) -> list[str]:
    try:
        tree = lxml_html.fragment_fromstring(content, create_parent="div")
    except (etree.ParserError, ValueError):
        return []
    unseen.append(hidden.take_out(tree))
    return blocks.paragraphs(tree)
