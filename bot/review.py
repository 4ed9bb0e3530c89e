"""The review stage: who may approve what, when it is due, and how a person's edit is read. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.errors import UsageError
from bot.values import Content, Hold, Value, Warn

_DIVIDER = re.compile(r"^[ \t]*-{3}[ \t]*$", re.MULTILINE)


class Times(Value):
    """When an approved post goes out, and when it is too late for it."""

    due_at: datetime
    expires_at: datetime | None


def by_policy(auto_approve: str, holds: Iterable[Hold], warnings: Iterable[Warn]) -> bool:
    """May the policy approve without a person? Only `clean`, and only a post with no hold and no warning."""
    return auto_approve == "clean" and not tuple(holds) and not tuple(warnings)


def times(approved_at: datetime, grace: timedelta, max_age: timedelta | None) -> Times:
    """Due as soon as the grace time is over; expired `max_age` after that."""
    due_at = approved_at + grace
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
