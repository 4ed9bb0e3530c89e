"""Identities: what counts as said already, as the same article, and as what was approved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.keys import approval_hash, fingerprint, said_key
from bot.values import Article, Card, Content, Evidence, Facet, Message, ReplyTo, Segment

SAID = 'The council calls it a "free ferry" - see https://example.com/a?id=1.'


@pytest.mark.parametrize("other", [
    SAID.upper().replace("HTTPS://EXAMPLE.COM/A?ID=1", "https://example.com/a?id=1"),
    SAID.replace("free ferry", "free\u3164 ferry"), SAID.replace("free ferry", "free\u3164ferry"), SAID.replace("free", "fr\u200bee"),
    SAID.replace("free", "fr\ufe0fee"), SAID.replace("free", "fr\u034fee"), SAID.replace("free", "ｆｒｅｅ"),
    SAID.replace('"free ferry"', "“free ferry”"), SAID.replace('"free ferry"', "„free ferry“"), SAID.replace(" - ", " – "),
    SAID.replace("a?id=1", "a?id=1&utm_source=x"), SAID.replace("https://example", "https://www.exa\u00admple"), f"\n{SAID}  ",
])
def test_what_reads_the_same_was_said_already(other: str) -> None:
    assert other != SAID
    assert said_key([other]) == said_key([SAID])


@pytest.mark.parametrize("other", [SAID.replace("free", "cheap"), SAID.replace("id=1", "id=2"), SAID.replace('"', "'"), SAID[:-1] + "!"])
def test_other_words_are_other_words(other: str) -> None:
    assert said_key([other]) != said_key([SAID])


def test_where_a_thread_is_parted_makes_a_difference() -> None:
    assert said_key(["a", "b"]) != said_key(["ab"])


def test_an_article_is_the_same_whatever_its_layout() -> None:
    one = Article(title="Ferries return", body="They’re “free”.\n\nFrom May.")
    assert fingerprint(one) == fingerprint(Article(title="Ferries  return", body="They're \"fr\u3164ee\". From\u00a0may."))
    assert fingerprint(one) != fingerprint(Article(title="Ferries return", body="They’re “free”.\n\nFrom June."))


@given(st.text(max_size=40))
def test_any_text_has_a_key(text: str) -> None:
    assert len(said_key([text, "\ud800"])) == len(fingerprint(Article(title=text, body="\udfff"))) == 64


_SEGMENT = Segment(text="Text é", length=6, limit=280, has_url=False, facets=(Facet(start=0, end=4, type="tag", value="Text"),))
_CONTENT = Content(segments=(_SEGMENT,), card=Card(uri="https://example.com/a", title="T", description="D"), languages=("en",))


def test_the_approval_hash_never_changes_between_versions() -> None:
    assert approval_hash(_CONTENT) == "081def255d83694586b50da1b25a6c6da2782989a18d60b79a5fa9d24e0726d5"


@pytest.mark.parametrize("change", [
    {"segments": (_SEGMENT.model_copy(update={"text": "Text e"}),)},
    {"segments": (_SEGMENT.model_copy(update={"facets": ()}),)},
    {"segments": (_SEGMENT.model_copy(update={"facets": (Facet(start=0, end=4, type="tag", value="text"),)}),)},
    {"segments": (_SEGMENT, _SEGMENT)},
    {"card": None},
    *({"card": Card(**{"uri": "https://example.com/a", "title": "T", "description": "D", **other})}
      for other in ({"uri": "https://example.com/b"}, {"title": "t"}, {"description": ""}, {"thumb": "00"}, {"on": (0, 1)})),
    {"languages": ()}, {"languages": ("de",)}, {"languages": ("en", "de")},
])
def test_what_readers_see_changes_the_approval_hash(change: dict[str, Any]) -> None:
    assert approval_hash(_CONTENT.model_copy(update=change)) != approval_hash(_CONTENT)


_TO = ReplyTo(post=1, root=Message(id="at://a", cid="b1"), parent=Message(id="at://b", cid="b2"))


def test_what_a_post_replies_to_is_part_of_what_is_approved() -> None:
    others = [
        None, _TO.model_copy(update={"root": _TO.parent}), _TO.model_copy(update={"parent": _TO.root}),
        _TO.model_copy(update={"parent": Message(id="at://b", cid="b3")}), _TO.model_copy(update={"parent": Message(id="at://b")}),
    ]
    hashes = {approval_hash(_CONTENT.model_copy(update={"reply_to": to})) for to in (_TO, *others)}
    assert len(hashes) == 6


def test_content_stored_before_replies_were_known_reads_and_hashes_as_it_did() -> None:
    stored = _CONTENT.model_dump(mode="json", exclude={"reply_to"})
    assert Content.model_validate(stored) == _CONTENT


@given(st.integers(0, 999), st.integers(0, 999), st.booleans(), st.integers(0, 10**6), st.text(max_size=5))
def test_lengths_limits_costs_and_evidence_do_not_change_the_approval_hash(length: int, limit: int, has_url: bool, cost: int, text: str) -> None:
    other = _SEGMENT.model_copy(update={"length": length, "limit": limit, "has_url": has_url, "cost_micros": cost, "evidence": (Evidence(sentence="s1", text=text),)})
    assert approval_hash(_CONTENT.model_copy(update={"segments": (other,)})) == approval_hash(_CONTENT)


@given(st.lists(st.text(max_size=4), min_size=1, max_size=3), st.lists(st.text(max_size=4), min_size=1, max_size=3))
def test_two_posts_have_one_approval_hash_only_if_their_texts_are_the_same(one: list[str], other: list[str]) -> None:
    def of(said: list[str]) -> str:
        return approval_hash(Content(segments=tuple(_SEGMENT.model_copy(update={"text": text}) for text in said)))

    assert (of(one) == of(other)) == (one == other)
