"""How X gives a post back, and how it counts one: the X stand-in's view of texts, plainer than the program's own."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import regex

SHORT = 280
"""Weighted length beyond which a post is a note: `text` is cut, and `note_tweet` has the whole."""
URL = regex.compile(r"https?://\S*[^\s.,;:!?)\]}'\"]|\b[a-z0-9-]+\.(?:com|org|net|io|ai|dev)\b(?:/\S*[^\s.,;:!?)])?", regex.IGNORECASE)


@dataclass(frozen=True)
class Tweet:
    """What was really posted."""

    id: str
    text: str
    in_reply_to: str | None
    user_id: str
    created_at: float
    root: str
    """The post that began its conversation."""


def shown(tweet: Tweet) -> dict[str, Any]:
    """As X gives a post back: addresses shortened, `&`, `<` and `>` escaped, white space trimmed, a long text cut."""
    text, urls = _written(tweet.text, tweet.id[-8:])
    given: dict[str, Any] = {
        "id": tweet.id, "text": text, "edit_history_tweet_ids": [tweet.id], "author_id": tweet.user_id,
        "created_at": stamp(tweet.created_at), "conversation_id": tweet.root,
    }
    if weight(tweet.text) > SHORT:
        given["note_tweet"] = {"text": text} | ({"entities": {"urls": urls}} if urls else {})
        more = f"https://t.co/{tweet.id[-9:]}n"
        cut, kept = _written(_cut(tweet.text), tweet.id[-8:])
        given["text"] = f"{cut}… {more}"
        end = len(given["text"])
        urls = [*kept, {"url": more, "expanded_url": f"https://x.com/i/web/status/{tweet.id}", "display_url": "x.com/i/web/status/…",
                        "start": end - len(more), "end": end}]
    if urls:
        given["entities"] = {"urls": urls}
    if tweet.in_reply_to:
        given["referenced_tweets"] = [{"type": "replied_to", "id": tweet.in_reply_to}]
    return given


def _written(text: str, tag: str) -> tuple[str, list[dict[str, Any]]]:
    """A text as X writes it, and the addresses it shortened; the same address gets the same short one."""
    urls: list[dict[str, Any]] = []
    short: dict[str, str] = {}

    def shorten(match: regex.Match[str]) -> str:
        whole = match[0] if "://" in match[0] else f"http://{match[0]}"
        return short.setdefault(whole, f"https://t.co/{tag}{len(short):02}")

    written = html.escape(URL.sub(shorten, unicodedata.normalize("NFC", text).strip()), quote=False)
    for whole, address in short.items():
        for found in re.finditer(re.escape(address), written):
            urls.append({"start": found.start(), "end": found.end(), "url": address, "expanded_url": whole, "display_url": whole.partition("://")[2]})
    return written, sorted(urls, key=lambda url: int(url["start"]))


def _cut(text: str) -> str:
    """The beginning that X shows of a long text: whole words, and no part of an address."""
    words = text.split(" ")
    while len(words) > 1 and weight(" ".join(words)) > SHORT - 30:
        words.pop()
    return " ".join(words)


def weight(text: str) -> int:
    """The weighted length by a rule of its own, plainer than the program's: what is short enough there must be so here."""
    text = unicodedata.normalize("NFC", text)
    total = 23 * len(URL.findall(text))
    for cluster in regex.findall(r"\X", URL.sub("", text)):
        if regex.search(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3", cluster) and not cluster.isascii():
            total += 2
        else:
            total += sum(1 if ord(c) <= 0x10FF or 0x2000 <= ord(c) <= 0x200D or 0x2010 <= ord(c) <= 0x201F or 0x2032 <= ord(c) <= 0x2037 else 2
                         for c in cluster)
    return total


def stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
