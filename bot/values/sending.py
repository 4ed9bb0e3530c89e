"""What a platform is sent, and what it answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.values.base import Value


class Limits(Value):
    """What one message of a platform may hold."""

    unit: str
    """What `length` counts, for people: `weighted characters`, `graphemes`."""
    length: int
    bytes: int | None = None
    cards: bool = False
    """The link travels as a card on the first segment, not as text."""
    facets: bool = False
    """Words in the text are a link only where a facet makes them one."""
    threads: bool = True
    """False: the account makes no threads (a setting); one post at most of each."""
    delete_micros: int = 0
    """What taking one message down costs, micro-dollars."""


class Fixed(Value):
    """What only the send can fix: whose account, which post, when, and under which messages already sent."""

    account_id: str | None
    """The account's id on the platform (DID on Bluesky)."""
    post: int
    created_at: datetime
    sent: tuple[str, ...] = ()
    """Remote ids of the segments of this post that are already out, in order."""


class Request(Value):
    """One indivisible write to a platform."""

    position: int
    segments: tuple[int, ...]
    """Indexes of the segments it carries."""
    body: str
    """The exact JSON that is sent, as text."""
    provisional: tuple[str, ...] = ()
    """JSON paths inside `body` whose values only the send can fix, e.g. `$.writes[0].rkey`."""


class OutcomeKind(StrEnum):
    """What is known about a write after it was tried."""

    SENT = "sent"
    REFUSED = "refused"
    """A well-formed refusal of this content: it will never be accepted as it is."""
    NOT_SENT = "not_sent"
    """Proven: the platform did not take it (no connection, rate limit, or an answer about the account)."""
    UNKNOWN = "unknown"
    """Anything else. It may be out; never send again blindly."""


class Cause(StrEnum):
    """What an answer says beyond its kind, where more follows from it."""

    DUPLICATE = "duplicate"
    """The account has posted this text already: an earlier try of the same delivery may be out."""
    REPLIES = "replies"
    """The app may not reply on this account: no threads."""


class Remote(Value):
    """A message as the platform knows it."""

    id: str
    """Tweet id; at-uri on Bluesky."""
    url: str
    cid: str | None = None
    deleted: bool = False
    """It was taken down again."""


class Sought(Value):
    """A write whose outcome is not known, to be looked for."""

    request: str
    """The exact JSON that was sent."""
    account_id: str
    """The account's id on the platform."""
    since: datetime
    """When it was first about to be sent, by our clock: it can not be out for longer."""
    known: tuple[str, ...] = ()
    """Remote ids of the account's other deliveries: none of them is this one."""


class Outcome(Value):
    """The answer to one request, in our words."""

    kind: OutcomeKind
    remote: tuple[Remote, ...] = ()
    detail: str = ""
    retry_at: datetime | None = None
    """When a `not sent` may be tried again, where the platform said so."""
    pause: str | None = None
    """The answer is about the account (401, 402, suspended, daily cap): pause it, for this reason."""
    pause_until: datetime | None = None
    call_ended: bool = True
    """False when the call may still be in flight (an overall deadline passed while it ran)."""
    cause: Cause | None = None
    cost_micros: int = 0
    """What this call was charged beyond the price of the segments: reading and deleting cost money on X."""


class Identity(Value):
    """Who the credentials belong to."""

    handle: str
    remote_id: str
    cost_micros: int = 0
    """What asking was charged."""
    at: str | None = None
    """What time it is there: the answer's `Date`, as sent."""
    remarks: tuple[str, ...] = ()
    """What else the answer tells of the account."""
    troubles: tuple[str, ...] = ()
    """Of that, what keeps it from publishing as it should."""


class Posted(Value):
    """A message of the account as its platform has it, whoever wrote it there."""

    remote: Remote
    at: datetime
    text: str
    """With its addresses as they were written, not as the platform shortens them."""
    card: str | None = None
    """The address its link card leads to."""
    above: str | None = None
    """The id of the message it replies to."""


class Recent(Value):
    """The account's newest messages, or why they are not known."""

    posted: tuple[Posted, ...] = ()
    failed: Outcome | None = None
    """`unknown`: it could not be asked now, ask again, at `retry_at` where the platform says so. `refused`: it will not tell."""
    cost_micros: int = 0
    """What asking was charged."""
