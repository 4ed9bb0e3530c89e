"""The offline drafter: the article's own whole sentences, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import intake
from bot.drafters.extractive import Extractive
from bot.drafters.openers import dangling, whole
from bot.errors import DraftError
from bot.text import grounding, sentences
from bot.values import Article, Brief, Draft, FaqPair, Kind
from tests.unit.draft.examples import BRIEF, harbour, sample


def of(kind: Kind, article: Article, brief: Brief = BRIEF) -> Draft | None:
    return next((draft for draft in Extractive().draft(article, brief).drafts if draft.kind is kind), None)


def short(article: Article, room: int = 280) -> str:
    draft = of(Kind.SHORT, article, Brief(platforms=("x",), room={"x": room}))
    assert draft
    assert len(draft.variants) == 1
    return texts(draft)[0]


def texts(draft: Draft) -> list[str]:
    return [
        " ".join(said.text for paragraph in part.paragraphs for said in paragraph)
        for variant in draft.variants for part in variant.parts
    ]


@pytest.mark.data
def test_the_sample_s_short_is_its_dek_word_for_word(data: Path) -> None:
    article = sample(data)
    draft = of(Kind.SHORT, article)
    assert draft
    assert texts(draft) == [article.dek]
    assert draft.variants[0].platforms == ("x", "bluesky")
    assert [said.evidence for said in draft.variants[0].parts[0].paragraphs[0]] == [("s1",), ("s2",)]


@pytest.mark.data
def test_the_sample_s_thread_is_its_headline_and_its_three_pairs_word_for_word(data: Path) -> None:
    article = sample(data)
    draft = of(Kind.FAQ, article)
    assert draft
    parts = draft.variants[0].parts
    assert texts(draft) == [article.title, *(pair.answer for pair in article.faq)]
    assert parts[0].question is None
    assert parts[0].paragraphs[0][0].evidence == ("s0",)
    assert [(part.question.text, part.question.evidence) for part in parts[1:] if part.question] == [
        (pair.question, (f"q{number}",)) for number, pair in enumerate(article.faq, 1)
    ]
    assert [part.paragraphs[0][0].evidence for part in parts[1:]] == [("a1",), ("a2",), ("a3",)]


def test_a_dek_that_fits_only_one_platform_makes_two_variants() -> None:
    draft = of(Kind.SHORT, harbour(), Brief(platforms=("x", "bluesky"), room={"x": 80, "bluesky": 300}))
    assert draft
    assert [variant.platforms for variant in draft.variants] == [("x",), ("bluesky",)]
    assert texts(draft)[1] == harbour().dek
    assert len(texts(draft)[0]) <= 80


@pytest.mark.parametrize(
    "dek",
    ["", "This changes the harbour for good and for all.", "The harbour of Lindholm takes ships again after 14 months of repairs…",
     "Harbour of Lindholm reopens after 14 months.", "Lindholm harbour, ships, repairs", "word " * 80 + "end.", "“The quay will outlive all of us."],
    ids=["missing", "dangling", "trails off", "the title", "no sentence", "too long", "open quotation"],
)
def test_an_unusable_dek_gives_way_to_the_best_sentences_of_the_article(dek: str) -> None:
    article = harbour(dek=dek)
    text = short(article)
    assert text != dek
    assert len(text) <= 280
    said = sentences.split(text, "en")
    assert said
    assert set(said) <= set(sentences.of_article(article).values())


def test_a_sentence_that_leans_on_the_one_before_goes_out_with_it_or_not_at_all() -> None:
    article = harbour(dek="")
    for room in range(40, 400, 7):
        said = sentences.split(short(article, room), "en")
        told = list(sentences.of_article(article).values())
        for at, sentence in enumerate(said):
            if dangling(sentence, "en"):
                assert at, f"{sentence} opens a post of {room} characters"
                assert told.index(sentence) == told.index(said[at - 1]) + 1


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Their combined compute grows."), ("en", "It's new."), ("en", "But prices fall."), ("en", "However, it rains."), ("en", "Q1: What is it?"),
     ("en", "As a result, prices fall."), ("en", "“This is new,” she said."), ("en", "and so on."), ("de", "Dies ist neu."), ("de", "Jedoch fällt der Preis."),
     ("de", "Außerdem regnet es."), ("fr", "Cependant, il pleut."), ("fr", "C’est nouveau."), ("fr", "Elle grandit."), ("es", "Sin embargo, llueve."), ("es", "Esto cambia todo.")],
)
def test_words_that_point_back_are_dangling(language: str, sentence: str) -> None:
    assert dangling(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "TrendForce reports growth."), ("en", "Iterations are cheap."), ("de", "Die Preise fallen."), ("de", "Nach dem Sturm blieb es ruhig."),
     ("fr", "En 2026, les prix baissent."), ("fr", "Le port rouvre."), ("es", "Por primera vez llueve."), ("es", "Sin agua no hay vida."), ("ja", "港が再開した。")],
)
def test_words_that_stand_alone_are_not(language: str, sentence: str) -> None:
    assert not dangling(sentence, language)


def test_whole_sentences_end_and_close_what_they_open() -> None:
    assert whole("The quay stands.")
    assert whole("“It stands,” she said.")
    assert whole("港が再開した。")
    assert not whole("The quay")
    assert not whole("The quay stands…")
    assert not whole("The quay stands [...]")
    assert not whole("“The quay stands.")


def test_the_headline_is_the_last_resort() -> None:
    assert short(harbour(dek="", body="No full sentence here\n\nand none here")) == harbour().title


def test_a_sentence_too_long_for_the_room_stays_whole() -> None:
    long = "The port authority " + "and its many partners " * 20 + "agree."
    assert short(harbour(title="", dek="", body=long), 100) == long


def test_nothing_at_all_is_an_error() -> None:
    with pytest.raises(DraftError, match="no sentence"):
        Extractive().draft(Article(title="", body=""), BRIEF)


def test_no_thread_without_pairs_and_none_from_hidden_pairs() -> None:
    assert of(Kind.FAQ, harbour(faq=())) is None
    hidden = FaqPair(question="Is it free?", answer="Yes, all of it.", visible=False)
    assert of(Kind.FAQ, harbour(faq=(hidden,))) is None
    draft = of(Kind.FAQ, harbour(faq=(hidden, *harbour().faq)))
    assert draft
    assert texts(draft) == [harbour().title, *(pair.answer for pair in harbour().faq)]
    assert draft.variants[0].parts[1].paragraphs[0][0].evidence == ("a2",)


def test_only_the_kinds_asked_for() -> None:
    drafting = Extractive().draft(harbour(), Brief(kinds=(Kind.FAQ,), platforms=("x",), room={"x": 255}))
    assert [draft.kind for draft in drafting.drafts] == [Kind.FAQ]


def test_wide_characters_count_twice_where_the_platform_says_so() -> None:
    dek = "港" * 99 + "。"
    draft = of(Kind.SHORT, harbour(dek=dek, language="ja"), Brief(platforms=("x", "bluesky"), room={"x": 150, "bluesky": 150}, units=BRIEF.units))
    assert draft
    assert [variant.platforms for variant in draft.variants] == [("x",), ("bluesky",)]


def test_without_a_unit_wide_characters_count_twice() -> None:
    brief = Brief(platforms=("x", "bluesky"), room={"x": 150, "bluesky": 150})
    draft = of(Kind.SHORT, harbour(dek="港" * 99 + "。", language="ja"), brief)
    assert draft
    assert [variant.platforms for variant in draft.variants] == [("x", "bluesky")]


def test_invisible_characters_do_not_reach_a_draft() -> None:
    assert "\u00ad" not in short(harbour(dek="Die Ha\u00adfen\u00adverwaltung öffnet den Kai am Montag wieder."))


def holds(article: Article) -> list[str]:
    return [
        f"{hold.code}: {hold.span}"
        for draft in Extractive().draft(article, BRIEF).drafts for text in [
            *texts(draft), *(part.question.text for variant in draft.variants for part in variant.parts if part.question)
        ]
        for hold in grounding.check(text, article)[0]
    ]


@pytest.mark.data
def test_the_sample_s_drafts_have_no_holds(data: Path) -> None:
    assert holds(sample(data)) == []
    assert holds(sample(data).model_copy(update={"dek": ""})) == []


PIECES = st.sampled_from([
    "TrendForce", "grows", "122%", "$1.2bn", "in 2026", "on 3 March", "twenty-five", "10-20%", "GB200", "a third", "“one two three four”", "the port",
    "€38 million", "14:30", "Tuesday", "1,234.5", "10 000", "first", "it's", "3rd", "at example.com", "#AI", "@port", "$NVDA", "—", "Q3", "5G", "(and more)",
    '"so it is said"', "12.05.2026", "½", "No. 5", "U.S.", "2,4", "May 5", "2.2x", "x²", "5 m", "5", "‘so they say it’", "1/3", "3.1.0", "two million",
])
SENTENCE = st.lists(PIECES, min_size=3, max_size=9).map(lambda words: "The " + " ".join(words) + " ends here.")


@settings(max_examples=150, deadline=None)
@given(st.lists(SENTENCE, min_size=1, max_size=6), SENTENCE, SENTENCE, st.sampled_from(["en", "de", "fr", "es", None]))
def test_a_draft_of_any_article_has_no_holds_of_its_own(body: list[str], question: str, title: str, language: str | None) -> None:
    article = Article(title=title, body="\n\n".join(body), faq=(FaqPair(question=question, answer=body[0]),), language=language)
    assert holds(article) == []


def test_drafting_time_grows_no_faster_than_the_article() -> None:
    """Eight times the sentences: the pairs that are compared are bounded. How many milliseconds it is, `tests.bench.offline` says."""
    def spent(count: int) -> float:
        lines = [f"The port of place {n} counts {n * 37} ships with many goods from {n % 7} other towns near the sea." for n in range(count)]
        article, taken = harbour(dek="", body="\n\n".join(lines)), []
        for _ in range(7):
            start = time.process_time()
            Extractive().draft(article, BRIEF)
            taken.append(time.process_time() - start)
        return min(taken)

    assert spent(320) < 24 * spent(40)


@pytest.mark.parametrize(("title", "dek", "opening"), [
    ("Harbour of Lindholm reopens", "The harbour of Lindholm reopens on Monday. It cost €38 million.", "Harbour of Lindholm reopens"),
    ("When does the harbour reopen?", "The harbour of Lindholm reopens on Monday. It cost €38 million.", "The harbour of Lindholm reopens on Monday."),
    ("This is what reopens in Lindholm", "The harbour of Lindholm reopens on Monday.", "The harbour of Lindholm reopens on Monday."),
    ("When does the harbour reopen?", "", "When does the harbour reopen?"),
    ("When does the harbour reopen?", "This is known since Monday.", "When does the harbour reopen?"),
])
def test_a_thread_opens_with_what_makes_sense_alone(title: str, dek: str, opening: str) -> None:
    draft = of(Kind.FAQ, harbour(title=title, dek=dek))
    assert draft
    assert texts(draft)[0] == opening


def test_a_thread_has_at_most_ten_questions() -> None:
    pairs = tuple(FaqPair(question=f"What is quay {n}?", answer=f"It is quay {n}.") for n in range(14))
    draft = of(Kind.FAQ, harbour(faq=pairs))
    assert draft
    assert [part.question.text for part in draft.variants[0].parts[1:] if part.question] == [pair.question for pair in pairs[:10]]


def test_a_headline_says_it_where_the_sentence_that_matters_is_too_long() -> None:
    matters = "The harbour of Lindholm reopens to ships on Monday after repairs to the harbour of Lindholm that took " + "month after month and " * 14 + "cost much."
    article = harbour(title="Harbour of Lindholm reopens to ships after repairs", dek="", body=f"{matters}\n\nBread is baked in the town of Ostra by nine people.")
    assert short(article) == article.title
    assert short(article, 600).startswith(matters)


def test_sentences_that_speak_of_the_page_ask_or_name_handles_are_not_posted() -> None:
    body = "Lindholm harbour: click here for the harbour’s timetable.\n\nWill Lindholm harbour reopen?\n\nAsk @lindholm about the harbour.\n\nNine ships wait outside the harbour."
    assert short(harbour(dek="", body=body)) == "Nine ships wait outside the harbour."


@pytest.mark.parametrize("notice", [
    "We and our 40 partners store and access data about the harbour on your device with your consent.", "To read the full story of the harbour, subscribe or log in.",
    "Please enable JavaScript to see the harbour of Lindholm.", "Mit Klick auf „Alle akzeptieren“ stimmen Sie Cookies des Hafens Lindholm zu.",
])
def test_a_notice_is_not_posted_though_it_is_the_dek_or_names_the_subject(notice: str) -> None:
    body = f"Nine ships wait outside the harbour of Lindholm.\n\n{notice}\n\nThe quay of the harbour was mended with stone from Ostra."
    assert notice not in short(harbour(dek=notice, body=body))
    assert notice not in short(harbour(dek="", body=body))


def test_drafting_offline_loads_no_sdk() -> None:
    code = (
        "import sys, bot.draft, bot.drafters.extractive\n"
        "from bot.config import load\n"
        "bot.draft.choose(load(), None)\n"
        "print([name for name in ('openai', 'tweepy', 'atproto', 'httpx', 'httpx2') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(root)})
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


# --- several accounts on one platform ---------------------------------------------------------------------------------


def wordings(article: Article, many: int, room: int = 255) -> list[tuple[tuple[str, ...], list[str]]]:
    """Platforms and evidence of each variant of a short that as many accounts of X take."""
    draft = of(Kind.SHORT, article, Brief(platforms=("x", "bluesky"), room={"x": room, "bluesky": 300}, wordings={"x": many}))
    assert draft
    return [(variant.platforms, [at for said in variant.parts[0].paragraphs[0] for at in said.evidence]) for variant in draft.variants]


@pytest.mark.data
def test_accounts_of_one_platform_get_shorts_that_share_no_sentence_and_the_first_is_what_one_account_gets(data: Path) -> None:
    article = sample(data)
    found = wordings(article, 3)
    assert found[0] == (("x", "bluesky"), ["s1", "s2"])
    assert [platforms for platforms, _ in found[1:]] == [("x",), ("x",)]
    used = [at for _, ids in found for at in ids]
    assert len(used) == len(set(used))
    draft = of(Kind.SHORT, article, Brief(platforms=("x",), room={"x": 255}, wordings={"x": 3}))
    assert draft
    told = sentences.of_article(article)
    for text, variant in zip(texts(draft), draft.variants, strict=True):
        assert text == " ".join(told[at] for said in variant.parts[0].paragraphs[0] for at in said.evidence)
        assert grounding.check(text, article)[0] == ()


def test_an_article_that_says_one_thing_only_has_one_wording_however_many_accounts_there_are() -> None:
    only = "The harbor ferry carried 412,000 riders in its first free year."
    assert wordings(Article(title=only, dek=only, body=only, language="en"), 4) == [(("x", "bluesky"), ["s0"])]


def test_the_headline_serves_where_the_text_has_nothing_else_that_stands_alone() -> None:
    article = Article(
        title="Harbor Ferry Carries 412,000 Riders in Its First Free Year", language="en",
        body="The harbor ferry carried 412,000 riders in its first free year, the town council said. It did so daily. They liked it.",
    )
    assert [ids for _, ids in wordings(article, 2)] == [["s1"], ["s0"]]


@pytest.mark.data
def test_more_wordings_change_no_first_one(data: Path) -> None:
    for path in sorted((data / "articles").glob("*.txt")):
        (article,) = intake.read(str(path)).articles
        one, many = (of(Kind.SHORT, article, Brief(platforms=("x",), room={"x": 240}, wordings={"x": count})) for count in (1, 4))
        assert one
        assert many
        assert many.variants[0] == one.variants[0]
