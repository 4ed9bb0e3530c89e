"""Units of work: one transaction each, nothing left open, and what goes in comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import StatementError

from bot import clock
from bot.errors import StoreError
from bot.store import db
from bot.store.db import Store
from bot.store.models import Account, Article, Picture, Post, Source
from bot.store.states import State
from bot.values import Content, Facet, FaqPair, Kind, Note, Segment
from tests.rows import NOW, a_post, a_revision, an_article, at_once

# --- units --------------------------------------------------------------------------------------


def test_a_unit_commits_at_its_end_and_rolls_back_on_an_error(store: Store) -> None:
    with store.write() as session:
        session.add(Account(name="x", platform="x"))

    def fail() -> None:
        with store.session() as session:
            session.add(Account(name="y", platform="x"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.read() as session:
        found = session.scalars(select(Account)).all()
    assert [account.name for account in found] == ["x"]  # still readable when the unit is over


def test_a_unit_for_reading_can_not_write(store: Store) -> None:
    with pytest.raises(StoreError, match="for reading tried to write"), store.read() as session:
        session.add(Account(name="x", platform="x"))
    with store.write() as session:
        session.add(Account(name="x", platform="x"))


def test_units_do_not_nest(store: Store) -> None:
    with store.read(), pytest.raises(StoreError, match="pass its session on"), store.write():
        pass
    with store.write():
        pass


def test_a_unit_for_reading_sees_one_moment(store: Store) -> None:
    with store.read() as session:
        before = session.scalar(select(func.count()).select_from(Account))

        def add() -> None:
            with store.write() as other:
                other.add(Account(name="x", platform="x"))

        at_once(add)
        assert session.scalar(select(func.count()).select_from(Account)) == before == 0
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 1


def test_no_transaction_stays_open_after_a_unit(store: Store) -> None:
    with store.read() as session:
        session.scalars(select(Account)).all()
    with store.write() as session:
        session.add(Account(name="x", platform="x"))
    connection = store._engine.raw_connection()
    try:
        if store.dialect == "sqlite":
            assert connection.dbapi_connection is not None
            assert connection.dbapi_connection.in_transaction is False
        else:
            cursor = connection.cursor()
            cursor.execute("select count(*) from pg_stat_activity where datname = current_database() and xact_start < now()")
            assert cursor.fetchone() == (0,)
    finally:
        connection.close()


def test_sqlite_keeps_what_it_promised(tmp_path: Path) -> None:
    with db.open_store("sqlite:///bot.db") as store:
        for unit in (store.read, store.write):
            with unit() as session:
                told = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")}
            assert told == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 30000}


def test_a_read_then_write_unit_loses_no_count(store: Store) -> None:
    """What a write unit read stays true until it commits (PostgreSQL: with the row locked)."""
    with store.write() as session:
        session.add(Source(url="u", kind="feed", etag="0"))

    def add() -> None:
        for _ in range(10):
            with store.write() as session:
                source = session.scalars(select(Source).with_for_update()).one()
                source.etag = str(int(source.etag or 0) + 1)

    at_once(*[add] * 4)
    with store.read() as session:
        assert session.scalars(select(Source)).one().etag == "40"


def test_a_database_in_memory_works_for_threads_too() -> None:
    with db.open_store("sqlite://") as store:

        def add(name: str) -> None:
            for n in range(10):
                with store.write() as session:
                    session.add(Account(name=f"{name}{n}", platform="x"))

        at_once(lambda: add("a"), lambda: add("b"))
        with store.read() as session:
            assert session.scalar(select(func.count()).select_from(Account)) == 20


# --- values -------------------------------------------------------------------------------------


def test_times_and_values_come_back_as_they_were(store: Store) -> None:
    content = Content(
        segments=(Segment(text="naïve 🙂 'quoted' \\u0000 %s", length=8, limit=280, has_url=True, facets=(Facet(start=0, end=5, type="tag", value="naïve"),)),),
        languages=("en", "pt-BR"),
    )
    east = datetime(2026, 3, 1, 13, 30, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with store.write() as session:
        session.add(Picture(sha256="p", mime="image/png", width=1, height=2**40, data=b"\x00\xff'"))
        session.flush()
        article = an_article(published_at=east, faq=(FaqPair(question="Q?", answer="“A”", visible=False),), notes=(Note(text="n", sentences=("s1",)),), picture="p")
        account = Account(name="x", platform="x")
        session.add_all([article, account])
        session.flush()
        post = a_post(article_id=article.id, account_id=account.id, kind=Kind.FAQ)
        post.revisions.append(a_revision(content=content))
        session.add(post)
    with store.read() as session:
        back = session.scalars(select(Article)).one()
        assert back.published_at == east
        assert back.published_at is not None
        assert back.published_at.tzinfo is UTC
        assert back.created_at == NOW
        assert back.not_before is None
        assert (back.faq, back.notes) == (article.faq, article.notes)
        assert session.scalars(select(Article).where(Article.published_at == east)).one() is back
        assert session.scalars(select(Article).where(Article.published_at < east)).one_or_none() is None
        assert back.posts[0].revision.content == content
        assert back.posts[0].kind is Kind.FAQ
        assert back.posts[0].state is State.IN_REVIEW
        picture = session.get_one(Picture, "p")
        assert (picture.data, picture.height) == (b"\x00\xff'", 2**40)


@pytest.mark.parametrize("title", ["half a pair \ud83d", "NUL \x00"])
def test_text_that_is_none_is_stored_as_it_is_or_refused_in_one_line(store: Store, title: str) -> None:
    try:
        with store.write() as session:
            session.add(an_article(title=title))
    except StoreError as error:
        assert "can not hold a value" in str(error)  # noqa: PT017 — either is right
        return
    with store.read() as session:
        assert session.scalars(select(Article)).one().title == title


def test_a_number_beyond_all_rows_is_no_traceback(store: Store) -> None:
    try:
        with store.read() as session:
            assert session.get(Post, 10**30) is None
    except StoreError as error:
        assert "can not hold a value" in str(error)  # noqa: PT017 — either is right


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="a naive time can not be stored"), store.write() as session:
        session.add(an_article(created_at=NOW.replace(tzinfo=None)))
    with pytest.raises(StatementError, match="a naive time"), store.read() as session:
        session.scalars(select(Article).where(Article.created_at > NOW.replace(tzinfo=None))).all()


def test_the_clock_of_a_unit_is_aware_and_now(store: Store) -> None:
    with store.read() as session:
        first, second = clock.now(session), clock.now(session)
    assert first.tzinfo is UTC
    assert first <= second
    assert abs(datetime.now(UTC) - second) < timedelta(seconds=30)
