"""What an article says in a notice names nobody, links nowhere and breaks out of nothing."""

from __future__ import annotations

import pytest

from bot.telling import words
from bot.telling.words import Matter


@pytest.mark.parametrize(
    ("hostile", "gone"),
    [
        ("<!everyone> read", "<!"), ("<@U123> hi", "<@"), ("@everyone look", "@everyone"), ("@channel", "@channel"), ("[click](https://evil.example)", "]("),
        ("<https://evil.example|bank>", "<https"), ("https://evil.example/x", "https://"), ("see evil.com now", "evil.com"), ("`code`", "`"),
        ("a\r\nBcc: x@example.com", "\n"), ("\x1b[31mred", "\x1b"), ("\u202egnp.exe", "\u202e"), ("a\u200bb", "\u200b"), ("\ud800", "\ud800"),
    ],
)
def test_titles_are_harmless(hostile: str, gone: str) -> None:
    assert gone not in words.title(hostile)


def test_an_ordinary_title_stays_readable() -> None:
    title = "AT&T cuts prices by 4.5% — “at last”, say users"
    assert words.title(title) == f"“{title}”"


def test_a_long_title_is_cut() -> None:
    assert len(words.title("word " * 10_000)) < 90


def test_posts_that_wait_are_told_together_and_what_is_urgent_first() -> None:
    waiting = [Matter(f"review:{n}", "review", f"#{n} x short “T”", n) for n in range(1, 9)]
    text = words.message([*waiting, Matter("uncertain:9", "uncertain", "#9 may or may not be out")])
    assert text.splitlines() == [
        "#9 may or may not be out", "8 posts wait for approval: bot review", *(f"  #{n} x short “T”" for n in range(1, 6)), "  and 3 more",
    ]
    assert words.subject(waiting) == "article-bot: 8 posts wait for approval"
    assert words.subject([*waiting, Matter("x", "paused", "")]) == "article-bot: 9 matters need you"


def test_a_message_has_room_on_discord() -> None:
    text = words.message([Matter(str(n), "paused", "word " * 40) for n in range(50)])
    assert len(text) < 2000
    assert "more lines: bot status" in text
