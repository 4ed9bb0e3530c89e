"""`bot schedule`, `approve --urgent`, `add --urgent`, `publish POST` and the review card, by the account's slots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import clock
from tests.integration.cli_world import URL, World, world
from tests.servers.x import XServer

NOW = datetime(2027, 3, 26, 12, tzinfo=UTC)
"""A Friday, 13:00 in Berlin; on Sunday the clocks go from 02:00 to 03:00."""
SLOTS = {"BOT_SLOTS": "0 9 * * *; 30 2 * * SUN", "BOT_TIMEZONE": "Europe/Berlin", "BOT_QUIET_HOURS": "22:00-01:00"}


@pytest.fixture
def now() -> Iterator[list[datetime]]:
    """The clock; it goes on by itself, a little."""
    at = [NOW]
    clock.replace(lambda: at[0])
    yield at
    clock.replace(None)


@pytest.fixture
def bot(tmp_path: Path, x_server: XServer, now: list[datetime]) -> World:
    """A world with four posts of one article, on X with credentials, by slots."""
    made = world(tmp_path)
    secrets = x_server.create_account().secrets
    made.env = {**SLOTS, "X_BASE_URL": x_server.url, "BOT_SEGMENT_PAUSE": "0", **{f"X_{name.upper()}": str(value) for name, value in secrets.items()}}
    made.drafted()
    return made


def test_approval_prints_the_slot_and_the_card_says_the_same_before(bot: World) -> None:
    assert "If approved it goes out Sat 09:00 CET (in 20 h)" in bot("review", stdin="q\n").stdout.replace("\n", " ")
    assert "post 1 is approved: it goes out Sat 09:00 CET (in 20 h)." in bot("approve", "1").stdout
    assert "it goes out Sun 03:00 CEST" in bot("approve", "3").stdout, "half past two is skipped that night"


def test_the_week_shows_each_slot_with_its_post_or_free(bot: World) -> None:
    bot("approve", "1")
    shown = bot("schedule").stdout
    assert "x · Europe/Berlin · 0 9 * * *; 30 2 * * SUN · quiet 22:00-01:00" in shown
    assert re.search(r"Sat 27 Mar 09:00 CET +#1 X · short", shown)
    assert re.search(r"Sun 28 Mar 03:00 CEST +free", shown)
    assert "account bluesky is preview-only" in shown
    rows = [row for row in bot.json("schedule") if row["account"] == "x"]
    assert [row["post"] for row in rows] == [1, *[None] * 7]
    assert rows[1] == {
        "account": "x", "at": "2027-03-28T01:00:00+00:00", "local": "2027-03-28T03:00:00+02:00", "zone": "Europe/Berlin",
        "slot": "2027-03-28T01:00:00+00:00", "post": None, "due_at": None, "passes_over": [], "why": None,
    }


def test_one_post_is_scheduled_by_a_person(bot: World) -> None:
    bot("approve", "1")
    told = bot("schedule", "1", "--at", "2027-03-26T23:30").stdout
    assert told == "post 1 goes out Fri 23:30 CET (in 10 h), passing over the slots, quiet hours.\n"
    assert bot("schedule", "1").stdout.startswith("post 1 goes out Fri 23:30 CET")
    assert "post 1 goes out Fri 14:30 CET (in 2 h), passing over the slots." in bot("schedule", "1", "--in", "1h30m").stdout
    assert "no slot" in bot("schedule").stdout
    assert "post 1 goes out Sat 09:00 CET" in bot("schedule", "1", "--next").stdout
    assert [event["what"] for event in bot.post(1)["history"]][-3:] == ["scheduled"] * 3


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--at", "2027-03-26T12:59"], 2, "that time is past"),
        (["--at", "2027-03-28T02:30"], 2, "02:30 does not come on 2027-03-28 in Europe/Berlin: the clocks go on to 03:00 there."),
        (["--at", "2027-10-31T02:30"], 2, "Say which: 2027-10-31T02:30:00+02:00 or 2027-10-31T02:30:00+01:00."),
        (["--at", "soon"], 2, "is not a time"),
        (["--in", "a while"], 2, "is no span of time. Write 90m"),
        (["--in", "1s"], 1, "may not go out before"),
        (["--in", "1h", "--next"], 2, "give one of"),
    ],
)
def test_what_can_not_be_scheduled_is_refused_in_words(bot: World, args: list[str], code: int, told: str) -> None:
    bot("approve", "1")
    assert told in bot("schedule", "1", *args, code=code).stderr


def test_only_an_approved_post_is_scheduled(bot: World) -> None:
    assert "post 1 is in review; only an approved post" in bot("schedule", "1", "--in", "1h", code=1).stderr
    assert "nothing is scheduled" in bot("schedule", "1", code=2).stderr
    assert "say which post" in bot("schedule", "--in", "1h", code=2).stderr


def test_urgent_goes_after_the_grace_time(bot: World) -> None:
    assert "it goes out Fri 13:02 CET (in 2 min)" in bot("approve", "1", "--urgent").stdout


def test_the_posts_of_an_urgent_article_are_urgent(tmp_path: Path, now: list[datetime]) -> None:
    made = world(tmp_path)
    made.env = SLOTS
    made("add", "article.txt", "--url", URL, "--urgent")
    made("run")
    assert "it goes out Fri 13:02 CET" in made("approve", "1").stdout


def test_publishing_a_post_by_name_passes_over_its_slot_and_says_so(bot: World, now: list[datetime]) -> None:
    bot("approve", "1")
    assert "not due yet" in bot("publish", "1", code=1).stderr, "the grace time holds"
    now[0] += timedelta(minutes=3)
    result = bot("publish", "1")
    assert "post 1 goes out now, passing over the slots." in result.stderr
    assert "published" in result.stdout


def test_a_missed_slot_is_told_and_is_no_failure(bot: World, now: list[datetime]) -> None:
    bot("approve", "1")
    now[0] += timedelta(days=1)
    assert "#1 X · short approved not sent yet; it goes on Sun 03:00 CEST" in bot("publish").stderr
    assert "its slot, Sat 09:00 CET, was missed; it goes out Sun 03:00 CEST" in " ".join(bot("schedule").stdout.split())
    now[0] = datetime(2027, 3, 28, 1, 0, 5, tzinfo=UTC)
    assert "published" in bot("publish").stdout


def test_a_pause_between_approval_and_the_slot_keeps_everything(bot: World, now: list[datetime]) -> None:
    bot.env["BOT_AUTO_APPROVE"] = "clean"
    bot("approve", "1")
    bot("pause", "--all")
    now[0] += timedelta(days=2)
    assert "account x is paused" in bot("run", code=1).stderr
    assert bot.post(1)["state"] == "approved"
    assert re.search(r"1 waiting, 1 goes out by Mon 09:00 CEST", bot("unpause", "x", "--dry-run").stdout)


def test_the_policy_approves_what_is_clean_and_the_grace_time_comes_before_the_platform(tmp_path: Path, x_server: XServer, now: list[datetime]) -> None:
    made = world(tmp_path)
    made.env = {"BOT_AUTO_APPROVE": "clean", "X_BASE_URL": x_server.url, **{f"X_{n.upper()}": str(v) for n, v in x_server.create_account().secrets.items()}}
    made("run", "article.txt", "--url", URL)
    found = [made.post(number) for number in (1, 2, 3, 4)]
    assert {post["state"] for post in found} <= {"approved", "in_review"}
    assert all((post["state"] == "approved") == (not post["holds"] and not post["warnings"]) for post in found)
    due = sorted(post["due_at"] for post in found if post["due_at"])
    assert due[0] == (NOW + timedelta(seconds=120)).isoformat()
    assert len(set(due)) == len(due) > 1, "the posts of one article are spread"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BOT_SLOTS", "0 0 31 2 *", "BOT_SLOTS: '0 0 31 2 *' never fires"),
        ("BOT_SLOTS", "0 9 * * *; 0 9 30 FEB *", "'0 9 30 FEB *' never fires"),
        ("BOT_SLOTS", "at nine", "BOT_SLOTS: 'at nine' is no slot; write five fields"),
        ("BOT_SLOTS", "0 0 9 * * *", "is no slot"),
        ("BOT_SLOTS", "0 23 * * *", "BOT_SLOTS: '0 23 * * *' never fires outside the quiet hours, 22:00-01:00"),
        ("BOT_QUIET_HOURS", "22-7", "BOT_QUIET_HOURS: needs two times"),
        ("BOT_QUIET_HOURS", "22:00-25:00", "BOT_QUIET_HOURS: needs two times"),
        ("BOT_DAILY_CAP", "0", "BOT_DAILY_CAP: must be a number from 1 on"),
        ("BOT_LATE", "never", "BOT_LATE"),
    ],
)
def test_settings_that_can_not_be_kept_are_refused_when_they_are_read(tmp_path: Path, name: str, value: str, told: str) -> None:
    result = world(tmp_path)("posts", code=4, **{**SLOTS, name: value})
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_bot_toml_has_the_same_for_each_account(tmp_path: Path, now: list[datetime]) -> None:
    made = world(tmp_path)
    toml = '[accounts.news]\nplatform = "x"\nslots = ["0 8 * * *"]\ntimezone = "America/New_York"\nquiet_hours = "22:00-06:00"\nmin_gap = 600\n'
    Path("bot.toml").write_text(toml)
    made.drafted()
    assert "news · America/New_York · 0 8 * * * · quiet 22:00-06:00 · gap 600 s" in made("schedule").stdout
    Path("bot.toml").write_text(toml.replace("0 8", "0 8 31 2 * ; 0 8"))
    assert "bot.toml: account news: slots: '0 8 31 2 *" in made("posts", code=4).stderr
