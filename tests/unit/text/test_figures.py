"""Which sentence says a figure or a date; never another opinion than grounding's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import figures, grounding
from bot.values import Article

ONE = {"s1": "Passengers rose to 412,000, 41% more than in 2025.", "s2": "The council votes on May 14 on the $1.2 billion plan.", "s3": "Rates fell 2½ percent."}


def sourced(text: str, sentences: dict[str, str] = ONE) -> list[tuple[str, str]]:
    return [(one.words, " ".join(one.sentences)) for one in figures.sourced(text, {}, sentences, "en")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The vote is on May 14.", [("May 14", "s2")]),
        ("The vote is on 14 May.", [("14 May", "s2")]),
        ("The vote is on May 14, 2025.", [("May 14, 2025", "s2")]),
        ("The vote is on May 14, 2031.", [("May 14, 2031", "")]),
        ("A $1.2bn plan, or $1.2 billion.", [("$1.2bn", "s2"), ("$1.2 billion", "s2")]),
        ("Down 2½ percent.", [("2½ percent", "s3")]),
        ("Down 2.5%.", [("2.5%", "s3")]),
        ("Up 41\u00ad%, since 2025².", [("41\u00ad%", "s1"), ("2025", "s1")]),
        ("It is 41 of them.", [("41", "")]),
        ("It is $41.", [("$41", "")]),
        ("One of 12² places with an H100 at http://127.0.0.1:80/77%, #99x and @m4.", [("12", "")]),
    ],
)
def test_each_figure_and_date_names_the_sentences_that_say_it(text: str, told: list[tuple[str, str]]) -> None:
    assert sourced(text) == told


def test_a_soft_hyphen_in_the_source_hides_nothing() -> None:
    assert sourced("A rise of 35%.", {"s1": "A rise of 3\u00ad5 per\u00adcent."}) == [("35%", "s1")]


def test_the_evidence_named_comes_before_other_sentences() -> None:
    found = figures.sourced("Up 41%.", {"s9": "It was 41 percent."}, ONE, "en")
    assert [one.sentences for one in found] == [("s9",)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(
    "41% 41 2½ $1.2bn 412,000 412.000 May 14 14 May 2025 2026 on and percent million 12² 14:30 third first Monday ½ , . - to $ € 3\u00ad5 １２".split()
), min_size=1, max_size=8))
def test_what_a_sentence_says_grounding_lets_pass(words: list[str]) -> None:
    text = " ".join(words)
    article = Article(title="", body="\n\n".join(ONE.values()), language="en")
    held = {(hold.span or "").rstrip(".,") for hold in grounding.check(text, article)[0]}
    assert not {one.words for one in figures.sourced(text, {}, ONE, "en") if one.sentences} & held
