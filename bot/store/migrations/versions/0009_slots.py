"""When a post was planned, and when it really went out: what slots, gaps and caps are kept by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    for column in ("earliest_at", "slot_at", "wanted_at", "out_at"):
        op.add_column("post", sa.Column(column, Moment))
    op.add_column("article", sa.Column("priority", Id, nullable=False, server_default="0"))
    op.execute(
        "update post set out_at = (select max(d.ended_at) from delivery d join revision r on r.id = d.revision_id "
        "where r.post_id = post.id and d.state in ('sent', 'unknown'))"
    )
    op.create_index("ix_post_planned", "post", ["account_id", "state", "due_at"])
    op.create_index("ix_post_out", "post", ["account_id", "out_at"])
    op.create_index("ix_post_slot", "post", ["account_id", "slot_at"], unique=True)
