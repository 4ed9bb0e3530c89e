"""What a drafter is asked for, and what it writes."""

from __future__ import annotations

from enum import StrEnum

from bot.values.article import Note
from bot.values.base import Value


class Kind(StrEnum):
    """What a draft or post is."""

    SHORT = "short"
    """One short text about the article."""
    FAQ = "faq"
    """A thread: an opening segment, then one question and answer per segment."""
    CORRECTION = "correction"
    """A reply to a published post whose article turned out wrong; made when a person asks for it, never with the others."""


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
    wordings: dict[str, int] = {}
    """Accounts that take a short per platform, where they are several: so many shorts are wanted there that share no sentence."""
    units: dict[str, str] = {}
    """What those characters are per platform (`limits.unit`); where a platform is missing, wide ones count twice."""
    language: str | None = None
    voice: str | None = None
    """Which voice to write in (see `prompts.voice`); None: the common one."""
    banned: tuple[str, ...] = ()
    """Words and phrases to write without."""
    left_out: frozenset[str] = frozenset()
    """Ids of sentences that are not to be used: they speak to a language model, not to a reader."""


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
    """Name and version of the prompt file, e.g. `posts.v2`."""
    prompt_hash: str | None = None
    finish_reason: str | None = None
    usage: Usage = Usage()
    paid: int | None = None
    """Which entry of the spend table holds what it cost."""
    problem: str | None = None
    """Why this is the offline drafter's work although a model was asked, in words for a person."""
