"""An account's newest posts on X, as they were written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.platforms import x_recent
from bot.platforms.x_transport import Call
from bot.text import earlier, keys
from bot.values import OutcomeKind
from tests.servers.x_shown import Tweet, shown

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME, OTHER = "1700000000000000001", "1700000000000000002"
LONG = f"{'The ferry is free & stays so. ' * 12}https://example.com/ferry?a=1&utm_source=x"


def tweet(number: int, text: str, above: int | None = None) -> dict[str, Any]:
    """As X shows it."""
    ids = {None: None, **{n: str(1_990_000_000_000_000_000 + n) for n in range(9)}}
    return shown(Tweet(str(ids[number]), text, ids[above], ME, NOW.timestamp() - 3600 + number, str(ids[above if above is not None else number])))


def answered(*posts: dict[str, Any], status: int = 200, **more: Any) -> tuple[Call, list[dict[str, Any]]]:
    body = {"data": list(posts), "meta": {"result_count": len(posts)}} if status == 200 else more
    return Call(begun=True, late=False, ended=True, answer=(status, {}, json.dumps(body).encode()), error=None), []


def read(*posts: dict[str, Any], status: int = 200, **more: Any) -> Any:
    call, asked = answered(*posts, status=status, **more)

    def ask(parameters: dict[str, Any]) -> Call:
        asked.append(parameters)
        return call

    found = x_recent.read(ME, ask)
    assert [(one["max_results"], one["exclude"]) for one in asked] == [(100, ["retweets"])]
    return found


@pytest.mark.parametrize(
    "written",
    ["Ferry stays free: https://example.com/ferry?utm_source=x", "AT&T <b> said: \"no\" &amp; went", "See example.com/ferry and https://example.org/b", LONG,
     "Two: https://example.com/a?x=1&lt=2 https://example.com/b", "日本語 https://example.com/ferry です"],
)
def test_the_text_has_the_key_that_the_post_had_when_it_was_written(written: str) -> None:
    found = read(tweet(1, written))
    assert found.posted[0].text == written.replace(" example.com/ferry", " http://example.com/ferry")
    assert earlier.posts(found.posted)[0].said_key == keys.said_key([written])


def test_a_thread_is_put_together_again_and_each_post_is_paid_for() -> None:
    found = read(tweet(3, "Three", 2), tweet(2, "Two", 1), tweet(1, "One https://example.com/ferry"))
    assert found.cost_micros == 3_000
    assert keys.said_key(["One https://example.com/ferry", "Two", "Three"]) in [one.said_key for one in earlier.posts(found.posted)]


def test_answers_to_others_are_not_the_account_s_posts() -> None:
    to_other = {**tweet(4, "Thanks!", 8), "in_reply_to_user_id": OTHER}
    older = {**tweet(5, "Part nine of a long thread", 7), "in_reply_to_user_id": ME}
    assert [one.text for one in read(to_other, older).posted] == ["Part nine of a long thread"]


def test_where_x_shows_only_its_own_short_address_what_it_leads_to_counts() -> None:
    post = {"id": "1990000000000000001", "text": "Ferry https://t.co/abc", "created_at": "2026-11-12T10:00:00Z", "entities": {
        "urls": [{"url": "https://t.co/abc", "expanded_url": "https://t.co/xyz", "unwound_url": "https://example.com/ferry"}]}}
    assert read(post).posted[0].text == "Ferry https://example.com/ferry"
    del post["created_at"]
    assert read(post).posted[0].at.year == 2025, "the id tells the time"


@pytest.mark.parametrize(
    ("status", "problem", "kind", "paused"),
    [
        (402, {"title": "CreditsDepleted", "detail": "no credits"}, OutcomeKind.UNKNOWN, True),
        (403, {"title": "Client Forbidden", "detail": "attached to a Project"}, OutcomeKind.REFUSED, False),
        (404, {"title": "Not Found", "detail": "no such user"}, OutcomeKind.REFUSED, False),
        (429, {"title": "Too Many Requests", "detail": "Too Many Requests"}, OutcomeKind.UNKNOWN, False),
        (503, {"title": "Unavailable"}, OutcomeKind.UNKNOWN, False),
        (200, {}, None, False),
    ],
)
def test_why_it_could_not_be_read(status: int, problem: dict[str, Any], kind: OutcomeKind | None, paused: bool) -> None:
    found = read(status=status, **problem)
    assert (found.failed.kind if found.failed else None, bool(found.failed and found.failed.pause)) == (kind, paused)
    assert "bot resolve" not in (found.failed.detail if found.failed else "")
    assert found.cost_micros == 0


def test_no_answer_and_no_id_are_reasons_too() -> None:
    lost = Call(begun=True, late=True, ended=False, answer=None, error=None)
    for found, kind in ((x_recent.read(ME, lambda asked: lost), OutcomeKind.UNKNOWN), (x_recent.read("", lambda asked: lost), OutcomeKind.REFUSED)):
        assert found.failed is not None
        assert found.failed.kind is kind
