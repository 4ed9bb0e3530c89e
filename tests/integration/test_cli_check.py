"""`bot check`: one text from any hand, and many as lines of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli_world import URL, World, world

ROOT = Path(__file__).parents[2]
KEYS = ["ok", "holds", "warnings", "x", "bluesky", "duplicates"]
GOOD = "The harbor ferry carried 412,000 riders in its first free year, 41% more than before."


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return world(tmp_path)


def codes(found: dict[str, list[dict[str, str]]]) -> list[str]:
    return [hold["code"] for hold in found["holds"]]


def lines(*objects: object) -> str:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in objects)


def test_a_good_text_is_ok_measured_for_both_platforms(bot: World) -> None:
    (found,) = bot.json("check", "article.txt", "--url", URL, "--text", f"{GOOD}\n\n{URL}")
    assert list(found) == KEYS
    assert found["ok"] is True
    assert found["holds"] == found["warnings"] == found["duplicates"] == []
    assert found["x"] == {"length": 110, "limit": 280, "has_url": True, "cost_usd": 0.2}
    assert found["bluesky"] == {"length": 112, "limit": 300}


def test_the_screen_has_counts_evidence_and_findings_at_80_columns(bot: World) -> None:
    shown = bot("check", "article.txt", "--text", "Riders rose by 77% to 412,000 in a year.", code=3).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "40/280 · $0.015 · HOLD" in shown
    assert "40/300 · HOLD" in shown
    assert "  Riders rose by [77%] to 412,000 in a year." in shown
    assert "[77%] ‹ no sentence says it · 412,000 ‹ s1" in shown
    assert "\nHOLD  unsupported_number: 77% is not in the article" in shown


def test_the_text_or_the_article_comes_from_standard_input(bot: World) -> None:
    assert bot("check", "article.txt", "-", stdin=GOOD).exit_code == 0
    assert bot("check", "article.txt", "--text", "-", stdin="77% more riders", code=3).exit_code == 3
    assert bot("check", "-", "--text", GOOD, stdin=(bot.folder / "article.txt").read_text()).exit_code == 0


@pytest.mark.parametrize("args", [
    (), ("article.txt",), ("-", "-"), ("article.txt", "other.txt"), ("article.txt", "-", "--text", "a"), ("article.txt", "--text", "  "),
    ("--jsonl", "article.txt"), ("--jsonl", "--text", "a"), ("article.txt", "--text", "a", "--account", "nobody"), ("--jsonl", "--account", "nobody"),
])
def test_what_makes_no_sense_is_refused_in_one_line(bot: World, args: tuple[str, ...]) -> None:
    result = bot("check", *args, code=2, stdin="")
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_what_can_not_be_read_or_is_wrongly_configured_has_its_code(bot: World) -> None:
    assert "none.txt: there is no such file" in bot("check", "none.txt", "--text", "a", code=1).stderr
    assert "BOT_X_LIMIT" in bot("check", "article.txt", "--text", "a", code=4, BOT_X_LIMIT="many").stderr


def test_nothing_is_left_behind(bot: World) -> None:
    bot("check", "article.txt", "--text", GOOD)
    bot("check", "--jsonl", stdin=lines({"id": 1, "article": GOOD, "text": GOOD}))
    assert [path.name for path in bot.folder.iterdir()] == ["article.txt"]


def test_too_long_holds_only_where_it_fits_nowhere(bot: World) -> None:
    (found,) = bot.json("check", "article.txt", "--text", "Ferry free. " * 24)
    assert (found["ok"], found["x"]["length"], found["bluesky"]["length"]) == (True, 287, 287)
    assert "287/280 · $0.015 · too long" in bot("check", "article.txt", "--text", "Ferry free. " * 24).stdout
    (found,) = bot.json("check", "article.txt", "--text", "Ferry free. " * 24, "--account", "x", code=3)
    assert codes(found) == ["too_long"]
    assert found["bluesky"] is None
    (found,) = bot.json("check", "article.txt", "--text", "Ferry free. " * 30, code=3)
    assert [hold["detail"].partition(":")[0] for hold in found["holds"]] == ["x", "bluesky"]


def test_another_language_and_banned_words_hold(bot: World) -> None:
    (found,) = bot.json("check", "article.txt", "--text", "Die Fähre hat im ersten kostenlosen Jahr mehr Fahrgäste befördert als zuvor.", code=3)
    assert "language" in codes(found)
    text = "The ferry is a game-changer. Follow us for more!"
    (found,) = bot.json("check", "article.txt", "--text", text, code=3, BOT_BANNED_WORDS="game-changer")
    assert codes(found) == ["banned_words", "banned_words"]
    (found,) = bot.json("check", "article.txt", "--text", text, BOT_ALLOW_BAIT="on")
    assert found["ok"] is True


def test_the_account_s_tags_and_sign_off_may_stand_in_it(bot: World) -> None:
    text = "The ferry is free.\n\n@harbornews #Harbor"
    (found,) = bot.json("check", "article.txt", "--text", text, code=3)
    assert codes(found) == ["unlisted_mention", "unlisted_hashtag"]
    bot("check", "article.txt", "--text", text, BOT_SIGNOFF="@harbornews", BOT_HASHTAGS="#Harbor")
    (bot.folder / "bot.toml").write_text('[accounts.news]\nplatform = "x"\nsignoff = "@harbornews"\nhashtags = ["Harbor"]\n')
    bot("check", "article.txt", "--text", text, "--account", "news")
    assert codes(bot.json("check", "article.txt", "--text", text, code=3)[0]) == ["unlisted_mention", "unlisted_hashtag"]


def test_what_an_account_says_already_is_a_duplicate(bot: World) -> None:
    bot.drafted()
    on_x, on_bluesky = (bot.post(number)["segments"][0]["text"] for number in (1, 2))
    assert bot.json("check", "article.txt", "--text", on_x, "--url", URL)[0]["duplicates"] == []
    bot("approve", "1", "2")
    (found,) = bot.json("check", "article.txt", "--text", on_x.upper().replace(URL.upper(), URL), "--url", URL, code=3)
    assert found["holds"][0]["code"] == "duplicate"
    assert "#1 of " in found["holds"][0]["detail"]
    assert {duplicate["post"] for duplicate in found["duplicates"]} >= {1}
    assert [one["post"] for one in bot.json("check", "article.txt", "--text", on_bluesky, "--url", URL, "--account", "bluesky", code=3)[0]["duplicates"]] == [2]
    assert bot.json("check", "article.txt", "--text", GOOD, "--url", URL)[0]["duplicates"] == []


def test_looking_at_an_older_database_does_not_upgrade_it(bot: World) -> None:
    import sqlite3

    bot.drafted()
    with sqlite3.connect(bot.folder / "bot.db") as database:
        database.execute("update bot_version set version_num = '0001'")
    database.close()
    assert "bot db upgrade" in bot("check", "article.txt", "--text", GOOD, code=1).stderr


def test_an_edit_with_a_wrong_number_is_held_by_the_same_check(bot: World) -> None:
    bot.drafted()
    text = "The ferry carried 500,000 riders in its first free year."
    bot("edit", "1", "--text", text, code=3)
    edited = [hold for hold in bot.post(1)["holds"] if hold["code"] != "no_link"]
    assert edited == bot.json("check", "article.txt", "--text", text, code=3)[0]["holds"]
    assert codes({"holds": edited}) == ["unsupported_number"]


def test_every_line_is_answered_in_order_with_its_id(bot: World) -> None:
    given = [{"id": number, "article": f"Sales rose {number}% in May.", "text": f"Sales rose {number if number % 2 else 99}%."} for number in range(1, 8)]
    shown = [json.loads(line) for line in bot("check", "--jsonl", "-", code=3, stdin=lines(*given)).stdout.splitlines()]
    assert [one["id"] for one in shown] == [1, 2, 3, 4, 5, 6, 7]
    assert [one["ok"] for one in shown] == [True, False, True, False, True, False, True]
    assert all(list(one) == ["id", *KEYS] for one in shown)
    assert bot("check", "--jsonl", stdin=lines(given[0])).exit_code == 0


@pytest.mark.parametrize(("line", "told"), [
    ("no json", "not JSON"), ('{"id": NaN}', "not JSON"), ("[1]", "not an object"), ("[" * 100_000, "not JSON"),
    ('{"id": 5, "article": "Sales rose."}', '"text" is missing'), ('{"id": 5, "article": 7, "text": "a"}', '"article" is not text'),
    ('{"id": 5, "article": " ", "text": "a"}', "the article is empty"), ('{"id": 5, "article": "Sales rose.", "text": " "}', "the text is empty"),
    ('{"id": 5, "article": "Sales rose.", "text": "a", "url": "ftp://a"}', '"url" is not'), ('{"id": ' + "9" * 5000 + "}", "not JSON"),
])
def test_a_bad_line_is_told_and_the_others_go_on(bot: World, line: str, told: str) -> None:
    good = {"id": "good", "article": "Sales rose 5% in May.", "text": "Sales rose 5%."}
    first, second = (json.loads(one) for one in bot("check", "--jsonl", code=None, stdin=lines(line, good)).stdout.splitlines())
    assert first["id"] == (5 if '"id": 5' in line else None)
    assert told in first["error"]
    assert second["ok"] is True


def test_a_bad_line_weighs_more_than_a_hold(bot: World) -> None:
    held = {"id": 1, "article": "Sales rose 5%.", "text": "Sales rose 6%."}
    result = bot("check", "--jsonl", code=None, stdin=lines(held, "", "x"))
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2


def test_a_line_may_name_the_article_s_address(bot: World) -> None:
    line = {"id": 1, "article": GOOD, "text": f"{GOOD}\n{URL}"}
    assert "unlisted_url" in bot("check", "--jsonl", code=3, stdin=lines(line)).stdout
    bot("check", "--jsonl", stdin=lines({**line, "url": URL}))


def _fed(folder: Path, pieces: Iterator[bytes]) -> tuple[list[dict[str, object]], int]:
    """What the command answers while it is fed, and the most memory it took, in megabytes."""
    code = "import sys; from bot.cli import main\ntry: main(sys.argv[1:])\nfinally: print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0], file=sys.stderr)"
    with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
        with subprocess.Popen(
            [sys.executable, "-c", code, "check", "--jsonl"], cwd=folder, stdin=subprocess.PIPE, stdout=out, stderr=err, env={"PYTHONPATH": str(ROOT), "HOME": str(folder)},
        ) as running:
            assert running.stdin is not None
            for piece in pieces:
                running.stdin.write(piece)
            running.stdin.close()
        out.seek(0)
        err.seek(0)
        return [json.loads(line) for line in out], int(err.read().split()[-1]) // 1024


def test_many_lines_stream_in_constant_memory(tmp_path: Path) -> None:
    def some(count: int) -> Iterator[bytes]:
        return (lines({"id": n, "article": f"Sales rose {n}% in May. " + "The council said so. " * 20, "text": f"Sales rose {n}%."}).encode() for n in range(count))

    few, small = _fed(tmp_path, some(100))
    many, large = _fed(tmp_path, some(600))
    assert [one["id"] for one in many] == [*range(600)]
    assert len(few) == 100
    assert large < small + 30


def test_a_line_over_10_mb_is_refused_without_being_held(tmp_path: Path) -> None:
    def huge() -> Iterator[bytes]:
        yield b'{"id": 1, "article": "'
        for _ in range(60):
            yield b"a " * 500_000
        yield b'"}\n'
        yield lines({"id": 2, "article": "Sales rose 5%.", "text": "Sales rose 5%."}).encode()

    (first, second), memory = _fed(tmp_path, huge())
    assert (first["id"], first["error"]) == (None, "the line is longer than 10 MB.")
    assert second["ok"] is True
    assert memory < 250
