"""Which feeds brought an article, when the feed's entries were dated and last there, and which articles no account took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.create_table(
        "article_source",
        sa.Column("article_id", Id, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_source_article_id"),
        sa.PrimaryKeyConstraint("article_id", "feed", name="pk_article_source"),
    )
    op.add_column("article", sa.Column("dates_ahead", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("article", sa.Column("untaken_by", sa.String(32)))
    for name, where in (("queued", "state = 'queued'"), ("untaken", "untaken_by IS NOT NULL")):
        op.create_index(f"ix_article_{name}", "article", ["id"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.add_column("source", sa.Column("added_as", sa.Text))
    op.add_column("source", sa.Column("ttl", Id))
    op.add_column("source", sa.Column("skips", sa.Text))
    op.add_column("source", sa.Column("body", sa.String(64)))
    op.add_column("entry", sa.Column("kept_at", Moment))
    op.add_column("entry", sa.Column("published_at", Moment))
    op.add_column("entry", sa.Column("news", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("entry", sa.Column("article_id", Id))
    op.execute("UPDATE entry SET kept_at = seen_at")
    op.create_index("ix_entry_kept_at", "entry", ["source_id", "kept_at"])
