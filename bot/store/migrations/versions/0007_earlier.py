"""What accounts said before this database. Those that have published from it need not be asked any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    op.add_column("account", sa.Column("said_read_at", Moment))
    op.create_table(
        "earlier",
        sa.Column("account_id", Id, nullable=False, autoincrement=False),
        sa.Column("said_key", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sketch", sa.BigInteger),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_earlier_account_id"),
        sa.PrimaryKeyConstraint("account_id", "said_key", name="pk_earlier"),
    )
    op.execute(
        "update account set said_read_at = (select min(delivery.started_at) from delivery join revision on revision.id = delivery.revision_id "
        "join post on post.id = revision.post_id where post.account_id = account.id and delivery.state in ('sent', 'sending', 'unknown'))"
    )
