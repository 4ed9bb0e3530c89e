"""An account's newest records on Bluesky, as messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.platforms import bluesky_recent as recent
from bot.platforms.bluesky_answers import Answer

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME, OTHER = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"


def record(key: str, text: object, *, did: str = ME, **value: Any) -> dict[str, Any]:
    return {"uri": f"at://{did}/app.bsky.feed.post/{key}", "cid": f"bafy{key}", "value": {"text": text, "createdAt": "2026-11-12T10:00:00.000Z", **value}}


def reply(did: str, key: str) -> dict[str, Any]:
    return {"root": {"uri": f"at://{did}/app.bsky.feed.post/{key}"}, "parent": {"uri": f"at://{did}/app.bsky.feed.post/{key}"}}


def page(*records: object, **more: Any) -> recent.Page:
    found = recent.page(Answer(200, content={"records": list(records), **more}), ME, NOW)
    assert found is not None
    return found


def facet(start: object, end: object, uri: str) -> dict[str, Any]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}]}


def test_a_record_is_a_message_with_its_card_and_what_it_replies_to() -> None:
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://example.com/ferry", "title": "T", "description": ""}}
    second, first = page(record("b", "Two", reply=reply(ME, "a")), record("a", "One", embed=card)).posted
    assert (first.text, first.card, first.above) == ("One", "https://example.com/ferry", None)
    assert (second.card, second.above, second.remote.url) == (None, first.remote.id, f"https://bsky.app/profile/{ME}/post/b")
    assert (first.at, first.remote.cid) == (datetime(2026, 11, 12, 10, tzinfo=UTC), "bafya")


def test_a_card_beside_a_quotation_counts() -> None:
    embed = {"$type": "app.bsky.embed.recordWithMedia", "media": {"external": {"uri": "https://example.com/ferry"}}}
    assert page(record("a", "One", embed=embed)).posted[0].card == "https://example.com/ferry"


def test_answers_to_others_and_what_can_not_be_read_are_left_out() -> None:
    odd = (None, 1, {}, record("c", 7), record("d", "of another", did=OTHER), {"uri": 1, "value": {"text": "x"}}, record("e", "Thanks!", reply=reply(OTHER, "x")))
    assert [one.text for one in page(*odd, record("a", "One")).posted] == ["One"]


@pytest.mark.parametrize("told", [None, 7, "yesterday", "9999-12-31T23:59:59Z", "2026-11-12", []])
def test_a_time_that_can_not_be_so_is_no_trouble(told: object) -> None:
    (found,) = page(record("a", "One", createdAt=told)).posted
    assert found.at <= NOW


def test_a_link_that_shows_something_else_is_told_as_it_leads() -> None:
    text = "日本 read here: example.com/fe… or https://example.com/b/"
    here, short, whole = (text.encode().index(part.encode()) for part in ("here", "example.com/fe", "https"))
    facets = [
        facet(here, here + 4, "https://example.com/a"), facet(short, short + len("example.com/fe…".encode()), "https://example.com/ferry"),
        facet(whole, whole + len("https://example.com/b/"), "https://example.com/b"),
    ]
    assert recent.whole(text, facets) == "日本 read https://example.com/a: https://example.com/ferry or https://example.com/b/"


@pytest.mark.parametrize(
    "facets",
    [[facet(0, 99, "https://a.example")], [facet(1, 2, "https://a.example")], [facet(-1, 3, "https://a.example")], [facet("0", True, "x")], [None, {}, {"features": 7}],
     [facet(3, 3, "https://a.example")], [{"index": {"byteStart": 0, "byteEnd": 3}, "features": [{"tag": "x"}]}]],
)
def test_facets_that_fit_no_text_change_none(facets: list[object]) -> None:
    assert recent.whole("日本語", facets) == "日本語"


def test_overlapping_facets_are_taken_once() -> None:
    assert recent.whole("abcdef", [facet(0, 4, "https://a.example"), facet(2, 6, "https://b.example")]) == "https://a.exampleef"


def test_a_next_page_is_asked_for_only_after_a_full_one() -> None:
    full = [record(f"k{number}", "x") for number in range(recent.PAGE_SIZE)]
    assert page(*full, cursor="k49").following == "k49"
    assert page(*full).following is None
    assert page(record("a", "One"), cursor="a").following is None


@pytest.mark.parametrize("content", [None, [], {}, {"records": 7}, "x"])
def test_what_is_no_list_of_records_is_none(content: object) -> None:
    assert recent.page(Answer(200, content=content), ME, NOW) is None
