"""What looking up, taking down and pausing need to remember."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.add_column("account", sa.Column("threads_off", sa.Text))
    op.add_column("account", sa.Column("credentials", sa.Text))
    op.add_column("post", sa.Column("resumed_at", Moment))
    op.add_column("post", sa.Column("unwind_at", Moment))
    op.add_column("delivery", sa.Column("sender", sa.Text))
    op.add_column("delivery", sa.Column("tries", Id, nullable=False, server_default="0"))
    op.create_index("ix_post_unwind_at", "post", ["unwind_at"])
    for name, where in (("sending", "state = 'sending'"), ("looking", "look_at IS NOT NULL")):
        op.create_index(f"ix_delivery_{name}", "delivery", ["id"], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.add_column("spend", sa.Column("what", sa.Text, nullable=False, server_default="post"))
