"""What a worker that is left alone needs: old texts taken out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.add_column("article", sa.Column("pruned_at", sa.DateTime(timezone=True)))
