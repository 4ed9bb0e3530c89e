"""The holds `language` and `banned_words`, as the review stage puts them on a formatted post."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from bot import review
from bot.accounts import Account
from bot.drafters.extractive import Extractive
from bot.errors import SourceError
from bot.format import format_post, link
from bot.platforms import connect
from bot.sources import reading
from bot.values import Article, Brief, Content, Formatted, Hold, HoldCode, Segment

OWN = {HoldCode.LANGUAGE, HoldCode.BANNED_WORDS}
ARTICLE = Article(
    title="Ferry carries more riders", language="en",
    body="The harbor ferry carried more riders in its first free year than before. “You won't believe it,” the captain said.",
)


def holds(*texts: str, article: Article = ARTICLE, words: tuple[str, ...] = (), **options: Any) -> list[Hold]:
    segments = tuple(Segment(text=text, length=len(text), limit=280, has_url=False) for text in texts)
    found = review.checked(Formatted(content=Content(segments=segments)), article, urls=[], words=words, **options)
    return [hold for hold in found.holds if hold.code in OWN]


def test_a_post_in_another_language_is_held_and_both_are_named() -> None:
    (hold,) = holds("Die Fähre hat im ersten kostenlosen Jahr mehr Fahrgäste befördert als zuvor.")
    assert hold == Hold(code=HoldCode.LANGUAGE, detail="written in German, the article is in English")


def test_one_segment_in_another_language_is_enough() -> None:
    english = "The harbor ferry carried more riders in its first free year than before."
    (hold,) = holds(english, english, "El ferri del puerto llevó a más pasajeros en su primer año que antes.", english)
    assert "Spanish" in hold.detail


def test_one_long_sentence_in_another_language_is_enough_unless_the_article_has_it() -> None:
    german = "Die Fähre hat im ersten Jahr mehr Fahrgäste befördert als je zuvor."
    text = f"The harbor ferry carried more riders in its first free year than before. {german}"
    (hold,) = holds(text)
    assert hold.span == german
    assert "written in German" in hold.detail
    assert holds(text, article=ARTICLE.model_copy(update={"body": f"{ARTICLE.body}\n\n{german}"})) == []


def test_the_sign_off_does_not_decide_the_language() -> None:
    signoff = "Die Nachrichten aus dem Hafen, und mehr auf der Seite"
    assert holds(f"Ferry carried more riders\n\n{signoff}", signoff=signoff) == []


def test_banned_words_are_named_with_their_rule() -> None:
    found = holds("A Game-Changer that unlocks the harbor.", banned=["game-changer", "unlock*"])
    assert [(hold.span, hold.detail) for hold in found] == [
        ("Game-Changer", "“Game-Changer” is a banned word (BOT_BANNED_WORDS)"), ("unlocks", "“unlocks” is banned by “unlock*” (BOT_BANNED_WORDS)"),
    ]


def test_bait_is_held_unless_it_is_allowed_signed_or_the_article_s_quotation() -> None:
    text = "The ferry is free. Follow us for more!"
    (hold,) = holds(text, allow_bait=False)
    assert (hold.code, hold.span) == (HoldCode.BANNED_WORDS, "Follow us")
    assert "BOT_ALLOW_BAIT" in hold.detail
    assert holds(text, allow_bait=True) == []
    assert holds(text, allow_bait=False, signoff="Follow us for more!") == []
    assert holds("“You won't believe it,” the captain said.", allow_bait=False) == []
    assert len(holds("You won't believe it!", allow_bait=False)) == 1


def test_tags_of_the_account_may_hold_a_banned_word() -> None:
    assert holds("The ferry is free.\n\n#Harbor", words=("#Harbor",), banned=["harbor"]) == []


@pytest.mark.data
def test_offline_drafts_of_real_pages_are_never_held_for_language_or_bait(data: Path) -> None:
    drafted, alarms = 0, []
    demo = Account(name="demo", platform="x", service="https://service.example.com")
    platform = connect(demo, timeout=1)
    for file in sorted((data / "extraction" / "html").glob("*.gz")):
        try:
            article = reading.article(reading.Given(data=gzip.decompress(file.read_bytes()), where=file.name, name="page.html"))
            drafting = Extractive().draft(article, Brief(platforms=("x",), room={"x": 250}, language=article.language))
        except SourceError:
            continue
        for draft in drafting.drafts:
            for variant in draft.variants:
                formatted = format_post(article, draft.kind, variant, demo, platform)
                found = review.checked(formatted, article, urls=[article.url, link(article, demo)], words=[], allow_bait=False)
                drafted += 1
                alarms += [(hold, [one.text for one in found.content.segments]) for hold in found.holds if hold.code in OWN]
    assert drafted >= 40
    assert alarms == []


def test_what_is_too_long_to_be_checked_is_held_however_short_a_platform_counts_it() -> None:
    text = f"See https://example.com/{'a' * review.CHECKED} and 99 lies."
    segment = Segment(text=text, length=40, limit=280, has_url=True)
    found = review.checked(Formatted(content=Content(segments=(segment,))), ARTICLE, urls=[], words=[])
    assert HoldCode.TOO_LONG in [hold.code for hold in found.holds]


def test_a_long_text_is_checked_to_its_end() -> None:
    said = "The harbor ferry carried more riders. " * 200 + "It sank 99 times."
    segment = Segment(text=said, length=len(said), limit=25_000, has_url=False)
    found = review.checked(Formatted(content=Content(segments=(segment,))), ARTICLE, urls=[], words=[])
    assert [(hold.code, hold.span) for hold in found.holds] == [(HoldCode.UNSUPPORTED_NUMBER, "99")]
