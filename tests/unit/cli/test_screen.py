"""What reaches a terminal: its width is kept, and nothing of an article can drive it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import screen

HOSTILE = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\x1b\x9b\x07\x9c\r\n\t\u202e\u2028[]0;m K漢é🇩👩\u200d\ufe0f")), max_size=80
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x9d0;owned\x9ctitle", "title"),
        ("a\x08\x08b\x00c", "abc"),
        ("over\rwritten", "over\nwritten"),
        ("one\u2028two\x85three", "one\ntwo\nthree"),
        ("\u202egnp.exe", "gnp.exe"),
        ("tab\there\nnext", "tab here\nnext"),
        ("\x1bcreset", "reset"),
        ("plain 漢字 👍🏽 é", "plain 漢字 👍🏽 é"),
    ],
)
def test_sequences_and_controls_are_gone_and_the_words_stay(text: str, left: str) -> None:
    assert screen.clean(text) == left


@given(HOSTILE)
@settings(max_examples=150)
def test_no_control_character_survives(text: str) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", screen.clean(text))
    assert "\n" not in screen.one_line(text)


@given(HOSTILE, st.integers(40, 100))
@settings(max_examples=150)
def test_no_line_is_wider_than_asked_for(text: str, wide: int) -> None:
    for line in [*screen.wrap(text, wide, "  ", "    "), screen.cut(text, wide), screen.padded(text, wide), screen.rule(text, "1/280 · ok", wide)]:
        assert screen.width(line) <= wide
    assert screen.width(screen.padded(text, wide)) == wide
    assert screen.width(screen.rule(text, "1/280 · ok", wide)) == wide


@given(HOSTILE, st.integers(40, 100))
@settings(max_examples=100)
def test_wrapping_loses_nothing(text: str, wide: int) -> None:
    assert "".join("".join(screen.wrap(text, wide)).split()) == "".join(screen.clean(text).split())


def test_wide_characters_count_twice_and_combining_ones_nothing() -> None:
    assert (screen.width("漢字"), screen.width("e\u0301"), screen.width("👍"), screen.width("a\u200db")) == (4, 1, 2, 2)


def test_without_a_terminal_it_is_80_columns() -> None:
    assert screen.columns() == 80


def test_money_is_told_as_people_write_it() -> None:
    assert [screen.money(micros) for micros in (0, 15_000, 245_000, None, 3)] == ["$0", "$0.015", "$0.245", "$?", "under $0.001"]
    assert screen.money(31_400_000, 2) == "$31.40"
