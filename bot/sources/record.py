"""What a page's head says that the page itself does not: figures, addresses, tags and quotations that no reader sees leave the record.

A description, an author or the words for a picture stand in markup that nobody looks at; a post's card and the checks would take
them for the article's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.sources.characters import clean, key
from bot.sources.head import Head
from bot.text import grounding, planted, sentences
from bot.text.sentences import HEADING
from bot.values import Article

MAX_SEEN = 200_000
"""Characters of the page that the head is held against."""
MAX_NAME = 120
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .,'’&()\-–/·]|\bund\b)*")
_LABELLED = re.compile(r"[:@#$]|\w\.\w{2,}|//")


def borne_out(head: Head, lines: Sequence[str], seen_title: str = "", heads: Sequence[str] = ()) -> tuple[Head, str]:
    """The head without what only it says, and the text that was dropped.

    `lines` is all that a reader sees of the page, `seen_title` what stands above its window; `heads` are its headlines, of which the
    first stands in for a title that is dropped. Prose may differ in words, as descriptions do: only what can be checked is.
    Sentences that speak to a language model go, too.
    """
    body = "\n\n".join(line.removeprefix(HEADING) for line in lines)[:MAX_SEEN]
    page = Article(title=seen_title or "-", body=body, language=head.language, published_at=head.published_at)
    dropped: list[str] = []

    def kept(text: str) -> str:
        told = sentences.split(text, head.language)
        is_seen = bool(key(text)) and f" {key(text)} " in f" {key(body)} "
        if is_seen and not any(map(planted.reason, told)):
            return text
        whole = [one for one in told if not _unsaid(one, page, dropped)]
        return text if len(whole) == len(told) else clean(" ".join(whole))

    title = head.title
    if title and _unsaid(title, page, dropped):
        title = next((other for other in heads if other), "")
    author = head.author
    if author and not is_name(author):
        dropped.append(author)
        author = None
    alt = head.image_alt if kept(head.image_alt) == head.image_alt else ""
    return replace(head, title=title, dek=kept(head.dek), author=author, image_alt=alt), "\n".join(dropped)


def is_name(author: str) -> bool:
    """Whether it can be the name of a person or newsroom: letters, no figures, addresses or handles."""
    return len(author) <= MAX_NAME and bool(_NAME.fullmatch(author)) and not _LABELLED.search(author)


def _unsaid(text: str, page: Article, dropped: list[str]) -> bool:
    is_unsaid = bool(planted.reason(text) or grounding.check(text, page)[0])
    if is_unsaid:
        dropped.append(text)
    return is_unsaid
