"""Which sentences can open a post, and which lie inside what somebody says."""

from __future__ import annotations

import pytest

from bot.drafters.openers import asks, calls, dangling, labelled, quoted, undated, whole


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "In this way the mill saved its wheel."), ("en", "With that, the fair ended."), ("en", "Despite this, prices rose."), ("en", "We also sell flour."),
    ("en", "The plan also names three bridges."), ("en", "The council rejected these accusations on Monday."), ("en", "The mill is a part of this programme."),
    ("en", "According to her, the wheel is sound."), ("en", "After the vote, she left the hall."), ("en", "The group that owns most of her music objects."),
    ("en", "“It is a fine wheel,” he said."), ("en", "“It is a fine wheel.”"), ("en", "“Nobody left the camp,” the source said."), ("en", "Both were closed in May."),
    ("en", "Q1: What is it?"), ("en", "NOTE: Comments are closed."), ("en", "Because of that, nobody came."), ("en", "It is a company that sells flour."),
    ("de", "Bei diesem Fest tanzten alle."), ("de", "Die Mühle hat zudem ein Café."), ("fr", "Dans ce cas, le prix baisse."), ("es", "En ese caso baja el precio."),
    ("it", "Inoltre il prezzo scende."), ("nl", "Daarom daalt de prijs."), ("pt", "No entanto, o preço cai."), ("ru", "При этом цена падает."), ("ja", "しかし、価格は下がった。"), ("ja", "この橋は新しい。"),
])
def test_what_leans_on_the_sentence_before_it(language: str, sentence: str) -> None:
    assert dangling(sentence, language)


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "This week the mill opens again."), ("en", "This paper describes a mill."), ("en", "In this paper, we describe a mill."), ("en", "There are three mills in Ostra."),
    ("en", "Both rye and wheat are ground there."), ("en", "Instead of rye, the mill grinds wheat."), ("en", "Because rye is dear, the mill grinds wheat."),
    ("en", "Ines Halloran and her sons run the mill."), ("en", "In May, Ines Halloran said she would sell it."), ("en", "“The wheel is fine,” said Ines Halloran."),
    ("en", "Rye is for those who wait."),
    ("en", "Q3 sales of flour rose."), ("en", "A 43-year-old man fell into the pond."), ("en", "It is known that rye grows here."),
    ("de", "Es gibt drei Mühlen in Ostra."), ("fr", "Il y a trois moulins à Ostra."), ("fr", "Cette année, le prix baisse."), ("es", "Este año baja el precio."), ("ja", "この春、橋が再開した。"),
    ("it", "Il mulino riapre."), ("nl", "De molen draait weer."), ("pt", "O moinho reabre."), ("fi", "Mylly avataan."),
])
def test_what_stands_alone(language: str, sentence: str) -> None:
    assert not dangling(sentence, language)


def test_sentences_inside_a_quotation_that_goes_on_are_known() -> None:
    told = ["The owner spoke.", "“The wheel turns.", "We sell flour.", "It is good,” she said.", "The fair ended.", '"Another wheel,', 'and another," he said.', "Nobody came."]
    assert quoted(told) == {1, 2, 3, 5, 6}


def test_a_quotation_that_nobody_closed_does_not_swallow_the_article() -> None:
    told = ["“The wheel turns.", *(f"Sentence {n} of the article." for n in range(20)), "It ends.”"]
    assert len(quoted(told)) < 10


@pytest.mark.parametrize("sentence", [
    "Click here for the timetable.", "Sign up for our letters.", "Subscribe to our newsletter.", "We use cookies to improve this site.", "Photo: Ines Halloran.",
    "This article was originally published in May.", "Klicken Sie hier.", "Abonnez-vous maintenant.", "Haz clic aquí.",
])
def test_what_a_page_says_of_itself_is_no_statement(sentence: str) -> None:
    assert calls(sentence)


@pytest.mark.parametrize("sentence", ["The baker sold 40 cookies.", "Readers of the newsletter saw the mill.", "The photographer clicked.", "She follows the otters at dawn.", "The court subscribed to the view."])
def test_what_only_sounds_like_it_is(sentence: str) -> None:
    assert not calls(sentence)


@pytest.mark.parametrize(("sentence", "said"), [
    ("WASHINGTON (Reuters) - Scientists unveiled a map.", "Scientists unveiled a map."), ("LONDON (AP) — The mill opens.", "The mill opens."),
    ("Dekalb, Ill. — Mike Glass threw three.", "Mike Glass threw three."), ("Berlin (dpa) - Die Mühle öffnet.", "Die Mühle öffnet."),
    ("PARIS — Le moulin rouvre.", "Le moulin rouvre."), ("NEW YORK, March 3 (AFP) — The mill opens.", "The mill opens."),
    ("The mill — the last of its kind — opens.", "The mill — the last of its kind — opens."), ("NASA - an agency - agreed.", "NASA - an agency - agreed."),
    ("Ostra opens its mill.", "Ostra opens its mill."),
])
def test_a_dateline_is_no_part_of_a_sentence(sentence: str, said: str) -> None:
    assert undated(sentence) == said


def test_questions_labels_and_whole_sentences() -> None:
    assert asks("Is it?”")
    assert asks("開くか？")
    assert not asks("It is.")
    assert labelled("3. Third.")
    assert not labelled("A4 paper is white.")
    assert whole("It is “good”.")
    assert not whole("It is “good.")
