"""The tables: those of the design, with its constraints, under fixed names."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest
from sqlalchemy import DateTime, Enum, ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.orm import Mapped

from bot.store import models
from bot.store.columns import Moment
from bot.store.models import Base, Post, Revision
from bot.values import Content

TABLES = {table.name: table for table in Base.metadata.sorted_tables}
MODELS = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
all_tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def uniques(table: Table) -> set[tuple[str, ...]]:
    return {tuple(column.name for column in one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)}


def test_the_tables_are_the_designs() -> None:
    assert set(TABLES) == {"source", "article", "draft", "account", "post", "revision", "delivery", "said", "spend", "event", "picture", "article_likeness", "entry", "entry_alias", "article_source", "key_rules", "earlier", "worker", "notice"}


def test_what_may_be_there_only_once() -> None:
    assert {(name, *columns) for name, table in TABLES.items() for columns in uniques(table)} == {
        ("source", "url"),
        ("entry", "source_id", "link"),
        ("article", "url_key"),
        ("article", "fingerprint"),
        ("account", "name"),
        ("post", "article_id", "kind", "account_id"),
        ("revision", "post_id", "n"),
        ("delivery", "revision_id", "position"),
        ("spend", "delivery_id"),
        ("notice", "channel", "key"),
    }
    assert [column.name for column in TABLES["said"].primary_key] == ["account_id", "said_key", "ordinal"]
    assert [column.name for column in TABLES["article_likeness"].primary_key] == ["key", "article_id"]


def test_leases_are_columns_of_what_is_leased() -> None:
    assert {name for name, table in TABLES.items() if {"lease_owner", "lease_until"} <= set(table.columns.keys())} == {"account", "article", "source"}


@all_tables
def test_every_constraint_and_index_has_a_fixed_name(table: Table) -> None:
    for one in [*table.constraints, *table.indexes]:
        prefix = {PrimaryKeyConstraint: "pk", UniqueConstraint: "uq", ForeignKeyConstraint: "fk"}.get(type(one))
        assert one.name is not None
        assert str(one.name).startswith(f"{prefix or ('ix', 'ck')[one in table.constraints]}_{table.name}")
        assert len(str(one.name)) <= 63  # PostgreSQL cuts longer ones


@all_tables
def test_every_reference_to_a_parent_that_is_listed_by_it_is_indexed(table: Table) -> None:
    """Without an index a post's history, revisions and deliveries are found by reading the whole table."""
    leading = {next(iter(index.columns)).name for index in table.indexes} | {columns[0] for columns in uniques(table)}
    leading.add(next(iter(table.primary_key)).name)
    rarely = {"revision.draft_id", "spend.draft_id", "article.picture"}
    for column in table.columns:
        if column.foreign_keys and f"{table.name}.{column.name}" not in rarely:
            assert column.name in leading, column


@all_tables
def test_every_time_is_a_moment_and_every_word_is_checked(table: Table) -> None:
    hints = get_type_hints(MODELS[table.name], vars(models))
    for column in table.columns:
        kind = next(iter(get_args(hints[column.key])))
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            assert isinstance(column.type, Enum), column
            assert column.type.enum_class is kind
        assert isinstance(column.type, Moment) == ("datetime" in str(kind)), column
        assert not isinstance(column.type, DateTime), column
        assert hints[column.key].__origin__ is Mapped


def test_the_revision_in_force_is_the_numbered_one() -> None:
    def revision(n: int) -> Revision:
        return Revision(n=n, by="me", content=Content(segments=()), approval_hash="a", said_key="s", created_at=datetime.now(UTC))

    post = Post(revision_n=2, revisions=[revision(1), revision(2), revision(3)])
    assert post.revision.n == 2
