"""FAQ pairs in paragraphs and in markup."""

from __future__ import annotations

import json

import pytest
from lxml import html

from bot.sources import faq, jsonld, markup


def pairs(lines: list[str]) -> list[tuple[str, str]]:
    return [(pair.question, pair.answer) for pair in faq.take_out(lines)[0]]


def of_page(body: str) -> list[tuple[str, str, bool]]:
    tree = html.document_fromstring(f"<html><body>{body}</body></html>")
    return [(pair.question, pair.answer, pair.visible) for pair in markup.pairs(tree, jsonld.nodes(tree))]


def test_labelled_pairs_of_one_running_paragraph_lose_their_labels() -> None:
    text = "Q1: What is it? A1: A bridge. Q2: How long? A2: 9 weeks, says Plan A. No more."
    assert pairs(["Intro.", "FAQ", text]) == [("What is it?", "A bridge."), ("How long?", "9 weeks, says Plan A. No more.")]


def test_an_interview_without_numbers_is_no_faq() -> None:
    lines = ["We met the mayor.", "Q: How was the year?", "A: Long.", "Q: And the next?", "A: Longer."]
    assert faq.take_out(lines) == ([], lines)


def test_the_same_labels_below_a_title_are_one() -> None:
    assert pairs(["FAQs", "Q: How was it?", "A: Long."]) == [("How was it?", "Long.")]


def test_one_heading_that_asks_is_part_of_the_article() -> None:
    lines = ["Intro.", "## What happens next?", "The council votes on May 14."]
    assert faq.take_out(lines) == ([], lines)


def test_what_follows_a_section_stays_in_the_body() -> None:
    lines = ["Intro.", "## FAQ", "## Is it free?", "Yes.", "## Until when?", "Until 2028.", "## Background", "The ferry is old."]
    found, rest = faq.take_out(lines)
    assert [pair.question for pair in found] == ["Is it free?", "Until when?"]
    assert rest == ["Intro.", "## Background", "The ferry is old."]


@pytest.mark.parametrize("title", [
    "FAQ", "FAQs:", "Frequently asked questions", "Frequently Asked Questions about the ferry", "Questions & answers", "Q&A", "Häufige Fragen",
    "Fragen und Antworten zum Umbau", "Foire aux questions", "Questions fréquentes", "Preguntas frecuentes", "Domande frequenti",
])
def test_titles_of_a_section(title: str) -> None:
    assert faq.is_title(title)


@pytest.mark.parametrize("line", ["The FAQ of the town names three dates.", "Questions remain", "Fragen zum Umbau"])
def test_lines_that_are_none(line: str) -> None:
    assert not faq.is_title(line)


def test_an_answer_only_in_json_ld_is_marked_as_not_visible() -> None:
    told = {"@graph": [{"@type": ["FAQPage"], "mainEntity": [
        {"@type": "Question", "name": "Is it free?", "acceptedAnswer": {"text": "&lt;p&gt;Yes, for &lt;b&gt;all&lt;/b&gt;.&lt;/p&gt;"}},
        {"@type": "Question", "name": "Who pays?", "acceptedAnswer": [{"text": "Buy Coin now."}]},
        {"@type": "Question", "name": "No answer?"},
    ]}]}
    page = f"<p>Is it free? Yes, for all.</p><script type='application/ld+json'>{json.dumps(told)}</script>"
    assert of_page(page) == [("Is it free?", "Yes, for all.", True), ("Who pays?", "Buy Coin now.", False)]


def test_a_visible_answer_stands_before_what_json_ld_says_to_the_same_question() -> None:
    told = {"@type": "FAQPage", "mainEntity": [{"name": "Is it free?", "acceptedAnswer": {"text": "No, $900."}}]}
    page = f"<details><summary>Is it free?</summary>Yes.</details><script type='application/ld+json'>{json.dumps(told)}</script>"
    assert of_page(page) == [("Is it free?", "Yes.", True)]


@pytest.mark.parametrize("script", ["", "{", "[[[[]]]]", '{"@type":"FAQPage","mainEntity":7}', "[" * 100_000, '{"@type":{}}', "null"])
def test_broken_json_ld_is_nothing(script: str) -> None:
    assert of_page(f"<p>Text.</p><script type='application/ld+json'>{script}</script>") == []


def test_folded_parts_of_a_page_that_ask_nothing_are_no_faq() -> None:
    assert of_page("<details><summary>Show the table</summary><p>1 2 3</p></details>") == []


def test_definitions_that_ask_nothing_are_no_faq() -> None:
    assert of_page("<dl><dt>GPU</dt><dd>A chip.</dd></dl>") == []
    assert of_page("<h2>FAQ</h2><dl><dt>Price</dt><dd>$2.</dd></dl>") == [("Price", "$2.", True)]
