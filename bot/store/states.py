"""The state table of a post, as data: no other move is possible."""

from __future__ import annotations

from enum import StrEnum

from bot.errors import StateError


class ArticleState(StrEnum):
    """Where an article is."""

    QUEUED = "queued"
    """Taken in, no draft yet."""
    DRAFTED = "drafted"
    """Its posts exist."""
    DUPLICATE = "duplicate"
    """Another article says the same."""
    FAILED = "failed"
    """It could not be drafted; the reason stands beside."""
    WITHDRAWN = "withdrawn"
    """Taken back by its publisher."""


class DeliveryState(StrEnum):
    """What is known of one write."""

    PENDING = "pending"
    """Not tried, or proven not to have arrived."""
    SENDING = "sending"
    """The intent is committed; a socket may be open."""
    SENT = "sent"
    """The platform confirmed it."""
    REFUSED = "refused"
    """The platform will not take this content."""
    UNKNOWN = "unknown"
    """It may be out. Never sent again blindly."""


class State(StrEnum):
    """Where a post is."""

    IN_REVIEW = "in_review"
    """Formatted and checked; waits for approval."""
    APPROVED = "approved"
    """Goes out when due, not before the grace time."""
    PUBLISHING = "publishing"
    """Claimed; some of it may be out."""
    PUBLISHED = "published"
    """All of it is out."""
    FAILED = "failed"
    """Refused by the platform; nothing is out."""
    STOPPED = "stopped"
    """Part of the thread is out and the rest will not go by itself; waits for a person."""
    UNCERTAIN = "uncertain"
    """A delivery may or may not be out; waits for a person to look."""
    MISSED = "missed"
    """Its time passed before it went out; approve makes it approved again."""
    REJECTED = "rejected"
    """A person said no."""
    CANCELLED = "cancelled"
    """Taken back before it went out."""
    ABANDONED = "abandoned"
    """Left as it is, partly out."""
    WITHDRAWN = "withdrawn"
    """Deleted from the platform again."""


class Move(StrEnum):
    """What may happen to a post."""

    APPROVE = "approve"
    REVISE = "revise"
    """An edit, another variant or a redraft: a new revision."""
    UNAPPROVE = "unapprove"
    """By a person, or because the article changed or the budget is gone."""
    REJECT = "reject"
    CANCEL = "cancel"
    MISS = "miss"
    CLAIM = "claim"
    ALL_SENT = "all sent"
    NOT_SENT = "not sent, nothing out"
    NOT_SENT_PART = "not sent, part out"
    REFUSED = "refused, nothing out"
    REFUSED_PART = "refused, part out"
    INTERRUPTED = "interrupted"
    """A thread that is partly out does not go on: it stood still for longer than BOT_THREAD_RESUME, it may not go out any more as
    it was approved, or a person stopped it. The event says which."""
    LOOKING = "unknown, being looked up"
    UNSETTLED = "unknown, not to be settled by looking"
    RETRY = "retry"
    RESOLVED_ALL_SENT = "resolved: all sent"
    RESOLVED_PART = "resolved: part sent"
    RESOLVED_NONE = "resolved: nothing sent"
    RESUME = "resume"
    ABANDON = "abandon"
    UNWIND = "unwind"


TABLE: dict[tuple[State, Move], State] = {
    (State.IN_REVIEW, Move.APPROVE): State.APPROVED,
    (State.MISSED, Move.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Move.REVISE): State.IN_REVIEW,
    (State.APPROVED, Move.REVISE): State.IN_REVIEW,
    (State.APPROVED, Move.UNAPPROVE): State.IN_REVIEW,
    (State.IN_REVIEW, Move.REJECT): State.REJECTED,
    (State.APPROVED, Move.REJECT): State.REJECTED,
    (State.IN_REVIEW, Move.CANCEL): State.CANCELLED,
    (State.APPROVED, Move.CANCEL): State.CANCELLED,
    (State.APPROVED, Move.MISS): State.MISSED,
    (State.APPROVED, Move.CLAIM): State.PUBLISHING,
    (State.PUBLISHING, Move.ALL_SENT): State.PUBLISHED,
    (State.PUBLISHING, Move.NOT_SENT): State.APPROVED,
    (State.PUBLISHING, Move.NOT_SENT_PART): State.PUBLISHING,
    (State.PUBLISHING, Move.REFUSED): State.FAILED,
    (State.PUBLISHING, Move.REFUSED_PART): State.STOPPED,
    (State.PUBLISHING, Move.INTERRUPTED): State.STOPPED,
    (State.PUBLISHING, Move.LOOKING): State.PUBLISHING,
    (State.PUBLISHING, Move.UNSETTLED): State.UNCERTAIN,
    (State.FAILED, Move.RETRY): State.APPROVED,
    (State.UNCERTAIN, Move.RESOLVED_ALL_SENT): State.PUBLISHED,
    (State.UNCERTAIN, Move.RESOLVED_PART): State.PUBLISHING,
    (State.UNCERTAIN, Move.RESOLVED_NONE): State.APPROVED,
    (State.STOPPED, Move.RESUME): State.PUBLISHING,
    (State.UNCERTAIN, Move.RESUME): State.PUBLISHING,
    (State.STOPPED, Move.ABANDON): State.ABANDONED,
    (State.UNCERTAIN, Move.ABANDON): State.ABANDONED,
    (State.STOPPED, Move.UNWIND): State.WITHDRAWN,
    (State.UNCERTAIN, Move.UNWIND): State.WITHDRAWN,
    (State.PUBLISHED, Move.UNWIND): State.WITHDRAWN,
    (State.ABANDONED, Move.UNWIND): State.WITHDRAWN,
}
"""Every move there is. A post begins `in_review`."""


def after(state: State, move: Move) -> State:
    """The state that follows. Raises StateError when the table has no such move."""
    try:
        return TABLE[state, move]
    except KeyError:
        raise StateError(f"the post is {state}; {move} is not possible.") from None
