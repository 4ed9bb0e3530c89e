"""Exact identities of text: an article's fingerprint, and the key of what an account says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

from bot.text import links, urls
from bot.values import Article

_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """Text as it is compared: NFKC, case folded, white space folded, invisible format characters dropped, URLs by their key."""
    pieces, at = [], 0
    for span in urls.find(text):
        pieces += [text[at : span.start], links.url_key(span.text) or span.text]
        at = span.end
    whole = "".join([*pieces, text[at:]])
    visible = "".join(char for char in unicodedata.normalize("NFKC", whole) if unicodedata.category(char) != "Cf")
    return _SPACE.sub(" ", visible).strip().casefold()


def said_key(texts: Sequence[str]) -> str:
    """The key of a post: equal for posts that say the same, whatever their case, spacing or tracking parameters."""
    return sha256("\n".join(normalised(text) for text in texts).encode()).hexdigest()


def fingerprint(article: Article) -> str:
    """The identity of an article's text: headline and body, letters and digits only, so that layout makes no difference."""
    words = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", f"{article.title}\n{article.body}")).casefold()
    return sha256(" ".join(words.split()).encode()).hexdigest()
