"""`bot voice suggest`, over edits and approvals made by the real commands."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.integration.cli_world import World, world

KEYS = ["kind", "detail", "count", "of", "posts", "line", "file", "setting"]


@pytest.fixture
def bot(tmp_path: Path) -> World:
    made = world(tmp_path)
    for name in ("harbor", "river"):
        (tmp_path / f"{name}.txt").write_text(
            f"The {name} ferry sails again\n\nThe {name} ferry sails again from May, the town said. Riders welcome the {name} ferry, which had been closed for a long time.\n\n"
            f"Work on the pier by the {name} took three years. The mayor of the {name} town opened the pier with a speech on Monday.\n"
        )
        made("add", f"{name}.txt", "--again")
        made("run")
    return made


def shorts(bot: World) -> list[int]:
    return [post["post"] for post in bot.json("posts") if post["kind"] == "short"]


def edit(bot: World, number: int, old: str, new: str) -> None:
    text = bot.post(number)["segments"][0]["text"]
    assert old in text
    bot("edit", str(number), "--segment", "1", "--text", text.replace(old, new), code=None)


def approve(bot: World, *numbers: int) -> None:
    bot("approve", *map(str, numbers), "--override", "duplicate", "--reason", "a test")


def test_what_people_replace_in_two_posts_is_suggested_with_where_to_put_it(bot: World) -> None:
    numbers = shorts(bot)
    for number in numbers[:3]:
        edit(bot, number, "sails again", "runs again")
    approve(bot, *numbers)
    (one,) = [one for one in bot.json("voice", "suggest") if one["kind"] == "instead"]
    assert list(one) == KEYS
    assert (one["detail"], one["count"], one["of"], one["posts"]) == ("“sails” → “runs”", 3, 4, numbers[:3])
    assert one["line"] == 'Write "runs", not "sails".'
    assert one["file"].endswith("prompts/_voice.j2")
    assert one["setting"] == "BOT_BANNED_WORDS=sails"
    shown = bot("voice", "suggest").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "4 posts approved by people, 3 of them edited first." in shown
    assert "“sails” → “runs”: 3 of 4 posts" in shown
    assert "Nothing was changed." in shown


def test_only_what_is_approved_counts_and_too_little_is_said(bot: World) -> None:
    numbers = shorts(bot)
    for number in numbers:
        edit(bot, number, "sails again", "runs again")
    result = bot("voice", "suggest")
    assert result.stdout == ""
    assert "Too little to go by: 0 posts approved by people" in result.stderr
    approve(bot, numbers[0])
    assert "1 post approved by people, 1 of them edited first" in bot("voice", "suggest").stderr
    approve(bot, numbers[1])
    bot("reject", str(numbers[2]), "--reason", "dull")
    assert bot.json("voice", "suggest") != []


def test_changes_that_no_two_posts_share_suggest_nothing(bot: World) -> None:
    numbers = shorts(bot)
    edit(bot, numbers[0], "sails again", "runs again")
    edit(bot, numbers[2], "welcome", "greet")
    approve(bot, *numbers)
    assert bot.json("voice", "suggest") == []
    assert "No change was made twice: 4 posts" in bot("voice", "suggest").stderr


def test_one_account_or_the_last_days_alone(bot: World) -> None:
    posts = [post for post in bot.json("posts") if post["kind"] == "short"]
    on_x = [post["post"] for post in posts if post["account"] == "x"]
    for number in on_x:
        edit(bot, number, "sails again", "runs again")
    approve(bot, *on_x)
    assert "instead" in {one["kind"] for one in bot.json("voice", "suggest", "--account", "x", "--since", "1")}
    assert bot.json("voice", "suggest", "--account", "bluesky") == []
    bot("voice", "suggest", "--account", "nobody", code=2)
    bot("voice", "suggest", "--since", "0", code=2)


def test_a_policy_s_approval_is_nobody_s_choice(tmp_path: Path) -> None:
    bot = world(tmp_path)
    bot("run", "article.txt", "--url", "https://example.com/a", BOT_AUTO_APPROVE="clean")
    assert "approved" in {post["state"] for post in bot.json("posts")}
    assert "0 posts approved by people" in bot("voice", "suggest").stderr


def test_the_account_s_own_voice_is_named(bot: World) -> None:
    numbers = shorts(bot)
    for number in numbers:
        edit(bot, number, "sails again", "runs again")
    approve(bot, *numbers)
    (bot.folder / "bot.toml").write_text('[accounts.x]\nplatform = "x"\nvoice = "brisk"\n')
    assert bot.json("voice", "suggest", "--account", "x")[0]["file"].endswith("_voice.brisk.j2")


def test_nothing_is_made_and_nothing_changed(tmp_path: Path, bot: World) -> None:
    empty = tmp_path / "elsewhere.db"
    assert "Too little" in bot("voice", "suggest", DATABASE_URL=f"sqlite:///{empty}").stderr
    assert not empty.exists()
    before = bot.json("posts")
    bot("voice", "suggest")
    assert bot.json("posts") == before


def test_a_post_changed_by_hand_is_told_and_the_others_go_on(bot: World) -> None:
    numbers = shorts(bot)
    for number in numbers:
        edit(bot, number, "sails again", "runs again")
    approve(bot, *numbers)
    database = sqlite3.connect(bot.folder / "bot.db")
    with database:
        database.execute("update post set holds = 'none' where id = ?", (numbers[0],))
    database.close()
    result = bot("voice", "suggest", "--json", code=1)
    assert f"what is stored of post {numbers[0]} can not be read" in result.stderr
    assert "“sails” → “runs”" in result.stdout


def test_a_link_that_people_take_out_names_the_setting_that_does_it(bot: World) -> None:
    (bot.folder / "bot.db").unlink()
    for number, name in enumerate(("harbor", "river")):
        bot("add", f"{name}.txt", "--url", f"https://example.com/{name}", "--again")
        bot("run")
        edit(bot, shorts(bot)[2 * number], f"\n\nhttps://example.com/{name}", "")
    approve(bot, shorts(bot)[0], shorts(bot)[2])
    (one,) = bot.json("voice", "suggest", "--account", "x")
    assert (one["kind"], one["setting"]) == ("link", "BOT_LINK_POLICY=x=never")
