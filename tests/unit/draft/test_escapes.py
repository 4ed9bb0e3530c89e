"""What a page or a model might try in order to get past the checks, each as it was once tried."""

from __future__ import annotations

import json

import pytest

from bot import review
from bot.drafters import written
from bot.text import grounding
from bot.values import Article, Brief, HoldCode, Kind, Part, Statement, Variant, WarningCode

ARTICLE = Article(title="The Ferry", body="The ferry runs every day.", url="https://example.com/a/#top")


@pytest.mark.parametrize("text", [".@evil hi", "ask /@evil", "RT@evil", "é@evil"])
def test_a_handle_that_x_links_is_held_whatever_stands_before_it(text: str) -> None:
    holds, _ = grounding.check(text, ARTICLE)
    assert HoldCode.UNLISTED_MENTION in [hold.code for hold in holds]


def test_a_hashtag_behind_a_slash_is_held() -> None:
    holds, _ = grounding.check("read /#evilTag", ARTICLE)
    assert HoldCode.UNLISTED_HASHTAG in [hold.code for hold in holds]


def test_the_article_s_own_address_is_neither_handle_nor_tag() -> None:
    assert grounding.check("see https://example.com/a/#top", ARTICLE, allowed_urls=[str(ARTICLE.url)]) == ((), ())


def test_a_statement_without_evidence_is_never_clean() -> None:
    variant = Variant(platforms=("x",), parts=(Part(paragraphs=((Statement(text="The mayor resigned."), Statement(text="It runs.", evidence=("s1",))),)),))
    (warning,) = review.unsupported(variant)
    assert (warning.code, warning.span) == (WarningCode.PREDICATE, "The mayor resigned.")
    assert not review.by_policy("clean", (), (warning,))


def test_half_surrogates_of_an_answer_can_be_stored() -> None:
    said = {"text": "The ferry \ud800 runs every day.", "evidence": ["s1"], "paragraph": 1}
    content = json.dumps({"shorts": [{"platforms": ["x"], "statements": [said]}], "faq": {"opening": [], "items": []}, "article_notes": []})
    drafts, _, _ = written.read(content, ARTICLE, Brief(kinds=(Kind.SHORT,), platforms=("x",), room={"x": 200}))
    assert "runs every day" in drafts[0].model_dump_json().encode().decode()


@pytest.mark.parametrize(("text", "held"), [("It employs 3M people.", True), ("It employs 3k people.", True), ("It employs 3 people.", False), ("It costs $92k.", False), ("It costs $92,000M.", True)])
def test_a_letter_that_multiplies_a_figure_is_part_of_it(text: str, held: bool) -> None:
    article = Article(title="The Library", body="It employs 3 people. It costs $92,000 a year.", language="en")
    holds, _ = grounding.check(text, article)
    assert bool(holds) is held
