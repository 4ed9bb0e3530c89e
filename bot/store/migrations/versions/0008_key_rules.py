"""By which rules keys were made: those that are there already are made anew by `bot db upgrade`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.create_table(
        "key_rules",
        sa.Column("sort", sa.String(16), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sort", name="pk_key_rules"),
    )
    op.add_column("source", sa.Column("url_rules", sa.Text))
