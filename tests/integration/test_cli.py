"""The command line with a real SQLite file and the real offline pipeline: screens, JSON, exit codes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.cli_world import ACCOUNT_KEYS, ARTICLE, ARTICLE_KEYS, POST_KEYS, URL, World, world

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return world(tmp_path)


def fits(output: str) -> None:
    lines = output.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80


# --- run --dry-run and draft ---


def test_a_dry_run_over_nothing_shows_the_sample_on_one_screen(bot: World) -> None:
    result = bot("run", "--dry-run")
    fits(result.output)
    for header in ("X · short", "Bluesky · short", "X · faq", "Bluesky · faq"):
        assert any(line.startswith(header) for line in result.stdout.splitlines()), header
    assert bot("run", "--dry-run").stdout == result.stdout


def test_the_sample_is_never_approvable_and_gives_way_to_an_article(bot: World) -> None:
    bot("run", "--dry-run")
    assert "never published" in bot("approve", "1", code=1).stderr
    assert bot.post(1)["valid"] == []
    shown = bot.json("run", "--dry-run", "article.txt", "--url", URL)
    assert {post["article"]["url"] for post in shown} == {URL}
    assert {post["article"]["url"] for post in bot.json("posts")} == {URL}


def test_draft_shows_one_screen_and_leaves_nothing(bot: World) -> None:
    result = bot("draft", "article.txt", "--url", URL)
    fits(result.output)
    assert "from: 412,000, 41% ‹ s1" in result.stdout
    assert "Not saved, nothing sent. 4 posts, X would cost $0.430." in result.stdout
    assert os.listdir(bot.folder) == ["article.txt"]
    bot("add", "article.txt")
    bot("draft", "article.txt", "--url", URL)
    (article,) = bot.json("articles")
    assert (article["url"], article["state"], article["posts"]) == (None, "queued", [])


def test_draft_prints_what_save_stores(bot: World) -> None:
    shown = bot.json("draft", "article.txt", "--url", URL)
    saved = bot.json("draft", "article.txt", "--url", URL, "--save")
    assert [list(post) for post in shown] == [POST_KEYS] * 4
    assert [post.pop("post") for post in shown] == [None] * 4
    assert sorted(post.pop("post") for post in saved) == [1, 2, 3, 4]
    for post in (*shown, *saved):
        post["article"]["id"] = None
    assert shown == saved


def test_draft_can_be_narrowed_and_reads_standard_input(bot: World) -> None:
    result = bot("draft", "-", "--kind", "short", "--platform", "bluesky", "--url", URL, "--json", stdin=ARTICLE)
    (post,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (post["platform"], post["kind"]) == ("bluesky", "short")
    assert '"text": ' in bot("draft", "article.txt", "--kind", "short", "--requests").stdout


def test_a_post_without_an_address_warns(bot: World) -> None:
    result = bot("draft", "article.txt")
    assert "WARN  no_link" in result.stdout
    fits(result.output)


def test_the_screen_stays_one_screen_however_long_the_article_and_however_hostile(bot: World) -> None:
    pairs = "\n".join(f"Q{n}: What about {n}00 boats \x1b[31m? A{n}: They carry {n}00 riders. " + "And more riders. " * 30 for n in range(1, 30))
    (bot.folder / "long.txt").write_text(f"T\x1b]0;owned\x07itle 漢字 \x9b2J{'of a very long headline ' * 8}\n\n{'A dek with 41% of riders. ' * 40}\n\n{ARTICLE[55:700]}\n\nFAQ\n{pairs}\n")
    result = bot("draft", "long.txt", code=None)
    assert result.exit_code in (0, 3)
    fits(result.output)


def test_one_bad_source_does_not_stop_the_others(bot: World) -> None:
    (bot.folder / "empty.txt").write_text("")
    for command in (["draft"], ["run"], ["run", "--dry-run"], ["add"]):
        result = bot(*command, "missing.txt", "empty.txt", "article.txt", code=1)
        assert [line.split(":")[0] for line in result.stderr.splitlines()[:2]] == ["error", "error"]
    assert len(bot.json("posts")) == 4


def test_a_model_without_a_key_is_told_before_anything_is_touched(bot: World) -> None:
    assert "OPENAI_API_KEY" in bot("run", "article.txt", "--drafter", "openai", code=4).stderr
    assert "OPENAI_API_KEY" in bot("draft", "article.txt", "--drafter", "openai", code=4).stderr
    assert bot.json("articles") == []


def test_a_reader_that_goes_away_and_an_encoding_that_lacks_signs_are_no_errors(bot: World) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1"}
    command = f"{sys.executable} -m bot draft article.txt"
    plain = subprocess.run(command.split(), cwd=bot.folder, env=env, capture_output=True, timeout=60)
    assert plain.returncode == 0
    assert b"X \xb7 short ????" in plain.stdout
    closed = subprocess.run(["bash", "-c", f"{command} --requests | true"], cwd=bot.folder, env=env, capture_output=True, timeout=60)
    assert closed.stderr == b""


# --- listing ---


def test_json_has_exactly_the_documented_keys(bot: World) -> None:
    (queued,) = bot.json("add", "article.txt", "--url", URL)
    assert list(queued) == ARTICLE_KEYS
    for command in (["run"], ["posts"], ["run", "--dry-run"]):
        posts = bot.json(*command)
        assert [list(post) for post in posts] == [POST_KEYS] * 4, command
    assert [list(one) for one in bot.json("accounts")] == [ACCOUNT_KEYS] * 2
    post = bot.post(3)
    assert list(post) == [*POST_KEYS, "history", "valid"]
    assert list(post["article"]) == ["id", "url", "title", "language", "notes"]
    assert [list(segment) for segment in post["segments"]] == [["text", "length", "limit", "has_url", "evidence", "facets"]] * 3
    assert post["valid"] == ["bot approve 3", "bot edit 3", "bot reject 3 --reason …", "bot cancel 3"]
    assert {key for event in post["history"] for key in event} == {"at", "who", "what", "why"}
    assert bot.json("articles")[0]["posts"] == [1, 2, 3, 4]
    assert bot.json("posts", "--state", "approved") == []


def test_show_is_the_whole_post(bot: World) -> None:
    bot.drafted()
    shown = bot("show", "#3").stdout
    assert "Every 15 minutes on weekdays, and every 30 minutes on Sundays." in shown
    assert "History" in shown
    assert "bot approve 3" in shown
    bot("show", "99", code=1)
    bot("show", "9" * 30, code=2)


def test_an_embargo_keeps_an_article_from_being_drafted(bot: World) -> None:
    bot("add", "article.txt", "--not-before", "2999-01-01T10:00", BOT_TIMEZONE="Europe/Berlin")
    assert bot.json("run") == []
    (shown,) = bot.json("articles")
    assert (shown["state"], shown["embargo"]) == ("queued", "2999-01-01T09:00:00+00:00")
    assert "\n      embargo until Tue 01 Jan 2999 10:00 CET\n" in bot("articles", BOT_TIMEZONE="Europe/Berlin").stdout
    bot("add", "article.txt", "--not-before", "soon", code=2)


def test_a_draft_under_embargo_says_so_and_a_person_s_word_lifts_it(bot: World) -> None:
    bot("add", "article.txt", "--not-before", "2999-01-01T10:00")
    shown = bot("draft", "article.txt", code=3).stdout
    assert "Embargo until Tue 01 Jan 2999 10:00 UTC" in shown
    assert "HOLD  embargo: nothing goes out before Tue 01 Jan 2999 10:00 UTC" in shown
    bot("add", "article.txt", "--not-before", "2020-01-01T10:00")
    assert "Embargo" not in bot("draft", "article.txt").stdout
    assert len(bot.json("run")) == 4


# --- deciding ---


def test_approve_tells_when_and_how_to_take_it_back(bot: World) -> None:
    bot.drafted()
    told = bot("approve", "1", "2", BOT_TIMEZONE="Europe/Berlin").stdout
    assert "CE" in told
    assert "(in 2 min)" in told
    assert "bot unapprove 1" in told
    assert "X_API_KEY" in told
    bot("approve", "1", "77", code=1)
    bot("unapprove", "1", "--reason", "too early")
    assert [(event["what"], event["why"]) for event in bot.post(1)["history"]][-1] == ("unapprove", "too early")
    assert "is not approved" in bot("publish", "1", code=1).stderr
    assert "BLUESKY_HANDLE" in bot("publish", "2", code=4).stderr


def test_an_edit_is_checked_and_its_hold_needs_a_reason(bot: World) -> None:
    bot.drafted()
    assert "HOLD  unsupported_number" in bot("edit", "1", "--text", "Riders rose by 77%.", code=3).stdout
    bot("show", "1", code=3)
    assert "unsupported_number" in bot("approve", "1", code=3).stderr
    bot("approve", "1", "--override", "unsupported_number", code=2)
    bot("approve", "1", "--override", "nonsense", "--reason", "x", code=2)
    bot("approve", "1", "--override", "unsupported_number", "--reason", "the harbor office told us")
    assert bot.post(1)["state"] == "approved"
    bot("edit", "3", "--segment", "9", "--text", "x", code=2)
    bot("edit", "3", "--segment", "2", code=2)
    bot("edit", "3", "--segment", "2", "--text", "Everyone rides for free.")
    assert [segment["text"] for segment in bot.post(3)["segments"]][1] == "Everyone rides for free."


def test_edit_opens_the_editor_and_knows_when_nothing_changed(bot: World) -> None:
    bot.drafted()
    script = bot.folder / "editor"
    script.write_text("#!/bin/sh\nsed -i 's/The harbor ferry/The ferry/' \"$1\"\n")
    script.chmod(0o755)
    bot("edit", "1", EDITOR=str(script), VISUAL="")
    assert bot.post(1)["segments"][0]["text"].startswith("The ferry carried")
    assert "unchanged" in bot("edit", "1", EDITOR=str(script)).stdout
    assert "unchanged" in bot("edit", "1", EDITOR="true").stdout
    bot("edit", "1", EDITOR="false", code=1)
    bot("edit", "1", EDITOR="/nonexistent/editor", code=1)
    bot("edit", "1", EDITOR="", VISUAL="", code=2)


def test_reject_needs_a_reason_and_ends_it(bot: World) -> None:
    bot.drafted()
    bot("reject", "1", code=2)
    bot("reject", "1", "--reason", "  ", code=2)
    bot("reject", "1", "2", "--reason", "dull")
    assert [post["state"] for post in bot.json("posts")] == ["rejected", "rejected", "in_review", "in_review"]
    bot("approve", "1", code=1)


def test_cancel_ends_it_too_and_is_too_late_after_that(bot: World) -> None:
    bot.drafted()
    bot("approve", "1")
    assert "post 1 is cancelled." in bot("cancel", "1", "2", "--reason", "old news").stdout
    assert [post["state"] for post in bot.json("posts")] == ["cancelled", "cancelled", "in_review", "in_review"]
    assert (bot.post(1)["history"][-1]["why"], bot.post(1)["valid"]) == ("old news", [])
    bot("cancel", "1", code=1)


def test_times_are_the_user_s_in_the_history_too(bot: World) -> None:
    bot.drafted()
    bot("approve", "1", BOT_TIMEZONE="Asia/Tokyo")
    shown = bot("show", "1", BOT_TIMEZONE="Asia/Tokyo").stdout
    assert "JST" in shown
    assert "UTC" not in shown
    assert "UTC" in bot("show", "1").stdout


def test_the_posts_of_an_account_that_is_not_configured_any_more_say_so(bot: World) -> None:
    (bot.folder / "bot.toml").write_text('[accounts.news]\nplatform = "bluesky"\nhandle = "news.example.com"\nsecrets = { app_password = "NEWS" }\n')
    bot.drafted()
    (mine,) = [post["post"] for post in bot.json("posts") if post["account"] == "news" and post["kind"] == "short"]
    bot("approve", str(mine))
    (bot.folder / "bot.toml").unlink()
    told = "account news is not configured (any more)"
    assert {"code": "account", "detail": told} in bot.post(mine)["holds"]
    assert f"HOLD  account: {told}" in bot("show", str(mine), code=3).stdout
    assert any("HOLD account" in line for line in bot("posts").stdout.splitlines())
    assert {post["post"]: bool(post["holds"]) for post in bot.json("posts")}[mine]
    assert told in bot("publish", str(mine), code=4).stderr
    (bot.folder / "bot.toml").write_text('[accounts.news]\nplatform = "bluesky"\nhandle = "news.example.com"\nsecrets = { app_password = "NEWS" }\n')
    assert bot.post(mine)["holds"] == []


WRONG = {
    "a time": "update post set due_at = 'yesterday' where id = 1",
    "holds": "update post set holds = '[1,2]' where id = 1",
    "a state": "update post set state = 'lost' where id = 1",
    "no revision": "update post set revision_n = 9 where id = 1",
    "a request": "update delivery set request = '{' where id = 1",
    "content": "update revision set content = '{}' where post_id = 1",
    "an article": "update article set faq = 'x' where id = 1",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_row_changed_by_hand_is_one_line_and_hides_nothing_else(bot: World, wrong: str) -> None:
    bot.drafted()
    (bot.folder / "other.txt").write_text(ARTICLE.replace("ferry", "tram").replace("Ferry", "Tram").replace("412", "413"))
    bot("add", "other.txt", "--url", "https://example.com/tram", "--again")
    bot("run", code=None)
    bot("approve", "1", "5", "--override", "duplicate", "--reason", "a test", BOT_GRACE_SECONDS="0")
    with sqlite3.connect(bot.folder / "bot.db") as database:
        database.execute("pragma ignore_check_constraints = on")
        columns = "revision_id, position, segments, request, format, state, remote, call_ended, looks, resends"
        database.execute(f"insert into delivery ({columns}) select id, 0, '[0]', '{{}}', 1, 'sent', '[]', 1, 0, 0 from revision where post_id = 1")
        database.execute(WRONG[wrong])
    others = {5, 6, 7, 8}
    for command in (["posts", "--json"], ["posts"], ["show", "1"], ["show", "1", "--json"], ["articles"], ["articles", "--json"],
                    ["publish", "--dry-run"], ["publish", "--dry-run", "1", "5"], ["run", "--dry-run"], ["run", "--dry-run", "--json"], ["publish"], ["budget"]):
        told = bot(*command, code=None)
        assert "fault of the program" not in told.output, command
        assert told.exit_code in (0, 1, 3, 4), (command, told.output)
    result = bot("posts", "--json", code=1)
    assert others <= {json.loads(line)["post"] for line in result.stdout.splitlines()}
    assert sum("post 1" in line for line in result.stderr.splitlines()) == 1
    review = bot("review", stdin="q\n", code=None)
    assert "fault of the program" not in review.output
    assert "1 of " in review.stdout
    if wrong != "a request":
        assert "post 1" in bot("show", "1", code=1).stderr
    assert {1, 2} == {json.loads(line)["article"] for line in bot("articles", "--json", code=None).stdout.splitlines()} | ({1} if wrong == "an article" else set())


def test_the_budget_is_told_by_platform_and_purpose(bot: World) -> None:
    bot.drafted()
    bot("approve", "1")
    with sqlite3.connect(bot.folder / "bot.db") as database:
        database.executemany(
            "insert into spend (payee, what, micros, at) values (?, ?, ?, datetime('now'))",
            [("x", "post", 200_000), ("x", "read", 3_000), ("x", "read", 2_000), ("bluesky", "post", 0)],
        )
        database.execute("insert into spend (payee, what, micros, at) values ('x', 'post', 9000000, datetime('now', '-40 days'))")
    x, bluesky = bot.json("budget", BOT_X_BUDGET_USD="2.5", BOT_OVER_BUDGET="nolink")
    assert (x["platform"], x["spent"], x["spent_usd"], x["limit_usd"], x["policy"]) == ("x", {"post": 0.2, "read": 0.005}, 0.205, 2.5, "nolink")
    assert x["waiting"] == {"on_the_way": 0.0, "approved": 0.2, "in_review": 0.23}
    assert x["left_usd"] == 2.295
    assert (bluesky["platform"], bluesky["limit_usd"], bluesky["left_usd"]) == ("bluesky", None, None)
    text = bot("budget", BOT_X_BUDGET_USD="2.5").stdout
    assert "spent $0.205: post $0.200 · read $0.005" in text
    assert "limit $2.500, left $2.295; over it: hold" in text
    fits(text)
    assert "BOT_X_BUDGET_USD" in bot("budget").stdout


def test_pausing_and_what_unpausing_will_do(bot: World) -> None:
    bot.drafted()
    bot("approve", "1", "3", BOT_MAX_AGE="0", BOT_GRACE_SECONDS="0", X_API_KEY="k", X_API_SECRET="k", X_ACCESS_TOKEN="k", X_ACCESS_TOKEN_SECRET="k")
    bot("approve", "2", "4")
    assert "account x is paused" in bot("pause", "x", "--reason", "holiday").stdout
    bot("pause", "nobody", code=2)
    assert "holiday" in bot.json("accounts")[0]["reason"] or not bot.json("accounts")[0]["ready"]
    told = bot("unpause", "--all", "--dry-run").stdout.splitlines()
    assert told[0] == "x: 2 waiting, 2 too old"
    assert told[1].startswith("bluesky: 2 waiting, 2 go out by ")
    assert "paused" in bot("publish", "1", code=None, X_API_KEY="k", X_API_SECRET="k", X_ACCESS_TOKEN="k", X_ACCESS_TOKEN_SECRET="k").stderr
    told = bot("unpause", "x").stdout.splitlines()
    assert told[0] == "x: 2 waiting, 2 too old"
    assert told[1].startswith("account x publishes again. But account x is preview-only")
    assert bot("unpause", "x").stdout


# --- settings and the database ---


def test_doctor_names_values_places_and_what_is_unknown_and_never_a_secret(bot: World) -> None:
    (bot.folder / ".env").write_text("OPENAI_API_KEY=sk-hush\nBOT_MODLE=x\n")
    (bot.folder / "bot.toml").write_text('BOT_SIGNOFF = "— Ana"\n')
    env = {"DATABASE_URL": "sqlite:///mine.db", "BOT_TIMEZONE": "Europe/Berlin"}
    rows = bot.json("doctor", **env)
    found = {row["setting"]: (row["value"], row["source"]) for row in rows if "setting" in row}
    assert found["OPENAI_API_KEY"] == ("••••", ".env")
    assert found["BOT_SIGNOFF"] == ("— Ana", "bot.toml")
    assert found["BOT_TIMEZONE"] == ("Europe/Berlin", "environment")
    assert found["BOT_GRACE_SECONDS"] == ("120", "default")
    assert found["DATABASE_URL"] == ("sqlite:///mine.db", "environment")
    text = bot("doctor", **env).stdout
    assert "BOT_MODLE" in text
    assert "hush" not in text + str(rows)
    assert "Automated label" in text
    assert not (bot.folder / "mine.db").exists()


def test_doctor_names_every_unreadable_setting(bot: World) -> None:
    result = bot("doctor", code=4, BOT_TIMEZONE="Nowhere/Land", BOT_GRACE_SECONDS="soon", DATABASE_URL="postgresql://me:hush@127.0.0.1:1/x")
    assert "FAIL  settings: BOT_TIMEZONE" in result.stdout
    assert "BOT_GRACE_SECONDS" in result.stdout
    assert "hush" not in result.output
    assert "BOT_TIMEZONE" in bot("posts", code=4, BOT_TIMEZONE="Nowhere/Land").stderr
    (bot.folder / "bot.toml").write_text("= broken")
    bot("doctor", code=4)
    bot("posts", code=4)


def test_the_database_is_made_checked_and_faults_are_told(bot: World) -> None:
    assert "bot db upgrade" in bot("db", "check", code=1).stderr
    bot("db", "upgrade")
    assert "all well" in bot("db", "check").stdout
    (bot.folder / "bot.db").write_bytes(b"no database at all" * 100)
    for suffix in ("-wal", "-shm"):
        (bot.folder / f"bot.db{suffix}").unlink(missing_ok=True)
    bot("posts", code=1)
    bot("posts", code=4, DATABASE_URL="mysql://x")


def test_the_worker_drafts_and_ends_when_told(bot: World) -> None:
    bot("add", "article.txt", "--url", URL)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "BOT_POLL_SECONDS": "0.1"}
    process = subprocess.Popen([sys.executable, "-m", "bot", "worker"], cwd=bot.folder, env=env, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while len(bot.json("posts")) < 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "drafted 4 posts" in told
    assert "preview-only" in told


def test_usage_errors_are_one_line(bot: World) -> None:
    for args in (["frob"], ["draft"], ["posts", "--state", "odd"], ["show", "x"], ["draft", "a", "b", "--url", URL], ["run", "--json", "-", "-"], ["resolve", "1"], ["pause"], ["unpause"], ["pause", "x", "--all"]):
        assert len(bot(*args, code=2).stderr.splitlines()) == 1, args
