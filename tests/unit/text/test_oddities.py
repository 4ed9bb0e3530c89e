"""Notes on an article: what a rule can see surely, and nothing on articles that are in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.text.oddities import notes
from bot.values import Article
from tests.unit.draft.examples import harbour, sample


def told(title: str, body: str, language: str = "en") -> list[str]:
    return [note.text for note in notes(Article(title=title, body=body, language=language))]


@pytest.mark.data
def test_the_sample_s_two_faults_are_told(data: Path) -> None:
    one, other = notes(sample(data))
    assert one.text.startswith("122% has two subjects")
    assert one.sentences == ("s0", "s1", "s4", "s8")
    assert (other.text.partition(" against ")[0], other.sentences) == ('s6 "dominant"', ("s6", "s5"))


def test_one_number_of_a_whole_and_of_a_few_is_told() -> None:
    body = "Steel output will grow 31% in 2027, the survey says. The three largest Nordic mills are hiring. Their combined steel output jumps 31%."
    assert told("Steel output", body) == ['31% has two subjects: "Steel output will grow 31% in 2027" (s1), and "The three largest Nordic mills are hiring" (s3)']


def test_two_figures_that_happen_to_be_equal_are_no_oddity() -> None:
    assert told("A year", "Revenue rose 12% in May. Profit rose 12%, too. Their staff grew 12%.") == []


def test_shares_of_one_whole_that_are_too_much_are_told() -> None:
    assert told("Mix", "Coal will account for 60% of power, wind for 55% of power.")[0].startswith("the shares in s1 come to 115%")
    assert told("Mix", "Coal will account for 60% of power, wind for 40% of power.") == []
    assert told("Poll", "Of those asked, 60% of users like tea and 55% of users like coffee; both shares rose.") == []


def test_a_headline_s_figure_that_nothing_below_says_is_told() -> None:
    assert told("Sales up 40%", "Sales rose sharply, by 30%.") == ["40% stands in the headline (s0) and nowhere below it"]
    assert told("Sales up 40%", "Sales rose sharply, by 39.6%.") == []
    assert told("10 ways to bake", "Bread is good.") == []


def test_a_weekday_that_is_not_that_day_s_is_told() -> None:
    assert told("Vote", "The vote is on Monday, 3 March 2026.") == ['"Monday, 3 March 2026" is a Tuesday (s1)']
    assert told("Wahl", "Gewählt wird am Montag, 3. März 2026.", "de") == ['"Montag, 3. März 2026" is a Tuesday (s1)']
    assert told("Vote", "The vote is on Tuesday, 3 March 2026. On Friday, 31 February 2026 nobody votes.") == []


def test_an_article_in_order_has_no_notes() -> None:
    assert notes(harbour()) == ()
    assert notes(Article(title="", body="")) == ()
