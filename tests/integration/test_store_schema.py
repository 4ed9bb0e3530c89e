"""The schema: the migrations make what the models say, the constraints hold, history never changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Engine, create_engine, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from bot.errors import StoreError
from bot.store import db
from bot.store.db import Store
from bot.store.models import Account, Article, Base, Event, Post, Revision, Said
from bot.store.states import ArticleState, DeliveryState, State
from bot.values import Content, Kind
from tests.rows import NOW, a_post, a_revision, an_article, at_once

# --- the schema ---------------------------------------------------------------------------------


def described(engine: Engine) -> dict[str, Any]:
    """All a database says of our tables: columns, types, keys, uniques, indexes, foreign keys, checks."""
    seen = inspect(engine)
    rows: dict[str, Any] = {}
    for table in Base.metadata.tables:
        rows[table] = {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c.get("default")) for c in seen.get_columns(table)},
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "uniques": sorted((u["name"], *u["column_names"]) for u in seen.get_unique_constraints(table)),
            "indexes": sorted((i["name"], *i["column_names"], i["unique"]) for i in seen.get_indexes(table)),
            "foreign": sorted((f["name"], *f["constrained_columns"], f["referred_table"], *f["referred_columns"]) for f in seen.get_foreign_keys(table)),
            "checks": sorted((c["name"], c["sqltext"]) for c in seen.get_check_constraints(table)),
        }
    return rows


def test_the_migrations_make_exactly_the_tables_of_the_models(empty_url: str) -> None:
    assert db.upgrade(empty_url) == (None, db.HEAD)
    assert db.check(empty_url) == []
    engine = create_engine(empty_url)
    try:
        migrated = described(engine)
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        assert migrated == described(engine)
    finally:
        engine.dispose()


def test_each_word_has_a_check_with_the_values_of_its_enum() -> None:
    checks = {
        (table.name, constraint.name): sorted(str(constraint.sqltext.compile(compile_kwargs={"literal_binds": True})).split("'")[1::2])
        for table in Base.metadata.tables.values() for constraint in table.constraints if isinstance(constraint, CheckConstraint)
    }
    assert checks == {
        ("article", "ck_article_state"): sorted(ArticleState),
        ("delivery", "ck_delivery_state"): sorted(DeliveryState),
        ("draft", "ck_draft_kind"): sorted(Kind),
        ("post", "ck_post_kind"): sorted(Kind),
        ("post", "ck_post_state"): sorted(State),
    }


def test_a_state_outside_the_enum_is_refused_by_session_and_database(store: Store) -> None:
    with pytest.raises(StatementError, match="asleep"), store.write() as session:
        session.add(an_article(state="asleep"))
    with store.write() as session:
        session.add(an_article())
    with pytest.raises(IntegrityError), store.write() as session:
        session.execute(text("update article set state = 'asleep'"))
    with store.read() as session:
        assert session.scalars(select(Article)).one().state is ArticleState.QUEUED


# --- constraints --------------------------------------------------------------------------------


@pytest.fixture
def post(store: Store) -> Post:
    """A stored post with one revision and one event."""
    with store.write() as session:
        row = a_post(article=an_article(url_key="k"), account=Account(name="x", platform="x"), revisions=[a_revision()])
        row.events.append(Event(at=NOW, who="me", what="drafted"))
        session.add(row)
    return row


@pytest.mark.parametrize(
    "second",
    [
        lambda post: a_post(article_id=post.article_id, account_id=post.account_id),
        lambda post: an_article(fingerprint="f1"),
        lambda post: an_article(fingerprint="f2", url_key="k"),
        lambda post: a_revision(post_id=post.id),
        lambda post: Account(name="x", platform="bluesky"),
        lambda post: a_post(article_id=post.article_id, account_id=99, kind=Kind.FAQ),
        lambda post: Event(post_id=99, at=NOW, who="me", what="x"),
        lambda post: an_article(fingerprint="f2", picture="missing"),
    ],
    ids=["post", "fingerprint", "url_key", "revision", "account", "no such account", "no such post", "no such picture"],
)  # fmt: skip
def test_a_second_one_or_one_of_nothing_is_refused(store: Store, post: Post, second: Callable[[Post], Base]) -> None:
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(second(post))


def test_articles_without_an_address_do_not_collide(store: Store) -> None:
    with store.write() as session:
        session.add_all([an_article(fingerprint="a"), an_article(fingerprint="b")])
    with store.read() as session:
        assert session.scalars(select(Article.url_key)).all() == [None, None]


@pytest.mark.parametrize(("table", "column"), [(Revision, "content"), (Revision, "approval_hash"), (Event, "what"), (Event, "at")])
def test_revisions_and_events_never_change(store: Store, post: Post, table: type[Revision] | type[Event], column: str) -> None:
    new: Any = {"content": Content(segments=()), "at": NOW + timedelta(1)}.get(column, "other")
    with pytest.raises(StoreError, match="never changed once written"), store.write() as session:
        setattr(session.scalars(select(table)).one(), column, new)
    with pytest.raises(StoreError, match="never changed once written"), store.write() as session:
        session.execute(update(table).values({column: new}))
    with store.read() as session:
        assert getattr(session.scalars(select(table)).one(), column) != new


def test_a_post_may_get_another_revision_and_event(store: Store, post: Post) -> None:
    with store.write() as session:
        again = session.get_one(Post, post.id)
        again.revisions.append(a_revision(n=2))
        again.events.append(Event(at=NOW, who="me", what="edited"))
        again.revision_n = 2
    with store.read() as session:
        assert session.get_one(Post, post.id).revision.n == 2


def test_of_two_who_say_the_same_one_wins(store: Store, post: Post) -> None:
    for turn in range(10):
        outcomes: list[str] = []

        def say(key: str = f"key {turn}", outcomes: list[str] = outcomes) -> None:
            try:
                with store.write() as session:
                    session.add(Said(account_id=post.account_id, said_key=key, ordinal=0, post_id=post.id, created_at=NOW))
                outcomes.append("won")
            except IntegrityError:
                outcomes.append("lost")

        at_once(say, say, say)
        assert sorted(outcomes) == ["lost", "lost", "won"]
