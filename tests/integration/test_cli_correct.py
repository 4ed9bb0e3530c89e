"""`bot correct` through the real commands: what the stand-in for X has of it afterwards, and what people and programs are told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from shutil import copytree

import pytest

from bot import clock
from bot.prompts import SHIPPED
from bot.store import db, models
from tests.integration.cli_world import ARTICLE, POST_KEYS, URL, World, account, x_world  # noqa: F401
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

CORRECTION = "Correction: The harbor ferry carried 402,000 riders in its first free year, 38% more than before."


@pytest.fixture
def bot(x_world: World) -> World:  # noqa: F811
    """The short (1) and the thread (3) are out on X; then the article got other numbers."""
    x_world("approve", "1", "3")
    x_world("publish")
    (x_world.folder / "article.txt").write_text(ARTICLE.replace("41%", "38%").replace("412,000", "402,000"))
    x_world("run", "article.txt", "--url", URL, code=None)
    return x_world


def alert(detail: str | None, kind: str = "changed") -> None:
    """What watching the article's page finds; None: nothing any more."""
    with db.open_store("sqlite:///bot.db") as store, store.write() as session:
        row = session.get_one(models.Article, 1)
        row.alert, row.alert_kind, row.alert_at = detail, kind if detail else None, clock.now(session) if detail else None


# --- the choices -----------------------------------------------------------------------------------------------------


def test_without_options_it_shows_what_changed_what_was_said_and_the_choices_with_their_price(bot: World) -> None:
    alert("the text said 41%, and says 38% now")
    shown = bot("correct", "1").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert re.search(r"Alert  changed, \w+ \d\d:\d\d UTC: the text said 41%, and says 38% now", shown)
    assert "carried 412,000 riders" in shown
    assert "bot correct 1 --reply   $0.015" in shown
    assert CORRECTION in " ".join(shown.split())
    assert "bot correct 1 --unwind   $0.010" in shown
    assert "bot correct 1 --dismiss --reason …   $0 " in shown
    assert "bot correct 3 --unwind   $0.030" in bot("correct", "3").stdout
    assert len(bot.json("posts")) == 4, "nothing is changed by looking"


def test_the_same_for_programs(bot: World) -> None:
    alert("41% became 38%")
    (shown,) = bot.json("correct", "1")
    assert list(shown) == ["post", "alert", "choices"]
    assert list(shown["post"]) == POST_KEYS
    assert (shown["alert"]["kind"], shown["alert"]["detail"]) == ("changed", "41% became 38%")
    reply, unwind, dismiss = shown["choices"]
    assert reply == {"command": "bot correct 1 --reply", "cost_usd": 0.015, "text": [CORRECTION], "holds": []}
    assert (unwind, dismiss["command"]) == ({"command": "bot correct 1 --unwind", "cost_usd": 0.01}, "bot correct 1 --dismiss --reason …")
    alert(None)
    (shown,) = bot.json("correct", "1")
    assert (shown["alert"], len(shown["choices"])) == (None, 2)


def test_show_names_it_for_a_published_post_whose_article_has_an_alert(bot: World) -> None:
    alert(None)
    assert bot.post(1)["valid"] == ["bot unwind 1"]
    alert("41% became 38%")
    assert [bot.post(number)["valid"] for number in (1, 3)] == [["bot unwind 1", "bot correct 1"], ["bot unwind 3", "bot correct 3"]]
    assert "bot correct 2" not in bot.post(2)["valid"], "it is not published"
    bot("correct", "1", "--reply")
    bot("approve", "5")
    bot("publish")
    assert "No correction: post 5 is a correction itself." in bot("correct", "5").stdout, "it can be taken down, or the alert dismissed"


# --- the reply -----------------------------------------------------------------------------------------------------


def test_a_correction_is_written_reviewed_approved_and_published_under_the_last_message(bot: World, x_server: XServer, account: XAccount) -> None:  # noqa: F811
    (made,) = bot.json("correct", "3", "--reply", "--text", CORRECTION)
    before = x_server.tweets(account)
    root, last = before[1].id, before[-1].id
    assert (made["post"], made["kind"], made["state"], made["holds"]) == (5, "correction", "in_review", [])
    assert made["reply_to"] == {"post": 3, "root": root, "parent": last}
    assert made["requests"] == [{"text": CORRECTION, "reply": {"in_reply_to_tweet_id": last}}]
    assert (made["provisional"], made["cost_usd"]) == ([], 0.015)
    bot("publish", code=None)
    assert len(x_server.tweets(account)) == 4, "nobody approved it"
    bot("approve", "5")
    for _ in range(3):
        bot("publish", code=None)
    reply = x_server.tweets(account)[-1]
    assert (len(x_server.tweets(account)), reply.text, reply.in_reply_to) == (5, CORRECTION, last)
    shown = bot.post(5)
    assert (shown["state"], shown["requests"], shown["deliveries"][0]["remote_id"]) == ("published", made["requests"], reply.id)
    assert bot.post(3)["history"][-1]["what"] == "correction written: post 5"


def test_it_quotes_the_article_as_it_reads_now(bot: World) -> None:
    shown = bot("correct", "1", "--reply").stdout
    assert CORRECTION in " ".join(shown.split())
    assert "X · correction, reply to #1 · #5" in shown
    assert "from: 402,000, 38% ‹ s1" in shown
    assert "X would cost $0.015" in shown
    assert [post["drafter"] for post in bot.json("posts")][-1] == "extractive"


def test_what_the_article_does_not_say_is_held(bot: World) -> None:
    shown = bot("correct", "1", "--reply", "--text", "Correction: it carried 399,000 riders.", code=3).stdout
    assert "HOLD unsupported_number: 399,000" in " ".join(shown.split())
    bot("approve", "5", code=3)


def test_a_review_card_and_the_list_say_what_it_replies_to(bot: World) -> None:
    bot("correct", "3", "--reply")
    shown = bot("review", stdin="n\nn\nq\n", BOT_USER="ana").stdout
    assert "3 of 3 · X correction, reply to #3 · @reporter_1 · #5 · revision 1 " in shown
    assert "X · correction" in bot("posts").stdout


def test_one_waits_and_is_written_anew_and_only_for_one_post_of_an_account(bot: World) -> None:
    bot("correct", "1", "--reply")
    bot("correct", "1", "--reply", "--text", CORRECTION)
    assert (bot.post(5)["revision"], len(bot.json("posts"))) == (2, 5)
    refused = bot("correct", "3", "--reply", code=1).stderr
    assert "post 5, which waits, corrects post 1 already" in refused
    bot("approve", "5")
    bot("publish")
    assert "No correction: there is a correction of this article on this account already: post 5, published." in " ".join(bot("correct", "1").stdout.split())
    assert "post 5, published" in bot("correct", "1", "--reply", code=1).stderr


def test_a_prompts_folder_that_knows_no_corrections_is_served_by_the_program_s_own_layout(bot: World, tmp_path: Path) -> None:
    copytree(next(place for place in SHIPPED if (place / "layout").is_dir()), tmp_path / "old")
    for name in ("x", "bluesky"):
        (tmp_path / "old" / "layout" / f"{name}.correction.j2").unlink()
    own = {"BOT_PROMPTS_DIR": str(tmp_path / "old")}
    assert CORRECTION in " ".join(bot("correct", "1", "--reply", **own).stdout.split())
    (tmp_path / "old" / "layout" / "x.correction.j2").write_text("We were wrong. {{ text }}")
    assert "We were wrong. The harbor ferry" in " ".join(bot("correct", "1", "--reply", **own).stdout.split())


def test_an_answer_that_is_lost_is_looked_up_in_the_timeline_as_a_reply(bot: World, x_server: XServer, account: XAccount) -> None:  # noqa: F811
    bot("correct", "1", "--reply")
    bot("approve", "5")
    x_server.fail_next("close-after-accept", on="create")
    assert "looked for" in bot("publish", code=1, BOT_X_READBACK="0.01,0.02").stdout
    for _ in range(3):
        bot("publish", code=None, BOT_X_READBACK="0.01,0.02")
    tweets = x_server.tweets(account)
    assert (len(tweets), tweets[-1].in_reply_to) == (5, tweets[0].id)
    assert (bot.post(5)["state"], bot.post(5)["deliveries"][0]["remote_id"]) == ("published", tweets[-1].id)


def test_where_x_takes_no_replies_the_correction_fails_and_says_so(bot: World, x_server: XServer, account: XAccount) -> None:  # noqa: F811
    bot("correct", "1", "--reply")
    bot("approve", "5")
    x_server.state.replies = False
    bot("publish", code=1)
    assert (bot.post(5)["state"], len(x_server.tweets(account))) == ("failed", 4)


# --- taking it down, and leaving it ---------------------------------------------------------------------------------------------------------


def test_unwind_takes_the_post_down_and_notes_why(bot: World, x_server: XServer, account: XAccount) -> None:  # noqa: F811
    bot("correct", "1", "--reply")
    bot("approve", "5")
    assert "post 1 is taken down: 1 message deleted." in bot("correct", "1", "--unwind").stdout
    assert {event["what"]: event["why"] for event in bot.post(1)["history"]}["to be taken down"] == "its article turned out wrong"
    bot("publish", code=None)
    assert len(x_server.tweets(account)) == 3, "no reply into nowhere"
    shown = bot.post(5)
    assert (shown["state"], [hold["code"] for hold in shown["holds"]]) == ("in_review", ["request_mismatch"])
    assert "post 1 is withdrawn: nothing of it is out" in bot("correct", "1", code=1).stderr


def test_dismiss_ends_the_alert_for_a_reason(bot: World) -> None:
    alert("41% became 38%")
    bot("correct", "1", "--dismiss", code=2)
    assert "is ended" in bot("correct", "1", "--dismiss", "--reason", "a typo, corrected on the page", BOT_USER="ana").stdout
    last = bot.post(3)["history"][-1]
    assert (last["who"], last["why"]) == ("ana", "a typo, corrected on the page")
    assert bot.post(1)["valid"] == ["bot unwind 1"]
    assert "there is no alert" in bot("correct", "1", "--dismiss", "--reason", "again", code=1).stderr


@pytest.mark.parametrize("kind", ["withdrawn", "gone"])
def test_an_article_that_is_withdrawn_is_not_quoted(bot: World, kind: str) -> None:
    alert("the page is gone", kind)
    with db.open_store("sqlite:///bot.db") as store, store.write() as session:
        session.get_one(models.Article, 1).state = models.ArticleState.WITHDRAWN
    assert "No correction: the article is withdrawn" in bot("correct", "1").stdout
    assert "--reply --text" in bot("correct", "1", "--reply", code=1).stderr
    assert bot.json("correct", "1", "--reply", "--text", "Correction: we withdrew this article.", code=None)[0]["kind"] == "correction"


@pytest.mark.parametrize("options", [
    ("--reply", "--unwind"), ("--text", "T"), ("--reason", "R"), ("--reply", "--reason", "R"), ("--unwind", "--json"), ("--dismiss", "--reason", " "),
    ("--reply", "--text", " "),
])
def test_options_that_do_not_go_together_are_refused(bot: World, options: tuple[str, ...]) -> None:
    bot("correct", "1", *options, code=2)
    assert json.dumps([post["state"] for post in bot.json("posts")]).count("published") == 2
