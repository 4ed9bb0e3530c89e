"""The evidence line: which sentence says each figure."""

from __future__ import annotations

from typing import Any

from bot.cli import evidence
from bot.values import Evidence, Hold, HoldCode, Segment, Warn, WarningCode

S1 = Evidence(sentence="s1", text="TrendForce reports AI inference compute will grow 122% in 2026 as cloud giants invest $3 billion.")
S5 = Evidence(sentence="s5", text="In 2026, AI training servers will account for 55 percent of AI server shipments.")


def segment(text: str, *found: Evidence) -> Segment:
    return Segment(text=text, length=len(text), limit=280, has_url=False, evidence=found)


def line(one: Segment, **more: Any) -> str:
    """The line, for an article of two sentences."""
    return evidence.line(one, {"s1": S1.text, "s5": S5.text}, **more)


def test_each_figure_names_the_sentences_that_have_it() -> None:
    told = line(segment("Inference will grow 122%. Training is 55% of shipments.", S1, S5))
    assert told == "from: 122% ‹ s1 · 55% ‹ s5"


def test_a_figure_of_two_sentences_names_both_and_neighbours_share() -> None:
    assert line(segment("In 2026 it will grow 122%.", S1, S5)) == "from: 2026 ‹ s1 s5 · 122% ‹ s1"
    assert line(segment("122% and $3bn", S1)) == "from: 122%, $3bn ‹ s1"


def test_what_no_sentence_says_stands_in_brackets() -> None:
    assert line(segment("It grew 400%.", S1)) == "from: [400%] ‹ no sentence says it"
    hold = Hold(code=HoldCode.UNLISTED_HASHTAG, detail="#wow", span="#wow")
    assert line(segment("It grows. #wow", S1), found=[hold]) == "from: [#wow] ‹ no sentence says it"


def test_an_edit_may_quote_a_sentence_that_is_not_among_its_evidence() -> None:
    assert line(segment("Training is 55% of shipments.", S1)) == "from: 55% ‹ s5"


def test_without_figures_the_sentences_are_named() -> None:
    assert line(segment("Inference grows.", S1, S5)) == "from: s1 s5"
    assert line(segment("Inference grows.")) == ""


def test_figures_of_the_link_are_no_figures_of_the_text() -> None:
    assert line(segment("Inference grows. https://example.com/2019/77-percent", S1)) == "from: s1"


def test_the_line_reads_figures_as_grounding_does() -> None:
    """Fractions, powers, dates, and characters nobody sees."""
    told = {"s1": "It fell 2½ per\u00adcent and is 12² m.", "s2": "The vote is on May 14."}
    assert evidence.line(segment("It fell 2½ percent to 12² m. The vote: May 14."), told) == "from: 2½ percent, 12 ‹ s1 · May 14 ‹ s2"


def test_doubtful_words_are_bracketed_in_the_text() -> None:
    found = [Warn(code=WarningCode.PREDICATE, detail="?", span="55% growth"), Hold(code=HoldCode.UNLISTED_URL, detail="?", span="a.b")]
    assert evidence.bracketed("It sees 55% growth at a.b, not aab", found) == "It sees [55% growth] at [a.b], not aab"
