"""The review stage: does a post say only what its article says, who may approve it, when is it due. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import UsageError
from bot.text import grounding
from bot.values import Article, Content, Formatted, Hold, Value, Variant, Warn, WarningCode

_DIVIDER = re.compile(r"^[ \t]*-{3}[ \t]*$", re.MULTILINE)


class Redraft(StrEnum):
    """What becomes of a post that exists when its article was drafted again."""

    REVISE = "revise"
    """It gets a new revision."""
    SAME = "same"
    """It says the same already; only its holds and warnings are brought up to date."""
    EDITED = "edited"
    """A person wrote what it says: it is not overwritten."""
    TOO_LATE = "too late"
    """It is on its way, out, or turned down."""


def redraft(*, revisable: bool, same: bool, edited: bool, replace_edits: bool) -> Redraft:
    """What to do with a known post."""
    if not revisable:
        return Redraft.TOO_LATE
    if same:
        return Redraft.SAME
    return Redraft.EDITED if edited and not replace_edits else Redraft.REVISE


class Times(Value):
    """When an approved post goes out, and when it is too late for it."""

    due_at: datetime
    expires_at: datetime | None


def checked(formatted: Formatted, article: Article, *, urls: Iterable[str | None], words: Iterable[str]) -> Formatted:
    """The formatted post with what checking each segment against the article found.

    `urls` and `words` (the account's sign-off, hashtags) may stand in it although the article does not have them.
    """
    holds, warnings = list(formatted.holds), list(formatted.warnings)
    allowed_urls, allowed_words = [url for url in urls if url], list(words)
    for segment in formatted.content.segments:
        found_holds, found_warnings = grounding.check(
            segment.text, article, allowed_urls=allowed_urls, allowed_words=allowed_words
        )
        holds += [hold for hold in found_holds if hold not in holds]
        warnings += [warning for warning in found_warnings if warning not in warnings]
    return formatted.model_copy(update={"holds": tuple(holds), "warnings": tuple(warnings)})


def unsupported(variant: Variant) -> tuple[Warn, ...]:
    """A warning for each statement that names no sentence of the article in its support."""
    stated = [one for part in variant.parts for group in part.paragraphs for one in group]
    return tuple(
        Warn(code=WarningCode.PREDICATE, detail=f"no sentence of the article is named in support of: {one.text}", span=one.text)
        for one in stated if not one.evidence
    )


def by_policy(auto_approve: str, holds: Iterable[Hold], warnings: Iterable[Warn]) -> bool:
    """May the policy approve without a person? Only `clean`, and only a post with no hold and no warning."""
    return auto_approve == "clean" and not tuple(holds) and not tuple(warnings)


def times(approved_at: datetime, grace: timedelta, max_age: timedelta | None, not_before: datetime | None) -> Times:
    """Due as soon as the grace time and the article's embargo are over; expired `max_age` after that."""
    due_at = max(approved_at + grace, not_before or approved_at)
    return Times(due_at=due_at, expires_at=None if max_age is None else due_at + max_age)


def as_text(content: Content) -> str:
    """The segments as a person edits them: parted by lines of three hyphens."""
    return "\n---\n".join(segment.text for segment in content.segments)


def from_text(edited: str) -> tuple[str, ...]:
    """The segments of an edited text. Raises UsageError when nothing is left."""
    texts = tuple(part.strip() for part in _DIVIDER.split(edited.replace("\r\n", "\n")))
    if not all(texts):
        raise UsageError("a segment is empty. Write its text, or take its --- line out.")
    return texts


def with_segment(content: Content, number: int, text: str) -> tuple[str, ...]:
    """The segments with number `number` (from 1) replaced. Raises UsageError when there is no such segment."""
    texts = [segment.text for segment in content.segments]
    if not 1 <= number <= len(texts):
        raise UsageError(f"there is no segment {number}; the post has {len(texts)}.")
    if not text.strip():
        raise UsageError("the text is empty. Reject the post if nothing should go out.")
    texts[number - 1] = text.strip()
    return tuple(texts)
