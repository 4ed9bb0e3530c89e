"""What is like a text is found again on both databases, by few statements that use the indexes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from bot.store import copies, likeness
from bot.store.db import Store
from bot.store.models import Account, Article, Post, Said
from bot.store.states import ArticleState
from bot.text import similarity
from bot.values import Article as ArticleValue
from bot.values import Content, Kind, Segment
from tests.rows import NOW, a_post, a_revision, an_article

SAID = "The harbour ferry will run every ten minutes from May, and the fare stays as it is for now."
EDITED = SAID.replace("harbour ferry", "new ferry")
OTHER = "The council voted on Thursday to rebuild the old market hall in brick."
BODY = " ".join(f"word{number} of the {number * 7 % 31} report" for number in range(120))


def content(said: str) -> Content:
    return Content(segments=tuple(Segment(text=part, length=1, limit=280, has_url=False) for part in said.split("\n")))


def say(session: Session, account: Account, said: str, *, article: Article | None = None, ignore: tuple[str, ...] = (), **other: Any) -> Post:
    """A post as it stands after its approval."""
    count = session.query(Post).count()
    post = a_post(
        article=article or an_article(fingerprint=f"f{count}"), account=account,
        revisions=[a_revision(content=content(said), said_key=f"k{count}")], **{"approved_at": NOW, **other},
    )
    session.add(post)
    session.flush()
    found = likeness.keys(session, account.id, similarity.compared(likeness.text_of(post.revision.content), ignore))
    session.add(Said(account_id=account.id, said_key=f"k{count}", ordinal=0, post_id=post.id, created_at=NOW, **found))
    session.flush()
    return post


@contextmanager
def writing(store: Store) -> Iterator[tuple[Session, Account]]:
    with store.write() as session:
        account = Account(name="x", platform="x")
        session.add(account)
        session.flush()
        yield session, account


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


# --- posts ----------------------------------------------------------------------------------------------------------


def test_an_edited_post_is_found_with_its_date_score_and_the_words_that_differ(store: Store) -> None:
    with writing(store) as (session, account):
        post = say(session, account, SAID)
        say(session, account, OTHER)
        (found,) = likeness.of_post(session, account_id=account.id, article_id=99, said=EDITED)
        assert found.holds
        assert found.duplicate.post == post.id
        assert found.duplicate.score == round(found.likeness.score, 3) >= similarity.HOLD
        assert found.duplicate.detail == f"{found.likeness.score:.2f} like #{post.id} of 01 Mar 2026; only “new” is new, in place of “harbour”"


def test_one_that_is_less_alike_is_a_warning_and_thresholds_are_the_callers(store: Store) -> None:
    with writing(store) as (session, account):
        say(session, account, SAID)
        (found,) = likeness.of_post(session, account_id=account.id, article_id=99, said=EDITED, hold=0.95)
        assert not found.holds
        assert likeness.of_post(session, account_id=account.id, article_id=99, said=EDITED, hold=0.95, warn=0.94) == []


def test_siblings_of_the_same_article_the_post_itself_and_old_ones_are_left_out(store: Store) -> None:
    with writing(store) as (session, account):
        article = an_article(fingerprint="own")
        post = say(session, account, SAID, article=article)
        say(session, account, SAID, article=article, kind=Kind.FAQ)
        asked: dict[str, Any] = {"account_id": account.id, "said": SAID}
        assert likeness.of_post(session, article_id=article.id, **asked) == []
        assert {one.duplicate.post for one in likeness.of_post(session, article_id=99, **asked)} == {post.id, post.id + 1}
        assert [one.duplicate.post for one in likeness.of_post(session, article_id=99, post_id=post.id, **asked)] == [post.id + 1]
        assert likeness.of_post(session, article_id=99, since=NOW + timedelta(days=1), **asked) == []
        assert len(likeness.of_post(session, article_id=99, since=NOW - timedelta(days=1), **asked)) == 2


def test_another_account_may_say_what_is_alike_but_not_the_very_same(store: Store) -> None:
    with writing(store) as (session, account):
        second = Account(name="y", platform="x")
        session.add(second)
        post = say(session, account, SAID)
        assert likeness.of_post(session, account_id=second.id, article_id=99, said=SAID) == []
        assert likeness.candidates(session, second.id, similarity.compared(SAID)) == []
        assert [row.post_id for row in likeness.elsewhere(session, [account.id], post.revision.said_key)] == [post.id]
        assert likeness.elsewhere(session, [second.id], post.revision.said_key) == []
        assert likeness.elsewhere(session, [], post.revision.said_key) == []


def test_what_was_taken_back_is_not_found(store: Store) -> None:
    with writing(store) as (session, account):
        post = say(session, account, SAID)
        session.execute(text("delete from said where post_id = :post"), {"post": post.id})
        assert likeness.of_post(session, account_id=account.id, article_id=99, said=SAID) == []


def test_other_numbers_make_no_duplicate(store: Store) -> None:
    with writing(store) as (session, account):
        say(session, account, "Sales of the harbour line were up 12% in the first quarter")
        asked: dict[str, Any] = {"account_id": account.id, "article_id": 99}
        assert likeness.of_post(session, said="Sales of the harbour line were up 21% in the first quarter", **asked) == []
        assert len(likeness.of_post(session, said="Sales of the harbour line are up 12% in the first quarter", **asked)) == 1


def test_sign_offs_and_links_are_no_likeness(store: Store) -> None:
    ours = ("Follow @harbour for more of the best daily news from the harbour", "#Harbour")
    tail = "\n#Harbour\n" + ours[0] + " https://example.com/a"
    with writing(store) as (session, account):
        say(session, account, "Rates rise again." + tail, ignore=ours)
        asked: dict[str, Any] = {"account_id": account.id, "article_id": 99, "ignore": ours}
        assert likeness.of_post(session, said="A bridge opens." + tail, **asked) == []
        (found,) = likeness.of_post(session, said="Rates rise again. https://example.com/b", **asked)
        assert found.duplicate.score == 1.0


@pytest.mark.parametrize("said", ["", "🎉🎉", "a", "https://example.com/a", "\ud83d", "x" * 100_000])
def test_odd_texts_are_kept_and_looked_up(store: Store, said: str) -> None:
    with writing(store) as (session, account):
        if said.isprintable():  # half a character can not be stored at all
            say(session, account, said)
        found = likeness.of_post(session, account_id=account.id, article_id=99, said=said)
        assert len(found) == (said.isprintable() and bool(similarity.compared(said)))


def test_a_post_with_keys_is_found_among_many_when_it_is_no_recent_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "RECENT", 0)
    with writing(store) as (session, account):
        posts = [say(session, account, f"{one} {SAID}") for one in ("Now:", "Update:")]
        say(session, account, OTHER)
        found = likeness.of_post(session, account_id=account.id, article_id=99, said=SAID)
        assert {one.duplicate.post for one in found} == {post.id for post in posts}


def test_a_recent_post_is_found_without_a_key_in_common(store: Store) -> None:
    with writing(store) as (session, account):
        post = say(session, account, SAID)
        session.execute(text("update said set b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0"))
        assert [one.duplicate.post for one in likeness.of_post(session, account_id=account.id, article_id=99, said=EDITED)] == [post.id]


def test_what_was_said_before_there_were_keys_is_learnt(store: Store) -> None:
    with writing(store) as (session, account):
        post = say(session, account, SAID)
        say(session, account, "🎉")
        session.execute(text("update said set sketch = null, b0 = null, b1 = null, b2 = null, b3 = null, b4 = null, b5 = null, b6 = null"))
        assert likeness.of_post(session, account_id=account.id, article_id=99, said=SAID) == []
        after: int | None = 0
        rounds = 0
        while after is not None:
            after = likeness.learn(session, {account.id: ["#Harbour"]}, after=after, most=1)
            rounds += 1
        assert rounds == 3
        assert [one.duplicate.post for one in likeness.of_post(session, account_id=account.id, article_id=99, said=SAID)] == [post.id]


def explained(session: Session, statement: str, parameters: Any) -> str:
    """The database's plan; PostgreSQL is kept from reading small tables as a whole."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("set local enable_seqscan = off"))
        return "\n".join(row[0] for row in session.connection().exec_driver_sql(f"explain {statement}", parameters))
    return "\n".join(row[3] for row in session.connection().exec_driver_sql(f"explain query plan {statement}", parameters))


def test_a_look_up_is_three_statements_that_use_the_indexes(store: Store) -> None:
    with writing(store) as (session, account):
        post = say(session, account, SAID)
        session.execute(
            text(
                "insert into said (account_id, said_key, ordinal, post_id, created_at, sketch, b0, b1, b2, b3, b4, b5, b6) "
                "with recursive n (g) as (select 1 union all select g + 1 from n where g < 5000) "
                "select account_id, 'n' || g, 0, post_id, created_at, 0, g, g + 1, g + 2, g + 3, g + 4, g + 5, g + 6 from n cross join said where post_id = :post"
            ),
            {"post": post.id},
        )
        session.execute(text("analyze said"))
        with statements(session) as seen:
            assert likeness.of_post(session, account_id=account.id, article_id=99, said=SAID)
        assert len(seen) == 3
        plan = explained(session, *seen[0])
    assert all(f"ix_said_b{band}" in plan for band in range(7))
    assert "ix_said_post_id" in plan
    assert "SCAN said\n" not in plan
    assert "Seq Scan" not in plan


# --- articles -------------------------------------------------------------------------------------------------------


def take(session: Session, body: str, **other: Any) -> Article:
    row = an_article(**{"fingerprint": str(session.query(Article).count()), "title": "A report", "body": body, **other})
    session.add(row)
    session.flush()
    copies.add(session, row.id, ArticleValue(title=row.title, body=row.body))
    return row


def found_articles(session: Session, body: str, **other: Any) -> list[int | None]:
    return [one.duplicate.article for one in copies.of(session, ArticleValue(title="A report", body=body), **other)]


@pytest.mark.parametrize("body", [BODY, BODY[:400], BODY[600:1500], "Print view. " + BODY, BODY.replace("word60 of", "word60 off")], ids=["copy", "lead", "excerpt", "print view", "edited"])
def test_copies_are_found_both_ways(store: Store, body: str) -> None:
    with store.write() as session:
        row = take(session, BODY)
        assert found_articles(session, body) == [row.id]
        (found,) = copies.of(session, ArticleValue(title="", body=body))
        assert found.duplicate.detail.startswith(f"article {row.id} of 01 Mar 2026: ")
    with store.write() as session:
        short = take(session, body)
        assert short.id in found_articles(session, BODY)


def test_others_old_withdrawn_and_its_own_row_are_left_out(store: Store) -> None:
    with store.write() as session:
        row = take(session, BODY)
        assert found_articles(session, BODY, known=row.id) == []
        assert found_articles(session, BODY, since=NOW + timedelta(days=1)) == []
        assert found_articles(session, BODY.upper()[::-1]) == []
        assert found_articles(session, "") == []
        row.state = ArticleState.WITHDRAWN
        session.flush()
        assert found_articles(session, BODY) == []


def test_a_changed_article_is_known_by_its_new_words_only(store: Store) -> None:
    other = BODY.replace("report", "notice").replace("word", "line")
    with store.write() as session:
        row = take(session, BODY)
        copies.add(session, row.id, ArticleValue(title="A report", body=other))
        assert copies.candidates(session, similarity.words(BODY[20:])) == []
        assert copies.candidates(session, similarity.words(other)) == [row.id]
        copies.remove(session, row.id)
        assert copies.candidates(session, similarity.words(other)) == []


def test_an_article_look_up_is_two_statements_and_reads_only_the_newest_of_a_key(store: Store) -> None:
    with store.write() as session:
        rows = [take(session, BODY) for _ in range(30)]
        with statements(session) as seen:
            found = copies.candidates(session, similarity.words(similarity.article_text("A report", "", BODY)), most=50)
            copies.of(session, ArticleValue(title="A report", body=BODY))
        assert found == [row.id for row in reversed(rows)][:16]
        assert len(seen) == 3
        plan = explained(session, *seen[0])
    assert "pk_article_likeness" in plan or "PRIMARY KEY" in plan
    assert "Seq Scan" not in plan
