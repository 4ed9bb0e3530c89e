"""Text made to take the square of its length: the same work in the same time, and the same result."""

from __future__ import annotations

import time
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.accounts import Account
from bot.platforms.x import X
from bot.sources.characters import clean, key
from bot.text import invisible, keys, plain, sentences, tidy
from bot.text.nfc import nfkc

PILES = ["a" + "\u0301\u0316" * 20_000, "か" + "\uff9e\u0301" * 20_000, "a" + "\u200e" * 40_000, "\U0001f3f4" + "\U000e0041" * 40_000, "\U000e0041" * 40_000]


@pytest.mark.parametrize("text", PILES, ids=["marks", "halfwidth marks", "direction marks", "a flag of tags", "tags"])
def test_piled_up_characters_take_no_quadratic_time(text: str) -> None:
    measure = X(Account(name="x", platform="x", service="https://api.x.com"), timeout=1).measure
    for work in (clean, key, plain.fold, invisible.find, invisible.strip, keys.normalised, measure):
        start = time.process_time()
        work(text)
        assert time.process_time() - start < 1.5, work


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("aかｶ\u0301\u0316\u0327\u3099\uff9e\uff9f\u0344½ﬁ"), max_size=8), st.integers(1, 60))
def test_nfkc_is_unicode_s(piece: str, times: int) -> None:
    assert nfkc(piece * times) == normalize("NFKC", piece * times)


@pytest.mark.parametrize(
    ("text", "told"),
    [("a\r\nb\rc", "a\nb\nc"), ("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "😀"), ("é", "é")],
)
def test_what_json_can_not_carry_is_replaced(text: str, told: str) -> None:
    assert tidy.sendable(text) == told


def test_words_of_others_stay_on_one_printable_line() -> None:
    assert tidy.one_line("a\n\x1b[31mb\u2028\u202ec\t ") == "a [31mb c"
    assert tidy.one_line("x" * 300) == "x" * 199 + "…"
    assert tidy.one_line("x" * 120, 120) == "x" * 120


@pytest.mark.parametrize(
    ("text", "is_ended"),
    [("It is so.", True), ("“It is so.”", True), ("Is it?)", True), ("「そうです。」", True), ("It goes on…", True), ("It goes on", False), ("", False), ("”", False)],
)
def test_a_sentence_ends_with_a_stop_perhaps_inside_closing_marks(text: str, is_ended: bool) -> None:
    assert sentences.ended(text) is is_ended
    assert sentences.ended("And so:", also=":")
    assert not sentences.ended("And so…", but="…")
