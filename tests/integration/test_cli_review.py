"""`bot review`: keys from a pipe, and single keys at a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.integration.cli_world import World, world

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bot(tmp_path: Path) -> World:
    made = world(tmp_path)
    made.drafted()
    return made


def states(bot: World) -> list[str]:
    return [post["state"] for post in bot.json("posts")]


def keys(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_a_card_has_all_there_is_to_judge_by(bot: World) -> None:
    shown = bot("review", stdin=keys("q"), BOT_USER="ana").stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "1 of 4 · X short · #1 · revision 1     Free Ferry" in shown
    assert "from: 412,000, 41% ‹ s1" in shown
    assert re.search(r"/280 · link · \$0\.200 · \w+ so far: \$0", shown)
    assert "If approved it waits: account x is preview-only: set X_API_KEY" in shown
    assert "a approve  e edit  r reject  A all 4  n next  ?  q" in shown


def test_approve_skip_reject_and_take_back(bot: World) -> None:
    shown = bot("review", stdin=keys("a", "", "r", "too dull", "a", "?")).stdout
    assert states(bot) == ["approved", "in_review", "rejected", "approved"]
    assert "Take it back: bot unapprove 1" in shown
    assert bot.post(3)["history"][-1]["why"] == "too dull"
    assert "1 of 1" in bot("review", stdin=keys("a", "u")).stdout
    assert states(bot) == ["approved", "approved", "rejected", "approved"]


def test_u_takes_the_last_approval_back_and_shows_its_card_again(bot: World) -> None:
    shown = bot("review", stdin=keys("u", "a", "u", "q")).stdout
    assert "Nothing was approved here yet." in shown
    assert shown.count("1 of 4 · X short") >= 2
    assert states(bot) == ["in_review"] * 4


def test_a_hold_stands_first_is_refused_and_passes_only_with_a_reason(bot: World) -> None:
    bot("edit", "1", "--text", "Riders rose by 77% at the harbor.", code=3, BOT_USER="ana")
    shown = bot("review", stdin=keys("a", "o", "", "q")).stdout
    assert re.search(r"revision 2 \(edited by ana, \d\d:\d\d\)", shown)
    card = shown.strip().splitlines()
    assert card[1].startswith("HOLD  unsupported_number")
    assert "Riders rose by [77%] at the harbor." in shown
    assert "[77%] ‹ no sentence says it" in shown
    assert "Not approved: it has a hold (unsupported_number)." in shown
    assert "an override needs a reason" in shown
    assert states(bot)[0] == "in_review"
    bot("review", stdin=keys("o", "the harbor office told us", "q"))
    assert states(bot)[0] == "approved"
    assert ("override unsupported_number", "the harbor office told us") in [(event["what"], event["why"]) for event in bot.post(1)["history"]]


def test_all_of_an_article_without_holds_at_once(bot: World) -> None:
    bot("edit", "2", "--text", "Riders rose by 77%.", code=3)
    bot("review", stdin=keys("A"))
    assert states(bot) == ["approved", "in_review", "approved", "approved"]


def test_edit_in_the_editor_stays_on_the_card(bot: World) -> None:
    script = bot.folder / "editor"
    script.write_text("#!/bin/sh\nsed -i 's/^Who can ride.*/Who rides free?/' \"$1\"\n")
    script.chmod(0o755)
    shown = bot("review", stdin=keys("n", "n", "e", "e", "r", "", "q"), EDITOR=str(script)).stdout
    assert "post 3 is edited." in shown
    assert "post 3 is unchanged." in shown
    assert "Not rejected: it needs a reason." in shown
    assert bot.post(3)["segments"][1]["text"].startswith("Who rides free?")
    assert bot.post(3)["state"] == "in_review"


def test_unknown_keys_variants_and_a_failing_editor_are_told(bot: World) -> None:
    shown = bot("review", stdin=keys("z", "v", "o", "e", "?", "q"), EDITOR="false").stdout
    assert "That key does nothing here" in shown
    assert "Not done: post 1 has one variant only." in shown
    assert "It has no hold" in shown
    assert "Not done:" in shown
    assert "reject, with a reason" in shown
    assert states(bot) == ["in_review"] * 4


def test_the_sample_can_be_looked_at_but_not_approved(tmp_path: Path) -> None:
    bot = world(tmp_path)
    assert "Nothing waits for review" in bot("review").stdout
    bot("run", "--dry-run")
    shown = bot("review", stdin=keys("a", "q")).stdout
    assert "it is shown, never published" in shown
    assert states(bot) == ["in_review"] * 4


class Terminal:
    """The command at a real terminal of 80 columns."""

    def __init__(self, *args: str, **env: str) -> None:
        self._master, slave = pty.openpty()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "80", **env}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *args], stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.seen = self._rest = ""

    def until(self, text: str, seconds: float = 20) -> str:
        """Read until this is shown; returns all up to it since the last time."""
        deadline = time.monotonic() + seconds
        got = self._rest
        while text not in got:
            ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{text!r} did not come; there is: {got}"
            try:
                got += os.read(self._master, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError(f"it ended before {text!r}: {got}") from None
        end = got.index(text) + len(text)
        self._rest = got[end:]
        self.seen += got[:end]
        return got[:end]

    def key(self, key: str) -> None:
        """Press it once the program listens: what is typed before that is dropped, so that no key hits the next card."""
        deadline = time.monotonic() + 20
        while termios.tcgetattr(self._master)[3] & termios.ICANON:
            assert time.monotonic() < deadline, self.seen
            time.sleep(0.01)
        self.type(key)

    def type(self, text: str) -> None:
        time.sleep(1.0)  # what is typed before the prompt listens is dropped
        os.write(self._master, text.encode())

    def close(self) -> int:
        code = self.process.wait(20)
        os.close(self._master)
        return code


def test_at_a_terminal_a_key_acts_at_once(bot: World) -> None:
    bot("edit", "2", "--text", "Riders rose by 77%.", code=3)
    terminal = Terminal("review")
    assert "revision 1" in terminal.until("q\r\n")
    terminal.key("a")
    terminal.until("post 1 is approved")
    card = terminal.until("o override")
    assert "\x1b[31mHOLD" in card
    terminal.key("\x1b[A")
    time.sleep(0.2)
    terminal.key("r")
    terminal.until("Reason:")
    terminal.type("wrong\r")
    terminal.until("post 2 is rejected.")
    terminal.until("3 of 4")
    terminal.key("q")
    terminal.until("still waiting")
    assert terminal.close() == 0
    assert states(bot) == ["approved", "rejected", "in_review", "in_review"]


def test_no_color_and_ctrl_c(bot: World) -> None:
    bot("edit", "1", "--text", "Riders rose by 77%.", code=3)
    terminal = Terminal("review", NO_COLOR="1")
    assert "\x1b[" not in terminal.until("q\r\n")
    terminal.key("\x03")
    assert terminal.close() == 130
    assert states(bot) == ["in_review"] * 4
