"""Finding what is due at a cost that does not grow with the posts, and serving the accounts in turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GOING = "state IN ('approved', 'publishing')"
LEAVING = "unwind_at IS NOT NULL"
KNOWN = (
    "'in_review', 'approved', 'publishing', 'published', 'failed', 'stopped', 'uncertain', 'missed', 'rejected', 'cancelled', 'abandoned', 'withdrawn'"
)
STRANGE = {
    "sqlite": f"state NOT IN ({KNOWN}) OR ({GOING} AND (datetime(due_at) IS NULL OR due_at NOT GLOB '[0-9][0-9][0-9][0-9]-*'))",
    "postgresql": f"state NOT IN ({KNOWN}) OR ({GOING} AND (due_at IS NULL OR NOT isfinite(due_at)))",
}


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    never = "1970-01-01 00:00:00.000000"
    op.add_column("account", sa.Column("served_at", sa.DateTime(timezone=True), nullable=False, server_default=never))
    op.create_index("ix_account_served_at", "account", ["served_at", "id"])
    op.drop_index("ix_post_unwind_at", "post")
    for name, columns, where in (
        ("going", ["account_id", "due_at"], GOING), ("order", ["account_id", "priority", "due_at", "id"], GOING),
        ("leaving", ["account_id", "unwind_at"], LEAVING), ("strange", ["id"], STRANGE[op.get_bind().dialect.name]),
    ):
        op.create_index(f"ix_post_{name}", "post", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
