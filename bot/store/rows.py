"""Rows that somebody changed by hand: what the program can not read in them, or what can not be so. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from sqlalchemy import Column, Connection, Enum, Integer, LargeBinary, Table, Text, and_, or_, select, type_coerce
from sqlalchemy.exc import DatabaseError

from bot.errors import StoreError
from bot.store.models import Base, Delivery, Post, Revision
from bot.store.states import DeliveryState, State

_TROUBLE = (ValueError, LookupError, TypeError, StoreError, DatabaseError)
_WIDE = 60


def wrong(connection: Connection) -> list[str]:
    """A sentence for each value that can not be read, and for each post that its revision or deliveries do not fit."""
    return [told for table in Base.metadata.sorted_tables for told in _unreadable(connection, table)] + [*_misfits(connection)]


def _unreadable(connection: Connection, table: Table) -> Iterator[str]:
    keys = list(table.primary_key.columns)
    for column in table.columns:
        if isinstance(column.type, LargeBinary) or (type(column.type) is Text and connection.dialect.name == "postgresql"):
            continue
        if _reads(connection, column):
            continue
        for key in connection.execute(select(*(type_coerce(key, Text) for key in keys))).all():
            this = and_(*(type_coerce(part, Text) == value for part, value in zip(keys, key, strict=True)))
            try:
                _check(column, connection.scalar(select(column).where(this)))
            except _TROUBLE as error:
                yield f"Table {table.name}, {_named(keys, key)}, column {column.name} can not be read: {_reason(column, error)}."


def _reads(connection: Connection, column: Column[object]) -> bool:
    try:
        with connection.execute(select(column), execution_options={"yield_per": 500}) as found:
            for (value,) in found:
                _check(column, value)
    except _TROUBLE:
        return False
    return True


def _check(column: Column[object], value: object) -> None:
    """SQLite takes text in a column of numbers, and gives it back."""
    if value is None:
        if not column.nullable:
            raise TypeError("it is empty")
    elif isinstance(column.type, Integer) and not isinstance(value, int):
        raise TypeError("it is no whole number")


def _reason(column: Column[object], error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        return f"{place + ': ' if place else ''}{first['msg']}"
    if isinstance(column.type, Enum):
        known = ", ".join(column.type.enums)
        return f"it is none of {known}"
    said = " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")
    return said if len(said) <= 2 * _WIDE else said[: 2 * _WIDE] + "…"


def _named(keys: list[Column[object]], values: object) -> str:
    return ", ".join(f"{key.name} {str(value)[:_WIDE]}" for key, value in zip(keys, values, strict=True))  # type: ignore[call-overload]


def _misfits(connection: Connection) -> Iterator[str]:
    post, revision, delivery = Post.__table__.c, Revision.__table__.c, Delivery.__table__.c
    in_force = and_(revision.post_id == post.id, revision.n == post.revision_n)
    gone = select(post.id, post.revision_n).outerjoin_from(Post.__table__, Revision.__table__, in_force).where(revision.id.is_(None))
    for number, n in connection.execute(gone.order_by(post.id)):
        yield f"Table post, id {number}: its revision {n} is not there."
    unsent = (
        select(post.id, type_coerce(delivery.state, Text))
        .select_from(Post.__table__.join(Revision.__table__, in_force).outerjoin(Delivery.__table__, delivery.revision_id == revision.id))
        .where(type_coerce(post.state, Text) == str(State.PUBLISHED))
        .where(or_(delivery.id.is_(None), type_coerce(delivery.state, Text) != str(DeliveryState.SENT)))
    )
    for number, state in connection.execute(unsent.order_by(post.id)):
        yield f"Table post, id {number}: it is published, and " + (f"a delivery of it is {state}." if state else "has no delivery.")
