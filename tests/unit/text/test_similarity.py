"""How alike posts and articles are, which of them count as the same, and the reason given."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import similarity
from bot.text.similarity import (
    FEWEST_WORDS,
    HOLD,
    compared,
    containment,
    differing,
    explain,
    explain_articles,
    score,
    words,
)

POST = "The harbour ferry will run every ten minutes from May, and the fare stays as it is for now."
any_text = st.one_of(st.text(max_size=300), st.text(alphabet="ab 1%#@.é日本\U0001f642\ud800", max_size=120))


# --- posts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [
    POST, POST.upper(), f"  {POST}\n\n", POST.replace(",", " –"), f"{POST} https://example.com/a?utm_source=x", f"https://example.org/b {POST}",
    POST.replace("ferry", "fer\u00adry"), POST.replace("harbour", "ｈａｒｂｏｕｒ"), f"{POST} @harbourline",
])  # fmt: skip
def test_what_differs_in_links_case_and_marks_says_the_same(other: str) -> None:
    found = explain(f"{POST} https://example.com/a", other)
    assert (found.score, found.same) == (1.0, True)


def test_a_link_makes_two_posts_neither_alike_nor_unlike() -> None:
    link = "https://example.com/a/very/long/address/that/two/posts/share?id=1"
    apart = score(compared("Rates rise again."), compared("A bridge opens in June."))
    assert score(compared(f"Rates rise again. {link}"), compared(f"A bridge opens in June. {link}")) == apart < 0.1


def test_a_sign_off_and_tags_are_left_out_where_they_are_named() -> None:
    ours = ("Follow us for daily news", "#Harbour", "#AI")
    assert compared(f"{POST}\n\n#harbour #AI\n\nFollow  us for daily news", ours) == compared(POST)
    assert compared(f"{POST} Follow @us at example.com/us today", ["Follow @us at example.com/us today"]) == compared(POST)
    assert compared("We met.so node.js it is") == " we met so node js it is "
    assert compared("The AI harbour opens", ours) == " the ai harbour opens "
    assert compared("#AIR is another tag", ours) == " air is another tag "


def test_an_edited_post_is_held_and_the_words_that_differ_are_told() -> None:
    found = explain(POST, POST.replace("harbour ferry", "new ferry").replace("as it is", "as is"))
    assert found.same
    assert HOLD <= found.score < 1
    assert (found.only_a, found.only_b) == (("harbour", "it"), ("new",))


@pytest.mark.parametrize(("one", "other", "told"), [
    ("Sales were up 12% in the first quarter", "Sales were up 21% in the first quarter", "12% / 21%"),
    ("up 12%", "up 21%", "12% / 21%"),
    ("Twelve people were hurt when the pier gave way", "Eleven people were hurt when the pier gave way", "Twelve / Eleven"),
    ("Markets this week: shares up 3.1%, oil at $81, gold at $2,300", "Markets this week: shares up 2.4%, oil at $79, gold at $2,310", "3.1%, $81, $2,300 / 2.4%, $79, $2,310"),
    ("The ferry to the island starts on 5 May", "The ferry to the island starts on 9 May", "5 May / 9 May"),
    ("The meeting of the council is on Monday", "The meeting of the council is on Friday", "Monday / Friday"),
])  # fmt: skip
def test_texts_that_differ_in_their_numbers_are_not_duplicates_and_it_says_why(one: str, other: str, told: str) -> None:
    found = explain(one, other)
    assert not found.same
    assert found.other_numbers
    assert found.why.endswith(f"but the numbers differ: {told}")


@pytest.mark.parametrize(("one", "other", "same"), [
    ("The bridge costs the town $5m this year", "The bridge costs the town €5m this year", False),
    ("The bridge costs the town $5m this year", "The bridge costs the town 5m this year", True),
    ("The bridge costs $5m, the city says", "The new bridge costs €5m, the city says", False),
    ("Each crossing of the new harbour bridge costs 5 dollars for all who drive", "Each crossing of the new harbour bridge costs $5 for all who drive", True),
])  # fmt: skip
def test_another_currency_is_another_number(one: str, other: str, same: bool) -> None:
    assert (explain(one, other).same, explain(one, other).other_numbers) == (same, not same)


@pytest.mark.parametrize("other", [
    "The council decides on May 🚢 14 🚢 on the future of the harbour ferry!", "#The #council #decides #on #May #14 #on #the #future #of #the #harbour #ferry",
    "The council decides\non May\n14 — on the future of the harbour ferry", "THE COUNCIL DECIDES ON MAY 14, ON THE FUTURE OF THE HARBOUR FERRY",
])  # fmt: skip
def test_marks_between_the_same_words_make_no_other_number(other: str) -> None:
    found = explain("The council decides on May 14 on the future of the harbour ferry", other)
    assert (found.score, found.same, found.why) == (1.0, True, "the same words, but for links, tags, case or marks")


def test_figures_parted_by_marks_are_counted_as_they_are_read() -> None:
    one = "The council decides on May 🚢 14 🚢 on the future of the harbour ferry, it said"
    assert explain(one, "The council decides on May 14 on the future of the harbour ferry").same
    assert explain(one, "The council decides on #May 15 on the future of the harbour ferry").why.endswith("the numbers differ: May 14 / May 15")


@pytest.mark.parametrize(("one", "other", "same"), [("3 pm", "15:00", True), ("3 p.m.", "15:00", True), ("9:30 am", "09:30", True), ("12 am", "00:00", True), ("3 pm", "16:00", False), ("3 pm", "3 am", False)])
def test_hours_are_compared_as_hours(one: str, other: str, same: bool) -> None:
    said = "The harbour office opens its doors to all people of the town and their guests on Monday at {} and shows the new boat"
    assert explain(said.format(one), said.format(other)).same == same


@pytest.mark.parametrize(("one", "other"), [
    ("صَوَّتَ المَجلِسُ عَلى إبقاءِ العَبّارةِ مَجّانيّةً", "صوت المجلس على إبقاء العبّارة مجانية"), ("العـــبارة مجانية", "العبارة مجانية"),
    ("הַמּוֹעָצָה הִצְבִּיעָה עַל הַמַּעְבֹּרֶת", "המועצה הצביעה על המעברת"), ("نقلت العبارة ٤١٢ راكبا", "نقلت العبارة 412 راكبا"), ("नौका में ४१२ यात्री", "नौका में 412 यात्री"), ("Ferry \U00011bf0", "Ferry \U00011bf0"),
])  # fmt: skip
def test_marks_that_writers_leave_out_and_the_digits_of_a_script_make_no_difference(one: str, other: str) -> None:
    assert compared(one) == compared(other).replace("عبّارة", "عبارة")
    assert words(one) == words(other)
    assert explain(one, other).same


@pytest.mark.parametrize(("one", "other"), [
    ("The fund grew to $1.2 billion after a strong second half of the year", "The fund grew to $1.2bn after a strong second half of the year"),
    ("About 500,000 people used the harbour ferry", "About 500000 people used the harbour ferry"),
    ("Sales rose by 12 percent in the first quarter of the year", "Sales rose by 12% in the first quarter of the year"),
    ("On Tuesday the council approved the new harbour bridge", "The council approved the new harbour bridge on Tuesday"),
    ("The council approved the new harbour bridge in 2026", "The council approved the new harbour bridge"),
])  # fmt: skip
def test_numbers_spelt_otherwise_or_left_out_do_not_part_two_posts(one: str, other: str) -> None:
    assert explain(one, other).same


def test_another_story_is_not_the_same_and_the_threshold_is_told() -> None:
    found = explain(POST, "The council voted on Thursday to rebuild the old market hall in brick.")
    assert not found.same
    assert not found.other_numbers
    assert found.score < 0.2
    assert found.why.endswith("and only from 0.70 on the same")


@pytest.mark.parametrize(("one", "other", "expected", "same"), [
    ("", "", 0.0, False), ("", POST, 0.0, False), ("https://example.com/a", "https://example.com/b", 0.0, False), ("Hello", "hello!", 1.0, True),
    ("Hello", "World", 0.0, False), ("🎉🎉🎉", "🎉🎉🎉", 1.0, True), ("🎉🎉🎉", "🚲🚲🚲", 0.0, False), ("🎉", POST, 0.0, False), ("...", "!!!", 0.0, False),
])  # fmt: skip
def test_hardly_anything_is_compared_as_what_it_is(one: str, other: str, expected: float, same: bool) -> None:
    found = explain(one, other)
    assert (found.score, found.same) == (expected, same)


def test_scripts_without_spaces_are_compared_by_two_characters() -> None:
    one = "港の新しい橋は五月に開通し、運賃は据え置かれる見通しだと市は発表した。"
    assert explain(one, one.replace("見通し", "予定")).same
    assert score(compared(one), compared("議会は木曜日に、古い市場を煉瓦で建て直す計画を可決した。")) < 0.1
    assert compared("新しい橋 bridge") == " 新新ししいい橋橋 bridge "


def test_words_in_scripts_with_marks_stay_whole() -> None:
    assert compared("हिन्दी में समाचार") == " हिन्दी में समाचार "


def test_100_kb_is_compared_in_little_time() -> None:
    long = " ".join(f"word{number} is {number % 7}" for number in range(9000))
    begin = time.perf_counter()
    assert explain(long, f"{long} and more").same
    ours, theirs = (" ".join("ab"[number % every == 0] for number in range(50_000)) for every in (3, 5))
    assert explain(ours, theirs).only_a
    assert time.perf_counter() - begin < 10


@given(any_text, any_text)
def test_both_ways_say_the_same(one: str, other: str) -> None:
    found, back = explain(one, other), explain(other, one)
    assert (found.score, found.same, found.other_numbers) == (back.score, back.same, back.other_numbers)
    assert 0 <= found.score <= 1


@given(any_text)
def test_a_text_is_wholly_like_itself(text: str) -> None:
    found = explain(text, text)
    assert (found.score, found.only_a, found.only_b) == (float(bool(compared(text))), (), ())
    assert found.same == bool(compared(text))


@given(any_text, st.lists(st.text(max_size=12), max_size=4))
def test_no_text_and_no_phrase_to_ignore_breaks_the_comparison(text: str, ignore: list[str]) -> None:
    assert compared(text, ignore) == compared(text, list(reversed(ignore))) or len(ignore) > 1
    assert explain(text, text, ignore=ignore).same == bool(compared(text, ignore))


def test_differences_are_cut_for_people() -> None:
    assert differing("same a b c same", "same x same") == (("a b c",), ("x",))
    many = " ".join(f"w{number}" for number in range(400))
    ours, theirs = differing(many, "one other")
    assert len(" ".join(ours).split()) == 13
    assert ours[-1] == "…"
    assert theirs == ("one other",)


def test_the_numbering_of_a_thread_is_no_difference() -> None:
    parts = [POST, "Two boats were refitted.", "The fare is 2/3 of what it was."]
    assert similarity.thread([f"{part} {at}/3" for at, part in enumerate(parts, 1)]).split() == " ".join(parts).split()
    assert similarity.thread([f"({at}/3) {part}" for at, part in enumerate(parts, 1)]).split() == " ".join(parts).split()
    assert similarity.thread(["Only half: 1/2"]) == "Only half: 1/2"
    assert similarity.thread([]) == ""


# --- articles -------------------------------------------------------------------------------------------------------

ARTICLE = """Harbour ferry to run every ten minutes

The harbour ferry will run every ten minutes from 4 May, the city said on Tuesday, twice as often as today. The fare of 2.40 euros
stays as it is until the end of the year.

Two boats that served the northern islands were refitted over the winter at a cost of 3.1 million euros. Each takes 180 passengers
and 40 bicycles, and runs on batteries that are charged overnight at the pier.

Residents of the old town had asked for more crossings since the bridge was closed to cars in 2024. A survey of 1,200 passengers
found that most would give up their car for the daily way to work if they never had to wait for longer than a quarter of an hour.

The city expects 1.9 million passengers a year. A decision on a second line, to the new hospital, is to follow in autumn."""
WEEKLY = """Market report for the week to {date}

Shares in the harbour index closed the week at {a} points, a change of {b} per cent on the week before. Trading volume came to {c}
million euros, and the most active title moved by {d} per cent. In the bond market the yield on ten-year paper stood at {e} per
cent at the close. Analysts look ahead to the figures on inflation that are due on Thursday of next week at nine o'clock."""


def same(one: str, other: str) -> bool:
    found, back = explain_articles(one, other), explain_articles(other, one)
    assert (found.score, found.same) == (back.score, back.same)
    return found.same


@pytest.mark.parametrize("other", [
    ARTICLE[:330],  # what a feed shows
    "\n\n".join(ARTICLE.split("\n\n")[1:3]),
    f"You are reading the print view\n\n{ARTICLE}\n\nSource: the harbour office. All rights reserved.".upper(),
    ARTICLE.replace("twice as often as today", "double the present number").replace("Residents of the old town", "People in the old town").replace("1.9 million", "2.1 million"),
    ARTICLE.replace("The harbour ferry will run", "(Agency) The harbour ferry is to run").replace("\n\nTwo boats", "\n\nThe operator said that two boats"),
], ids=["summary", "excerpt", "print view", "edited", "syndicated"])  # fmt: skip
def test_copies_of_an_article_are_the_same_article(other: str) -> None:
    assert same(ARTICLE, other)


def test_a_weekly_report_with_other_numbers_is_another_article_and_it_says_why() -> None:
    one = WEEKLY.format(date="6 March", a="4,112", b="1.2", c="310", d="5.5", e="2.31")
    other = WEEKLY.format(date="13 March", a="4,087", b="-0.6", c="287", d="3.9", e="2.28")
    found = explain_articles(one, other)
    assert found.score > similarity.SAME_ARTICLE
    assert not same(one, other)
    assert found.other_numbers
    assert "the numbers differ" in found.why


POLICE = """{who} Charged After Stop on Harbor Road

{who}, of Kestrel Bay, was charged on {day} with driving too fast on the harbor road, police said. The driver was stopped near the pier and has to
appear before the town court next month. Police ask witnesses to call the office."""
JOBS = """Jobs report

The unemployment rate in Kestrel Bay stood at 4.1 percent in {month}, the state said. Employers added 200 jobs, most of them in tourism and at the
harbor. Economists had expected fewer. The next report will come out at the start of next month, as always."""


@pytest.mark.parametrize(("one", "other", "told"), [
    (POLICE.format(who="Anna Keller", day="Monday"), POLICE.format(who="Tom Brown", day="Monday"), "the names differ: Anna, Keller / Tom, Brown"),
    (POLICE.format(who="Anna Keller", day="Monday"), POLICE.format(who="Anna Keller", day="Friday"), "the days differ: Monday / Friday"),
    (JOBS.format(month="October"), JOBS.format(month="November"), "the months differ: October / November"),
    (POLICE.format(who="Mrs Öztürk", day="Monday"), POLICE.format(who="Mr García", day="Monday"), "the names differ: Öztürk / García"),
])  # fmt: skip
def test_reports_from_one_template_about_other_people_or_days_are_other_articles(one: str, other: str, told: str) -> None:
    found = explain_articles(one, other)
    assert found.score > similarity.SAME_ARTICLE
    assert not same(one, other)
    assert (found.other_numbers, found.why.split("but ")[-1]) == (True, told)


@pytest.mark.parametrize("other", [
    f"Woman charged after stop\n\n{POLICE.format(who='Anna Keller', day='Monday')}", POLICE.format(who="Anna Keler", day="Monday"),
    POLICE.format(who="Anna Keller", day="Monday").partition("\n")[2].strip(),
    POLICE.format(who="Anna Keller", day="Monday").replace("Anna Keller Charged After Stop on Harbor Road", "Police: Kestrel Bay Woman Drove Too Fast").replace("police said", "police told the Associated Press"),
    f"{POLICE.format(who='Anna Keller', day='Monday')} Tom Brown, a lawyer, spoke for her on Friday, and Eva Long for the town of Heron Point.",
], ids=["another headline above", "a name spelt otherwise", "without its headline", "syndicated under its own headline", "more names and days"])  # fmt: skip
def test_names_and_days_that_only_one_of_two_copies_has_do_not_part_them(other: str) -> None:
    assert same(POLICE.format(who="Anna Keller", day="Monday"), other)


def test_a_megabyte_of_numbers_is_compared_in_little_time() -> None:
    one, other = (" ".join(map(str, range(first, first + 150_000))) for first in (0, 7))
    begin = time.process_time()
    assert explain_articles(one, other).same
    assert time.process_time() - begin < 4


@pytest.mark.parametrize("other", [
    "Ferry service doubled\n\nPassengers in the port city can look forward to shorter waits: beginning in May, boats cross every ten minutes. "
    "City hall announced the new timetable on Tuesday and said that ticket prices would not go up this year. The change follows complaints "
    "by people in the historic centre, who lost their road link two years ago.",
    "Hafenfähre fährt alle zehn Minuten\n\nDie Hafenfähre fährt ab dem 4. Mai alle zehn Minuten, teilte die Stadt am Dienstag mit, doppelt so oft wie heute. Der "
    "Fahrpreis von 2,40 Euro bleibt bis Ende des Jahres. Zwei Boote wurden im Winter für 3,1 Millionen Euro umgebaut.",
    "港湾フェリー、十分間隔で運航へ。市は火曜日、五月四日から港湾フェリーを十分間隔で運航すると発表した。運賃は年末まで据え置かれる。冬の間に二隻の船が改修された。",
], ids=["another outlet", "a translation", "another script"])  # fmt: skip
def test_the_same_story_in_other_words_is_another_article(other: str) -> None:
    assert not same(ARTICLE, other)


def test_too_few_words_tell_nothing_unless_they_are_all_the_same() -> None:
    short = " ".join(ARTICLE.split()[: FEWEST_WORDS - 1])
    assert not same(ARTICLE, short)
    assert "too little to tell" in explain_articles(ARTICLE, short).why
    assert same(short, short.upper())
    assert not same("", "")


@given(any_text, any_text)
def test_no_article_breaks_the_comparison(one: str, other: str) -> None:
    assert containment(words(one), words(other)) == containment(words(other), words(one))
    assert explain_articles(one, one).same == bool(words(one))
    assert not explain_articles(one, other).same or words(other)
