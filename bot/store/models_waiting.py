"""The partial indexes by which waiting posts are found, however many others there are; a query names their condition word for word."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Index, text

from bot.store.states import State

GOING = "state IN ('approved', 'publishing')"
"""Posts that go out when they are due."""
LEAVING = "unwind_at IS NOT NULL"
"""Posts that are being taken down."""
NO_TIME = {
    "sqlite": "datetime({column}) IS NULL OR {column} NOT GLOB '[0-9][0-9][0-9][0-9]-*'", "postgresql": "{column} IS NULL OR NOT isfinite({column})",
}
"""A column of times in which somebody wrote something else by hand, or nothing, by database."""
_KNOWN = ", ".join(f"'{state}'" for state in State)
STRANGE = {dialect: f"state NOT IN ({_KNOWN}) OR ({GOING} AND ({no_time.format(column='due_at')}))" for dialect, no_time in NO_TIME.items()}
"""Posts that somebody changed by hand so that they are never due, by database: of a state nobody knows, or without a time."""
WAITING: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "going": (("account_id", "due_at"), {"sqlite": GOING, "postgresql": GOING}),
    "order": (("account_id", "priority", "due_at", "id"), {"sqlite": GOING, "postgresql": GOING}),
    "leaving": (("account_id", "unwind_at"), {"sqlite": LEAVING, "postgresql": LEAVING}),
    "strange": (("id",), STRANGE),
}
"""Each index: its columns, and of which rows, by database."""


def indexes() -> Iterator[Index]:
    """Of the table of posts."""
    for name, (columns, where) in WAITING.items():
        yield Index(f"ix_post_{name}", *columns, sqlite_where=text(where["sqlite"]), postgresql_where=text(where["postgresql"]))
