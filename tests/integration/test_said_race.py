"""The very same words on two accounts of X, approved in the same moment: one goes out, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from bot.errors import HoldError
from bot.store import db, models, posts
from bot.store.db import Store
from bot.values import Content, Formatted, HoldCode, Kind, Override, Segment
from tests.rows import NOW, an_article, at_once

ROUNDS = 12
PASS = (Override(code=HoldCode.DUPLICATE, reason="a reminder", by="ana"),)


def twins(store: Store, platform: str, said: str) -> tuple[int, int]:
    """Two posts that say the same, in review on two accounts of the platform."""
    with store.write() as session:
        made = []
        for name in ("one", "two"):
            account = session.query(models.Account).filter_by(name=f"{platform}-{name}").one_or_none() or models.Account(name=f"{platform}-{name}", platform=platform)
            article = an_article(fingerprint=f"{said} {platform} {name}")
            session.add_all([account, article])
            session.flush()
            post = posts.create(session, article_id=article.id, kind=Kind.SHORT, account_id=account.id, now=NOW)
            content = Content(segments=(Segment(text=said, length=len(said), limit=280, has_url=False),))
            posts.revise(session, post, Formatted(content=content), who="ana", now=NOW)
            made.append(post.id)
        return made[0], made[1]


def approve(store: Store, number: int, *, inside: Callable[[], object] = lambda: None, overrides: tuple[Override, ...] = ()) -> bool:
    """Whether it could be approved; `inside` is called before the unit ends."""
    try:
        with store.write() as session:
            posts.approve(session, posts.get(session, number, lock=True), who="ana", now=NOW, due_at=NOW, expires_at=None, overrides=overrides)
            inside()
    except HoldError as error:
        return "the same words as" not in str(error)
    return True


def test_whoever_approves_second_waits_for_the_first_and_is_held(store: Store, database_url: str) -> None:
    first, second = twins(store, "x", "The harbour ferry runs every ten minutes from May.")
    approved, came = threading.Event(), []

    def late() -> None:
        approved.wait(20)
        with db.open_store(database_url) as other:
            came.append(approve(other, second))

    thread = threading.Thread(target=late)
    thread.start()

    def lag() -> None:
        approved.set()
        thread.join(1)
        assert came == [], "it waits"

    assert approve(store, first, inside=lag)
    thread.join(20)
    assert came == [False]


def _race(won: list[bool], store: Store, number: int) -> None:
    won.append(approve(store, number))


def test_of_two_approvers_who_start_together_exactly_one_wins_each_time(store: Store, database_url: str) -> None:
    with db.open_store(database_url) as other:
        for turn in range(ROUNDS):
            won: list[bool] = []
            pair = zip((store, other), twins(store, "x", f"The harbour ferry runs every {turn + 3} minutes from May."), strict=True)
            at_once(*(partial(_race, won, where, number) for where, number in pair))
            assert sorted(won) == [False, True], turn


def test_an_override_lets_both_through_and_other_platforms_take_the_same_words_twice(store: Store) -> None:
    first, second = twins(store, "x", "The market hall opens again.")
    assert [approve(store, first), approve(store, second), approve(store, second, overrides=PASS)] == [True, False, True]
    assert all(approve(store, number) for number in twins(store, "bluesky", "The market hall opens again."))


@pytest.mark.postgres
def test_other_words_do_not_wait(postgres: str) -> None:
    with db.open_store(postgres, upgrade=True) as store, db.open_store(postgres) as other:
        first, _ = twins(store, "x", "The harbour ferry runs every ten minutes from May.")
        third, _ = twins(store, "x", "The market hall opens again.")
        came: list[bool] = []

        def beside() -> None:
            thread = threading.Thread(target=lambda: came.append(approve(other, third)))
            thread.start()
            thread.join(20)

        assert approve(store, first, inside=beside)
        assert came == [True]
