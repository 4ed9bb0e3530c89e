"""By what posts and articles that are alike are found. What is there already is learnt later: `bot.store.likeness.learn`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.add_column("said", sa.Column("sketch", sa.BigInteger))
    for band in ("b0", "b1", "b2", "b3", "b4", "b5", "b6"):
        op.add_column("said", sa.Column(band, sa.Integer))
        op.create_index(f"ix_said_{band}", "said", [band])
    op.create_table(
        "article_likeness",
        sa.Column("key", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("article_id", Id, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_likeness_article_id"),
        sa.PrimaryKeyConstraint("key", "article_id", name="pk_article_likeness"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_likeness_article_id", "article_likeness", ["article_id"])
