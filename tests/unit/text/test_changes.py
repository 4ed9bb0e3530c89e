"""What changed in an article: headline, figures and dates by value, notices; and what is no change that matters."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import changes
from bot.values import Article, FaqPair

TITLE = "Kestrel Bay Keeps Its Ferry Free"
BODY = (
    "The town council of Kestrel Bay voted on Monday to keep its harbor ferry free for another year. The ferry carried 412,000 riders in 2025. "
    "Sales rose 12% and profits 4%.\n\nThe new timetable begins on May 4, 2026. Of 12 dead and 14 injured, most were crew. It cost $1.9 million."
)


def article(*swaps: tuple[str, str], title: str = TITLE, more: str = "", language: str = "en", **other: Any) -> Article:
    body = BODY
    for old, new in swaps:
        assert old in body
        body = body.replace(old, new)
    return Article(title=title, body=body + more, language=language, **other)


def lines(new: Article, old: Article | None = None) -> tuple[str, ...]:
    return changes.compare(old or article(), new).lines


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("412,000", "421,000", '"412,000 riders" is now "421,000 riders" (s2)'),
        ("12%", "15%", '"12%" is now "15%" (s3)'),
        ("12%", "12 percentage points", '"12%" is now "12 percentage points" (s3)'),
        ("$1.9 million", "$1.9 billion", '"$1.9 million" is now "$1.9 billion" (s6)'),
        ("$1.9 million", "€1.9 million", '"$1.9 million" is now "€1.9 million" (s6)'),
        ("May 4, 2026", "May 5, 2026", '"May 4, 2026" is now "May 5, 2026" (s4)'),
        ("May 4, 2026", "June 4, 2026", '"May 4, 2026" is now "June 4, 2026" (s4)'),
        ("in 2025", "in 2024", '"2025" is now "2024" (s2)'),
        ("on Monday", "on Tuesday", '"Monday" is now "Tuesday" (s1)'),
        (" in 2025", "", '"2025" is gone (was in s2)'),
        ("riders in", "riders, 9,000 of them cyclists, in", '"9,000" was added (s2)'),
        (" It cost $1.9 million.", "", '"$1.9 million" is gone (was in s6)'),
    ],
)
def test_a_changed_figure_or_date_is_told_in_a_line(old: str, new: str, told: str) -> None:
    change = changes.compare(article(), article((old, new)))
    assert change.lines == (told,)
    assert change.material


def test_figures_that_changed_places_are_a_change() -> None:
    assert lines(article(("12 dead and 14", "14 dead and 12"))) == ('"12 dead" is now "14 dead" (s5)', '"14 injured" is now "12 injured" (s5)')


def test_a_newer_figure_beside_the_old_sentence_is_a_change() -> None:
    told = lines(article(more="\n\nThe ferry carried 431,000 riders in 2025."))
    assert told == ('"412,000 riders" is now "431,000 riders" (s7)',)


def test_a_headline_that_says_something_else_is_told() -> None:
    change = changes.compare(article(), article(title="Kestrel Bay Ends Its Free Ferry"))
    assert change.lines == ('title was "Kestrel Bay Keeps Its Ferry Free", is "Kestrel Bay Ends Its Free Ferry"',)
    assert change.title == (TITLE, "Kestrel Bay Ends Its Free Ferry")


def test_figures_of_the_faq_count_and_hidden_ones_do_not() -> None:
    def with_answer(answer: str, *, visible: bool = True) -> Article:
        return article(faq=(FaqPair(question="How often?", answer=answer, visible=visible),))

    assert lines(with_answer("Every 20 minutes."), with_answer("Every 15 minutes.")) == ('"15 minutes" is now "20 minutes" (a1)',)
    assert lines(with_answer("Every 20 minutes.", visible=False), with_answer("Every 15 minutes.", visible=False)) == ()


@pytest.mark.parametrize(
    "new",
    [
        article(("412,000", "412 thousand")),
        article(("$1.9 million", "$1,900,000")),
        article(("May 4, 2026", "4 May 2026")),
        article(("May 4, 2026", "May 4")),
        article(("12%", "12 percent")),
        article(("voted", "has voted")),
        article(("council", "counsil")),
        article(more="\n\nA new boat is on order. It will run on batteries."),
        article(more="\n\nAnother line, further north, has 7 boats and costs twice as much."),
        article(("Sales rose 12% and profits 4%.", "Sales rose 12%. Profits rose by 4%, less than the town had hoped for.")),
        article((" Sales rose 12% and profits 4%.", ""), more=" Sales rose 12% and profits 4%."),
        article(title="KESTREL BAY keeps its ferry: free!"),
        article(title="Kestrel Bay Keeps Its “Ferry” Free"),
    ],
    ids=["thousand", "million", "order of a date", "year left out", "percent", "wording", "typing error", "paragraph", "paragraph with figures", "split", "moved", "case", "quotes"],
)
def test_what_makes_no_post_wrong_is_not_material(new: Article) -> None:
    change = changes.compare(article(), new)
    assert change.lines == ()
    assert not change.material


def test_a_typing_error_mended_in_the_headline_is_no_change_of_it() -> None:
    wrong = article(title="Kestrel Bay Cuoncil Keeps Its Ferry Free")
    assert lines(article(title="Kestrel Bay Council Keeps Its Ferry Free"), wrong) == ()


@pytest.mark.parametrize(("old", "new"), [("Million", "Billion"), ("Hired", "Fired"), ("Rise", "Rose"), ("Now", "Not")])
def test_a_letter_that_makes_another_word_is_a_change_of_the_headline(old: str, new: str) -> None:
    assert changes.compare(article(title=f"Captain Is {old}"), article(title=f"Captain Is {new}")).title is not None


def test_new_figures_in_new_sentences_are_listed_without_being_material() -> None:
    change = changes.compare(article(), article(more="\n\nAnother line, further north, has 7 boats."))
    assert [(one.words, one.at) for one in change.new] == [("7", "s7")]


def test_sentences_that_are_gone_are_named_and_counted() -> None:
    change = changes.compare(article(), article(("The ferry carried 412,000 riders in 2025. ", "")))
    assert change.dropped == ("The ferry carried 412,000 riders in 2025.",)
    assert change.kept == pytest.approx(6 / 7)


def test_a_german_and_a_french_article() -> None:
    old = Article(title="Fähre bleibt frei", body="Die Fähre beförderte 1,5 Millionen Menschen. Am 4. Mai wird abgestimmt.", language="de")
    new = old.model_copy(update={"body": "Die Fähre beförderte 1,6 Millionen Menschen. Am 5. Mai wird abgestimmt."})
    assert lines(new, old) == ('"1,5 Millionen Menschen" is now "1,6 Millionen Menschen" (s1)', '"4. Mai" is now "5. Mai" (s2)')
    french = Article(title="Le bac reste gratuit", body="Le bac a transporté 412 000 passagers, soit 12 % de plus.", language="fr")
    assert lines(french.model_copy(update={"body": "Le bac a transporté 421 000 passagers, soit 12,0 % de plus."}), french) == ('"412 000 passagers" is now "421 000 passagers" (s1)',)


def test_many_changes_are_told_shortly() -> None:
    many = Article(title="T", body="\n\n".join(f"District number {n} has {n + 100} boats of its own." for n in range(1, 60)), language="en")
    told = changes.compare(many, many.model_copy(update={"body": many.body.replace("boats", "boats and 7000 cars")})).lines
    assert len(told) == 13
    assert told[-1] == "and 47 more"
    assert all(len(line) < 300 for line in told)


def test_what_a_post_says_and_the_article_no_longer_does_is_lost() -> None:
    old, new = article(), article(("12%", "15%"))
    assert changes.lost("Sales rose 12%.", old, new) == ("12%",)
    assert changes.lost("Profits rose 4%.", old, new) == ()
    assert changes.lost("Sales rose 99%.", old, new) == (), "the older text did not support it either"


words = st.lists(st.sampled_from([*BODY.split(), "\n\n", "## ", "Correction:", "½", "5m", "$", "…", "\u200d", "一二三", "१२", ":", "1.1.1"]), max_size=60).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(words, words, st.sampled_from(["en", "de", "fr", "ja", None, "x-y"]))
def test_a_text_is_equal_to_itself_and_any_two_can_be_compared(one: str, two: str, language: str | None) -> None:
    first, second = (Article(title=text[:40], dek=text[40:80], body=text, language=language) for text in (one, two))
    same = changes.compare(first, first)
    assert same == changes.Change()
    change = changes.compare(first, second)
    assert change.material == bool(change.lines)
    assert 0 <= change.kept <= 1


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_raises(one: str, two: str) -> None:
    change = changes.compare(Article(title=one, body=two), Article(title=two, body=one))
    assert all("\n" not in line for line in change.lines)


@pytest.mark.parametrize("piece", ["The toll rose to {} people in {}. ", "{} ", "a{}b, ", "Correction: {} ", "May {}, 2026 and {}% "])
def test_long_articles_take_linear_time(piece: str) -> None:
    def long(shift: int) -> Article:
        return Article(title="T", body="".join(piece.replace("{}", str(n + shift)) for n in range(4000)), language="en")

    start = time.process_time()
    changes.compare(long(0), long(1))
    assert time.process_time() - start < 8


def test_a_million_characters_are_compared_in_bounded_time() -> None:
    body = "\n\n".join(f"In {1900 + n % 100} the ferry carried {n},{n % 1000:03d} riders to town {n}." for n in range(16_000))
    start = time.process_time()
    change = changes.compare(Article(title="T", body=body, language="en"), Article(title="T", body=body.replace("riders", "people").replace("carried 7,", "carried 8,"), language="en"))
    assert time.process_time() - start < 4
    assert change.material
