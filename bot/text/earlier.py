"""What an account's own messages on a platform said, as posts: threads put together again, with the keys and words of posts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.text import keys, similarity
from bot.values import NO_URL_RULES, Posted, UrlRules

LONGEST = 30
"""Messages of a thread beyond which it is not followed: nobody's FAQ is as long, and each message is kept with all above it."""


class Earlier(NamedTuple):
    """A post that the account made, as far as it matters for what it says now."""

    said_key: str
    text: str
    """As posts are compared: `similarity.thread` of its messages."""
    url: str
    """Of its first message."""
    at: datetime


def posts(posted: Sequence[Posted], rules: UrlRules = NO_URL_RULES) -> list[Earlier]:
    """The posts that these messages are, the newest first, each key once; addresses by the user's `rules`.

    A thread counts as said up to each of its messages: what was added to it later (a correction, an answer) must not hide that
    the rest was said. A message whose parent is not among these begins its own.
    """
    known = {message.remote.id: message for message in posted}
    found: dict[str, Earlier] = {}
    for message in sorted(posted, key=lambda one: one.at, reverse=True):
        thread = _above(message, known)
        texts = [one.text for one in thread]
        cards = list(dict.fromkeys(one.card for one in thread if one.card))
        if thread and any(text.strip() for text in (*texts, *cards)):
            key = keys.said_key([*texts, *cards], rules)
            found.setdefault(key, Earlier(key, similarity.thread(texts), thread[0].remote.url, thread[0].at))
    return list(found.values())


def _above(message: Posted, known: dict[str, Posted]) -> list[Posted]:
    """The thread from its first known message to this one; nothing for one too long, or that goes round in circles."""
    thread = [message]
    while (above := known.get(thread[-1].above or "")) is not None:
        if len(thread) == LONGEST:
            return []
        thread.append(above)
    return thread[::-1]
