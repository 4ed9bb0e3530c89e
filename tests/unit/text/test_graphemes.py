"""Graphemes are what a reader takes for one character."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import graphemes


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("abc", 3), ("a\r\nb", 3), ("e\u0301", 1), ("👨‍👩‍👧‍👧 🇩🇪🇫🇷", 4), ("각", 1), ("1️⃣👍🏽", 2), ("é\r\n", 2), ("🇩" * 1001, 501)],
)
def test_known_lengths(text: str, length: int) -> None:
    assert graphemes.length(text) == length
    assert len(graphemes.split(text)) == length


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("🇩🇪👨\u200d\u0301\ufe0f🏽\r\nक\u094d")), max_size=200))
@settings(max_examples=100, deadline=None)
def test_splitting_loses_nothing_and_agrees_with_the_length(text: str) -> None:
    parts = graphemes.split(text)
    assert "".join(parts) == text
    assert len(parts) == graphemes.length(text)
    assert all(parts)


def test_a_long_row_of_flags_is_paired_as_a_short_one() -> None:
    assert graphemes.split("x" + "🇩🇪" * 200 + "🇫") == ["x", *["🇩🇪"] * 200, "🇫"]


@pytest.mark.parametrize("piece", ["🇩", "👨\u200d", "\u0301", "क\u094d", "가", "\u200d"])
def test_hostile_texts_take_no_time(piece: str) -> None:
    start = time.perf_counter()
    assert graphemes.length(piece * 100_000) > 0
    assert time.perf_counter() - start < 2.0
