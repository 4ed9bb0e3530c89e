"""What a post took from an article: a wording that says something else is found, an edit of style is not."""

from __future__ import annotations

import pytest

from bot.text import changes, resting
from bot.text.resting import Concern, Post
from bot.values import Article

MORE = "\n\nThe miller called it a good day for everyone who bakes. Two members of the board voted against the plan. It was read by 40 people."
SAID = "Miller Ines Halloran of Ostra was arrested on Monday and charged with theft over the town's oak wheel, police said."
FIGURES = "The walk of 30 miles began at 9 am at 7 degrees, up to 50 people went, and sales doubled to $1.9m in the first week with a profit of 2.5%."


def concern(was: str, now: str, *, post: str | None = None, language: str = "en", evidence: bool = True, more: str = MORE, title: str = "Mill Case Opens") -> Concern:
    old, new = Article(title="Mill Case Opens", body=was + MORE, language=language), Article(title=title, body=now + more, language=language)
    (found,) = resting.concerns([Post(post or was, (was,) if evidence else ())], changes.compare(old, new), old, new)
    return found


@pytest.mark.parametrize(
    ("sentence", "old", "new", "told"),
    [
        (SAID, "Ines Halloran", "Joan Pell", '"Ines Halloran" is now "Joan Pell"'),
        (SAID, "Halloran", "Hallorin", '"Halloran" is now "Hallorin"'),
        (SAID, "Ostra", "Lowmere", '"Ostra" is now "Lowmere"'),
        (SAID, "was arrested on Monday and charged with theft", "was cleared on Monday of all charges of theft", "cleared"),
        (SAID, "was arrested", "was not arrested", '"not" was put into'),
        (SAID, "was arrested", "wasn't arrested", '"not" was put into'),
        (SAID, "was arrested", "was allegedly arrested", '"allegedly" was put into'),
        (SAID, " and charged with theft over the town's oak wheel", "", "is gone from"),
        (SAID, "Monday", "Tuesday", '"Monday" is now "Tuesday"'),
        (SAID, SAID, "Nobody knows any more of it.", "which is gone"),
        (FIGURES, "30 miles", "30 km", '"miles" is now "km"'),
        (FIGURES, "30 miles", "30km", '"miles" is now "km"'),
        (FIGURES, "9 am", "9 pm", '"am" is now "pm"'),
        (FIGURES, "7 degrees", "-7 degrees", '"7 degrees" is now "-7 degrees"'),
        (FIGURES, "up to", "at least", '"up to" is now "at least"'),
        (FIGURES, "doubled", "tripled", '"doubled" is now "tripled"'),
        (FIGURES, "$1.9m", "€1.9m", '"$1.9m" is now "€1.9m"'),
        (FIGURES, "first", "second", '"first" is now "second"'),
        (FIGURES, "profit", "loss", '"profit" is now "loss"'),
        (FIGURES, "2.5%", "-2.5%", '"2.5%" is now "-2.5%"'),
        (FIGURES, "2.5%", "2.5", '"2.5%" is now "2.5"'),
        ("It was 30 °C in the mill of the town on that day.", "°C", "°F", '"C" is now "F"'),
        ("The board said that Halloran sued Pell over the wheel.", "Halloran sued Pell", "Pell sued Halloran", "Pell sued Halloran"),
    ],
)
def test_another_statement_is_found_and_told(sentence: str, old: str, new: str, told: str) -> None:
    found = concern(sentence, sentence.replace(old, new))
    assert told in "; ".join(found.lines)
    assert found.grave, "the post says it"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("arrested on", "arrested, on"), ("was arrested", "has been arrested"), ("on Monday", "yesterday"), ("Miller ", "The miller, "), ("charged", "charrged"),
        ("police said", "police said, and was brought to a cell in the town of Lowmere"), ("the town's", "the town’s"), ("and charged", "and, it is said, charged"),
    ],
)
def test_an_edit_of_style_is_none(old: str, new: str) -> None:
    assert concern(SAID, SAID.replace(old, new)).lines == ()


@pytest.mark.parametrize(("old", "new"), [("$1.9m", "$1.9 million"), ("2.5%", "2.5 percent"), ("9 am", "9am"), ("30 miles", "thirty miles"), ("7 degrees", "seven degrees")])
def test_a_figure_in_another_spelling_is_none(old: str, new: str) -> None:
    assert concern(FIGURES, FIGURES.replace(old, new)).lines == ()


@pytest.mark.parametrize(("one", "two"), [("harbor", "harbour"), ("organised", "organized"), ("travelled", "traveled"), ("centre", "center"), ("goverment", "government"), ("co-operate", "cooperate")])
def test_the_spelling_of_a_word_is_none(one: str, two: str) -> None:
    sentence = f"The town of Ostra said on Friday that its {one} plan for the mill stands as it was."
    assert concern(sentence, sentence.replace(one, two)).lines == ()


@pytest.mark.parametrize(("one", "two"), [("fined", "fired"), ("bought", "brought"), ("Anna", "Anne"), ("profit", "profits and no loss"), ("killed", "billed")])
def test_words_that_look_alike_are_others(one: str, two: str) -> None:
    sentence = f"The board of Ostra said that the {one} miller of the old wheel was there."
    assert concern(sentence, sentence.replace(one, two)).lines


@pytest.mark.parametrize(
    ("language", "was", "now", "changed"),
    [
        ("de", "Der Müller wurde am Montag wegen Betrugs verhaftet, sagt die Polizei.", "Der Müller wurde am Montag nicht wegen Betrugs verhaftet, sagt die Polizei.", True),
        ("de", "Der Müller wurde am Montag wegen Betrugs verhaftet, sagt die Polizei.", "Der Müller ist am Montag wegen Betrugs verhaftet worden, sagte die Polizei.", False),
        ("fr", "Le meunier a été arrêté lundi pour fraude, dit la police.", "Le meunier n'a pas été arrêté lundi pour fraude, dit la police.", True),
        ("fr", "Le meunier a été arrêté lundi pour fraude, dit la police.", "Le meunier, arrêté lundi pour fraude, dit la police.", False),
        ("es", "El molinero fue detenido el lunes por robo en Ostra.", "El molinero fue absuelto el lunes por robo en Ostra.", True),
        ("ja", "市長は月曜日に逮捕された。", "市長は月曜日に釈放された。", True),
    ],
)
def test_other_languages(language: str, was: str, now: str, changed: bool) -> None:
    assert bool(concern(was, now, language=language).lines) is changed


def test_a_sentence_that_the_text_repeats_counts_without_evidence() -> None:
    assert concern(SAID, SAID.replace("arrested", "freed"), post="Ines Halloran of Ostra was arrested and charged with theft, police said.", evidence=False).lines


def test_what_a_post_does_not_say_itself_is_for_review_and_not_for_an_alert() -> None:
    found = concern(SAID, SAID.replace("oak wheel", "stone bridge"), post="A miller was arrested in Ostra.")
    assert found.lines
    assert found.grave == ()


def test_a_sentence_split_in_two_still_stands() -> None:
    assert concern(SAID, "Miller Ines Halloran of Ostra was arrested on Monday, police said. She was charged with theft over the town's oak wheel.").lines == ()


def test_what_was_found_before_is_not_found_again() -> None:
    old = Article(title="T", body=SAID.replace("Ines", "Joan") + MORE, language="en")
    new = old.model_copy(update={"body": old.body + " A new wheel is on order."})
    (found,) = resting.concerns([Post(SAID, (SAID,))], changes.compare(old, new), old, new)
    assert found.lines == ()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("This story has been read 1,234 times.", "This story has been read 1,277 times."), ("1,234 views", "1,277 views"), ("Ostra, 12°C, Monday November 23, 2026", "Ostra, 13°C, Tuesday November 24, 2026"),
        ("OST 12.30 ▲ 0.4% NASDAQ 18000", "OST 12.31 ▲ 0.5% NASDAQ 18013"), ("Save 20% on flour today", "Advertisement"), ("Published 3 hours ago by 2 people.", "Published 14 hours ago by 2 people."),
    ],
)
def test_what_is_no_sentence_of_the_article_concerns_no_post(one: str, two: str) -> None:
    old, new = (Article(title="T", body=f"{line}\n\n{SAID}{MORE}", language="en") for line in (one, two))
    (found,) = resting.concerns([Post(SAID, (SAID,))], changes.compare(old, new), old, new)
    assert found.lines == ()


def test_a_figure_in_another_sentence_of_the_text_concerns_it() -> None:
    other = MORE.replace("Two members of the board", "Nine members of the board")
    assert concern(SAID, SAID, more=other).lines == ('"Two members" is now "Nine members" (s3)',)


@pytest.mark.parametrize(
    "title",
    ["Mill Case Opens - Ostra News", "Mill Case Opens | The Ostra Bote", "(3) Mill Case Opens", "UPDATED: Mill Case Opens", "Live: Mill Case Opens", "MILL CASE OPENS"],
)
def test_the_dressing_of_a_headline_is_none(title: str) -> None:
    assert concern(SAID, SAID, title=title).lines == ()


@pytest.mark.parametrize("title", ["Mill Case Closes", "Mill Case Opens - Then Ends", "Mill Case Opens: Miller Cleared", "Mill Case Opens – and closes again"])
def test_another_headline_is_told(title: str) -> None:
    assert len(concern(SAID, SAID, title=title).lines) == 1
