"""Candidate rules from what people change in drafts."""

from __future__ import annotations

import time

import pytest
from jinja2 import Template

from bot import voice
from bot.config import Settings
from bot.text import edits
from bot.text.edits import Candidate, Pair


def pairs(*texts: tuple[str, str]) -> list[Pair]:
    return [Pair(number, number, (drafted,), (approved,)) for number, (drafted, approved) in enumerate(texts, 1)]


def found(*texts: tuple[str, str], kind: str) -> list[Candidate]:
    return [one for one in edits.suggest(pairs(*texts)) if one.kind == kind]


def test_a_word_replaced_again_and_again_is_a_candidate_with_its_count() -> None:
    (one,) = found(
        ("Rents surge in Berlin this year.", "Rents rise in Berlin this year."), ("Fares surge on the harbor ferry.", "Fares rise on the harbor ferry."),
        ("Prices surge at the market today.", "Prices rise at the market today."), ("Sales surge in every town.", "Sales surge in every town."),
        ("The council met on Monday.", "The council met on Monday."), kind="instead",
    )
    assert (one.detail, one.times, one.of, one.posts) == ("“surge” → “rise”", 3, 4, (1, 2, 3))
    assert one.rule == 'Write "rise", not "surge".'


def test_what_was_done_once_is_no_candidate() -> None:
    assert edits.suggest(pairs(("Rents surge here.", "Rents rise here."))) == ()
    assert edits.suggest(pairs(("Rents surge in the city now.", "Rents rise in the city now."), ("The ferry is free.", "The ferry is free."))) == ()
    assert edits.suggest([]) == ()


def test_a_phrase_taken_out_is_one() -> None:
    (one,) = found(
        ("In a bold move, the council kept the ferry free.", "The council kept the ferry free."),
        ("In a bold move, the museum opened on Sundays too.", "The museum opened on Sundays too."), kind="without",
    )
    assert one.words == "in a bold move"
    assert voice.setting(one, Settings(BOT_BANNED_WORDS="unlock")) == "BOT_BANNED_WORDS=unlock, in a bold move"


def test_a_phrase_added_is_one() -> None:
    (one,) = found(
        ("The ferry stays free for a year.", "The ferry stays free for a year, says the Courier."),
        ("The museum opens on Sundays from May.", "The museum opens on Sundays from May, says the Courier."), kind="added",
    )
    assert one.rule == 'Where it fits, write "says the courier".'


def test_words_of_one_article_s_posts_alone_are_no_rule_where_there_are_others() -> None:
    same = [Pair(1, 7, ("The big ferry is free this year.",), ("The new ferry is free this year.",)), Pair(2, 7, ("A big ferry for all of us.",), ("A new ferry for all of us.",))]
    assert "instead" in {one.kind for one in edits.suggest(same)}
    other = Pair(3, 8, ("Rents are up in the whole city.",), ("Rents are higher in the whole city.",))
    assert "instead" not in {one.kind for one in edits.suggest([*same, other])}


def test_numbers_written_another_way_are_one_and_corrected_numbers_none() -> None:
    (one,) = found(("Rents are up 41% in town.", "Rents are up 41 percent in town."), ("Fares fell 7% in May.", "Fares fell 7 percent in May."), kind="number_format")
    assert "41% → 41 percent" in one.detail
    assert edits.suggest(pairs(("Rents are up 41% in town.", "Rents are up 42% in town."), ("Fares fell 7% in May.", "Fares fell 8% in May."))) == ()


@pytest.mark.parametrize(("kind", "cut"), [("hashtags", " #AI #chips"), ("emoji", " 🚀"), ("exclamation", "!"), ("link", "\n\nhttps://example.com/a")])
def test_signs_taken_out_are_candidates(kind: str, cut: str) -> None:
    (one,) = found((f"Rents are up in town{cut}", "Rents are up in town"), (f"Fares fell in May{cut}", "Fares fell in May"), (f"Sales rose{cut}", f"Sales rose{cut}"), kind=kind)
    assert (one.times, one.of) == (2, 3)


def test_length_lead_ins_openings_and_endings() -> None:
    short = [
        ("TrendForce: Rents are up in town. The council will look at this again in the autumn.", "Rents are up in town."),
        ("Courier: Fares fell in May on every line. More about this will follow in the coming weeks.", "Fares fell in May on every line."),
    ]
    kinds = {one.kind: one for one in edits.suggest(pairs(*short))}
    assert set(kinds) == {"length", "lead_in", "ending"}
    assert kinds["length"].detail.startswith("shorter: median −")
    assert kinds["ending"].detail == "the last sentence dropped"
    (other,) = found(("Rents are up 8% in town.", "In town, rents are up 8%."), ("Fares fell by 7% in May.", "In May, fares fell by 7%."), kind="opening")
    assert "“Rents are up 8% …” → “In town , rents …”" in other.detail


def test_a_text_written_anew_says_nothing_about_single_words() -> None:
    anew = [("Rents are up in the city.", "A free ferry sails at noon."), ("Fares fell in May on all lines.", "Museums open late tonight, and pay less.")]
    assert {one.kind for one in edits.suggest(pairs(*anew))} <= {"opening", "length"}


@pytest.mark.parametrize("hostile", ["{{ 7 * 7 }}", "{% raw %}", "{# gone #}", "{{{ x }}}", "{{%}}"])
def test_nothing_suggested_is_compiled_as_a_template(hostile: str) -> None:
    one = Candidate("instead", "", 2, 2, (1, 2), f'Write "rise", not "{hostile}".', hostile)
    assert Template(voice.line(one)).render() == one.rule


def test_small_words_are_not_offered_for_the_ban() -> None:
    assert voice.setting(Candidate("instead", "", 2, 2, (1, 2), "", "that"), Settings()) is None
    assert voice.setting(Candidate("without", "", 2, 2, (1, 2), "", "very big"), Settings()) == "BOT_BANNED_WORDS=very big"


@pytest.mark.parametrize("piece", ["a ", "a b c d e f g h. ", "#a ", "🚀", "1% ", "x: "])
def test_long_texts_take_bounded_time(piece: str) -> None:
    long = piece * (25_000 // len(piece))
    began = time.process_time()
    edits.suggest(pairs((long, long[::2]), (long, long[::3])))
    assert time.process_time() - began < 10
