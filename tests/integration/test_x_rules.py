"""The rules of X as the stand-in keeps them: what later tests rely on, seen through the adapter."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import requests as http
import tweepy

from bot import clock
from bot.platforms import Platform
from bot.platforms.x import X
from bot.values import Cause, Content, Fixed, OutcomeKind, Request
from tests.servers.x import XServer
from tests.servers.x_state import COST, COST_WITH_URL, RATE_LIMIT, XAccount

SENT, REFUSED, NOT_SENT = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT


def platform(server: XServer, account: XAccount) -> Platform:
    return X(server.account(account), timeout=5.0)


def requests(x: Platform, texts: tuple[str, ...] = ("One", "Two"), sent: tuple[str, ...] = ()) -> tuple[Request, ...]:
    content = Content(segments=tuple(x.measure(text) for text in texts))
    return x.deliveries(content, {}, Fixed(account_id=None, post=1, created_at=clock.now(), sent=sent))



def test_too_long_empty_and_repeated_texts_are_refused(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    assert x.send(requests(x, ("a" * 280,))[0]).kind is SENT
    assert x.send(requests(x, ("日" * 140,))[0]).kind is SENT
    for text in ("a" * 281, "日" * 141, " ", "a" * 260 + " example.com"):
        assert x.send(requests(x, (text,))[0]).kind is REFUSED, text
    assert x.send(requests(x, ("a" * 280,))[0]).kind is SENT  # the filter is not dependable
    x_server.state.duplicate_filter = True
    outcome = x.send(requests(x, ("a" * 280,))[0])
    assert (outcome.kind, "duplicate" in outcome.detail) == (REFUSED, True)
    assert len(x_server.tweets(user)) == 3


def test_replies_need_a_parent_that_x_sees_and_its_leave(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    assert x.send(requests(x, sent=("123",))[1]).kind is NOT_SENT
    root = x.send(requests(x)[0]).remote[0].id
    x_server.state.replies = False
    refused = x.send(requests(x, sent=(root,))[1])
    assert (refused.kind, refused.cause, refused.pause is not None) == (NOT_SENT, Cause.REPLIES, True)
    x_server.state.replies, x_server.state.lag = True, 60
    assert x.send(requests(x, sent=(root,))[1]).kind is NOT_SENT
    x_server.state.lag = 0
    other = x_server.create_account()
    assert platform(x_server, other).send(requests(x, sent=(root,))[1]).cause is Cause.REPLIES
    assert x.send(requests(x, sent=(root,))[1]).kind is SENT


def test_credit_runs_out_by_what_posts_cost(x_server: XServer) -> None:
    user = x_server.create_account(credits_micros=2 * COST + COST_WITH_URL)
    x = platform(x_server, user)
    outcomes = [x.send(requests(x, (text,))[0]) for text in ("One", "https://example.com", "Two", "Three")]
    assert [outcome.kind for outcome in outcomes] == [SENT, SENT, SENT, NOT_SENT]
    assert "out of credit" in (outcomes[-1].pause or "")


def test_the_rate_limit_answers_with_its_reset(x_server: XServer) -> None:
    user = x_server.create_account()
    assert x_server.state.rate_limit == RATE_LIMIT
    x_server.state.rate_limit = 3
    user.writes = [time.time() - 100] * 3
    x = platform(x_server, user)
    outcome = x.send(requests(x)[0])
    assert outcome.kind is NOT_SENT
    assert outcome.retry_at is not None
    assert timedelta(seconds=790) < outcome.retry_at - clock.now() < timedelta(seconds=810)


def test_a_signature_counts_once(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    assert x.send(requests(x)[0]).kind is SENT
    again = {name: value for name, value in x_server.received[0].headers.items() if name in ("authorization", "content-type")}
    answer = http.post(f"{x_server.url}/2/tweets", data=x_server.received[0].body, headers=again, timeout=5)
    assert (answer.status_code, len(x_server.tweets(user))) == (401, 1)


def test_the_timeline_shows_posts_as_x_does(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    sent: list[str] = []
    for position in range(4):
        sent.append(x.send(requests(x, ("A & B <c>", "Two", "See https://example.com/x now", "Four"), tuple(sent))[position]).remote[0].id)
    client = Reader(x_server, user)
    page = client.get(f"/2/users/{user.user_id}/tweets", {"since_id": sent[0], "max_results": 5, "tweet.fields": "created_at,conversation_id,referenced_tweets,entities"})
    assert [tweet["id"] for tweet in page["data"]] == sent[:0:-1]
    assert page["meta"]["result_count"] == 3
    linked = page["data"][1]
    url = linked["entities"]["urls"][0]
    assert linked["text"][url["start"]:url["end"]] == url["url"]
    assert url["expanded_url"] == "https://example.com/x"
    assert linked["conversation_id"] == sent[0]
    assert linked["referenced_tweets"] == [{"type": "replied_to", "id": sent[1]}]
    whole = client.get(f"/2/users/{user.user_id}/tweets", {})
    assert whole["data"][-1] == {"id": sent[0], "text": "A &amp; B &lt;c&gt;", "edit_history_tweet_ids": [sent[0]]}
    x_server.state.lag = 60
    assert client.get(f"/2/users/{user.user_id}/tweets", {}) == {"meta": {"result_count": 0}}


def test_a_deleted_post_leaves_the_timeline_and_can_not_be_deleted_or_replied_to_again(x_server: XServer) -> None:
    user, other = x_server.create_account(), x_server.create_account()
    x = platform(x_server, user)
    root = x.send(requests(x)[0]).remote[0].id
    reply = x.send(requests(x, sent=(root,))[1]).remote[0].id
    mine, theirs = Reader(x_server, user), Reader(x_server, other)
    assert theirs.delete(f"/2/tweets/{root}")["status"] == 403
    assert mine.delete(f"/2/tweets/{root}") == {"data": {"deleted": True}}
    for number in (root, "123"):
        assert mine.delete(f"/2/tweets/{number}")["status"] == 404
    assert mine.delete("/2/tweets/none")["status"] in (400, 404)  # 400 where the description is there to tell
    page = mine.get(f"/2/users/{user.user_id}/tweets", {"tweet.fields": "conversation_id"})
    assert [(tweet["id"], tweet["conversation_id"]) for tweet in page["data"]] == [(reply, root)]
    assert [tweet.id for tweet in x_server.state.deleted] == [root]
    assert [tweet.id for tweet in x_server.tweets(user)] == [reply]
    assert x.send(requests(x, sent=(root,))[1]).kind is NOT_SENT


def test_the_timeline_keeps_to_start_times_and_goes_on_page_by_page(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    start = 1_790_000_000.5
    for number in range(12):
        x_server.state.clock = lambda at=start + number: at  # type: ignore[misc]
        assert x.send(requests(x, (f"Post {number}",))[0]).kind is SENT
    reader, path = Reader(x_server, user), f"/2/users/{user.user_id}/tweets"
    asked: dict[str, Any] = {"max_results": 5, "start_time": "2026-09-21T14:13:22Z"}  # 1,790,000,002: whole seconds, inclusive
    texts: list[str] = []
    while True:
        page = reader.get(path, asked)
        texts += [tweet["text"] for tweet in page["data"]]
        if "next_token" not in page["meta"]:
            break
        asked["pagination_token"] = page["meta"]["next_token"]
    assert texts == [f"Post {number}" for number in range(11, 1, -1)]
    x_server.state.lag = 4
    assert reader.get(path, {"max_results": 5})["data"][0]["text"] == "Post 7"
    x_server.state.read_access = False
    assert reader.get(path, {})["status"] == 403
    assert reader.get("/2/users/123/tweets", {})["status"] == 403


def test_a_failure_waits_for_the_kind_of_call_it_is_meant_for(x_server: XServer) -> None:
    user = x_server.create_account()
    x, reader = platform(x_server, user), Reader(x_server, user)
    x_server.fail_next("500-json", on="timeline")
    x_server.fail_next("404", on="delete")
    x_server.fail_next("429", times=2, on="me")
    x_server.fail_next("402", on="create")
    assert [x.send(requests(x)[0]).kind for _ in range(2)] == [NOT_SENT, SENT]
    assert [reader.get("/2/users/me", {}).get("status") for _ in range(3)] == [429, 429, None]
    assert [reader.get(f"/2/users/{user.user_id}/tweets", {}).get("status") for _ in range(2)] == [500, None]
    number = x_server.tweets(user)[0].id
    assert [reader.delete(f"/2/tweets/{number}").get("status") for _ in range(2)] == [404, None]


class Reader:
    """A reader of the stand-in, signed by tweepy's own handler."""

    def __init__(self, server: XServer, user: XAccount) -> None:
        self.url = server.url
        names = ("api_key", "api_secret", "access_token", "access_token_secret")
        self.auth = tweepy.OAuth1UserHandler(*(user.secrets[name] for name in names)).apply_auth()

    def get(self, path: str, query: dict[str, Any]) -> Any:
        with http.get(self.url + path, params=query, auth=self.auth, timeout=5) as answer:
            return json.loads(answer.content)

    def delete(self, path: str) -> Any:
        with http.delete(self.url + path, auth=self.auth, timeout=5) as answer:
            return json.loads(answer.content)
