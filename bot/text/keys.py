"""Exact identities of text: an article's fingerprint, what an account says, and what a person approved."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256

from bot.text import links, urls
from bot.text.plain import fold
from bot.values import JSON, NO_URL_RULES, Article, Content, UrlRules

HASH_FORMAT = 1
"""Goes up when the approval hash covers something else than before."""
SAID_FORMAT = 1
"""Goes up when `said_key` gives a post another key than before: stored keys are stale then."""

_NOT_WORD = re.compile(r"[\W_]+")
_MARKED = re.compile(r"(?:(?<!\w)[+±-] ?)?(?:[$€£¥₹₩₽₺] ?)?\d(?:[.,:/]?\d)*(?: ?[%‰€$£¥₹₩₽₺°])?")
_SAME = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("–—―", "-")})
# Beyond what is folded for looking things up: here even white space and the selectors behind emoji tell nothing apart, for a
# blank letter may be drawn as a space or as nothing at all.
_UNSEEN = re.compile(r"[\s\u180b-\u180d\u180f\ufe0e\ufe0f]+")


def normalised(text: str, rules: UrlRules = NO_URL_RULES) -> str:
    """Text as it is compared: what a reader would take for the same words is the same.

    Folded (see `plain.fold`), in small letters, without white space; quotation marks and dashes as one, addresses by their key.
    """
    text = fold(text)
    pieces, at = [], 0
    for span in urls.find(text):
        pieces += [text[at : span.start], links.url_key(span.text, rules) or span.text]
        at = span.end
    return _UNSEEN.sub("", "".join([*pieces, text[at:]]).translate(_SAME)).casefold()


def said_key(texts: Sequence[str], rules: UrlRules = NO_URL_RULES) -> str:
    """The key of a post: equal for posts that say the same, whatever their case, spacing, quotation marks or tracking parameters."""
    return sha256("\n".join(normalised(text, rules) for text in texts).encode(errors="surrogatepass")).hexdigest()


def fingerprint(article: Article) -> str:
    """The identity of an article's text: headline and body, letters and digits only, so that layout makes no difference."""
    words = _NOT_WORD.sub(" ", fold(f"{article.title}\n{article.body}")).casefold()
    return sha256(" ".join(words.split()).encode(errors="surrogatepass")).hexdigest()


def marks(article: Article) -> str:
    """What the fingerprint leaves out and that makes another figure of one: currencies, signs, units that are no letters, decimal marks."""
    return " ".join(_MARKED.findall(fold(f"{article.title}\n{article.body}")))


def exact(article: Article) -> str:
    """The identity of an article's text to the sign before a figure (hex, 64 characters)."""
    return sha256(f"{fingerprint(article)} {marks(article)}".encode(errors="surrogatepass")).hexdigest()


def approval_hash(content: Content) -> str:
    """SHA-256 (hex) over what readers will see: texts, facets, card, languages and what it replies to, as canonical JSON.

    Not over lengths, costs and evidence, so that a price that changes takes no approval back.
    """
    card = content.card
    said: JSON = {
        "format": HASH_FORMAT,
        "segments": [
            {"text": part.text, "facets": [[facet.start, facet.end, facet.type, facet.value] for facet in part.facets]}
            for part in content.segments
        ],
        "card": card and {
            "uri": card.uri, "title": card.title, "description": card.description, "thumb": card.thumb, "on": list(card.on),
        },
        "languages": list(content.languages),
    }
    if content.reply_to is not None:  # named only where there is one: what was hashed before replies were known stays valid
        said["reply_to"] = {end: [message.id, message.cid] for end, message in (("root", content.reply_to.root), ("parent", content.reply_to.parent))}
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
