"""The tables, one class each; see docs/how-it-works.md for what they are for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, event, false, text
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, mapped_column, relationship

from bot.errors import StoreError
from bot.store import models_waiting
from bot.store.base import Base as Base
from bot.store.columns import Json, word
from bot.store.models_account import NEVER as NEVER
from bot.store.models_account import Account as Account
from bot.store.models_earlier import Earlier as Earlier
from bot.store.models_health import Notice as Notice
from bot.store.models_health import Worker as Worker
from bot.store.models_keys import KeyRules as KeyRules
from bot.store.models_likeness import ArticleLikeness as ArticleLikeness
from bot.store.models_likeness import Bands
from bot.store.models_source import ArticleSource as ArticleSource
from bot.store.models_source import Entry as Entry
from bot.store.models_source import EntryAlias as EntryAlias
from bot.store.models_source import Source as Source
from bot.store.models_watch import Watched
from bot.store.states import ArticleState, DeliveryState, State
from bot.values import Content, Duplicate, FaqPair, Hold, Kind, Note, Override, Remote, Variant, Warn


class Picture(Base):
    """The bytes of an image, once, by their SHA-256 (hex)."""

    __tablename__ = "picture"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    mime: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


QUEUED = "state = 'queued'"
TO_DRAFT = {"queued": QUEUED, "untaken": "untaken_by IS NOT NULL"}
"""Articles that may have to be drafted, by the partial index that finds them."""


class Article(Watched, Base):
    """What was read; one row for one article, whatever address or copy it came by."""

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_state", "state"), Index("ix_article_lease_until", "lease_until"),
        *(Index(f"ix_article_{name}", "id", sqlite_where=text(where), postgresql_where=text(where)) for name, where in TO_DRAFT.items()),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    url_key: Mapped[str | None] = mapped_column(unique=True)
    """Identity of the address; null when the article names none."""
    url: Mapped[str | None]
    fingerprint: Mapped[str] = mapped_column(unique=True)
    """Identity of the text."""
    title: Mapped[str]
    dek: Mapped[str]
    body: Mapped[str]
    hidden: Mapped[str]
    faq: Mapped[tuple[FaqPair, ...]] = mapped_column(Json(tuple[FaqPair, ...]))
    author: Mapped[str | None]
    published_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    language: Mapped[str | None]
    picture: Mapped[str | None] = mapped_column(ForeignKey("picture.sha256"))
    image_url: Mapped[str | None]
    image_alt: Mapped[str]
    tail_cut: Mapped[bool]
    shares_page: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Other articles have this address, too: it has no `url_key`."""
    notes: Mapped[tuple[Note, ...]] = mapped_column(Json(tuple[Note, ...]))
    sample: Mapped[bool] = mapped_column(default=False)
    """The built-in sample: shown, never approvable."""
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    """Above 0: its posts are urgent."""
    state: Mapped[ArticleState] = mapped_column(word(ArticleState, "state", 16))
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    dates_ahead: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The feed that brought it dates everything some hours ahead: its date is no embargo."""
    untaken_by: Mapped[str | None] = mapped_column(String(32))
    """No account took it, as they were configured then (a hash of that)."""
    pruned_at: Mapped[datetime | None]
    """When its text was taken out, long after it was needed; what tells it from other articles stays."""
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    sources: Mapped[list[ArticleSource]] = relationship(order_by="ArticleSource.feed")
    posts: Mapped[list[Post]] = relationship(back_populates="article", order_by="Post.id")


class Draft(Base):
    """What was written about one article, of one kind."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    kind: Mapped[Kind] = mapped_column(word(Kind, "kind", 16))
    variants: Mapped[tuple[Variant, ...]] = mapped_column(Json(tuple[Variant, ...]))
    drafter: Mapped[str]
    model: Mapped[str | None]
    prompt: Mapped[str | None]
    prompt_hash: Mapped[str | None]
    calls: Mapped[int]
    """Requests the drafting took, this kind's share: all on the first kind, so that sums are right."""
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cost_micros: Mapped[int | None]
    finish_reason: Mapped[str | None]
    problem: Mapped[str | None]
    created_at: Mapped[datetime]
    article: Mapped[Article] = relationship()




class Post(Base):
    """One article, one kind, one account: an identity."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("article_id", "kind", "account_id"), Index("ix_post_due", "state", "due_at"),
        Index("ix_post_planned", "account_id", "state", "due_at"), Index("ix_post_out", "account_id", "out_at"),
        Index("ix_post_slot", "account_id", "slot_at", unique=True), *models_waiting.indexes(),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    kind: Mapped[Kind] = mapped_column(word(Kind, "kind", 16))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[State] = mapped_column(word(State, "state", 16))
    revision_n: Mapped[int]
    """The revision in force."""
    holds: Mapped[tuple[Hold, ...]] = mapped_column(Json(tuple[Hold, ...]))
    warnings: Mapped[tuple[Warn, ...]] = mapped_column(Json(tuple[Warn, ...]))
    duplicates: Mapped[tuple[Duplicate, ...]] = mapped_column(Json(tuple[Duplicate, ...]))
    overrides: Mapped[tuple[Override, ...]] = mapped_column(Json(tuple[Override, ...]))
    approved_hash: Mapped[str | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    earliest_at: Mapped[datetime | None]
    """Not before: grace time and embargo end then."""
    slot_at: Mapped[datetime | None]
    """The slot it has, or had; a slot is one post's."""
    wanted_at: Mapped[datetime | None]
    """The time a person named for it, which stands; null: the account's rules decide."""
    out_at: Mapped[datetime | None]
    """When something of it was last sent, as far as is known; of a post of which nothing is out it means nothing."""
    priority: Mapped[int] = mapped_column(default=0)
    """Above 0: urgent."""
    attempts: Mapped[int] = mapped_column(default=0)
    resumed_at: Mapped[datetime | None]
    """When a person let the rest of it go on."""
    unwind_at: Mapped[datetime | None]
    """It is being taken down: when the next message is deleted."""
    created_at: Mapped[datetime]
    article: Mapped[Article] = relationship(back_populates="posts")
    account: Mapped[Account] = relationship()
    revisions: Mapped[list[Revision]] = relationship(back_populates="post", order_by="Revision.n")
    events: Mapped[list[Event]] = relationship(order_by="Event.id")

    @property
    def revision(self) -> Revision:
        """The revision in force. Raises LookupError when somebody deleted it by hand."""
        return {revision.n: revision for revision in self.revisions}[self.revision_n]


class Revision(Base):
    """What a post says at one time; never changed once written (but for `said_key`, which follows from it: `bot.store.rekey`)."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "n"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    n: Mapped[int]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    variant: Mapped[int | None]
    """Index into the draft's variants; null for a person's edit."""
    by: Mapped[str]
    content: Mapped[Content] = mapped_column(Json(Content))
    approval_hash: Mapped[str]
    said_key: Mapped[str]
    created_at: Mapped[datetime]
    post: Mapped[Post] = relationship(back_populates="revisions")
    draft: Mapped[Draft | None] = relationship()
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="revision", order_by="Delivery.position")


OPEN = {"sending": "state = 'sending'", "looking": "look_at IS NOT NULL"}
"""Deliveries whose outcome is still to come, by the partial index that finds them."""


class Delivery(Base):
    """One indivisible write to a platform; written when the post is first claimed."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("revision_id", "position"),
        *(Index(f"ix_delivery_{name}", "id", sqlite_where=text(where), postgresql_where=text(where)) for name, where in OPEN.items()),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    position: Mapped[int]
    segments: Mapped[tuple[int, ...]] = mapped_column(Json(tuple[int, ...]))
    request: Mapped[str | None]
    """Exactly as sent; null until the first intent."""
    format: Mapped[int] = mapped_column(default=1)
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState, "state", 16))
    fixed_at: Mapped[datetime | None]
    """The creation time frozen at the first intent (record keys and `createdAt` follow from it)."""
    started_at: Mapped[datetime | None]
    call_ended: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    sender: Mapped[str | None]
    """Remote id of the account it was sent as."""
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    look_at: Mapped[datetime | None]
    """Unknown, and looked for then."""
    looks: Mapped[int] = mapped_column(default=0)
    resends: Mapped[int] = mapped_column(default=0)
    """Sent again after looking found nothing: at most once where that could double it."""
    remote: Mapped[tuple[Remote, ...]] = mapped_column(Json(tuple[Remote, ...]))
    detail: Mapped[str | None]
    revision: Mapped[Revision] = relationship(back_populates="deliveries")


class Said(Bands, Base):
    """What an account has said or is about to say; the constraint is what two workers can not race past."""

    __tablename__ = "said"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    said_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    """0, or the next number when a person overrode a duplicate."""
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    """Null for what was said before this database: see `earlier`."""
    created_at: Mapped[datetime]
    earlier: Mapped[Earlier | None] = relationship(
        primaryjoin="and_(foreign(Said.account_id) == Earlier.account_id, foreign(Said.said_key) == Earlier.said_key)", viewonly=True
    )


class Spend(Base):
    """Money paid: micro-dollars, to whom, for which delivery or draft."""

    __tablename__ = "spend"
    id: Mapped[int] = mapped_column(primary_key=True)
    payee: Mapped[str]
    what: Mapped[str] = mapped_column(default="post", server_default="post")
    """`post`, or what else was charged: `read`, `delete`, `verify`, `draft`."""
    micros: Mapped[int]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), unique=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"))
    at: Mapped[datetime] = mapped_column(index=True)


class Event(Base):
    """The history of a post, append-only."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    why: Mapped[str | None]


@event.listens_for(Revision, "before_update")
@event.listens_for(Event, "before_update")
def _immutable(mapper: Mapper[Any], _connection: Any, target: Any) -> None:
    """Revisions and events are history: a change is a programming error."""
    if Session.object_session(target).is_modified(target, include_collections=False):  # type: ignore[union-attr]
        raise StoreError(f"a {mapper.local_table} row is never changed once written")


@event.listens_for(Session, "do_orm_execute")
def _immutable_in_bulk(execution: ORMExecuteState) -> None:
    """The same for an UPDATE statement, which no instance hears of."""
    if execution.is_update and execution.bind_mapper is not None and execution.bind_mapper.class_ in (Revision, Event):
        raise StoreError(f"a {execution.bind_mapper.local_table} row is never changed once written")
