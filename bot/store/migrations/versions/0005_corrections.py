"""A kind more: corrections. SQLite copies a table to change its CHECK."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; there is no way back: restore a backup."""
    for table in ("draft", "post"):
        check = op.f(f"ck_{table}_kind")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(check, type_="check")
            batch.alter_column("kind", existing_type=sa.String(8), type_=sa.String(16), existing_nullable=False)
            batch.create_check_constraint(check, sa.text("kind IN ('short', 'faq', 'correction')"))
