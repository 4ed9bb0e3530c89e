"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def _word(name: str, length: int, *values: str) -> sa.Enum:
    """Text that is one of these values (a CHECK says so). Written out: later values are a later migration's."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.create_table(
        "account",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("handle", sa.Text),
        sa.Column("remote_id", sa.Text),
        sa.Column("session", sa.Text),
        sa.Column("paused_until", Moment),
        sa.Column("paused_reason", sa.Text),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
    )
    op.create_table(
        "picture",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mime", sa.Text, nullable=False),
        sa.Column("width", Id, nullable=False),
        sa.Column("height", Id, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_picture"),
    )
    op.create_table(
        "source",
        sa.Column("id", Id, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("next_poll_at", Moment),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("url", name="uq_source_url"),
    )
    op.create_table(
        "article",
        sa.Column("id", Id, nullable=False),
        sa.Column("url_key", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("dek", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("hidden", sa.Text, nullable=False),
        sa.Column("faq", sa.Text, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("published_at", Moment),
        sa.Column("not_before", Moment),
        sa.Column("language", sa.Text),
        sa.Column("picture", sa.String(64)),
        sa.Column("image_url", sa.Text),
        sa.Column("image_alt", sa.Text, nullable=False),
        sa.Column("tail_cut", sa.Boolean, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("sample", sa.Boolean, nullable=False),
        sa.Column("state", _word("state", 16, "queued", "drafted", "duplicate", "failed", "withdrawn"), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", Moment),
        sa.ForeignKeyConstraint(["picture"], ["picture.sha256"], name="fk_article_picture"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("fingerprint", name="uq_article_fingerprint"),
        sa.UniqueConstraint("url_key", name="uq_article_url_key"),
    )
    op.create_table(
        "draft",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("kind", _word("kind", 8, "short", "faq"), nullable=False),
        sa.Column("variants", sa.Text, nullable=False),
        sa.Column("drafter", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("prompt", sa.Text),
        sa.Column("prompt_hash", sa.Text),
        sa.Column("calls", Id, nullable=False),
        sa.Column("input_tokens", Id, nullable=False),
        sa.Column("output_tokens", Id, nullable=False),
        sa.Column("cost_micros", Id),
        sa.Column("finish_reason", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_draft_article_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_article_id", "draft", ["article_id"])
    op.create_table(
        "post",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("kind", _word("kind", 8, "short", "faq"), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("state", _word(
            "state", 16, "in_review", "approved", "publishing", "published", "failed", "stopped",
            "uncertain", "missed", "rejected", "cancelled", "abandoned", "withdrawn",
        ), nullable=False),
        sa.Column("revision_n", Id, nullable=False),
        sa.Column("holds", sa.Text, nullable=False),
        sa.Column("warnings", sa.Text, nullable=False),
        sa.Column("duplicates", sa.Text, nullable=False),
        sa.Column("overrides", sa.Text, nullable=False),
        sa.Column("approved_hash", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", Moment),
        sa.Column("due_at", Moment),
        sa.Column("expires_at", Moment),
        sa.Column("priority", Id, nullable=False),
        sa.Column("attempts", Id, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_post_account_id"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_post_article_id"),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("article_id", "kind", "account_id", name="uq_post_article_id_kind_account_id"),
    )
    op.create_index("ix_post_account_id", "post", ["account_id"])
    op.create_index("ix_post_due", "post", ["state", "due_at"])
    op.create_table(
        "event",
        sa.Column("id", Id, nullable=False),
        sa.Column("post_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("why", sa.Text),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_event_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_post_id", "event", ["post_id"])
    op.create_table(
        "revision",
        sa.Column("id", Id, nullable=False),
        sa.Column("post_id", Id, nullable=False),
        sa.Column("n", Id, nullable=False),
        sa.Column("draft_id", Id),
        sa.Column("variant", Id),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("approval_hash", sa.Text, nullable=False),
        sa.Column("said_key", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_revision_draft_id"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_revision_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("post_id", "n", name="uq_revision_post_id_n"),
    )
    op.create_table(
        "said",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("said_key", sa.String(64), nullable=False),
        sa.Column("ordinal", Id, nullable=False),
        sa.Column("post_id", Id),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_said_account_id"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_said_post_id"),
        sa.PrimaryKeyConstraint("account_id", "said_key", "ordinal", name="pk_said"),
    )
    op.create_index("ix_said_post_id", "said", ["post_id"])
    op.create_table(
        "delivery",
        sa.Column("id", Id, nullable=False),
        sa.Column("revision_id", Id, nullable=False),
        sa.Column("position", Id, nullable=False),
        sa.Column("segments", sa.Text, nullable=False),
        sa.Column("request", sa.Text),
        sa.Column("format", Id, nullable=False),
        sa.Column("state", _word("state", 16, "pending", "sending", "sent", "refused", "unknown"), nullable=False),
        sa.Column("fixed_at", Moment),
        sa.Column("started_at", Moment),
        sa.Column("call_ended", sa.Boolean, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("look_at", Moment),
        sa.Column("looks", Id, nullable=False),
        sa.Column("resends", Id, nullable=False),
        sa.Column("remote", sa.Text, nullable=False),
        sa.Column("detail", sa.Text),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_delivery_revision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("revision_id", "position", name="uq_delivery_revision_id_position"),
    )
    op.create_table(
        "spend",
        sa.Column("id", Id, nullable=False),
        sa.Column("payee", sa.Text, nullable=False),
        sa.Column("micros", Id, nullable=False),
        sa.Column("delivery_id", Id),
        sa.Column("draft_id", Id),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_spend_delivery_id"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_spend_draft_id"),
        sa.PrimaryKeyConstraint("id", name="pk_spend"),
        sa.UniqueConstraint("delivery_id", name="uq_spend_delivery_id"),
    )
    op.create_index("ix_spend_at", "spend", ["at"])
