"""Sentences: where they end in several languages, and the numbered sentences of an article."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.sentences import ends, of_article, split
from bot.values import Article, FaqPair

GOLDEN = Path(__file__).parents[2] / "golden" / "format"


@pytest.mark.parametrize("sentences", [
    ["It grew 122% in 2026.", "Costs fell!", "Why?", "Nobody knows."],
    ["The U.S. economy grew.", "It grew in the U.K. too."],
    ["He moved to the U.S.", "The move paid off."],
    ["Dr. Smith and Mr. Jones met Gov. Brown at 5 p.m. Eastern time.", "They left at 6 p.m.", "It was late."],
    ["Use a model, e.g. a small one, i.e. cheap.", "It works, cf. the paper."],
    ["See No. 5 on p. 12 and Fig. 3.", "No.", "It is Vol. 2."],
    ["On Sept. 14 and Dec. 31, 2026.", "55% of shipments."],
    ["J. K. Rowling met George W. Bush.", "Plan B.", "The end."],
    ["Apple Inc. Chief Tim Cook spoke at Acme Corp.", "The stock rose."],
    ["It cost $3.50 and grew 0.5 points.", "Version 3.11.7 is out."],
    ["See https://example.com/a.b?c=d.", "It is long.", "node.js and README.md are names."],
    ['"Stop."', "He left.", "(He came back.)", "Then he sat."],
    ['"Really?" he asked.', "“Yes.”", "She nodded."],
    ["Wait… what?", "Then…", "Nothing.", "So...", "He went."],
    ["The total was clear.[12]", "Readers agreed."],
    ["iPhone sales fell.", "iPad sales rose.", "xAI raised money."],
    ["hello there.", "how are you?"],
    ["1. Open the lid.", "2. Close it."],
    ["She works at Yahoo! and likes it."],
])
def test_english_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(("language", "sentences"), [
    ("de", ["Das gilt z. B. für Äpfel, d. h. für Obst.", "Am 3. Mai kam der 1. FC Köln.", "Es waren 12.", "Die Zahl stieg auf 5 Mrd. Euro."]),
    ("fr", ["M. Le Pen a vu Mme. Dupont.", "Elle a dit : « Oui. »", "Le chat dort."]),
    ("es", ["El Sr. García vive en EE. UU. desde 2020.", "¿Qué pasa?", "¡Nada!"]),
    ("it", ["Il Dott. Rossi è qui.", "È tardi."]),
    ("nl", ["Dat is bijv. een huis.", "De heer en mevr. Jansen komen."]),
    ("pt", ["O Sr. Silva chegou.", "Não é tarde."]),
    ("ar", ["هل هذا صحيح؟", "نعم."]),
    ("hi", ["यह एक वाक्य है।", "यह दूसरा है।"]),
    ("ru", ["Он пришёл.", "Она ушла!"]),
])
def test_other_languages_that_put_spaces_between_sentences(language: str, sentences: list[str]) -> None:
    assert split(" ".join(sentences), language) == sentences


def test_chinese_and_japanese_need_no_space() -> None:
    assert split("这是一句。这是两句！对吗？是的", "zh") == ["这是一句。", "这是两句！", "对吗？", "是的"]
    assert split("「はい。」と言った。次。", "ja") == ["「はい。」と言った。", "次。"]


def test_a_line_break_ends_a_sentence_and_white_space_is_folded() -> None:
    assert split("One  line\nanother   line.\n\n  Third\u2028fourth") == ["One line", "another line.", "Third", "fourth"]
    assert split("Il a gagné 122\u00a0%.", "fr") == ["Il a gagné 122\u00a0%."]
    assert split(" \n\t ") == []


@pytest.mark.parametrize("text", [
    ". " * 50_000, "." * 100_000, "a." * 50_000, "A. " * 33_000, " " * 100_000, "\"'" * 50_000, '."' * 50_000, "x. X" * 25_000,
    "。" * 100_000, ".[1]" * 25_000, "\n" * 100_000, "Dr. " * 25_000, "a" * 100_000 + ".",
], ids=lambda text: repr(text[:5]))
def test_hostile_text_takes_linear_time(text: str) -> None:
    begun = time.perf_counter()
    ends(text)
    assert time.perf_counter() - begun < 3


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("aB1 .!?…。「」\n\"(é\u0301\u00a0😀’"), max_size=60) | st.text(max_size=60))
def test_every_character_that_shows_is_in_exactly_one_sentence(text: str) -> None:
    found = split(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    offsets = ends(text)
    assert len(offsets) == len(found)
    assert offsets == sorted(set(offsets))
    assert all(not text[offset - 1].isspace() for offset in offsets)


def test_the_worked_example_has_eleven_sentences_and_three_pairs() -> None:
    article = Article(**json.loads((GOLDEN / "ai-inference.article.json").read_text()))
    found = of_article(article)
    assert list(found) == [*(f"s{number}" for number in range(11)), "q1", "a1", "q2", "a2", "q3", "a3"]
    begins = {
        "s0": "AI Inference Compute Surges", "s1": "TrendForce reports", "s2": "Training-to-inference shift", "s3": "The AI industry",
        "s4": "TrendForce's latest", "s5": "In 2026, AI training servers", "s6": "Inference servers", "s7": "The top five",
        "s8": "Their combined", "s9": "More inference capacity", "s10": "API costs", "a3": "Yes — with",
    }
    assert {name: text for name, text in begins.items() if not found[name].startswith(text)} == {}


def test_a_sentence_of_the_dek_is_not_counted_again_and_headings_are_no_sentences() -> None:
    article = Article(
        title="The  headline.\nGoes on", dek="First. Second one.", body="## A heading. Of two.\n\nFirst. Third.\n\nThird.",
        faq=(FaqPair(question="Why?", answer="So. And so."),),
    )
    assert of_article(article) == {
        "s0": "The headline. Goes on", "s1": "First.", "s2": "Second one.", "s3": "Third.", "s4": "Third.", "q1": "Why?", "a1": "So. And so.",
    }
