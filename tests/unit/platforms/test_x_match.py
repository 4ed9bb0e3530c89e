"""Which post of a timeline counts as the one sought: a wrong "absent" doubles a post, a wrong "found" loses one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.x_match import CUT, EPOCH, MARGIN, Match, choose, expanded, folded, readable
from tests.servers.x_shown import Tweet, shown

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LONG = "The first sentence says how much it costs to run a model & why. " * 6


def post(text: str, number: str = "1900000000000000001", parent: str | None = None, at: datetime | None = NOW, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"id": number, "text": text, **more}
    if at is not None:
        made["created_at"] = at.isoformat().replace("+00:00", "Z")
    if parent is not None:
        made["referenced_tweets"] = [{"type": "quoted", "id": "5"}, {"type": "replied_to", "id": parent}]
    return made


def linked(text: str, *addresses: tuple[str, str], **more: Any) -> dict[str, Any]:
    return post(text, entities={"urls": [{"url": short, "expanded_url": long, "start": 0, "end": 1} for short, long in addresses]}, **more)


def verdict(text: str, one: dict[str, Any], parent: str | None = None) -> str:
    assert readable(one)
    match = choose(text, parent, NOW, (), [one])
    return "found" if match.found else "like" if match.like else "absent"


T = "https://t.co/abcdefghij"
U = "https://t.co/klmnopqrst"


@pytest.mark.parametrize(("text", "one", "expected"), [
    ("Plain.", post("Plain."), "found"),
    ("A & B <c>", post("A &amp; B &lt;c&gt;"), "found"),
    ("A &amp; B &lt;", post("A &amp;amp; B &amp;lt;"), "found"),
    ("&copy=2 & more", post("&amp;copy=2 &amp; more"), "found"),
    ("A & B", post("A & B"), "found"),
    ("Two\n\n\nlines  and spaces ", post("Two\n\nlines and spaces"), "found"),
    ("e\u0301te\u0301", post("été"), "found"),
    ("👩‍👩‍👧 ❤️ 日本語", post("👩‍👩‍👧 ❤ 日本語"), "found"),
    ("See https://example.com/a?b=c&d=e#f now", linked(f"See {T} now", (T, "https://example.com/a?b=c&d=e#f")), "found"),
    ("See https://example.com/a?b=c&d=e#f now", linked(f"See {T} now", (T, "https://example.com/a?b=c&amp;d=e#f")), "found"),
    ("See https://example.com/é now", linked(f"See {T} now", (T, "https://example.com/%C3%A9")), "found"),
    ("See example.com.", linked(f"See {T}.", (T, "http://example.com")), "found"),
    ("See www.example.com/", linked(f"See {T}", (T, "http://www.example.com")), "found"),
    ("See https://example.com", linked(f"See {T}", (T, "https://example.com/")), "found"),
    ("See https://example.com?a=b", linked(f"See {T}", (T, "https://example.com/?a=b")), "found"),
    ("See Example.COM", linked(f"See {T}", (T, "http://example.com")), "found"),
    ("See bücher.de", linked(f"See {T}", (T, "http://xn--bcher-kva.de")), "found"),
    ("a.com and b.com", linked(f"{T} and {U}", (T, "http://a.com"), (U, "http://b.com")), "found"),
    ("a.com and a.com", linked(f"{T} and {T}", (T, "http://a.com")), "found"),
    ("日本example.comです", linked(f"日本{T}です", (T, "http://example.com")), "found"),
    ("See https://example.com/a", post("See https://example.com/a"), "found"),
    (LONG, post(f"{LONG[:200]}… {T}", note_tweet={"text": LONG.replace("&", "&amp;")}), "found"),
    (LONG, post(LONG[:200], note_post={"text": LONG}), "found"),
    # Neither the same nor another: a person looks.
    ("See https://example.com/a now", post(f"See {T} now"), "like"),
    ("See https://example.com/a", post("See"), "like"),
    ("See https://example.com/a", linked(f"See {T}", (T, "https://example.com/other")), "like"),
    ("https://example.com/a", post(T), "like"),
    ("It\u2019s \u201cso\u201d.", post("It's \"so\"."), "like"),
    (LONG, post(f"{LONG[:200]}… {T}"), "like"),
    (LONG, post(LONG[:200]), "like"),
    # Another post.
    ("Plain.", post("Plain, but more."), "absent"),
    ("Plain, but more.", post("Plain"), "absent"),
    ("The price is 50,100", post("The price is 50,200"), "absent"),
    (LONG, post("The first sentence"), "absent"),
    ("See https://example.com/a", linked(f"Look {T}", (T, "https://example.com/a")), "absent"),
    ("AT&T", post("AT"), "absent"),
])
def test_a_text_is_compared_as_x_may_have_changed_it(text: str, one: dict[str, Any], expected: str) -> None:
    assert verdict(text, one) == expected


@pytest.mark.parametrize(("parent", "theirs", "expected"), [
    (None, None, "found"), ("7", "7", "found"), ("7", "8", "absent"), (None, "7", "absent"), ("7", None, "like"),
])
def test_the_parent_is_the_same(parent: str | None, theirs: str | None, expected: str) -> None:
    assert verdict("Same", post("Same", parent=theirs), parent) == expected


def test_the_parent_counts_under_its_newer_name_too() -> None:
    named = post("Same", referenced_posts=[{"type": "replied_to", "id": "7"}])
    assert (verdict("Same", named, "7"), verdict("Same", named)) == ("found", "absent")
    assert verdict("Same", post("Same", referenced_tweets=[{"type": "quoted", "id": "5"}])) == "found"


def test_known_posts_and_older_ones_do_not_count() -> None:
    posts = [post("Same", "1900000000000000009"), post("Same", "1900000000000000005"), post("Same", "1900000000000000001")]
    assert choose("Same", None, NOW, (), posts).found == "1900000000000000001"  # of several the oldest
    assert choose("Same", None, NOW, ("1900000000000000001",), posts).found == "1900000000000000005"
    assert choose("Same", None, NOW, [one["id"] for one in posts], posts) == Match()
    assert verdict("Same", post("Same", at=NOW - MARGIN)) == "found"
    assert verdict("Same", post("Same", at=NOW - MARGIN - timedelta(seconds=1))) == "absent"
    assert choose("Same", None, NOW, (), [post("Same", "10"), post("Same", "9")]).found == "9"  # by number, not by text


def test_without_a_time_the_id_tells_it() -> None:
    def number(at: datetime) -> str:
        return str(int((at - EPOCH).total_seconds() * 1000) << 22)

    assert verdict("Same", post("Same", number(NOW - MARGIN + timedelta(seconds=2)), at=None)) == "found"
    assert verdict("Same", post("Same", number(NOW - MARGIN - timedelta(seconds=2)), at=None)) == "absent"
    assert verdict("Same", post("Same", number(NOW - timedelta(days=1)), at=None, created_at="yesterday")) == "absent"
    assert verdict("Same", post("Same", "12345", at=None)) == "found"  # no such id: in doubt in time
    assert verdict("Same", post("Same", created_at="2026-09-01T12:00:00")) == "found"


@pytest.mark.parametrize("one", [None, [], "x", {}, {"id": 5, "text": "x"}, {"id": "5"}, {"id": "", "text": "x"}, {"id": "5", "text": None}])
def test_what_is_no_post_is_not_readable(one: object) -> None:
    assert not readable(one)


@pytest.mark.parametrize("entities", [None, [], {}, {"urls": None}, {"urls": [None, 5, {}, {"url": "", "expanded_url": "x"}, {"url": T, "expanded_url": None}]}])
def test_odd_entities_change_nothing(entities: object) -> None:
    assert expanded(post(f"See {T}", entities=entities, note_tweet={"text": None}, referenced_tweets="no")) == f"See {T}"


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
pieces = st.lists(words | st.sampled_from([
    "https://example.com/a?b=c&d=e", "example.com", "& < >", "&amp;", "&lt;x", "日本語", "👩‍👩‍👧", "https://example.org/", "sub.example.io/x", "%20", "  ", "\n",
]), min_size=1, max_size=30)


@given(pieces)
@settings(max_examples=300, deadline=None)
def test_what_x_gives_back_of_any_text_is_found(texts: list[str]) -> None:
    text = " ".join(texts)
    tweet = Tweet("1900000000000000001", text, "7", "5", NOW.timestamp(), "7")
    assert choose(text, "7", NOW, (), [shown(tweet)]).found == tweet.id


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_the_form_for_comparing_is_settled_by_white_space_and_escapes(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert folded(f"  {escaped}\n ") == folded(text)


def test_hostile_texts_take_no_time() -> None:
    begin = time.perf_counter()
    for text in ("/" * 50_000 + "a", "&amp;" * 10_000, "&" * 50_000, "a." * 25_000, "xn--" * 12_000, "%" * 50_000, "e" + "\u0301\u0316" * 12_000):
        choose(text, None, NOW, (), [post(text[:-1])])
    assert time.perf_counter() - begin < 5


def test_the_shortest_beginning_that_counts_is_long() -> None:
    text = "a" * (CUT + 50)
    assert [verdict(text, post("a" * length)) for length in (CUT - 1, CUT)] == ["absent", "like"]
