"""What the formatter makes: segments, card, content, and the reasons to hold or look."""

from __future__ import annotations

from pydantic import Field

from bot.values.base import Value
from bot.values.codes import HoldCode, WarningCode


class Hold(Value):
    """A reason a post may not go out; a person may override it with a reason of their own."""

    code: HoldCode
    detail: str
    span: str | None = None
    """The doubtful words, verbatim, where there are any: review puts brackets around them."""


class Override(Value):
    """A person let a hold pass, for one revision."""

    code: HoldCode
    reason: str
    by: str


class Warn(Value):
    """A reason to look."""

    code: WarningCode
    detail: str
    span: str | None = None


class Duplicate(Value):
    """Another post or article that says the same."""

    post: int | None = None
    article: int | None = None
    url: str | None = None
    """Address at the platform, of a post that is older than this database."""
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


class Message(Value):
    """A message that is out, as a reply to it names it."""

    id: str
    """Tweet id; at-uri on Bluesky."""
    cid: str | None = None
    """Of its record, on Bluesky."""


class ReplyTo(Value):
    """What a post's first segment replies to: a message of another post of the same account."""

    post: int
    """That post; for people, and for asking whether it is still there."""
    root: Message
    """The first message of its thread."""
    parent: Message
    """The one that is replied to: the last."""


class Content(Value):
    """What a revision says, exactly; the approval hash is over this (less lengths, costs and evidence)."""

    segments: tuple[Segment, ...]
    card: Card | None = None
    languages: tuple[str, ...] = ()
    reply_to: ReplyTo | None = None
    """None: it stands for itself."""


class Formatted(Value):
    """A formatted post with what the formatter noticed."""

    content: Content
    holds: tuple[Hold, ...] = ()
    warnings: tuple[Warn, ...] = ()
