"""The keys by which texts that are alike are found: the same for ever, few, and enough."""

from __future__ import annotations

import random
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import bands
from bot.text.similarity import compared, words

POST = "The harbour ferry will run every ten minutes from May, and the fare stays as it is for now."
LONG = " ".join(f"{'abcdefghij'[n % 10] * 3}{crc32(bytes([n % 256, n // 256])) % 1000}" for n in range(600)).split()

GOLDEN = bands.Bands(keys=(14930622485115860795, 1682234168220037124, 847876407120245280, 10097573435926727935, 5659060831925038132, 5830003790041635635, 14663226622093673986), sketch=9223257775191947310)
GOLDEN_JAPANESE = bands.Bands(keys=(4927041435643157464, 8587066872240478258, 1801400277619524269, 4665059371633720775, 18099334534455524882, 1313086647732680312, 12325306555121828313), sketch=18438583489833993759)
GOLDEN_ARTICLE = (548242255, 855509712, 860967014, 1674114046, 1688160114, 1849098182, 1849126898, 1854938338, 1963347373, 2169569480, 2197328916, 2520027833, 2710874470, 3217932054, 3513554218)


def test_the_keys_of_a_text_never_change() -> None:
    """They are in databases: other keys for a text would be a migration."""
    assert bands.bands(compared(POST)) == GOLDEN
    assert bands.bands(compared("港の新しい橋は五月に開通")) == GOLDEN_JAPANESE
    assert bands.article_keys(words(POST)) == GOLDEN_ARTICLE


def found(one: str, other: str) -> bool:
    keys = bands.bands(compared(one)).keys
    return any(key in probes for key, probes in zip(keys, bands.probes(compared(other)).keys, strict=True))


def test_edited_posts_share_a_key_and_others_do_not() -> None:
    edited = POST.replace("harbour ferry", "new ferry")
    assert found(POST, edited)
    assert found(edited, POST)
    assert not found(POST, "The council voted on Thursday to rebuild the old market hall in brick.")


def test_sketches_of_edited_posts_are_near_and_of_others_far() -> None:
    one, edited, other = (bands.bands(compared(text)).sketch for text in (POST, POST.replace("ten", "five"), "A market hall of brick, and a vote on it."))
    assert bands.apart(one, one) == 0
    assert bands.apart(one, edited) < 14
    assert bands.apart(one, other) > 22


@given(st.text(max_size=200))
def test_any_text_has_its_own_keys_among_those_it_looks_for(text: str) -> None:
    said = compared(text)
    kept, wanted = bands.bands(said), bands.probes(said)
    assert wanted.sketch == kept.sketch < 1 << 64
    assert [keys[0] for keys in wanted.keys] == list(kept.keys)
    assert all(len(keys) == bands.PROBES for keys in wanted.keys)
    assert len(kept.keys) == (bands.BANDS if said else 0)
    assert all(0 <= key < 1 << 64 for key in kept.keys)


@given(st.text(alphabet="abc", min_size=5, max_size=60))
def test_how_often_and_where_a_group_stands_makes_no_difference(text: str) -> None:
    assert bands.bands(f"{text}xyz{text}") == bands.bands(f"{text}xyz{text}xyz{text}")


@pytest.mark.parametrize(("part", "least"), [(LONG[:180], 6), (LONG[200:380], 2), (LONG[:30], 2), (LONG[:300] + LONG[350:], 10)], ids=["lead", "excerpt", "summary", "cut"])
def test_parts_of_an_article_share_some_of_its_keys(part: list[str], least: int) -> None:
    assert len(set(bands.article_keys(LONG)) & set(bands.article_keys(part))) >= least


def test_articles_that_share_nothing_share_no_key() -> None:
    other = [word[::-1] for word in LONG]
    assert not set(bands.article_keys(LONG)) & set(bands.article_keys(other))


@given(st.lists(st.text(max_size=6), max_size=80))
def test_an_article_has_at_most_32_keys_and_needs_none(said: list[str]) -> None:
    keys = bands.article_keys(said)
    assert len(keys) <= 32
    assert list(keys) == sorted(set(keys))
    assert all(0 <= key < 1 << 32 for key in keys)
    assert bool(keys) == bool(said)


def test_as_good_as_all_posts_that_are_much_alike_are_found() -> None:
    chance = random.Random(5)
    vocabulary = [f"{chr(97 + n % 26)}{chr(97 + n * 7 % 26)}{'aeiou'[n % 5]}{chr(97 + n * 3 % 26)}{'stnr'[n % 4]}" for n in range(900)]
    asked = hits = 0
    for _ in range(300):
        said = [chance.choice(vocabulary) for _ in range(30)]
        edited = list(said)
        for _ in range(3):
            edited[chance.randrange(30)] = chance.choice(vocabulary)
        asked, hits = asked + 1, hits + found(" ".join(said), " ".join(edited))
    assert hits / asked > 0.98
