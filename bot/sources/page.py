"""An HTML page to an Article: parsed once, hidden parts out, body by trafilatura, the rest read from the same tree."""

from __future__ import annotations

import logging
import re

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from bot.errors import SourceError
from bot.sources import article, blocks, bounds, hidden, jsonld, markup, record
from bot.sources.characters import clean
from bot.sources.head import read as read_head
from bot.values import NO_URL_RULES, Article, UrlRules

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.I)


def parsed(text: str, where: str) -> HtmlElement:
    """The page's tree, comments included. Raises SourceError for what holds no element at all."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_pis=True, collect_ids=False, default_doctype=False)
    try:
        return lxml_html.document_fromstring(_DECLARATION.sub("", text.replace("\0", "")).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise SourceError(f"{where}: the page is empty; check the address or file.") from None


def read(
    text: str, *, where: str, address: str | None = None, url: str | None = None, load: article.Load | None = None,
    rules: UrlRules = NO_URL_RULES,
) -> Article:
    """The article on a page that stands at `address` (None: a file). `url` stands before the address the page names.

    Raises SourceError when the page holds no article text.
    """
    tree = parsed(bounds.of_source(text, where), where)
    bounds.of_tree(tree, where)
    found = jsonld.nodes(tree)
    unseen = hidden.take_out(tree)
    body = tree.find("body")
    lines = blocks.paragraphs(tree if body is None else body)
    titles = [clean("".join(head.itertext())) for head in tree.iter("h1")]
    head, unsaid = record.borne_out(read_head(tree, found, address, rules), lines, clean(tree.findtext(".//title") or ""), titles)
    unseen = "\n".join(filter(None, (unseen, unsaid)))
    pairs = markup.pairs(tree, found)
    made = article.made(
        _body(tree, where), where=where, head=head, pairs=pairs, url=url or head.canonical or address, hidden=unseen, load=load,
    )
    return made if made.url in (url, address) else made.model_copy(update={"read_at": address})


def _body(tree: HtmlElement, where: str) -> list[str]:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports pages it gives up on; our error says so
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(tree, include_comments=False)
    except Exception:  # hostile pages reach corners of the extractor that raise anything, RecursionError included
        document = None
    body = getattr(document, "body", None)
    return blocks.paragraphs(body) if isinstance(body, etree._Element) else []
