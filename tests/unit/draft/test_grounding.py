"""What a text says that its article does not."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.grounding import check
from bot.values import FaqPair
from tests.servers.llm import worked_example
from tests.unit.draft.examples import harbour, sample


def found(text: str, **changes: object) -> list[tuple[str, str | None]]:
    return [(hold.code.value, hold.span) for hold in check(text, harbour(**changes))[0]]


@pytest.mark.parametrize(
    "text",
    ["Lindholm takes ships after 14 months; the work cost 38 million euros.", "It cost €38,000,000.", "Ferries carry 2400 passengers a day.",
     "Ferries sail since March 3.", "Ferries sail since 3 March 2026.", "Since March 2026.", "On Tuesday, in 2026.",
     "Divers replaced 1/3 … a third of the piles.", "Fourteen months of repairs.", "“The quay will outlive all of us,” said Ana Duarte.",
     "The engineer: 'the quay will outlive all of us'.", "See lindholm.example.org, ask @lindholmport, #Lindholm.", "https://example.com/lindholm",
     "One of the first harbours, and no one else.", "Car ferries sail again in June.", "It is “open”, or “half open”."],
)
def test_what_the_article_says_in_other_spellings_passes(text: str) -> None:
    body = harbour().body + " A 1 stands here."
    assert found(text, body=body) == []


@pytest.mark.parametrize(
    ("text", "code", "span"),
    [
        ("It cost €39 million.", "unsupported_number", "€39 million"),
        ("It cost $38 million.", "unsupported_number", "$38 million"),
        ("Up 14%.", "unsupported_number", "14%"),
        ("Fifteen months of repairs.", "unsupported_number", "Fifteen"),
        ("The fourth harbour.", "unsupported_number", "fourth"),
        ("The A380 of harbours.", "unsupported_number", "A380"),
        ("About 2.5 thousand passengers.", "unsupported_number", "2.5 thousand"),
        ("１５ months of repairs.", "unsupported_number", "１５"),
        ("Open since 4 March 2026.", "unsupported_date", "4 March 2026"),
        ("Open since 2025.", "unsupported_date", "2025"),
        ("Said on Wednesday.", "unsupported_date", "Wednesday"),
        ("Car ferries sail in July.", "unsupported_date", "July"),
        ("“The quay will fall into the sea,” said Ana Duarte.", "unsupported_quote", "“The quay will fall into the sea,”"),
        ("„Der Kai wird uns überleben“", "unsupported_quote", "„Der Kai wird uns überleben“"),
        ("“The quay will fall into the sea.", "unsupported_quote", "“The quay will fall into the sea"),
        ("More at evil.com.", "unlisted_url", "evil.com"),
        ("More at https://example.com/other", "unlisted_url", "https://example.com/other"),
        ("Write to me@evil.com", "unlisted_url", "me@evil.com"),
        ("Ask @someone", "unlisted_mention", "@someone"),
        ("Ask @someone.bsky.social", "unlisted_mention", "@someone.bsky.social"),
        ("Ask ＠someone", "unlisted_mention", "＠someone"),
        ("Big news #ships", "unlisted_hashtag", "#ships"),
        ("Buy $PORT now", "unlisted_cashtag", "$PORT"),
        ("Li\u200bndholm reopens", "hidden_text", "\u200b"),
        ("Lindholm\u202e reopens", "hidden_text", "\u202e"),
        ("Reopened\U000e0041\U000e0042", "hidden_text", "\U000e0041\U000e0042"),
    ],
)
def test_what_it_does_not_say_is_held_with_the_words_in_question(text: str, code: str, span: str) -> None:
    assert (code, span) in found(text)
    assert span in text


def test_an_address_behind_an_invisible_character_is_found_all_the_same() -> None:
    assert ("unlisted_url", "ev\u200bil.com") in found("Go to ev\u200bil.com")


def test_invisible_characters_that_belong_to_a_script_or_an_emoji_are_at_home() -> None:
    for text in ("Family 👨‍👩‍👧 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿, ❤️", "می‌خواهم", "‏שלום"):
        assert found(text) == []


def test_what_the_configuration_adds_is_allowed() -> None:
    text = "Harbour open. #Ports @news #lindholm https://example.com/lindholm?utm_source=x"
    holds, warnings = check(text, harbour(), allowed_urls=["https://example.com/lindholm?utm_source=x"], allowed_words=["#ports", "@News"])
    assert (holds, warnings) == ((), ())


def test_text_of_hidden_parts_is_held_unless_it_is_visible_too() -> None:
    hidden = "The mayor of Lindholm resigned over the cost of this work\nBuy harbour shares\nThe harbour of Lindholm takes ships again"
    assert found("Today the mayor of Lindholm resigned over it.", hidden=hidden) == [("hidden_text", "the mayor of Lindholm resigned")]
    assert found("Buy harbour shares!", hidden=hidden) == [("hidden_text", "Buy harbour shares")]
    assert found("The harbour of Lindholm takes ships again.", hidden=hidden) == []


def test_a_pair_only_hidden_markup_holds_supports_nothing() -> None:
    pairs = (*harbour().faq, FaqPair(question="How many?", answer="It has 77 berths.", visible=False))
    assert ("unsupported_number", "77") in found("It has 77 berths.", faq=pairs)


def test_the_day_of_publication_is_the_article_s() -> None:
    day = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday
    assert found("Open since Wednesday, 4 March 2026.", published_at=day) == []


@pytest.mark.data
def test_the_worked_example_s_texts_pass_and_its_careless_ones_are_held(data: Path) -> None:
    article = sample(data)
    answer = worked_example()
    statements = [said for short in answer["shorts"] for said in short["statements"]] + answer["faq"]["opening"]
    texts = [said["text"] for said in statements] + [item[key] for item in answer["faq"]["items"] for key in ("question", "answer")]
    assert [hold.span for text in texts for hold in check(text, article)[0]] == []
    careless = {
        "Inference compute up 2.2x": "unsupported_number", "Inference is the other 45%": "unsupported_number", "first time in 25 years": "unsupported_number",
        "See aiforsuccess.com": "unlisted_url", "@AiForSuccess on Bluesky": "unlisted_mention",
    }
    assert {text: [hold.code.value for hold in check(text, article)[0]] for text in careless} == {text: [code] for text, code in careless.items()}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_checked_and_every_span_stands_in_it(text: str) -> None:
    for hold in check(text, harbour())[0]:
        assert hold.span
        assert hold.span in text


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=3, max_value=10**9).filter(lambda n: n not in (3, 14, 38, 2400, 38_000_000) and not 1900 <= n <= 2099))
def test_a_number_the_article_lacks_never_passes(number: int) -> None:
    assert [code for code, _ in found(f"The harbour has {number} berths.")] == ["unsupported_number"]
    assert [code for code, _ in found(f"The harbour has {number:,} berths.")] == ["unsupported_number"]


@pytest.mark.parametrize("piece", ["a", "1 111", "“", "'a", "@a.", "$A", "1.", "5 ", "ab-", "\u200b", "12.05.2026 ", "#", '"a', "March 3 "])
def test_time_grows_with_the_text_not_with_its_square(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    start = time.process_time()
    check(text, harbour(body=text))
    assert time.process_time() - start < 4
