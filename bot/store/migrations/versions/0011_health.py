"""Who works, and what a person was told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.create_table(
        "worker",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", Id, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("beat_at", Moment, nullable=False),
        sa.Column("moved_at", Moment),
        sa.Column("stopped_at", Moment),
        *(sa.Column(name, Id, nullable=False, server_default="0") for name in ("passes", "failed", "pass_ms", "last_ms")),
        sa.PrimaryKeyConstraint("owner", name="pk_worker"),
    )
    op.create_table(
        "notice",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("told_at", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("tries", Id, nullable=False, server_default="0"),
        sa.Column("try_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("channel", "key", name="uq_notice_channel_key"),
    )
    # The leases and states of articles stand behind their texts in the row: without these, each look reads all texts.
    op.create_index("ix_article_state", "article", ["state"])
    op.create_index("ix_article_lease_until", "article", ["lease_until"])
