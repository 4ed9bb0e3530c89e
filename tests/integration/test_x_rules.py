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
from bot.values import Content, Fixed, OutcomeKind, Request
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
    assert (refused.kind, "BOT_X_THREADS" in refused.detail) == (REFUSED, True)
    x_server.state.replies, x_server.state.lag = True, 60
    assert x.send(requests(x, sent=(root,))[1]).kind is NOT_SENT
    x_server.state.lag = 0
    other = x_server.create_account()
    assert platform(x_server, other).send(requests(x, sent=(root,))[1]).kind is REFUSED
    assert x.send(requests(x, sent=(root,))[1]).kind is SENT


def test_credit_runs_out_by_what_posts_cost(x_server: XServer) -> None:
    user = x_server.create_account(credits_micros=2 * COST + COST_WITH_URL)
    x = platform(x_server, user)
    outcomes = [x.send(requests(x, (text,))[0]) for text in ("One", "https://example.com", "Two", "Three")]
    assert [outcome.kind for outcome in outcomes] == [SENT, SENT, SENT, NOT_SENT]
    assert "out of credit" in (outcomes[-1].pause or "")


def test_the_rate_limit_answers_with_its_reset(x_server: XServer) -> None:
    user = x_server.create_account()
    user.writes = [time.time() - 100] * RATE_LIMIT
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


class Reader:
    """A reader of the stand-in, signed by tweepy's own handler."""

    def __init__(self, server: XServer, user: XAccount) -> None:
        self.url = server.url
        names = ("api_key", "api_secret", "access_token", "access_token_secret")
        self.auth = tweepy.OAuth1UserHandler(*(user.secrets[name] for name in names)).apply_auth()

    def get(self, path: str, query: dict[str, Any]) -> Any:
        with http.get(self.url + path, params=query, auth=self.auth, timeout=5) as answer:
            return json.loads(answer.content)
