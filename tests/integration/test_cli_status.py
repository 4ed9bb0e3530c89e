"""`bot status`: what it counts, when it is red, and that its words alone say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import clock
from bot.store import accounts, db, models, watch
from bot.store.states import State
from tests.integration.cli_world import World, world
from tests.integration.test_fetch import Site
from tests.integration.test_watching import PATH, TEXT, page

KEYS = ["posts", "overdue", "oldest_due_at", "paused", "spend", "alerts", "health"]


@pytest.fixture
def drafted(tmp_path: Path) -> World:
    made = world(tmp_path)
    made.drafted()
    return made


def change(act: object) -> None:
    with db.open_store("sqlite:///bot.db") as store, store.write() as session:
        act(session, clock.now(session))  # type: ignore[operator]


def lines(shown: str) -> list[str]:
    found = shown.splitlines()
    assert len(found) <= 15
    assert all(len(line) <= 80 for line in found), found
    return found


def alert(article: int, *, title: str | None = None) -> None:
    def act(session, now) -> None:  # type: ignore[no-untyped-def]
        row = session.get_one(models.Article, article)
        row.title = title or row.title
        for post in row.posts[:2]:
            post.state = State.PUBLISHED
        row.alert, row.alert_kind, row.alert_at = '"412,000 riders" is now "421,000 riders" (s1)', watch.Kind.CHANGED, now

    change(act)


def test_an_empty_database_is_fine(tmp_path: Path) -> None:
    empty = world(tmp_path)
    assert lines(empty("status").stdout) == [
        "Posts      none yet", "Spent      nothing this month",
        "Health     all well (13 checks: bot status --json)",
    ]
    (thing,) = empty.json("status")
    assert list(thing) == KEYS
    assert {one["level"] for one in thing.pop("health")} == {"green"}
    assert thing == {"posts": {}, "overdue": 0, "oldest_due_at": None, "paused": [], "spend": {}, "alerts": []}


def test_the_sample_counts_for_nothing(tmp_path: Path) -> None:
    empty = world(tmp_path)
    empty("run", "--dry-run", code=None)
    assert empty.json("status")[0]["posts"] == {}


def test_posts_are_counted_by_state(drafted: World) -> None:
    drafted("approve", "1")
    assert lines(drafted("status").stdout)[0] == "Posts      3 in review · 1 approved"
    assert drafted.json("status")[0]["posts"] == {"in_review": 3, "approved": 1}


def test_a_post_that_should_be_out_is_red(drafted: World) -> None:
    drafted("approve", "1", "2")
    since = datetime.now(UTC) - timedelta(hours=2)
    change(lambda session, now: [setattr(session.get_one(models.Post, 1), "due_at", since), setattr(session.get_one(models.Post, 2), "due_at", now - timedelta(minutes=1))])
    shown = drafted("status", code=1)
    assert any(line.startswith("OVERDUE    1 post, the oldest since ") for line in lines(shown.stdout))
    assert shown.stderr == "error: 1 post is overdue\n"
    (thing,) = drafted.json("status", code=1)
    assert (thing["overdue"], thing["oldest_due_at"]) == (1, since.isoformat())


def test_a_paused_account_is_red(drafted: World) -> None:
    change(lambda session, now: accounts.pause(accounts.get(session, "x"), "the credentials were refused; " * 9, None, now))
    shown = drafted("status", code=1)
    assert any(line.startswith("PAUSED     x: the credentials were refused;") for line in lines(shown.stdout))
    assert shown.stderr == "error: 1 account is paused\n"
    (thing,) = drafted.json("status", code=1)
    assert [(one["account"], one["paused_until"]) for one in thing["paused"]] == [("x", None)]


def test_an_alert_is_red_and_names_the_posts(drafted: World) -> None:
    alert(1)
    shown = drafted("status", code=1)
    told = lines(shown.stdout)
    at = next(n for n, line in enumerate(told) if line.startswith("CHANGED"))
    assert told[at] == "CHANGED    Free Ferry Carries 41% More Riders in Its First Year"
    assert told[at + 1].strip() == '"412,000 riders" is now "421,000 riders" (s1)'
    assert told[at + 2].strip() == "#1 #2: bot correct 1, or bot unwind 1"
    assert shown.stderr == "error: 1 article changed after publication\n"
    (thing,) = drafted.json("status", code=1)
    (one,) = thing["alerts"]
    assert list(one) == ["article", "title", "url", "kind", "what", "at", "posts"]
    assert (one["article"], one["kind"], one["posts"]) == (1, "changed", [1, 2])
    assert datetime.fromisoformat(one["at"]).tzinfo is not None


def test_an_alert_that_was_dismissed_is_not(drafted: World) -> None:
    alert(1)
    change(lambda session, now: watch.dismiss(session, session.get_one(models.Article, 1), who="ana", why="harmless", now=now))
    assert drafted.json("status")[0]["alerts"] == []
    assert ("alert dismissed: changed", "harmless") in {(one["what"], one["why"]) for one in drafted.post(1)["history"]}


def test_many_troubles_stay_on_one_page(drafted: World) -> None:
    for number in range(2, 8):
        Path("article.txt").write_text(f"Story {number} of the Day\n\nThe mayor of town {number} opened a library with {number},200 books on Friday, the first it ever had.\n")
        drafted("run", "article.txt", "--url", f"https://example.com/{number}")
        alert(number, title="長い見出し" * 30)
    alert(1)
    change(lambda session, now: [accounts.pause(accounts.get(session, name), "refused", None, now) for name in ("x", "bluesky")])
    shown = drafted("status", code=1)
    assert "4 more articles changed: bot status --json" in shown.stdout
    assert len(shown.stdout.splitlines()) <= 15
    assert len(drafted.json("status", code=1)[0]["alerts"]) == 7


def test_other_checks_are_said_in_words_and_yellow_alone_is_no_failure(drafted: World) -> None:
    drafted("approve", "1")
    shown = drafted("status")
    assert [line.rstrip() for line in lines(shown.stdout)][1:3] == ["YELLOW     worker: no worker runs, and there is work for one", "           bot worker (or bot run, from cron)"]
    change(lambda session, now: [setattr(session.get_one(models.Post, 2), "state", State.UNCERTAIN), setattr(session.get_one(models.Account, 1), "lease_until", now - timedelta(hours=1))])
    shown = drafted("status", code=1)
    told = lines(shown.stdout)
    assert [line.split()[0] for line in told if line.split()[0].isupper()] == ["RED", "RED", "YELLOW"]
    assert "people: 1 post may or may not be out (#2): look, then bot resolve 2" in shown.stderr
    (thing,) = drafted.json("status", code=1)
    assert {one["check"]: one["level"] for one in thing["health"] if one["level"] != "green"} == {"worker": "yellow", "leases": "red", "people": "red"}
    assert all(one["remedy"] for one in thing["health"] if one["level"] != "green")


def test_all_troubles_at_once_stay_on_one_page(drafted: World) -> None:
    drafted("approve", "1")
    alert(1)
    past = datetime.now(UTC) - timedelta(hours=2)
    change(lambda session, now: [
        *(accounts.pause(accounts.get(session, name), "refused", None, now) for name in ("x", "bluesky")),
        *(setattr(session.get_one(models.Post, number), "due_at", past) for number in (3,)), setattr(session.get_one(models.Post, 3), "state", State.APPROVED),
        setattr(session.get_one(models.Post, 4), "state", State.UNCERTAIN), setattr(session.get_one(models.Account, 1), "lease_until", past),
    ])
    told = lines(drafted("status", code=1).stdout)
    assert {"OVERDUE", "PAUSED", "CHANGED", "RED"} <= {line.split()[0] for line in told}


def test_a_database_that_can_not_be_opened_is_red(drafted: World) -> None:
    Path("bot.db").write_bytes(b"no database at all" * 100)
    shown = drafted("status", code=1)
    assert "not an SQLite database" in shown.stderr
    (thing,) = drafted.json("status", code=1)
    assert list(thing) == KEYS
    assert (thing["posts"], thing["overdue"], [(one["check"], one["level"]) for one in thing["health"]]) == (None, None, [("database", "red")])


def test_a_published_article_that_changes_turns_it_red_and_back(x_world: World) -> None:
    """The commands a user types, with a real page and a stand-in for X; only the clock is moved."""
    site = Site()
    try:
        x_world.env |= {"BOT_ALLOW_PRIVATE_ADDRESSES": "on", "BOT_LINK_POLICY": "never"}
        site.add(PATH, page())
        x_world("run", site.url(PATH))
        x_world("approve", "5")
        x_world("publish", "5")
        assert x_world.post(5)["state"] == "published"
        x_world("status")
        site.add(PATH, page(TEXT.replace("412,000", "421,000")))
        clock.replace(lambda: datetime.now(UTC) + timedelta(hours=1, minutes=1))
        x_world("run")
        (thing,) = x_world.json("status", code=1)
        assert [(one["kind"], one["url"], one["posts"]) for one in thing["alerts"]] == [("changed", site.url(PATH), [5])]
        assert "421,000 riders" in thing["alerts"][0]["what"]
        x_world("correct", "5", "--dismiss", "--reason", "rounded on purpose")
        x_world("status")
    finally:
        clock.replace(None)
        site.close()
