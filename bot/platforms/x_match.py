"""Which post of a timeline is the one that was sought; pure.

X gives a text back changed: addresses shortened to t.co, `&`, `<` and `>` escaped, white space trimmed, long texts cut (the
whole is then in `note_tweet`). Both texts are brought to one form and compared. A wrong "absent" would post twice and a wrong
"found" would lose a post; so what is neither the same nor clearly another is `like`, and a person looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import category
from urllib.parse import unquote

from bot.platforms.x_outcomes import is_id
from bot.text import urls
from bot.text.nfc import nfc

MARGIN = timedelta(minutes=10)
"""By how much our clock may be ahead of X's: X refuses signatures that are off by more than about half of it."""
EPOCH = datetime.fromtimestamp(1_288_834_974.657, UTC)
"""From where the time within an id of X counts, in milliseconds."""
FIRST_TIMED_ID = 10**17
"""Smaller ids are of 2011 and before, or of no post; they tell no time that matters here."""
CUT, CUT_AT_MARK = 80, 20
"""Letters and digits that the beginning of a text needs to count as that text cut off; fewer when it ends with an ellipsis."""

_ESCAPED = re.compile(r"&(?:amp;)*(?:(lt|gt|quot|#39);)?")
_ESCAPED_ONCE = re.compile(r"&(amp|lt|gt|quot|#39);")
_MEANT = {None: "&", "lt": "<", "gt": ">", "quot": '"', "#39": "'"}
_SCHEME = re.compile(r"https?://(?:www\.)?|\bwww\.", re.IGNORECASE)
_PUNYCODE = re.compile(r"xn--([a-z0-9-]{1,59})", re.IGNORECASE)
_IDLE_SLASH = re.compile(r"(?<!/)/++(?!\w)")
_UNSEEN = frozenset("\ufe0e\ufe0f")
"""How an emoji is drawn; with the format characters (Cf) what a text may lose unseen."""
_TCO = re.compile(r"https?://t\.co/[A-Za-z0-9]+")


@dataclass(frozen=True)
class Match:
    """What a timeline has of the post sought."""

    found: str | None = None
    """The id of the oldest post that is the same."""
    like: str | None = None
    """The id of the oldest that may be the same: cut, without its link, or without a word of its parent."""


def choose(text: str, parent: str | None, since: datetime, known: Iterable[str], posts: Iterable[Mapping[str, Any]]) -> Match:
    """Look for a post of `text` under `parent`, made at `since` (by our clock) or later and none of the ids in `known`.

    `posts` as X gives them back, each with an id and a text (`readable`).
    """
    others = frozenset(known)
    mine, skeleton = folded(text), _skeleton(text)
    found, like = [], []
    for post in posts:
        if post["id"] in others or made_at(post) < since - MARGIN:
            continue
        above = parents(post)
        if above != ([] if parent is None else [parent]) and above:
            continue
        theirs = expanded(post)
        if folded(theirs) == mine and bool(above) == (parent is not None):
            found.append(post["id"])
        elif _like(skeleton, theirs):
            like.append(post["id"])
    return Match(min(found, key=int, default=None), min(like, key=int, default=None))


def readable(post: object) -> bool:
    """Is this a post as X describes it: with an id and a text?"""
    return isinstance(post, Mapping) and is_id(post.get("id")) and isinstance(post.get("text"), str)


def parents(post: Mapping[str, Any]) -> list[str]:
    """The ids a post replies to: one or none. (`referenced_posts` is the name in X's OpenAPI description, 2.167.)"""
    for name in ("referenced_tweets", "referenced_posts"):
        if isinstance(references := post.get(name), list):
            return [str(one.get("id")) for one in references if isinstance(one, Mapping) and one.get("type") == "replied_to"]
    return []


def expanded(post: Mapping[str, Any], *, plain: bool = False) -> str:
    """The whole text of a post, with its addresses as they were written; `plain`: its marks, too, not escaped."""
    notes = [note for name in ("note_tweet", "note_post") if isinstance(note := post.get(name), Mapping) and isinstance(note.get("text"), str)]
    whole = notes[0] if notes else post
    text = str(whole["text"])
    if plain:
        text = _ESCAPED_ONCE.sub(lambda found: _MEANT[None if found[1] == "amp" else found[1]], text)
    for holder in (whole, post):
        entities = holder.get("entities")
        named = entities.get("urls") if isinstance(entities, Mapping) else None
        for url in named if isinstance(named, list) else ():
            if isinstance(url, Mapping) and isinstance(short := url.get("url"), str) and isinstance(long := _led_to(url), str) and short:
                # Not by position: where the entities count from depends on what is escaped. No t.co address begins another.
                text = text.replace(short, long)
    return text


def _led_to(url: Mapping[str, Any]) -> object:
    """What was written; where X has only its own short address for that, what it leads to in the end."""
    written = url.get("expanded_url")
    return url.get("unwound_url", written) if written is None or _TCO.fullmatch(str(written)) else written


def folded(text: str) -> str:
    """The form in which two texts are compared: what X may do to a text or an address makes no difference in it.

    >>> folded("AT&amp;T:  http://Example.com/ ") == folded("AT&T: example.com")
    True
    """
    text = _ESCAPED.sub(lambda found: _MEANT[found[1]], text)
    for link in reversed(urls.find(text)):  # an address is one whatever its case
        text = text[:link.start] + text[link.start : link.end].casefold() + text[link.end :]
    text = unquote(_PUNYCODE.sub(_decoded, _SCHEME.sub("", text)))
    text = nfc("".join(char for char in text if category(char) != "Cf" and char not in _UNSEEN))
    return " ".join(nfc(_IDLE_SLASH.sub("", text)).split())


def made(number: int) -> datetime:
    """When the post of this id was made, as the id itself tells it."""
    return EPOCH + timedelta(milliseconds=number >> 22)


def _decoded(label: re.Match[str]) -> str:
    try:
        return label[1].encode().decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label[0]


def made_at(post: Mapping[str, Any]) -> datetime:
    """When a post was made: as X says, else by its id; else now enough."""
    created = post.get("created_at")
    if isinstance(created, str):
        try:
            moment = datetime.fromisoformat(created)
        except ValueError:
            pass
        else:
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    number = int(post["id"])
    return made(number) if number >= FIRST_TIMED_ID else datetime.max.replace(tzinfo=UTC)


def _like(mine: str, text: str) -> bool:
    theirs = _skeleton(text)
    if theirs == mine:
        return True
    ends = _TCO.sub("", text).rstrip().endswith(("…", "..."))
    return mine.startswith(theirs) and len(theirs) >= (CUT_AT_MARK if ends else CUT)


def _skeleton(text: str) -> str:
    """Only letters and digits, without links: X drops, cuts and rewrites marks and addresses, but no words."""
    text = _ESCAPED.sub(lambda found: _MEANT[found[1]], text)
    for link in reversed(urls.find(text)):
        text = f"{text[:link.start]} {text[link.end:]}"
    return "".join(char for char in folded(text).casefold() if char.isalnum())
