"""What becomes of a model's answer: variants that differ, questions that the article answers, evidence that can be one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot import draft
from bot.drafters import written
from bot.drafters.extractive import Extractive
from bot.text import support
from bot.values import Article, Brief, Drafting, FaqPair, Kind, Part
from tests.unit.draft.examples import BRIEF, harbour

SHORTS = BRIEF.model_copy(update={"kinds": (Kind.SHORT,)})
FAQ = BRIEF.model_copy(update={"kinds": (Kind.FAQ,)})
LINDHOLM, FERRIES, WORK = "Lindholm takes ships again.", "Ferries leave Lindholm again.", "The work cost €38 million."


def short(text: str, *platforms: str, evidence: tuple[str, ...] = ("s1",)) -> dict[str, Any]:
    return {"platforms": list(platforms), "statements": [{"text": text, "evidence": list(evidence), "paragraph": 1}]}


def item(question: str, answer: str, *evidence: str) -> dict[str, Any]:
    return {"question": question, "answer": answer, "evidence": list(evidence)}


def read(article: Article, brief: Brief, *shorts: dict[str, Any], items: tuple[dict[str, Any], ...] = (), **more: Any) -> written.Written:
    return written.read(json.dumps({"shorts": shorts, "faq": {"opening": [], "items": items}, "article_notes": [], **more}), article, brief)


def texts(found: written.Written, platform: str) -> list[str]:
    return [_text(variant.parts[0]) for variant in found.drafts[0].variants if variant.platforms == (platform,)]


def _text(part: Part) -> str:
    return " ".join(said.text for group in part.paragraphs for said in group)


def questions(found: written.Written) -> list[str]:
    return [part.question.text for part in found.drafts[0].variants[0].parts if part.question]


def test_each_platform_has_up_to_three_wordings_best_first() -> None:
    more = ("Divers replaced piles.", "Passengers go again.")
    found = read(harbour(), SHORTS, *(short(text, "x") for text in (LINDHOLM, FERRIES, WORK, *more)), short(WORK, "bluesky"))
    assert texts(found, "x") == [LINDHOLM, FERRIES, WORK]
    assert (texts(found, "bluesky"), found.shortcoming) == ([WORK], None)


def test_a_wording_that_opens_like_another_is_no_other() -> None:
    found = read(harbour(), SHORTS, short(LINDHOLM, "x"), short("Lindholm takes ships, at last.", "x"), short(WORK, "bluesky"))
    assert texts(found, "x") == [LINDHOLM]


def test_the_platforms_do_not_read_the_same_where_there_is_a_choice() -> None:
    found = read(harbour(), SHORTS, short(LINDHOLM, "x", "bluesky"), short(FERRIES, "x", "bluesky"))
    assert (texts(found, "x"), texts(found, "bluesky")) == ([LINDHOLM, FERRIES], [FERRIES, LINDHOLM])
    assert found.shortcoming is None


def test_one_text_for_all_platforms_is_worth_a_correction_but_can_be_used() -> None:
    found = read(harbour(), SHORTS, short(LINDHOLM, "x", "bluesky"))
    assert (texts(found, "x"), texts(found, "bluesky")) == ([LINDHOLM], [LINDHOLM])
    assert found.shortcoming == "the shorts for x and bluesky are the same text; give each platform its own, opening differently"


def answers(found: written.Written) -> list[str]:
    return [_text(part) for part in found.drafts[0].variants[0].parts if part.question]


OWN = ["Car ferries sail again in June. The date is not fixed yet.", "The region paid two thirds, the city the rest."]
"""The answers of the harbour's own pairs."""


def test_the_article_s_own_questions_are_answered_and_no_others_where_it_has_any() -> None:
    found = read(harbour(), FAQ, items=(
        item("Q2: So who has paid for it?", "The region paid two thirds.", "a2"),
        item("How many passengers?", "2,400 passengers a day.", "s4"),
        item("Who paid?", "The city paid the rest.", "q2", "a2"),
    ))
    assert questions(found) == ["When do car ferries sail again?", "Who paid?"], "in the article's words and order, each once"
    assert answers(found) == [OWN[0], "The region paid two thirds."], "what the model left out is the article's"


def test_an_answer_that_its_evidence_does_not_bear_out_is_not_used() -> None:
    lie = item("Who paid?", "Everything was financed with lottery money.", "a2")
    assert answers(read(harbour(), FAQ, items=(lie,))) == OWN, "the article's own answer stands"
    assert read(harbour(faq=()), FAQ, items=(lie | {"evidence": ["s4"]},)).drafts == ()
    passengers = item("Are there passengers?", "Passengers drink free champagne in every cabin.", "s4")
    assert read(harbour(faq=()), FAQ, items=(passengers,)).drafts == (), "one word in common is no answer"
    assert read(harbour(faq=()), FAQ, items=(lie | {"evidence": []},)).drafts == ()


@pytest.mark.parametrize("turned", ["The region paid two thirds, but not the city.", "Only the region paid two thirds, the city the rest."])
def test_an_answer_that_turns_the_article_s_round_is_not_used(turned: str) -> None:
    assert answers(read(harbour(), FAQ, items=(item("Who paid?", turned, "a2"),))) == OWN


def test_no_question_of_hidden_markup_is_answered() -> None:
    hidden = FaqPair(question="Who won?", answer="The harbour won a prize.", visible=False)
    assert read(harbour(faq=(hidden,)), FAQ, items=(item("Who won?", "The harbour won a prize.", "q1", "a1"),)).drafts == ()


@pytest.mark.parametrize(("pairs", "most"), [(60, written.MOST_PAIRS), (0, written.MOST_WRITTEN)])
def test_a_thread_has_an_end(pairs: int, most: int) -> None:
    faq = tuple(FaqPair(question=f"What is part {n}?", answer=f"Part {n} is a pile of the quay.") for n in range(1, pairs + 1))
    items = tuple(item(f"What is part {n}?", f"Part {n} is a pile of the quay.", f"a{n}" if pairs else "s6") for n in range(1, 300))
    assert len(questions(read(harbour(faq=faq), FAQ, items=items))) == most


def test_notes_are_few_and_short() -> None:
    notes = [{"text": f"{n} " + "long " * 1_000, "sentences": ["s1", "s99"]} for n in range(500)]
    found = read(harbour(), SHORTS, short(LINDHOLM, "x"), short(WORK, "bluesky"), article_notes=notes)
    assert len(found.notes) == written.MOST_NOTES
    assert {(len(note.text), note.sentences) for note in found.notes} == {(written.MOST_NOTE, ("s1",))}


def test_sentences_that_the_model_was_not_shown_are_no_evidence() -> None:
    content = json.dumps({"shorts": [short(LINDHOLM, "x", evidence=("s1", "s2")), short(WORK, "bluesky")], "article_notes": []})
    found = written.read(content, harbour(), SHORTS, frozenset({"s2"}))
    assert found.drafts[0].variants[0].parts[0].paragraphs[0][0].evidence == ("s1",)


def test_evidence_that_shares_no_word_with_its_statement_is_dropped() -> None:
    class Careless:
        name = "careless"

        def draft(self, article: Article, brief: Brief) -> Drafting:
            found = read(article, SHORTS, short("The mayor has resigned over a scandal.", "x", evidence=("s1", "s2")), short(WORK, "bluesky", evidence=("s2",)))
            return Drafting(drafts=found.drafts, drafter=self.name)

    drafting = draft.write(harbour(), SHORTS, Careless(), Extractive())
    assert [variant.parts[0].paragraphs[0][0].evidence for variant in drafting.drafts[0].variants] == [(), ("s2",)]


@pytest.mark.parametrize(("statement", "sentence", "can"), [
    ("Prices keep falling.", "The price of a call falls further.", True),
    ("Yes.", "Prices fall.", True),
    ("The mayor resigned.", "Prices fall.", False),
    ("フェリーは毎日運航する。", "フェリーが再開した。", True),
    ("Die Fähre fährt wieder.", "Das Kraftwerk steht still.", False),
])
def test_support_needs_a_word_in_common(statement: str, sentence: str, can: bool) -> None:
    assert support.possible(statement, [sentence]) is can
