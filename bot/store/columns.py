"""Column types of our own: aware UTC times on every database, and values as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import DateTime, Dialect, Enum, Text
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A point in time: stored as UTC, always aware in Python. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time can not be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A value (see `bot.values`) as JSON text, validated on the way back."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    @property
    def python_type(self) -> type[Any]:
        return object

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To the database. Refuses a value that could not be read back (an infinite score is one), before it is stored."""
        if value is None:
            return None
        stored = self._adapter.dump_json(value)
        self._adapter.validate_json(stored)
        return stored.decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From the database."""
        return None if value is None else self._adapter.validate_json(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self.impl


def word(kind: type[StrEnum], name: str, length: int) -> Enum:
    """A word of an enum in the column `name`, stored as its value, back as the member. Any other is refused, by the database too."""
    return Enum(
        kind, native_enum=False, create_constraint=True, validate_strings=True, name=name, length=length,
        values_callable=lambda members: [member.value for member in members],
    )
