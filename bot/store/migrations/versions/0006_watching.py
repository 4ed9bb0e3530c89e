"""Whether the page of an article still says what was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    for column in (
        sa.Column("watched_at", Moment),
        sa.Column("watch_at", Moment),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("alert", sa.Text),
        sa.Column("alert_kind", sa.String(16)),
        sa.Column("alert_at", Moment),
        sa.Column("alert_from", sa.String(64)),
        sa.Column("alert_dismissed", sa.Text),
    ):
        op.add_column("article", column)
    op.create_index("ix_article_watch_at", "article", ["watch_at"])
    op.create_index("ix_article_alert_at", "article", ["alert_at"])
