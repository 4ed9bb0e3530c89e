"""Old texts are taken out, and everything that guards against saying a thing twice goes on as before."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot import clock
from bot.config import Settings
from bot.errors import StateError
from bot.store import articles, db, models, retention
from bot.store.db import Store
from bot.store.states import ArticleState, State
from bot.tidying import Tidy
from bot.values import Image, Kind
from tests.integration.cli_world import ARTICLE, URL, World
from tests.publishing import Time
from tests.publishing import World as Machine
from tests.rows import NOW, a_post, a_revision, an_article
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

YEAR = timedelta(days=365)
OLD = NOW - 2 * YEAR


def pruned(store: Store) -> retention.Pruned:
    with store.write() as session:
        return retention.prune(session, NOW - YEAR, NOW)


def stored(store: Store, *, post: State = State.PUBLISHED, **article: object) -> None:
    with store.write() as session:
        row = a_post(
            article=an_article(**{"state": ArticleState.DRAFTED, "created_at": OLD, "body": "B" * 5000, **article}), account=models.Account(name="x", platform="x"),
            revisions=[a_revision()], state=post, created_at=OLD, due_at=OLD,
        )
        session.add(row)


@pytest.mark.parametrize("state", list(State))
def test_only_articles_whose_posts_are_all_done_are_taken_out(store: Store, state: State) -> None:
    stored(store, post=state)
    assert pruned(store).articles == (state not in retention.WORK)
    assert pruned(store).articles == 0, "it is done once"


@pytest.mark.parametrize(
    "kept",
    [
        {"created_at": NOW}, {"state": ArticleState.QUEUED}, {"watch_at": NOW}, {"alert_at": NOW}, {"sample": True},
        {"lease_owner": "another", "lease_until": NOW + timedelta(seconds=60)},
    ],
)
def test_what_is_new_waits_or_is_watched_is_kept_whole(store: Store, kept: dict[str, object]) -> None:
    stored(store, **kept)
    assert pruned(store).articles == 0


def test_a_post_that_went_out_lately_keeps_its_old_article(store: Store) -> None:
    stored(store)
    with store.write() as session:
        session.scalars(select(models.Post)).one().due_at = NOW - timedelta(days=3)
    assert pruned(store).articles == 0


def test_a_picture_goes_with_the_last_that_needs_it_and_comes_back_with_its_article(store: Store) -> None:
    image = Image(mime="image/png", width=1, height=1, data=b"x" * 1000)
    with store.write() as session:
        digest = articles.keep_picture(session, image)
        session.add_all([an_article(fingerprint=str(n), state=ArticleState.DRAFTED, created_at=OLD if n else NOW, picture=digest) for n in range(2)])
    assert pruned(store) == (1, 0)
    with store.write() as session:
        session.execute(text("update article set created_at = :old"), {"old": OLD if store.dialect == "postgresql" else str(OLD.replace(tzinfo=None))})
    assert pruned(store) == (1, 1)
    with store.write() as session:
        assert session.get_one(models.Picture, digest).data == b""
        assert articles.keep_picture(session, image) == digest
    with store.read() as session:
        assert session.get_one(models.Picture, digest).data == image.data
        with pytest.raises(StateError, match="was taken out, as BOT_KEEP_DAYS says"):
            articles.value(session, session.scalars(select(models.Article)).first())  # type: ignore[arg-type]


@pytest.fixture
def aged(x_world: World, x_server: XServer, account: XAccount) -> World:
    """An article whose posts went out two years ago, and whose text was taken out since."""
    bot = x_world
    bot("accounts", "verify", "x")
    bot("approve", "1", "3")
    bot("publish")
    bot("reject", "2", "4", "--reason", "r")
    with closing(sqlite3.connect(bot.folder / "bot.db")) as database:
        for column, table in (("created_at", "article"), ("created_at", "post"), ("due_at", "post")):
            database.execute(f"update {table} set {column} = datetime({column}, '-2 years') || '.000000' where {column} is not null")
        database.execute("update article set watch_at = null")
        database.commit()
    with db.open_store(f"sqlite:///{bot.folder / 'bot.db'}") as store, store.write() as session:
        assert retention.prune(session, clock.now(session) - YEAR, clock.now(session)).articles == 1
    return bot


def test_a_post_of_an_old_article_is_shown_with_what_was_sent_and_says_that_the_text_is_gone(aged: World) -> None:
    shown = aged.post(1)
    assert shown["state"] == "published"
    assert shown["segments"][0]["text"].startswith("The harbor ferry carried 412,000 riders")
    assert shown["requests"]
    assert "its text was taken out on 20" in str(shown["article"]["notes"])
    assert "taken out" in aged("show", "3").stdout
    aged("posts")
    aged("articles")
    aged("db", "check")
    assert "taken out, as BOT_KEEP_DAYS says: bot add https://example.com/ferry reads it again" in " ".join(aged("correct", "1", "--reply", "--text", "It was 402,000.", code=1).stderr.split())


def test_an_old_article_that_is_read_again_has_its_text_again_and_is_posted_no_second_time(aged: World, x_server: XServer, account: XAccount) -> None:
    out = len(x_server.tweets(account))
    aged("add", "article.txt", "--url", URL)
    aged("run")
    aged("publish", code=None)
    assert len(x_server.tweets(account)) == out
    (article,) = aged.json("articles")
    assert article["state"] == "drafted"
    assert "taken out" not in str(aged.post(1)["article"]["notes"])
    assert aged("status").exit_code == 0  # no alert: nothing can be compared


def test_an_old_article_read_again_after_it_changed_raises_no_alert(aged: World) -> None:
    (aged.folder / "article.txt").write_text(ARTICLE.replace("412,000", "402,000"))
    aged("add", "article.txt", "--url", URL)
    assert "402,000" not in str(aged.json("status"))


@pytest.mark.parametrize("copy", ["exact", "edited"])
def test_a_copy_of_an_old_article_is_still_its_duplicate(aged: World, copy: str) -> None:
    changed = ARTICLE if copy == "exact" else ARTICLE.replace("Riders mostly commute to work and to school", "People ride to work and to school")
    (aged.folder / "copy.txt").write_text(changed)
    aged("add", "copy.txt", "--url", "https://example.com/another")
    states = [(one["article"], one["state"]) for one in aged.json("articles")]
    assert states in ([(1, "drafted")], [(1, "drafted"), (2, "duplicate")])


def test_what_was_said_is_still_held(aged: World) -> None:
    words = aged.post(1)["segments"][0]["text"].split(" https://")[0].split("\n")[0]
    (aged.folder / "other.txt").write_text(ARTICLE.replace("Ferry Carries", "Boat Counts").replace("Parking revenue rose", "Income from parking went up"))
    done = aged("check", "other.txt", "--text", words, code=None)
    assert "duplicate" in done.output


def test_the_worker_does_it_once_a_day_in_short_transactions(store: Store, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(store, time)
    with store.write() as session:
        session.add_all([an_article(fingerprint=str(n), state=ArticleState.DRAFTED, created_at=time.now - 2 * YEAR) for n in range(120)])
    bot, tidy = machine.bot, Tidy()
    assert tidy(bot, lambda: True) == 0
    assert tidy(bot) == 120
    with store.write() as session:
        session.add(an_article(fingerprint="more", state=ArticleState.DRAFTED, created_at=time.now - 2 * YEAR))
    assert tidy(bot) == 0, "not twice a day"
    assert Tidy()(bot) == 1
    assert bot.settings.keep_days == Settings().keep_days == 365


def test_zero_keeps_everything(store: Store, time: Time) -> None:
    machine = Machine(store, time)
    with store.write() as session:
        session.add(an_article(created_at=time.now - 9 * YEAR, state=ArticleState.DRAFTED))
    bot = machine.bot
    assert Tidy()(type(bot)(Settings(BOT_KEEP_DAYS="0"), store, {}, {})) == 0  # type: ignore[call-arg]


def test_the_file_grows_by_what_stays_and_not_by_texts_and_pictures(tmp_path: Path) -> None:
    """Four years of articles with pictures, one in ten of the days: what was taken out is used again."""
    sizes, per_year = [], 300
    with db.open_store(f"sqlite:///{tmp_path / 'bot.db'}") as store:
        with store.write() as session:
            session.add(models.Account(id=1, name="x", platform="x"))
        for year in range(5):
            at = OLD + year * YEAR
            with store.write() as session:
                for n in range(per_year):
                    data = os.urandom(20_000)
                    session.add(models.Picture(sha256=sha256(data).hexdigest(), mime="image/png", width=1, height=1, data=data))
                    session.flush()
                    row = an_article(fingerprint=f"{year}-{n}", state=ArticleState.DRAFTED, created_at=at, body="A sentence. " * 500, picture=sha256(data).hexdigest())
                    session.add(a_post(article=row, account_id=1, revisions=[a_revision()], state=State.PUBLISHED, created_at=at, due_at=at, kind=Kind.SHORT))
            more = True
            while more:
                with store.write() as session:
                    more = retention.prune(session, at - YEAR / 2, at).articles > 0
            with store.read() as session:
                sizes.append(int(str(session.scalar(text("select page_count * page_size from pragma_page_count(), pragma_page_size()")))))
                whole = session.scalar(select(func.count()).where(models.Article.pruned_at.is_(None)))
            assert whole == per_year
    year_of_texts = per_year * 26_000
    assert sizes[1] - sizes[0] > year_of_texts * 0.9
    for before, after in pairwise(sizes[1:]):
        assert after - before < year_of_texts * 0.1, sizes
