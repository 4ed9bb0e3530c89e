"""Cutting text into pieces: nothing is lost, nothing is torn, and where the cuts stand."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import graphemes, urls
from bot.text.sentences import ends
from bot.text.split import longest, pieces


def _cut(text: str, room: int, last: int | None = None) -> list[str]:
    """The pieces of the text, where `room` graphemes fit, and in the last piece `last`."""
    def fits(piece: str, number: int, final: bool) -> bool:
        return graphemes.length(piece) <= (last if final and last is not None else room)

    return [text[start:end] for start, end in pieces(text, fits, frozenset(ends(text)))]


def test_a_text_is_cut_at_sentences_then_clauses_then_words() -> None:
    assert _cut("One two three. Four five six. Seven.", 30) == ["One two three. Four five six.", "Seven."]
    assert _cut("One two three, four five six seven eight", 24) == ["One two three,", "four five six seven", "eight"]
    assert _cut("One two three four five six", 14) == ["One two three", "four five six"]


def test_the_last_piece_may_have_less_room_and_is_never_empty() -> None:
    assert _cut("One two three. Four five.", 30, last=12) == ["One two three.", "Four five."]
    assert _cut("One two three four", 30, last=5) == ["One two three", "four"]


def test_an_address_and_a_word_stay_whole_even_where_they_do_not_fit() -> None:
    assert _cut("See https://example.com/a/very/long/path now", 12) == ["See", "https://example.com/a/very/long/path", "now"]
    assert _cut("日本語のhttps://example.com/日本/語です。", 6)[1].startswith("https://example.com/")
    assert _cut("x" * 50, 10) == ["x" * 50]


def test_chinese_and_japanese_may_break_between_characters_but_not_before_a_stop() -> None:
    found = _cut("这是一个很长的句子没有空格，但是可以断开。", 8)
    assert all(graphemes.length(piece) <= 8 for piece in found)
    assert not any(piece.startswith(("，", "。")) for piece in found)
    assert "".join(found) == "这是一个很长的句子没有空格，但是可以断开。"


def test_the_longest_that_fits_is_found() -> None:
    for most in (0, 1, 2, 7, 100):
        for limit in range(most + 2):
            assert longest(most, lambda number, limit=limit: number <= limit) == min(limit, most)


_TEXTS = st.lists(
    st.sampled_from(["word", "a", "e\u0301te\u0301", "👨‍👩‍👧‍👦", "https://example.com/a.b", "日本語", "「日」", "end.", "clause,", "🇩🇪🇫🇷", "नमस्ते", "…", "\u200d", "x.ai"])
    | st.text(max_size=6), max_size=30,
).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words), "\r\n".join(words), "\n\n".join(words)]))


@settings(max_examples=200, deadline=None)
@given(_TEXTS, st.integers(1, 40), st.integers(1, 40))
def test_no_word_is_lost_and_no_grapheme_or_address_is_torn(text: str, room: int, last: int) -> None:
    found = pieces(text, lambda piece, _number, final: graphemes.length(piece) <= (min(last, room) if final else room), frozenset(ends(text)))
    assert "".join("".join(text[start:end] for start, end in found).split()) == "".join(text.split())
    whole = [0]
    for grapheme in graphemes.split(text):
        whole.append(whole[-1] + len(grapheme))
    for (_, end), (start, _) in itertools.pairwise(found):
        assert end in whole
        assert start in whole
        assert not any(span.start < end < span.end for span in urls.find(text))


@pytest.mark.parametrize("text", ["a " * 50_000, "a" * 100_000, "。" * 100_000, "日" * 30_000, " " * 100_000, "a,b " * 25_000], ids=lambda text: repr(text[:4]))
def test_hostile_text_takes_no_more_than_seconds(text: str) -> None:
    begun = time.perf_counter()
    _cut(text, 280)
    assert time.perf_counter() - begun < 6
