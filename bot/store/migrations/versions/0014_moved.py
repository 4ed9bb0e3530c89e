"""Links that entries had before, what entries are about, and articles that share a page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.create_table(
        "entry_alias",
        sa.Column("source_id", Id, nullable=False),
        sa.Column("link", sa.String(32), nullable=False),
        sa.Column("entry_id", Id),
        sa.Column("kept_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_entry_alias_source_id"),
        sa.PrimaryKeyConstraint("source_id", "link", name="pk_entry_alias"),
    )
    op.create_index("ix_entry_alias_entry_id", "entry_alias", ["entry_id"])
    op.add_column("entry", sa.Column("about", sa.String(32)))
    op.add_column("entry", sa.Column("moves", Id, nullable=False, server_default="0"))
    op.create_index("ix_entry_about", "entry", ["source_id", "about"])
    op.add_column("article", sa.Column("shares_page", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE source SET body = NULL, etag = NULL, last_modified = NULL")  # read once more, so that it is known what entries are about
