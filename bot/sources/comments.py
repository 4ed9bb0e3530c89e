"""The comments below an article: what readers wrote is not the publisher's, so it leaves the page before anything is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

_NAME = re.compile(
    r"(?:the-?|js-|wp-block-|article-|post-|page-|user-|reader-)?(?:comments?|replies|discussions?)"
    r"(?:-?(?:s|list|section|area|thread|wrap|wrapper|body|text|block|container|content|item|box|form|feed|module|embed|template|tree|node|main|inner|page|holder|\d+))*"
    r"|commentlist|comment_?(?:list|section|area|thread|wrap|wrapper|body|text|block|container|content|item|box)|comments?[_-]?(?:list|section)"
    r"|disqus(?:_thread|-thread|-comments)?|dsq-\w+|fb-comments|fb_comments|livefyre\w*|coral(?:_talk|-talk)?\w*|coral-comments?|hyvor-talk\w*|giscus|utterances|isso-thread|commento|cusdis_thread|remark42"
    r"|viafoura|vf-comments\w*|spot-?im\w*|openweb\w*|talkyard-\w+|respond|webmentions?|guestbook|gaestebuch|kommentare?|kommentar(?:bereich|liste)|leserkommentare|commentaires?|commentaire-\w+|comentarios?|commenti|reacties",
    re.I,
)
_LABEL = re.compile(r"(?:(?:reader|user|leave|\d+) )?(?:comments?|discussion|kommentare|commentaires|comentarios|commenti|reacties)(?: section)?", re.I)
_TYPES = ("schema.org/Comment", "schema.org/UserComments", "schema.org/DiscussionForumPosting")
_WHOLE = frozenset(("html", "body", "head", "main", "title", "h1", "script", "style", "link", "meta"))
_ARTICLE = ".//h1 | .//main | .//*[@itemprop='articleBody'] | .//*[contains(concat(' ', @itemprop, ' '), ' headline ')]"


def found(tree: HtmlElement) -> Iterator[etree._Element]:
    """The elements that hold comments, outermost first; none that holds the article's own headline or text."""
    inside: set[etree._Element] = set()
    for node in tree.iter(etree.Element):
        if node.getparent() in inside:
            inside.add(node)
        elif _is_named(node) and not node.xpath(_ARTICLE):
            inside.add(node)
            yield node


def _is_named(node: etree._Element) -> bool:
    if node.tag in _WHOLE or node is node.getroottree().getroot():
        return False
    if any(_NAME.fullmatch(name) for name in (node.get("id") or "", *(node.get("class") or "")[:2_000].split()) if name):
        return True
    kind = node.get("itemtype") or ""
    if any(kind.rstrip("/").endswith(name) for name in _TYPES) or "comment" in (node.get("itemprop") or "").split():
        return True
    return bool(_LABEL.fullmatch((node.get("aria-label") or "").strip()[:60]))
