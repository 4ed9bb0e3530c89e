"""What a text says that its article does not."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import sentences
from bot.text.grounding import check
from bot.values import Article, FaqPair
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
     "One of the harbours, and no one else; first, the piles.", "Car ferries sail again in June.", "It is “open”, or “half open”."],
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
        ("‹The quay will fall into the sea›", "unsupported_quote", "‹The quay will fall into the sea›"),
        ("Lindholm has 38 million visitors.", "unsupported_number", "38 million"),
        ("Repairs took 14 weeks.", "unsupported_number", "14 weeks"),
        ("The harbour doubled its piles.", "unsupported_number", "doubled"),
        ("Half of the piles.", "unsupported_number", "Half"),
        ("Half a million passengers, two dozen ferries.", "unsupported_number", "two dozen"),
        ("For the first time since the flood.", "unsupported_number", "For the first time"),
        ("Hundreds of thousands of ships.", "unsupported_number", "Hundreds of thousands"),
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
    assert [warning for text in texts for warning in check(text, article)[1]] == []
    extractive = [article.title, article.dek, *(part for pair in article.faq for part in (pair.question, pair.answer))]
    assert [found for text in extractive for found in check(text, article) if found] == []


CARELESS = {
    "AI training servers see 55% growth": "predicate", "AI training compute grows 56% worldwide": "predicate", "Inference is 122% of AI compute": "predicate",
    "API prices fall 122%": "predicate", "AI inference compute surged 122%": "forecast", "Inference servers take over the market": "contradiction",
    "Inference compute up 2.2x": "unsupported_number", "inference is the other 45%": "unsupported_number", "Inference compute more than doubles": "predicate",
    "NVIDIA says inference will grow 122%": "attribution", "Search redesigned for the first time in 25 years": "unsupported_number",
    "Florida sues OpenAI over ChatGPT user safety": "unsupported_name", '"AI products are going mainstream," says TrendForce': "attribution",
    "See aiforsuccess.com": "unlisted_url", "@AiForSuccess on Bluesky": "unlisted_mention",
}


@pytest.mark.data
@pytest.mark.parametrize("text", CARELESS)
def test_every_careless_text_of_the_worked_example_gets_its_verdict(data: Path, text: str) -> None:
    holds, warnings = check(text, sample(data))
    assert CARELESS[text] in [found.code.value for found in (*holds, *warnings)]
    assert bool(holds) == CARELESS[text].startswith(("unsupported_number", "unlisted"))


@pytest.mark.data
def test_a_warning_quotes_the_text_and_the_article_with_the_sentence(data: Path) -> None:
    _, (warning,) = check("AI training servers see 55% growth", sample(data))
    assert warning.span == "55% growth"
    assert warning.detail.startswith('"55% growth". Article: "AI training servers will account for 55% of AI server shipments" (s5).')
    _, (sum_shown,) = check("Inference compute more than doubles", sample(data))
    assert "+122% is 2.22 times" in sum_shown.detail


WORDS = st.sampled_from(
    "TrendForce says will grow 122% 55% of shipments half doubled Ana Duarte told NVIDIA worldwide in 2026 on 3 March $1.2bn a third twice dominant take over “quoted words here” "
    "could opened fell to 56% the first time thousands of Their five companies , while and — (so) 16 weeks 5 million people 五十万 ‚so it is said' according report expected 12:30 GB200".split()
)
SENTENCE = st.lists(WORDS, min_size=2, max_size=12).map(lambda words: f"The {' '.join(words)} ends.")


@settings(max_examples=150, deadline=None)
@given(st.lists(SENTENCE, min_size=1, max_size=5), st.sampled_from(["en", "de", "fr", "ja", None]))
def test_a_sentence_of_the_article_is_never_held_nor_doubted(said: list[str], language: str | None) -> None:
    article = harbour(body=" ".join(said), language=language)
    for sentence in sentences.of_article(article).values():
        assert check(sentence, article) == ((), ())


FIGURES = st.sampled_from(["55%", "122 percent", "$1.2 million", "€38", "2,400 people", "14 months", "3 March 2026", "2027", "41st place", "7.5 km", "5x", "GB200", "12:45"])


@settings(max_examples=150, deadline=None)
@given(st.lists(FIGURES, min_size=1, max_size=4), st.integers(1, 9), st.data())
def test_a_digit_more_in_a_figure_always_holds(figures: list[str], digit: int, data: st.DataObject) -> None:
    body = f"It was {' and '.join(figures)} in all."
    ends = [match.end() for match in re.finditer(r"\d+", body)]
    at = data.draw(st.sampled_from(ends))
    wrong = body[:at] + str(digit) + body[at:]
    article = Article(title="All", body=body, language="en")
    same = [match[0] for match in re.finditer(r"\d+", wrong) if match[0] not in re.findall(r"\d+", body)]
    assert not same or check(wrong, article)[0]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_checked_and_every_span_stands_in_it(text: str) -> None:
    for found in (one for kind in check(text, harbour()) for one in kind):
        assert found.span
        assert found.span in text


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=3, max_value=10**9).filter(lambda n: n not in (3, 14, 38, 2400, 38_000_000) and not 1900 <= n <= 2099))
def test_a_number_the_article_lacks_never_passes(number: int) -> None:
    assert [code for code, _ in found(f"The harbour has {number} berths.")] == ["unsupported_number"]
    assert [code for code, _ in found(f"The harbour has {number:,} berths.")] == ["unsupported_number"]


@pytest.mark.parametrize("piece", ["a", "1 111", "“", "'a", "@a.", "$A", "1.", "5 ", "ab-", "\u200b", "12.05.2026 ", "#", '"a', "March 3 ", "1万", "A says ", "A. ", "half of ", "will ", "5% of "])
def test_time_grows_with_the_text_not_with_its_square(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    start = time.process_time()
    check(text, harbour(body=text))
    assert time.process_time() - start < 4


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Lindholm opened its new quay in June 2027.", ["forecast"]), ("Lindholm opened its old quay in 2024.", []),
        ("Lindholm got money for a quay in June 2027.", []), ("Lindholm opens its new quay in June 2027.", []),
    ],
)
def test_nothing_has_happened_after_the_article_s_own_day(text: str, codes: list[str]) -> None:
    article = Article(
        title="Lindholm's quays", body="The old quay is from 2024. Lindholm gets money: for its new quay in June 2027 there are plans.", language="en",
        published_at=datetime(2026, 3, 3, tzinfo=UTC),
    )
    assert [warning.code.value for warning in check(text, article)[1]] == codes
