"""Counting, pricing and the requests of a post on X: pure, and without tweepy."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.accounts import Account
from bot.errors import UsageError
from bot.platforms.x import LENGTH, PARENT, POST_MICROS, POST_WITH_URL_MICROS, X
from bot.values import Content, Fixed, Message, OutcomeKind, ReplyTo, Segment


def x(**changes: object) -> X:
    return X(Account(**{"name": "x", "platform": "x", "service": "https://api.x.com", **changes}), timeout=1.0)  # type: ignore[arg-type]


def content(*texts: str) -> Content:
    return Content(segments=tuple(x().measure(text) for text in texts))


def fixed(*sent: str) -> Fixed:
    return Fixed(account_id="17", post=1, created_at=datetime(2026, 9, 1, tzinfo=UTC), sent=sent)


def test_the_limit_is_280_or_the_account_s_own() -> None:
    assert (x().limits.length, x().limits.unit, x().limits.cards, x().limits.bytes) == (LENGTH, "weighted characters", False, None)
    assert x(limit=25_000).measure("Hi").limit == x(limit=25_000).limits.length == 25_000


@pytest.mark.parametrize(("text", "length"), [("Hello", 5), ("日本", 4), ("a\r\nb", 3), ("cafe\u0301", 4), ("See https://example.com/a/very/long/path/indeed", 27)])
def test_a_text_is_measured_as_it_will_be_sent(text: str, length: int) -> None:
    segment = x().measure(text)
    assert segment.length == length
    assert segment.text == unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    assert segment.facets == ()


@pytest.mark.parametrize(("text", "linked"), [
    ("No link", False), ("Version v3.11.7 of node.js", False), ("https://example.com", True), ("A bare example.com", True), ("README.md is an address", True),
])
def test_a_url_costs_thirteen_times_as_much(text: str, linked: bool) -> None:
    segment = x().measure(text)
    assert segment.has_url is linked
    assert segment.cost_micros == (POST_WITH_URL_MICROS if linked else POST_MICROS)


def test_a_thread_of_six_with_one_link_costs_27_and_a_half_cents() -> None:
    assert sum(segment.cost_micros for segment in content(*["Answer"] * 5, "https://example.com").segments) == 275_000


def test_lone_surrogates_do_not_survive_and_pairs_are_joined() -> None:
    assert x().measure("a\ud800b").text == "a\ufffdb"
    assert x().measure("\ud83d\ude00").text == "😀"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
@settings(max_examples=100, deadline=None)
def test_what_is_measured_can_be_sent_and_measures_the_same_again(text: str) -> None:
    segment = x().measure(text)
    assert x().measure(segment.text) == segment
    (request,) = x().deliveries(Content(segments=(segment,)), {}, None)
    assert json.loads(request.body.encode()) == {"text": segment.text}


def test_a_preview_names_every_parent_as_provisional() -> None:
    requests = x().deliveries(content("One", "Zwei ü \"quoted\"", "Three"), {}, None)
    assert [request.body for request in requests] == [
        '{"text": "One"}',
        '{"text": "Zwei ü \\"quoted\\"", "reply": {"in_reply_to_tweet_id": "0"}}',
        '{"text": "Three", "reply": {"in_reply_to_tweet_id": "0"}}',
    ]
    assert [request.provisional for request in requests] == [(), (PARENT,), (PARENT,)]
    assert [(request.position, request.segments) for request in requests] == [(0, (0,)), (1, (1,)), (2, (2,))]


def test_each_segment_replies_to_the_one_before_it_once_that_is_out() -> None:
    requests = x().deliveries(content("One", "Two", "Three", "Four"), {}, fixed("101", "102"))
    assert [json.loads(request.body).get("reply") for request in requests] == [
        None, {"in_reply_to_tweet_id": "101"}, {"in_reply_to_tweet_id": "102"}, {"in_reply_to_tweet_id": "0"}]
    assert [request.provisional for request in requests] == [(), (), (), (PARENT,)]


def test_a_reply_to_another_post_names_it_in_its_first_segment_before_anything_is_sent() -> None:
    to = ReplyTo(post=1, root=Message(id="100"), parent=Message(id="103"))
    requests = x().deliveries(content("One", "Two").model_copy(update={"reply_to": to}), {}, None)
    assert [request.body for request in requests] == [
        '{"text": "One", "reply": {"in_reply_to_tweet_id": "103"}}', '{"text": "Two", "reply": {"in_reply_to_tweet_id": "0"}}',
    ]
    assert [request.provisional for request in requests] == [(), (PARENT,)]


def test_the_preview_and_the_send_differ_only_in_what_is_provisional() -> None:
    preview, real = x().deliveries(content("One", "Two"), {}, None), x().deliveries(content("One", "Two"), {}, fixed("5"))
    assert preview[0] == real[0]
    assert preview[1].body.replace('"0"', '"5"') == real[1].body


def test_nothing_is_uploaded() -> None:
    assert x().upload(content("One"), {}) is None


def test_a_request_with_placeholders_is_never_sent() -> None:
    request = x().deliveries(content("One", "Two"), {}, None)[1]
    assert x().send(request).kind is OutcomeKind.NOT_SENT


def test_an_account_without_credentials_says_which_are_missing() -> None:
    outcome = x(missing=("X_API_KEY",)).send(x().deliveries(content("One"), {}, None)[0])
    assert (outcome.kind, "X_API_KEY" in outcome.detail) == (OutcomeKind.NOT_SENT, True)


@pytest.mark.parametrize("reference", [
    "1900000000000000001", " 1900000000000000001\n", "https://x.com/reporter_1/status/1900000000000000001", "https://twitter.com/i/web/status/1900000000000000001?s=20",
    "x.com/a/status/1900000000000000001/photo/1", "https://mobile.twitter.com/a/status/1900000000000000001#top",
])
def test_a_person_names_a_post_by_id_or_address(reference: str) -> None:
    (remote,) = x().named('{"text": "One"}', reference)
    assert (remote.id, remote.url, remote.cid) == ("1900000000000000001", "https://x.com/i/web/status/1900000000000000001", None)


@pytest.mark.parametrize("reference", [
    "", "0", "-5", "12x", "12345678901234567890", "１２", "https://x.com/a", "https://evil.example/x.com/a/status/5", "https://x.com.evil.example/a/status/5",
    "https://x.com/a/status/", "at://did:plc:a/app.bsky.feed.post/b", "5?s=20", "5\n6",
])
def test_what_names_no_post_is_a_usage_error(reference: str) -> None:
    with pytest.raises(UsageError, match="id or its address"):
        x().named('{"text": "One"}', reference)


def test_building_measuring_and_previewing_import_no_sdk() -> None:
    program = (
        "import sys; from bot.accounts import Account; from bot.platforms import connect; from bot.values import Content;"
        "x = connect(Account(name='x', platform='x', service='https://api.x.com'), timeout=1);"
        "x.deliveries(Content(segments=(x.measure('Hi https://example.com'),)), {}, None);"
        "print(sorted({'tweepy', 'requests', 'oauthlib', 'atproto', 'openai'} & set(sys.modules)))"
    )
    root = str(Path(__file__).resolve().parents[3])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": root}, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_segment_keeps_the_limit_it_was_measured_against() -> None:
    assert x(limit=300).measure("Hi") == Segment(text="Hi", length=2, limit=300, has_url=False, cost_micros=POST_MICROS)
