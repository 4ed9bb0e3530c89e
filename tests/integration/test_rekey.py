"""Stored keys follow the rules: they are made anew when the program's or the user's change, on both databases, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bot import config, context, making
from bot.errors import HoldError
from bot.setting_types import SiteRules
from bot.store import copies, db, keyed, models, posts, rekey
from bot.store.db import Store
from bot.text import bands, links
from bot.values import Article, Content, Formatted, Kind, Segment, UrlRules
from tests.integration.cli_world import world
from tests.rows import NOW, an_article, at_once

DROP_SID = TypeAdapter(SiteRules).validate_python({"example.com": {"drop": ["sid"]}})
TOML = '[url_rules."example.com"]\ndrop = ["sid"]\n'


def opened(url: str, rules: UrlRules = DROP_SID) -> Store:
    return db.open_store(url, rules=rules)


def addresses(store: Store) -> dict[int, str | None]:
    with store.read() as session:
        return {row.id: row.url_key for row in session.execute(select(models.Article.id, models.Article.url_key))}


def made_before(store: Store, *urls: str | None) -> None:
    """Articles as a program without the user's rules stored them."""
    with store.write() as session:
        keyed.begin(session, store.rules)
        for number, url in enumerate(urls):
            session.add(an_article(fingerprint=f"f{number}", url=url, url_key=links.url_key(url) if url else None))


def stale(url: str, rules: UrlRules = DROP_SID) -> tuple[str, ...]:
    with opened(url, rules) as store:
        return rekey.stale(store)


# --- when -----------------------------------------------------------------------------------------------------------


def test_a_database_without_anything_is_never_stale_and_takes_the_rules_of_whoever_opens_it(database_url: str) -> None:
    Path("bot.toml").write_text(TOML)
    bot = context.open_bot(config.load(), database=database_url)
    with bot.store.write() as session:
        making.store_article(session, Article(title="T", body="B", url="https://example.com/a?sid=1"))
    bot.store.close()
    assert not bot.stale_keys
    assert stale(database_url) == ()
    Path("bot.toml").unlink()
    again = context.open_bot(config.load(), database=database_url)
    again.store.close()
    assert again.stale_keys, "the rules are gone"


def test_the_users_rules_and_the_programs_versions_make_keys_stale_each_its_own_sort(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made_before(store, "https://example.com/a")
    assert stale(database_url, store.rules) == ()
    assert stale(database_url) == (keyed.ADDRESSES, keyed.WORDS)
    monkeypatch.setattr(bands, "FORMAT", bands.FORMAT + 1)
    assert stale(database_url, store.rules) == (keyed.LIKENESS,)


def test_a_database_from_before_versions_were_written_down_is_stale(store: Store) -> None:
    made_before(store, "https://example.com/a")
    with store.write() as session:
        session.execute(text("delete from key_rules"))
    assert rekey.stale(store) == keyed.SORTS
    assert rekey.run(store, {}).sorts == keyed.SORTS
    assert (rekey.stale(store), rekey.run(store, {}).sorts) == ((), ())


# --- addresses ------------------------------------------------------------------------------------------------------


def test_addresses_that_are_one_now_leave_the_older_its_key_and_the_younger_is_named_and_kept(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekey, "BATCH", 2)
    made_before(store, "https://example.com/a?sid=1", None, "https://example.com/b?sid=1", "https://example.com/a?sid=2", "https://other.example/a?sid=2")
    with opened(database_url) as now:
        made = rekey.run(now, {})
        assert made.alike == (rekey.Alike(4, 1, "https://example.com/a?sid=2"),)
        assert (made.articles, made.changed) == (5, 3)
        assert addresses(now) == {1: "example.com/a", 2: None, 3: "example.com/b", 4: None, 5: "other.example/a?sid=2"}


def test_a_key_that_a_younger_article_still_holds_goes_to_the_older_one_that_has_it_now(store: Store, database_url: str) -> None:
    made_before(store, "https://example.com/a?sid=1", "https://example.com/a")
    with opened(database_url) as now:
        assert rekey.run(now, {}).alike == (rekey.Alike(2, 1, "https://example.com/a"),)
        assert addresses(now) == {1: "example.com/a", 2: None}


def test_when_rules_are_taken_back_the_younger_has_its_own_address_again(store: Store, database_url: str) -> None:
    made_before(store, "https://example.com/a?sid=1", "https://example.com/a?sid=2")
    before = addresses(store)
    with opened(database_url) as now:
        rekey.run(now, {})
    assert rekey.run(store, {}).alike == ()
    assert addresses(store) == before


def test_what_ended_half_way_is_done_again(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekey, "BATCH", 1)
    made_before(store, *(f"https://example.com/{number}?sid=1" for number in range(4)))

    def dying(sort: str, done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with opened(database_url) as now:
        with pytest.raises(KeyboardInterrupt):
            rekey.run(now, {}, dying)
        assert rekey.stale(now) == (keyed.ADDRESSES, keyed.WORDS)
        assert rekey.run(now, {}).changed == 2
        assert set(addresses(now).values()) == {f"example.com/{number}" for number in range(4)}


def test_a_worker_takes_articles_in_meanwhile_and_none_is_lost_or_known_twice(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekey, "BATCH", 5)
    made_before(store, *(f"https://example.com/{number}?sid=1" for number in range(60)))
    begun = threading.Event()

    def take_in() -> None:
        begun.wait(20)
        with opened(database_url) as worker:
            for number in range(0, 60, 3):
                with worker.write() as session:
                    making.store_article(session, Article(title=f"Story {number}", body=f"Other words about {number}.", url=f"https://example.com/{number}?sid=2"))

    def make_anew() -> None:
        with opened(database_url) as now:
            rekey.run(now, {}, lambda sort, done, of: begun.set())

    at_once(take_in, make_anew)
    with opened(database_url) as now:
        rekey.run(now, {})
        held = [key for key in addresses(now).values() if key is not None]
        assert set(held) == {f"example.com/{number}" for number in range(60)}
        assert len(held) == 60


# --- what posts say -------------------------------------------------------------------------------------------------


def write(session: Session, account: models.Account, said: str, *, article: str) -> models.Post:
    row = an_article(fingerprint=article)
    session.add(row)
    session.flush()
    post = posts.create(session, article_id=row.id, kind=Kind.SHORT, account_id=account.id, now=NOW)
    content = Content(segments=(Segment(text=said, length=len(said), limit=280, has_url=True),))
    posts.revise(session, post, Formatted(content=content), who="ana", now=NOW)
    return post


def approve(session: Session, post: models.Post) -> None:
    posts.approve(session, post, who="ana", now=NOW, due_at=NOW, expires_at=None)


SAID = "Ferry. https://example.com/a?sid="


def test_what_posts_claimed_is_claimed_by_the_rules_of_now(store: Store, database_url: str) -> None:
    with store.write() as session:
        keyed.begin(session, store.rules)
        account = models.Account(name="x", platform="x")
        session.add(account)
        session.flush()
        approve(session, write(session, account, f"{SAID}1", article="one"))
        waiting = write(session, account, "Council votes.", article="three").id
    with opened(database_url) as now:
        assert rekey.run(now, {}).changed == 1
        with now.write() as session:
            account = session.scalars(select(models.Account)).one()
            claimed = session.scalars(select(models.Said)).one()
            assert claimed.said_key == posts.get(session, claimed.post_id or 0).revision.said_key
            again = write(session, account, f"{SAID}2", article="two")
            assert again.revision.said_key == claimed.said_key
            assert again.duplicates[0].detail == "the same words"
            with pytest.raises(HoldError, match="the same words"):
                approve(session, again)
            approve(session, posts.get(session, waiting))


def test_posts_of_one_account_that_say_the_same_by_the_rules_of_now_take_the_next_ordinal(store: Store, database_url: str) -> None:
    with store.write() as session:
        keyed.begin(session, store.rules)
        account = models.Account(name="x", platform="x")
        session.add(account)
        session.flush()
        for number in (1, 2):
            post = write(session, account, f"{SAID}{number}", article=f"f{number}")
            session.add(models.Said(account_id=account.id, said_key=post.revision.said_key, ordinal=0, post_id=post.id, created_at=NOW))
    with opened(database_url) as now:
        rekey.run(now, {})
        with now.read() as session:
            rows = session.scalars(select(models.Said).order_by(models.Said.post_id)).all()
            assert [(row.post_id, row.ordinal) for row in rows] == [(1, 0), (2, 1)]
            assert len({row.said_key for row in rows}) == 1


# --- likeness -------------------------------------------------------------------------------------------------------

BODY = " ".join(f"The harbour office counted {number * 37} riders on line {number} of the ferry." for number in range(1, 30))


def like(store: Store, ignore: Sequence[str] = ()) -> tuple[list[int], list[int]]:
    """Numbers of posts and articles that are found by their keys."""
    with store.read() as session:
        keys = session.scalars(select(models.Said.post_id).where(models.Said.sketch.is_not(None))).all()
        articles = copies.of(session, Article(title="T", body=BODY))
    return [key for key in keys if key is not None], [found.duplicate.article or 0 for found in articles]


def test_posts_and_articles_from_before_there_was_likeness_are_found_afterwards(store: Store) -> None:
    with store.write() as session:
        account = models.Account(name="x", platform="x")
        session.add_all([account, an_article(fingerprint="b", title="Ferry", body=BODY)])
        session.flush()
        approve(session, write(session, account, "The harbour ferry will run every ten minutes from May.", article="a"))
        session.execute(update(models.Said).values(sketch=None, **{f"b{n}": None for n in range(bands.BANDS)}))
        session.execute(text("delete from key_rules"))
    assert like(store) == ([], [])
    assert keyed.LIKENESS in rekey.run(store, {"x": ("Kestrel Bay News",)}).sorts
    assert like(store) == ([1], [1])


# --- by hand --------------------------------------------------------------------------------------------------------



def test_commands_tell_of_stale_keys_in_a_line_and_the_upgrade_makes_them_anew(tmp_path: Path, database_url: str) -> None:
    run = world(tmp_path)
    run.env = {"DATABASE_URL": database_url}
    (tmp_path / "other.txt").write_text("Council Votes On the Ferry\n\nThe council of Kestrel Bay voted on Monday on the ferry and on nothing else.\n")
    run("add", "article.txt", "--url", "https://example.com/a?sid=1")
    run("add", "other.txt", "--url", "https://example.com/a?sid=2")
    assert "bot db upgrade" not in run("run", "--dry-run", code=None).stderr
    (tmp_path / "bot.toml").write_text(TOML)
    for command in (("run", "--dry-run"), ("add", "article.txt", "--url", "https://example.com/a?sid=1"), ("db", "check")):
        assert run(*command, code=None).stderr.count("run `bot db upgrade`") == 1, command
    assert "run `bot db upgrade`" in " ".join(run("doctor", code=None).stdout.split())
    done = run("db", "upgrade")
    assert "Keys made anew (addresses, words) of 2 articles and " in done.stdout
    assert done.stderr == "article 2 has the address of article 1 by the rules of now, and is found by its text alone: https://example.com/a?sid=2\n"
    assert "Keys" not in run("db", "upgrade").stdout
    assert "bot db upgrade" not in run("run", "--dry-run", code=None).stderr
    assert [thing["article"] for thing in run.json("add", "article.txt", "--url", "https://example.com/a?sid=3")] == [1], "known by its address"


def test_a_rule_that_can_not_be_read_is_one_line_that_names_its_table(tmp_path: Path) -> None:
    run = world(tmp_path)
    (tmp_path / "bot.toml").write_text('[url_rules."example.com"]\ndorp = ["sid"]\n')
    told = run("add", "article.txt", code=4).stderr
    assert told.startswith('error: url_rules in bot.toml: "example.com": dorp is not known; a table has keep, drop, only and ignore_case.')
    assert told.count("\n") == 1
    assert '"example.com": dorp is not known' in run("doctor", code=4).stdout


def test_doctor_shows_the_rules(tmp_path: Path) -> None:
    run = world(tmp_path)
    (tmp_path / "bot.toml").write_text(f'{TOML}keep = ["ref", "p_*"]\n[url_rules."example.org/show"]\nonly = ["id"]\nignore_case = true\n')
    shown = run("doctor").stdout
    assert "ok    url_rules example.com: keep p_* ref; drop sid\n" in shown
    assert "ok    url_rules example.org/show: only id; paths in any case\n" in shown
