"""What alembic runs: the migrations, on the connection and inside the transaction that `bot.store.db` opened."""

from __future__ import annotations

from alembic import context

from bot.store.db import VERSION_TABLE
from bot.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
