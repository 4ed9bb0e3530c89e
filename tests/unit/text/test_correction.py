"""What a correction can quote: the sentence that an article has now in the place of the one a post rests on."""

from __future__ import annotations

import time

import pytest

from bot.text.correction import instead

NOW = {
    "s0": "Free Ferry Carries 38% More Riders",
    "s1": "The harbor ferry carried 402,000 riders in its first free year, 38% more than before.",
    "s2": "The council votes on May 21 on keeping it free.",
    "s3": "The town dropped the fare of $2.50 last May.",
    "a1": "Every 20 minutes on weekdays, and every 30 minutes on Sundays.",
}


@pytest.mark.parametrize(("said", "found"), [
    (["The harbor ferry carried 412,000 riders in its first free year, 41% more than before."], ("s1", "s0")),
    (["The council votes on May 14 on keeping it free.", "Every 15 minutes on weekdays, and every 30 minutes on Sundays."], ("s2", "a1", "s0")),
    (["Free Ferry Carries 41% More Riders"], ("s0",)),
    (["The town dropped the fare of $2.50 last May."], ("s0",)),
    (["The town cut the fare of $2.50 last May."], ("s0",)),
    (["A sentence that is gone: 7 of 9 boats were repainted."], ("s0",)),
    ([], ("s0",)),
    (["", "…"], ("s0",)),
])  # fmt: skip
def test_a_sentence_that_says_another_figure_or_date_now_comes_first_and_the_headline_last(said: list[str], found: tuple[str, ...]) -> None:
    assert instead(said, NOW, "en") == found


def test_a_figure_spelled_otherwise_is_no_change() -> None:
    now = {"s0": "Ferry", "s1": "The ferry costs the town $1.9 million a year."}
    assert instead(["The ferry costs the town 1,900,000 dollars a year."], now, "en") == ("s0",)


def test_numbers_are_read_as_the_language_writes_them() -> None:
    now = {"s0": "Fähre", "s1": "Die Fähre trug im ersten Jahr 1.500 Fahrgäste am Tag."}
    assert instead(["Die Fähre trug im ersten Jahr 1500 Fahrgäste am Tag."], now, "de") == ("s0",)
    assert instead(["Die Fähre trug im ersten Jahr 1.400 Fahrgäste am Tag."], now, "de") == ("s1", "s0")


def test_an_article_without_a_headline_has_nothing_to_fall_back_on() -> None:
    assert instead(["Nothing like it."], {"s0": ""}, "en") == ()


def test_a_long_article_and_a_long_thread_are_compared_in_a_moment() -> None:
    now = {"s0": "Headline", **{f"s{at}": f"In district {at} the council counted {at * 7} voters and {at} boats." for at in range(1, 800)}}
    said = [f"In district {at} the council counted {at * 7 + 1} voters and {at} boats." for at in range(1, 30)]
    begin = time.perf_counter()
    assert "s0" in instead(said, now, "en")
    assert time.perf_counter() - begin < 10
