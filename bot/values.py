"""The words of the design as values: what the stages take and return; frozen, and JSON both ways."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.codes import HoldCode as HoldCode  # re-exported: a hold and its codes belong together
from bot.codes import WarningCode as WarningCode

JSON = dict[str, Any]
"""A JSON object, as a platform takes it."""


class Value(BaseModel):
    """Base of every value: never changed once made, equal by content, strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Kind(StrEnum):
    """What a draft or post is."""

    SHORT = "short"
    """One short text about the article."""
    FAQ = "faq"
    """A thread: an opening segment, then one question and answer per segment."""


# --- what a source brings -----------------------------------------------------------------------


class FaqPair(Value):
    """One question of the article with its answer, without any `Q1:` / `A1:` label."""

    question: str
    answer: str
    visible: bool = True
    """False when the answer stands only in hidden markup (JSON-LD), where a reader can not see it."""


class Image(Value):
    """A picture, already checked and scaled to what every platform takes (at most 1,000,000 bytes)."""

    url: str | None = None
    alt: str = ""
    mime: str
    width: int
    height: int
    data: bytes = Field(repr=False)


class Note(Value):
    """An oddity of the article itself: told once to the reviewer, never published."""

    text: str
    sentences: tuple[str, ...] = ()


class Article(Value):
    """What was read, clean: no tail, no navigation, no hidden text.

    `body` is plain text: paragraphs parted by a blank line; a heading is a paragraph that begins with `## `.
    """

    title: str
    dek: str = ""
    body: str
    faq: tuple[FaqPair, ...] = ()
    url: str | None = None
    """The address that is posted: the page's own canonical link, or what the user gave; never shortened or keyed."""
    language: str | None = None
    """BCP 47 tag."""
    author: str | None = None
    published_at: datetime | None = None
    image: Image | None = None
    tail_cut: bool = False
    """Something after the article (follow line, newsletter, related articles) was cut."""
    hidden: str = Field(default="", repr=False)
    """Text of hidden parts of the page, kept only so that a draft that repeats it can be held."""


# --- what a drafter writes ----------------------------------------------------------------------


class Statement(Value):
    """A sentence of a draft, with the ids of the article sentences that support it (s0, s1…, q1…, a1…)."""

    text: str
    evidence: tuple[str, ...] = ()


class Part(Value):
    """A unit of a draft that the formatter keeps together as one segment where it fits."""

    question: Statement | None = None
    paragraphs: tuple[tuple[Statement, ...], ...]
    """Statements by paragraph; within one they are joined by a space (none after 。！？)."""


class Variant(Value):
    """One wording, and the platforms it is for. A short has one part; an FAQ an opening part, then one per question."""

    platforms: tuple[str, ...]
    parts: tuple[Part, ...]


class Draft(Value):
    """What was written about one article, of one kind, in variants (best first)."""

    kind: Kind
    variants: tuple[Variant, ...]


class Brief(Value):
    """What a drafter is asked for."""

    kinds: tuple[Kind, ...] = (Kind.SHORT, Kind.FAQ)
    platforms: tuple[str, ...]
    room: dict[str, int]
    """Characters a short's text may have per platform, after link, tags and sign-off (see `format.room`)."""
    language: str | None = None


class Usage(Value):
    """What a drafting cost."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int | None = 0
    """Micro-dollars; None when the price of the model is not known."""


class Drafting(Value):
    """The outcome of drafting one article: all kinds, all platforms."""

    drafts: tuple[Draft, ...]
    notes: tuple[Note, ...] = ()
    drafter: str
    model: str | None = None
    prompt: str | None = None
    """Name and version of the prompt file, e.g. `posts.v1`."""
    prompt_hash: str | None = None
    finish_reason: str | None = None
    usage: Usage = Usage()
    problem: str | None = None
    """Why this is the offline drafter's work although a model was asked, in words for a person."""


# --- what the formatter makes -------------------------------------------------------------------


class Hold(Value):
    """A reason a post may not go out; a person may override it with a reason of their own."""

    code: HoldCode
    detail: str
    span: str | None = None
    """The doubtful words, verbatim, where there are any: review puts brackets around them."""


class Warn(Value):
    """A reason to look."""

    code: WarningCode
    detail: str
    span: str | None = None


class Duplicate(Value):
    """Another post or article that says the same."""

    post: int | None = None
    article: int | None = None
    score: float = Field(allow_inf_nan=False)
    detail: str


class Evidence(Value):
    """An article sentence that supports a segment."""

    sentence: str
    text: str


class Facet(Value):
    """A stretch of a segment that is a link, mention or tag: UTF-8 byte offsets, end exclusive (app.bsky.richtext.facet)."""

    start: int
    end: int
    type: str
    """`link`, `mention` or `tag`."""
    value: str
    """The address, the DID, or the tag without `#`."""


class Segment(Value):
    """One message as it will stand on the platform."""

    text: str
    length: int
    """In the platform's own unit."""
    limit: int
    has_url: bool
    cost_micros: int = 0
    """What sending it costs, micro-dollars."""
    evidence: tuple[Evidence, ...] = ()
    facets: tuple[Facet, ...] = ()


class Card(Value):
    """A link preview (app.bsky.embed.external); `thumb` names an image of the revision by its SHA-256 (hex)."""

    uri: str
    title: str
    description: str
    thumb: str | None = None
    on: tuple[int, ...] = (0,)
    """Indexes of the segments that carry it."""


class Content(Value):
    """What a revision says, exactly; the approval hash is over this (less lengths, costs and evidence)."""

    segments: tuple[Segment, ...]
    card: Card | None = None
    languages: tuple[str, ...] = ()


class Formatted(Value):
    """A formatted post with what the formatter noticed."""

    content: Content
    holds: tuple[Hold, ...] = ()
    warnings: tuple[Warn, ...] = ()


# --- what a platform is sent, and answers -------------------------------------------------------


class Limits(Value):
    """What one message of a platform may hold."""

    unit: str
    """What `length` counts, for people: `weighted characters`, `graphemes`."""
    length: int
    bytes: int | None = None
    cards: bool = False
    """The link travels as a card on the first segment, not as text."""


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


class Remote(Value):
    """A message as the platform knows it."""

    id: str
    """Tweet id; at-uri on Bluesky."""
    url: str
    cid: str | None = None


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


class Identity(Value):
    """Who the credentials belong to."""

    handle: str
    remote_id: str


class Fault(Value):
    """What went wrong with one source, in words that say what to do."""

    where: str
    what: str


class Batch(Value):
    """What one fetch of a source brought: articles, oldest first, and faults of single items."""

    articles: tuple[Article, ...] = ()
    faults: tuple[Fault, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    is_feed: bool = False
