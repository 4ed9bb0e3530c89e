"""Looking up and deleting on X, against the stand-in: what is found, what every failure means, and what it costs."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot import clock
from bot.platforms import Platform
from bot.platforms.x import X
from bot.platforms.x_lookup import PAGES
from bot.values import Content, Fixed, Outcome, OutcomeKind, Remote, Request, Sought
from tests.servers.x import XServer, closed_port
from tests.servers.x_faults import DAILY_RESET_AFTER, FAULTS, RESET_AFTER, RETRY_AFTER, Fault, problem
from tests.servers.x_shown import Tweet, stamp
from tests.servers.x_state import XAccount

SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN
SILENT = {"hang", "hang-before-accept", "drip", "drip-head"}


def platform(server: XServer, account: XAccount, timeout: float = 5.0, **changes: Any) -> Platform:
    return X(server.account(account, **changes), timeout=timeout)


def request(x: Platform, text: str, parent: str | None = None) -> Request:
    content = Content(segments=(x.measure("Parent"), x.measure(text)) if parent else (x.measure(text),))
    fixed = Fixed(account_id=None, post=1, created_at=clock.now(), sent=(parent,) if parent else ())
    return x.deliveries(content, {}, fixed)[-1]


def sought(user: XAccount, request: Request, known: tuple[str, ...] = (), **changes: Any) -> Sought:
    return Sought(**{"request": request.body, "account_id": user.user_id, "since": clock.now() - timedelta(seconds=20), "known": known, **changes})


@pytest.mark.parametrize("text", [
    "Plain.", "AT&T <b> \"x\" 'y' & &amp; &copy=1", "One https://example.com/a?b=c&d=é#e and example.com/x_y, two", "Bare example.com.",
    "日本語のテキスト https://example.com/ 👩‍👩‍👧 ❤️", "Trailing spaces  \n ", "Twice https://example.com and https://example.com",
    "e\u0301 100% %20 /a//b/", "Cut? " + "word & more " * 40 + "https://example.com/end",
])
def test_a_post_is_found_as_it_was_sent(x_server: XServer, text: str) -> None:
    user = x_server.create_account(limit=1_000)
    x = platform(x_server, user)
    root = x.send(request(x, "Parent")).remote[0].id
    for parent in (None, root):
        asked, others = request(x, text, parent), tuple(tweet.id for tweet in x_server.tweets(user))
        absent = x.find(sought(user, asked, others))
        assert (absent.kind, absent.remote) == (NOT_SENT, ())
        x_server.fail_next("close-after-accept", on="create")
        assert x.send(asked).kind is UNKNOWN
        found = x.find(sought(user, asked, others))
        assert (found.kind, found.pause, found.cause) == (SENT, None, None)
        assert found.remote[0].id == x_server.tweets(user)[-1].id
        assert found.cost_micros == 1_000 * len(x_server.tweets(user))
        assert x.find(sought(user, asked, (*others, found.remote[0].id))).kind is NOT_SENT


def test_the_timeline_is_asked_for_as_x_describes_it_and_signed(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    since = clock.now()
    assert x.find(sought(user, request(x, "One"), since=since)).kind is NOT_SENT
    received = x_server.received[-1]
    query = {key: values[0] for key, values in parse_qs(urlsplit(received.target).query).items()}
    assert (received.method, urlsplit(received.target).path) == ("GET", f"/2/users/{user.user_id}/tweets")
    assert query == {
        "max_results": "100", "tweet.fields": "created_at,conversation_id,referenced_tweets,entities,note_tweet",
        "start_time": (since - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert platform(x_server, user, secrets={**user.secrets, "access_token_secret": "w" * 45}).find(sought(user, request(x, "One"))).kind is UNKNOWN


def test_a_post_that_does_not_show_yet_is_absent_now(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    x_server.state.lag = 60
    x.send(request(x, "One"))
    assert x.find(sought(user, request(x, "One"))).kind is NOT_SENT
    x_server.state.lag = 0
    assert x.find(sought(user, request(x, "One"))).kind is SENT


def test_a_clock_that_is_minutes_ahead_misses_nothing_and_one_further_ahead_settles_nothing(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    x.send(request(x, "One"))
    assert x.find(sought(user, request(x, "One"), since=clock.now() + timedelta(minutes=4))).kind is SENT
    outcome = x.find(sought(user, request(x, "One"), since=clock.now() + timedelta(hours=4)))
    assert (outcome.kind, "clock" in outcome.detail) == (REFUSED, True)


def fill(server: XServer, user: XAccount, count: int) -> None:
    now = time.time()
    server.state.posted += [
        Tweet(str(1_950_000_000_000_000_000 + n), f"Filler {n}", None, user.user_id, now, str(1_950_000_000_000_000_000 + n)) for n in range(count)
    ]


def test_it_reads_on_page_by_page_to_the_oldest(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    fill(x_server, user, 250)
    outcome = x.find(sought(user, request(x, "Filler 0")))
    assert (outcome.kind, outcome.remote[0].id, outcome.cost_micros) == (SENT, "1950000000000000000", 250_000)
    assert len(x_server.received) == x_server.connections == 3
    outcome = x.find(sought(user, request(x, "Absent")))
    assert (outcome.kind, outcome.cost_micros) == (NOT_SENT, 250_000)


def test_what_was_not_read_to_its_end_is_never_absent(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    fill(x_server, user, 100 * PAGES + 1)
    outcome = x.find(sought(user, request(x, "Absent")))
    assert (outcome.kind, outcome.cost_micros, len(x_server.received)) == (UNKNOWN, 100_000 * PAGES, PAGES)
    assert x.find(sought(user, request(x, "Filler 0"))).kind is UNKNOWN
    assert x.find(sought(user, request(x, "Filler 900"))).kind is SENT


@pytest.mark.parametrize("kind", ["500-json", "400", "403", "402", "close-after-accept", "429", "bad-json"])
def test_a_later_page_that_fails_leaves_it_unknown_unless_it_was_found_before(x_server: XServer, kind: str) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    fill(x_server, user, 150)
    for text, expected in (("Absent", UNKNOWN), ("Filler 3", UNKNOWN), ("Filler 149", SENT)):
        first = json.dumps({
            "data": [{"id": str(1_950_000_000_000_000_000 + n), "text": f"Filler {n}", "created_at": stamp(time.time())} for n in range(149, 49, -1)],
            "meta": {"result_count": 100, "next_token": "34"},
        }).encode()
        x_server.fail_next(Fault(status=200, content=first), on="timeline")
        x_server.fail_next(kind, on="timeline")
        outcome = x.find(sought(user, request(x, text)))
        assert (outcome.kind, outcome.cost_micros) == (expected, 100_000), text


ONE = {"id": "1950000000000000000", "text": "Other"}


@pytest.mark.parametrize(("status", "payload", "expected", "cost"), [
    (200, {"meta": {"result_count": 0}}, NOT_SENT, 0),
    (200, {"data": [], "meta": {"result_count": 0}}, NOT_SENT, 0),
    (200, {"data": [ONE], "meta": {"result_count": 1}}, NOT_SENT, 1_000),
    (200, {"data": [ONE], "meta": {"result_count": 1}, "errors": [problem(403, "withheld")]}, UNKNOWN, 1_000),
    (200, {"data": [{**ONE, "text": "One"}], "meta": {"result_count": 1}, "errors": [problem(403, "withheld")]}, SENT, 1_000),
    (200, {"data": [ONE], "meta": {"result_count": 2}}, UNKNOWN, 1_000),
    (200, {"data": [ONE, {"id": "5"}], "meta": {"result_count": 2}}, UNKNOWN, 2_000),
    (200, {"data": [ONE]}, UNKNOWN, 0),
    (200, {"data": [ONE], "meta": {}}, UNKNOWN, 0),
    (200, {"data": [ONE], "meta": {"result_count": "1"}}, UNKNOWN, 0),
    (200, {"data": {}, "meta": {"result_count": 0}}, UNKNOWN, 0),
    (200, {"data": [ONE], "meta": {"result_count": 1, "next_token": 5}}, UNKNOWN, 1_000),
    (200, {"errors": [problem(404, "no such user")]}, UNKNOWN, 0),
    (200, {}, UNKNOWN, 0),
    (206, {"data": [ONE], "meta": {"result_count": 1}}, UNKNOWN, 0),
    (403, {"detail": "The user is suspended", "title": "Forbidden"}, UNKNOWN, 0),
])
def test_absent_is_only_what_a_whole_list_does_not_hold(x_server: XServer, status: int, payload: Any, expected: OutcomeKind, cost: int) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    x_server.fail_next(Fault(status=status, content=json.dumps(payload).encode()))
    outcome = x.find(sought(user, request(x, "One"), since=clock.now() - timedelta(days=500)))
    assert (outcome.kind, outcome.cost_micros, x_server.connections) == (expected, cost, 1)


def test_a_post_that_is_not_quite_the_same_is_for_a_person(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    x.send(request(x, "See it now"))
    outcome = x.find(sought(user, request(x, "See https://example.com/a it now")))
    assert (outcome.kind, x_server.tweets(user)[0].id in outcome.detail, outcome.remote) == (REFUSED, True, ())


def test_what_can_not_be_read_is_told_to_the_person(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    x_server.state.read_access = False
    outcome = x.find(sought(user, request(x, "One")))
    assert (outcome.kind, outcome.pause, "read access" in outcome.detail, "`bot resolve`" in outcome.detail) == (REFUSED, None, True, True)
    x_server.state.read_access = True
    assert x.find(sought(user, request(x, "One"), account_id="123")).kind is REFUSED
    before = len(x_server.received)
    for body in ("no", "[]", "{}", '{"text": 5}', '{"text": "x", "reply": []}', '{"text": "x", "reply": {"in_reply_to_tweet_id": 5}}', '{"text": "x", "reply": 5}'):
        expected = NOT_SENT if '"reply": []' in body else REFUSED
        assert x.find(sought(user, request(x, "One").model_copy(update={"body": body}))).kind is expected, body
    assert x.find(sought(user, request(x, "One"), account_id="../me")).kind is REFUSED
    assert len(x_server.received) == before + 1
    unready = platform(x_server, user, missing=("X_API_KEY",))
    assert unready.find(sought(user, request(x, "One"))).kind is UNKNOWN
    assert unready.delete(Remote(id="5", url="")).kind is NOT_SENT
    assert x.delete(Remote(id="../users/me", url="")).kind is REFUSED
    assert len(x_server.received) == before + 1


# --- every failure ---

FOUND = {
    **dict.fromkeys(FAULTS, UNKNOWN),
    **dict.fromkeys(["400", "403", "403-duplicate", "403-reply-rule", "403-not-enrolled", "403-not-visible", "404"], REFUSED),
}
FOUND_PAUSES = {"401", "402", "403-suspended", "429-daily", "429-daily-app"}
DELETED = {
    **dict.fromkeys(FAULTS, UNKNOWN),
    **dict.fromkeys(["400", "403", "403-duplicate", "403-reply-rule", "403-not-visible"], REFUSED),
    **dict.fromkeys(["401", "402", "403-suspended", "403-not-enrolled", "429", "429-without-reset", "429-daily", "429-daily-app"], NOT_SENT),
    **dict.fromkeys(["429-retry-after", "429-text"], NOT_SENT),
    "404": SENT,
}
DELETED_PAUSES = {*FOUND_PAUSES, "403-not-enrolled"}
WAITS = {"429": RESET_AFTER, "429-daily": DAILY_RESET_AFTER, "429-daily-app": DAILY_RESET_AFTER, "429-retry-after": RETRY_AFTER}


def waits(outcome: Outcome, kind: str) -> bool:
    if kind not in WAITS:
        return outcome.retry_at is None
    return outcome.retry_at is not None and abs(outcome.retry_at - clock.now() - timedelta(seconds=WAITS[kind])) < timedelta(seconds=5)


@pytest.mark.parametrize("kind", FAULTS)
def test_every_failure_of_a_look_has_its_outcome(x_server: XServer, kind: str) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, timeout=0.6)
    asked = request(x, "One")
    x.send(asked)
    before = x_server.connections
    x_server.fail_next(kind)
    start = time.monotonic()
    outcome = x.find(sought(user, asked))
    took = time.monotonic() - start
    assert outcome.kind is FOUND[kind], outcome
    assert (outcome.remote, outcome.cost_micros, outcome.cause, outcome.call_ended) == ((), 0, None, True)
    assert (outcome.pause is not None) == (kind in FOUND_PAUSES)
    assert (outcome.pause_until is not None) == kind.startswith("429-daily")
    assert waits(outcome, kind)
    assert outcome.detail
    assert "\n" not in outcome.detail
    assert ("X_BASE_URL" in outcome.detail) == kind.startswith("redirect")
    assert (took >= 0.6) == (kind in SILENT)
    assert took < 0.6 + 1
    assert x_server.connections == before + 1
    assert x.find(sought(user, asked)).kind is SENT


@pytest.mark.parametrize("kind", FAULTS)
def test_every_failure_of_a_deletion_has_its_outcome(x_server: XServer, kind: str) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, timeout=0.6)
    remote = x.send(request(x, "One")).remote[0]
    before = x_server.connections
    x_server.fail_next(kind)
    start = time.monotonic()
    outcome = x.delete(remote)
    took = time.monotonic() - start
    assert outcome.kind is DELETED[kind], outcome
    assert (outcome.cost_micros, outcome.cause, outcome.call_ended) == (0, None, True)
    assert (outcome.pause is not None) == (kind in DELETED_PAUSES)
    assert waits(outcome, kind)
    assert outcome.detail
    assert took < 0.6 + 1
    assert x_server.connections == before + 1
    assert len(x_server.state.deleted) == FAULTS[kind].accepts
    assert outcome.kind is UNKNOWN or not x_server.state.deleted
    again = x.delete(remote)
    assert (again.kind, again.remote, again.cost_micros) == (SENT, (remote.model_copy(update={"deleted": True}),), 0 if FAULTS[kind].accepts else 10_000)
    assert x_server.tweets(user) == []


def test_a_deletion_is_as_x_describes_it_and_costs_a_cent(x_server: XServer) -> None:
    user, other = x_server.create_account(), x_server.create_account()
    x = platform(x_server, user)
    remote = x.send(request(x, "One")).remote[0]
    theirs = platform(x_server, other).delete(remote)
    assert (theirs.kind, "not authorized" in theirs.detail) == (REFUSED, True)
    x_server.fail_next(Fault(status=200, content=b'{"data":{"deleted":false}}'))
    assert (x.delete(remote).kind, len(x_server.tweets(user))) == (UNKNOWN, 1)
    outcome = x.delete(remote)
    assert (outcome.kind, outcome.cost_micros, outcome.remote[0].deleted) == (SENT, 10_000, True)
    received = x_server.received[-1]
    assert (received.method, received.target, received.body) == ("DELETE", f"/2/tweets/{remote.id}", b"")
    assert x.find(sought(user, request(x, "One"))).kind is NOT_SENT


def test_what_never_reaches_x_is_not_found_out_and_not_deleted(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, service=f"http://127.0.0.1:{closed_port()}")
    looked = x.find(sought(user, request(x, "One")))
    assert (looked.kind, looked.detail) == (UNKNOWN, "not asked: the connection to X was refused")
    deleted = x.delete(Remote(id="5", url=""))
    assert (deleted.kind, "refused" in deleted.detail) == (NOT_SENT, True)


def test_no_secret_is_told(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    odd = Fault(status=403, content=json.dumps(problem(403, f"Odd: {' '.join(user.secrets.values())}")).encode())
    x_server.fail_next(odd, times=2)
    for outcome in (x.find(sought(user, request(x, "One"))), x.delete(Remote(id="5", url=""))):
        assert "Odd: …" in outcome.detail
        assert [name for name, secret in user.secrets.items() if secret in repr(outcome)] == []
