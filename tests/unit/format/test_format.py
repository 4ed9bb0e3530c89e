"""The formatter: where text, link, tags and sign-off go, what is shortened, split or held, and what an approval covers."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.accounts import Account
from bot.errors import ConfigError, UsageError
from bot.format import edited, format_post, room
from bot.prompts import SHIPPED
from bot.text import graphemes
from bot.values import (
    Article,
    Card,
    Evidence,
    FaqPair,
    Formatted,
    HoldCode,
    Kind,
    Part,
    Statement,
    Variant,
    WarningCode,
)
from tests.unit.format.plain import Plain

ARTICLE = Article(
    title="A headline", dek="The first sentence. The second one.", body="The third sentence is about README.md. A fourth.",
    faq=(FaqPair(question="Why?", answer="Because."),), url="https://example.com/a", language="en",
)


def account(platform: str = "x", **options: Any) -> Account:
    return Account(name="demo", platform=platform, service="https://service.example.com", **options)


def part(*statements: str, question: str | None = None) -> Part:
    asked = Statement(text=question, evidence=("q1",)) if question else None
    said = tuple(Statement(text=text, evidence=(f"s{number}",)) for number, text in enumerate(statements, 1))
    return Part(question=asked, paragraphs=(said,))


def post(*parts: Part, kind: Kind = Kind.SHORT, length: int = 280, article: Article = ARTICLE, prompts: Path | None = None, size: int | None = None, **options: Any) -> Formatted:
    """These parts on a plain platform with that limit."""
    demo = account(**options)
    platform = Plain(length, cards=demo.platform == "bluesky", size=size)
    return format_post(article, kind, Variant(platforms=(demo.platform,), parts=parts), demo, platform, thumb="ab" * 32, prompts_dir=prompts)


def texts(result: Formatted) -> list[str]:
    return [segment.text for segment in result.content.segments]


# --- what goes into which segment ---------------------------------------------------------------


def test_a_short_drops_statements_from_its_end_until_it_fits_and_their_evidence_with_them() -> None:
    result = post(part("One statement here.", "Another statement here.", "A third."), length=65)
    assert texts(result) == ["One statement here.\n\nhttps://example.com/a"]
    assert [found.sentence for found in result.content.segments[0].evidence] == ["s1"]
    assert not result.holds


def test_a_short_whose_first_statement_is_too_long_is_shown_whole_and_held() -> None:
    result = post(part("word " * 30 + "end.", "More."), length=60)
    assert texts(result) == ["word " * 30 + "end. More.\n\nhttps://example.com/a"]
    assert [(hold.code, hold.detail) for hold in result.holds] == [(HoldCode.TOO_LONG, "183 of 60 graphemes; shorten it by 123.")]


def test_an_answer_is_shortened_to_whole_sentences() -> None:
    answer = "It was the U.S. market. Then prices fell. Everything after that is more than fits here."
    result = post(part("Opening."), part(answer, question="Why?"), kind=Kind.FAQ, length=70, link_policy="never")
    assert texts(result) == ["Opening.", "Why?\n\nIt was the U.S. market. Then prices fell."]


def test_an_answer_whose_first_sentence_is_too_long_goes_on_in_the_next_segment() -> None:
    result = post(part("Opening."), part("one two three, four five six seven eight nine ten.", question="Why?"), kind=Kind.FAQ, length=30, link_policy="never")
    assert texts(result) == ["Opening.", "Why?\n\none two three,", "four five six seven eight nine", "ten."]
    assert [[found.sentence for found in segment.evidence] for segment in result.content.segments] == [["s1"], ["q1", "s1"], ["s1"], ["s1"]]


def test_a_question_that_leaves_no_room_stands_alone() -> None:
    result = post(part("Opening."), part("internationalisation matters.", question="Why is it so often written out?"), kind=Kind.FAQ, length=33, link_policy="never")
    assert texts(result) == ["Opening.", "Why is it so often written out?", "internationalisation matters."]
    assert not result.holds


def test_an_opening_that_is_too_long_becomes_more_segments_and_only_the_last_has_room_for_the_link() -> None:
    result = post(part("First sentence is here.", "Second sentence is here.", "Third sentence is here."), kind=Kind.FAQ, length=50)
    assert texts(result) == ["First sentence is here. Second sentence is here.", "Third sentence is", "here.\n\nThe full article: https://example.com/a"]


def test_a_word_longer_than_a_segment_is_held_not_torn() -> None:
    result = post(part("Opening."), part("x" * 40, question="Why?"), kind=Kind.FAQ, length=30, link_policy="never")
    assert "x" * 40 in texts(result)
    assert [hold.detail for hold in result.holds] == ["segment 3: 40 of 30 graphemes; shorten it by 10."]


def test_bytes_count_too() -> None:
    result = post(part("é" * 20), size=30, link_policy="never")
    assert [hold.detail for hold in result.holds] == ["40 of 30 bytes; shorten it by 10."]


def test_evidence_names_each_sentence_once_and_drops_what_the_article_does_not_have() -> None:
    said = Part(paragraphs=((Statement(text="One.", evidence=("s2", "s1", "s2", "s77", "x")), Statement(text="Two.", evidence=("s1", "a1"))),))
    assert post(said).content.segments[0].evidence == (
        Evidence(sentence="s2", text="The second one."), Evidence(sentence="s1", text="The first sentence."), Evidence(sentence="a1", text="Because."),
    )


def test_chinese_statements_are_joined_without_a_space() -> None:
    assert texts(post(part("这是一句。", "这是两句。"), link_policy="never")) == ["这是一句。这是两句。"]


# --- link, tags, sign-off, card -----------------------------------------------------------------


@pytest.mark.parametrize(("policy", "linked", "on"), [("last", [False, True], (0,)), ("always", [True, True], (0, 1)), ("never", [False, False], None)])
def test_the_link_policy_decides_which_segments_have_the_link(policy: str, linked: list[bool], on: tuple[int, ...] | None) -> None:
    parts = part("Opening."), part("Because.", question="Why?")
    on_x = post(*parts, kind=Kind.FAQ, link_policy=policy)
    assert [segment.has_url for segment in on_x.content.segments] == linked
    assert on_x.content.card is None
    on_bluesky = post(*parts, kind=Kind.FAQ, platform="bluesky", link_policy=policy)
    assert not any("http" in text for text in texts(on_bluesky))
    assert (on_bluesky.content.card.on if on_bluesky.content.card else None) == on


def test_the_query_of_the_account_is_added_to_link_and_card() -> None:
    assert texts(post(part("Text."), utm="utm_source={platform}"))[0].endswith("https://example.com/a?utm_source=x")
    card = post(part("Text."), platform="bluesky", utm="utm_source={platform}").content.card
    assert card == Card(uri="https://example.com/a?utm_source=bluesky", title="A headline", description="The first sentence. The second one.", thumb="ab" * 32)


def test_an_article_without_address_makes_a_post_without_link_and_says_so() -> None:
    nowhere = ARTICLE.model_copy(update={"url": None})
    for platform in ("x", "bluesky"):
        result = post(part("Text."), article=nowhere, platform=platform)
        assert (texts(result), result.content.card) == (["Text."], None)
        assert [warning.code for warning in result.warnings] == [WarningCode.NO_LINK]
    assert not post(part("Text."), article=nowhere, link_policy="never").warnings


def test_a_link_that_the_text_has_already_is_not_put_twice() -> None:
    assert texts(post(part("See https://example.com/a now."))) == ["See https://example.com/a now."]


def test_hashtags_and_sign_off_stand_in_the_last_segment_and_tags_only_once() -> None:
    options = {"hashtags": ("AI", "chips"), "signoff": "By @demo", "link_policy": "never"}
    assert texts(post(part("On #ai today."), **options)) == ["On #ai today.\n\n#chips\n\nBy @demo"]
    thread = post(part("Opening."), part("Because.", question="Why?"), kind=Kind.FAQ, **options)
    assert texts(thread) == ["Opening.", "Why?\n\nBecause.\n\n#AI #chips\n\nBy @demo"]


def test_a_card_describes_with_as_many_whole_sentences_as_it_shows() -> None:
    def description(dek: str) -> str:
        card = post(part("Text."), platform="bluesky", article=ARTICLE.model_copy(update={"dek": dek})).content.card
        assert card is not None
        return card.description

    assert description("Short one. " + "A long sentence, " * 20 + "ends.") == "Short one."
    cut = description("a word " * 60)
    assert cut.endswith((" word…", " a…"))
    assert 250 < graphemes.length(cut) <= 300
    assert description("") == ""


# --- accidental links ---------------------------------------------------------------------------


def test_a_name_that_x_takes_for_an_address_is_flagged_with_its_price() -> None:
    result = post(part("See README.md first."), link_policy="never")
    assert texts(result) == ["See README.md first."]
    assert [(warning.code, warning.span, warning.detail) for warning in result.warnings] == [
        (WarningCode.ACCIDENTAL_LINK, "README.md", "README.md reads as a link: $0.200 instead of $0.015. Reword it, or approve it as it is."),
    ]


@pytest.mark.parametrize("text", ["See example.com/a first.", "See https://other.example.com/b first.", "See node.js and v3.11.7 first."])
def test_the_articles_own_address_and_addresses_written_out_are_not_accidental(text: str) -> None:
    assert not post(part(text), link_policy="never").warnings


def test_an_address_of_the_sign_off_is_meant() -> None:
    assert not post(part("Text."), link_policy="never", signoff="more at example.org").warnings


def test_on_bluesky_a_name_gets_no_facet_so_it_is_no_link_and_nothing_to_warn_of() -> None:
    result = post(part("See README.md and https://example.com/b."), platform="bluesky")
    assert [facet.value for facet in result.content.segments[0].facets] == ["https://example.com/b"]
    assert not post(part("See README.md."), platform="bluesky").content.segments[0].has_url
    assert not result.warnings


# --- edits --------------------------------------------------------------------------------------


def test_an_edit_is_measured_again_and_keeps_card_and_languages() -> None:
    before = post(part("Text."), platform="bluesky").content
    result = edited(["Other  text\n\n\n\nhere. "], before, Plain(280, cards=True))
    assert texts(result) == ["Other  text\n\nhere."]
    assert result.content.segments[0].length == 18
    assert result.content.segments[0].evidence == (), "nobody named what the new words rest on"
    assert (result.content.card, result.content.languages) == (before.card, ("en",))


def test_an_edit_that_changes_the_number_of_segments_keeps_the_evidence_of_what_stays_and_moves_the_card_along() -> None:
    before = post(part("One."), part("Two."), kind=Kind.FAQ, platform="bluesky", link_policy="always").content
    result = edited(["One.", "Two.", "Three."], before, Plain(280, cards=True))
    assert result.content.card is not None
    assert result.content.card.on == (0, 1, 2)
    assert [segment.evidence for segment in result.content.segments] == [before.segments[0].evidence, before.segments[1].evidence, ()]


def test_the_evidence_of_an_edit_is_looked_for_in_the_article() -> None:
    before = post(part("Text.")).content
    article = Article(title="The ferry", body="The ferry carried 412,000 riders last year. The council votes in May. Tickets cost nothing.")
    result = edited(["Some 412,000 riders took the ferry. The mayor sings. In May, the council votes."], before, Plain(280), article)
    assert [one.sentence for one in result.content.segments[0].evidence] == ["s1", "s2"]


def test_an_edit_is_checked_for_length_and_accidental_links() -> None:
    before = post(part("Text.")).content
    result = edited(["See README.md, " + "and more " * 5], before, Plain(30))
    assert [hold.code for hold in result.holds] == [HoldCode.TOO_LONG]
    assert [warning.span for warning in result.warnings] == ["README.md"]


@pytest.mark.parametrize("nothing", [[], ["  "], ["One.", ""]])
def test_an_edit_that_leaves_nothing_is_refused(nothing: list[str]) -> None:
    with pytest.raises(UsageError, match="empty"):
        edited(nothing, post(part("Text.")).content, Plain(280))


def test_the_evidence_of_an_edit_is_never_what_only_hidden_markup_says() -> None:
    pair = FaqPair(question="Who won?", answer="The harbour won a golden prize.", visible=False)
    article = Article(title="The ferry", body="The ferry carried riders.", faq=(pair,))
    result = edited(["The harbour won a golden prize."], post(part("Text.")).content, Plain(280), article)
    assert result.content.segments[0].evidence == ()


# --- layouts ------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's own copy of the prompts folder."""
    return Path(copytree(SHIPPED[0], tmp_path / "prompts"))


def test_a_users_layout_decides_where_things_stand_and_may_number_segments(own: Path) -> None:
    (own / "layout" / "x.faq.j2").write_text("{{ link }}\n{{ number }}/{{ total }} {{ question }}\n\n\n\n{{ text }}  \n")
    opening = " ".join(f"Sentence number {number} of many." for number in range(40))
    result = post(part(opening), part("Because.", question="Why?"), kind=Kind.FAQ, length=60, prompts=own)
    found, total = texts(result), len(result.content.segments)
    assert total > 10
    assert [text.splitlines()[0].split()[0] for text in found[:-1]] == [f"{number}/{total}" for number in range(1, total)]
    assert found[-1] == f"https://example.com/a\n{total}/{total} Why?\n\nBecause."
    assert not result.holds


def test_article_text_is_never_a_template() -> None:
    assert texts(post(part("{{ 7 * 7 }} {% raw %} {# #}"), link_policy="never")) == ["{{ 7 * 7 }} {% raw %} {# #}"]


@pytest.mark.parametrize("broken", ["{{ nothing }}", "{% if %}", "{{ text", "{{ 1 / 0 }}", "{{ ''.__class__.__mro__ }}", "{{ text + 1 }}", "{% include 'none.j2' %}"])
def test_a_broken_layout_is_a_configuration_error_that_names_the_file(own: Path, broken: str) -> None:
    (own / "layout" / "x.short.j2").write_text(broken)
    with pytest.raises(ConfigError, match=r"x\.short\.j2|none\.j2") as error:
        post(part("Text."), prompts=own)
    assert "\n" not in str(error.value)


def test_a_missing_layout_is_a_configuration_error_that_names_the_file(own: Path) -> None:
    (own / "layout" / "x.short.j2").unlink()
    with pytest.raises(ConfigError, match=r"layout/x\.short\.j2"):
        post(part("Text."), prompts=own)


# --- room ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"hashtags": ("AI",), "signoff": "By us"}, {"link_policy": "never"}, {"platform": "bluesky"}])
def test_a_text_of_exactly_the_room_fits_and_one_more_does_not(options: dict[str, Any]) -> None:
    demo = account(**options)
    platform = Plain(280, cards=demo.platform == "bluesky")
    most = room(ARTICLE, Kind.SHORT, demo, platform)
    assert not post(part("a" * most), **options).holds
    assert post(part("a" * (most + 1)), **options).holds


def test_room_is_what_the_tightest_segment_leaves() -> None:
    assert room(ARTICLE, Kind.SHORT, account(), Plain(280)) == 280 - len("\n\nhttps://example.com/a")
    assert room(ARTICLE, Kind.FAQ, account(), Plain(280)) == 280 - len("\n\nThe full article: https://example.com/a")
    assert room(ARTICLE, Kind.SHORT, account(signoff="x" * 300), Plain(280)) == 0


# --- properties ---------------------------------------------------------------------------------

_WORDS = st.lists(st.sampled_from(["word", "U.S.", "end.", "Then", "clause,", "e\u0301te\u0301", "👨‍👩‍👧‍👦.", "日本語。", "x.ai", "https://example.com/q", "y" * 25]) | st.text(max_size=5), min_size=1, max_size=30).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(_WORDS, st.lists(st.tuples(_WORDS, _WORDS), max_size=3), st.sampled_from([30, 60, 280]), st.sampled_from(["x", "bluesky"]), st.sampled_from(list(Kind)))
def test_no_segment_is_over_its_limit_unless_held_and_formatting_is_deterministic(opening: str, pairs: list[tuple[str, str]], length: int, platform: str, kind: Kind) -> None:
    parts = [part(opening), *(part(answer, question=question) for question, answer in pairs)]
    result = post(*parts, kind=kind, length=length, platform=platform)
    over = [segment for segment in result.content.segments if segment.length > segment.limit]
    assert len(over) == sum(hold.code is HoldCode.TOO_LONG for hold in result.holds)
    assert result == post(*parts, kind=kind, length=length, platform=platform)


@settings(max_examples=60, deadline=None)
@given(_WORDS, st.sampled_from([30, 60, 280]))
def test_a_text_that_is_split_keeps_every_word_in_order(opening: str, length: int) -> None:
    result = post(part(opening), kind=Kind.FAQ, length=length, link_policy="never")
    platform = Plain(length)
    assert "".join("".join(texts(result)).split()) == "".join(platform.measure(opening).text.split())


# --- corrections -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["x", "bluesky"])
@pytest.mark.parametrize(("language", "opening"), [
    ("en", "Correction: "), ("de-AT", "Korrektur: "), ("fr", "Rectificatif : "), ("es", "Corrección: "), ("ja", "訂正："), (None, "Correction: "), ("xx", "Correction: "),
])
def test_a_correction_opens_in_the_article_s_language_and_has_no_link_card_tag_or_sign_off(platform: str, language: str | None, opening: str) -> None:
    article = ARTICLE.model_copy(update={"language": language})
    made = post(part("It is 38%."), kind=Kind.CORRECTION, article=article, platform=platform, hashtags=("news",), signoff="Daily", link_policy="always")
    assert texts(made) == [f"{opening}It is 38%."]
    assert (made.content.card, made.content.segments[0].has_url, made.holds, made.warnings) == (None, False, (), ())


def test_a_correction_of_an_article_without_an_address_misses_no_link() -> None:
    made = post(part("It is 38%."), kind=Kind.CORRECTION, article=ARTICLE.model_copy(update={"url": None}))
    assert made.warnings == ()


def test_a_correction_that_does_not_fit_is_held_not_cut_off() -> None:
    made = post(part("word " * 60 + "end."), kind=Kind.CORRECTION)
    assert [hold.code for hold in made.holds] == [HoldCode.TOO_LONG]
    assert texts(made)[0].endswith("end.")
