"""What each source has shown, and how its polls went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    for column in (
        sa.Column("every", Id),
        sa.Column("backlog", Id, nullable=False, server_default="0"),
        sa.Column("added_at", Moment),
        sa.Column("last_ok_at", Moment),
        sa.Column("failures", Id, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
        sa.Column("off", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("source", column)
    op.create_table(
        "entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("link", sa.String(32)),
        sa.Column("guid", sa.String(32)),
        sa.Column("tries", Id, nullable=False),
        sa.Column("try_at", Moment),
        sa.Column("seen_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_entry_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("source_id", "link", name="uq_entry_source_id_link"),
    )
    op.create_index("ix_entry_guid", "entry", ["source_id", "guid"])
