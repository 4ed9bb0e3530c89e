"""The outcome table of X, row by row, and what is hostile in an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.x_outcomes import LONGEST_WAIT, READ_LAG, ROWS, answer, failure
from bot.values import OutcomeKind

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN


def said(status: int, detail: str = "Something", headers: dict[str, str] | None = None, **more: object):
    return answer(status, headers or {}, json.dumps({"title": "T", "detail": detail, "status": status, **more}).encode(), NOW)


def at(seconds: float) -> str:
    return str(int((NOW + timedelta(seconds=seconds)).timestamp()))


@pytest.mark.parametrize(("status", "detail", "kind", "pauses", "says"), [
    (400, "One or more parameters to your request was invalid.", REFUSED, False, "400"),
    (401, "Unauthorized", NOT_SENT, True, "keys"),
    (402, "Your enrolled account does not have any credits to fulfill this request.", NOT_SENT, True, "out of credit"),
    (403, "You are not permitted to perform this action.", REFUSED, False, "not permitted"),
    (403, "You are not allowed to create a Tweet with duplicate content.", REFUSED, False, "duplicate"),
    (403, "You can reply only where you are mentioned or are the author.", REFUSED, False, "BOT_X_THREADS"),
    (403, "Reply to this conversation is not allowed because you have not been mentioned.", REFUSED, False, "BOT_X_THREADS"),
    (403, "You attempted to reply to a Tweet that is deleted or not visible to you.", NOT_SENT, False, "parent"),
    (404, "You attempted to reply to a Tweet that is deleted or not visible to you.", NOT_SENT, False, "parent"),
    (403, "The user used for authentication is suspended", NOT_SENT, True, "suspended"),
    (403, "To protect our users, this account is temporarily locked. Please log in.", NOT_SENT, True, "log in"),
    (403, "This request looks like it might be automated.", NOT_SENT, True, "log in"),
    (403, "User is over daily status update limit.", NOT_SENT, True, "daily limit"),
    (403, "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.", NOT_SENT, True, "read and write"),
    (404, "Could not find it.", REFUSED, False, "404"),
    (408, "Request Timeout", UNKNOWN, False, "408"),
    (409, "Conflict", REFUSED, False, "409"),
    (413, "Too large", REFUSED, False, "413"),
    (425, "Too early", UNKNOWN, False, "425"),
    (429, "Too Many Requests", NOT_SENT, False, "rate limit"),
    (429, "Usage cap exceeded: Monthly product cap", NOT_SENT, True, "usage cap"),
    (500, "Internal error", UNKNOWN, False, "500"),
    (503, "You are not allowed to create a Tweet with duplicate content.", UNKNOWN, False, "503"),
    (200, "Fine", UNKNOWN, False, "without the id"),
    (201, "Fine", UNKNOWN, False, "without the id"),
    (301, "Moved", UNKNOWN, False, "X_BASE_URL"),
    (303, "See other", UNKNOWN, False, "X_BASE_URL"),
    (100, "Continue", UNKNOWN, False, "100"),
    (999, "What?", UNKNOWN, False, "999"),
])
def test_each_answer_has_its_outcome(status: int, detail: str, kind: OutcomeKind, pauses: bool, says: str) -> None:
    outcome = said(status, detail)
    assert outcome.kind is kind
    assert (outcome.pause is not None) is pauses
    assert says in outcome.detail
    assert outcome.remote == ()


def test_every_row_of_the_table_is_reached_by_its_own_words() -> None:
    for row in ROWS:
        for word in row.words or ("anything",):
            for status in row.statuses:
                outcome = said(status, f"Oh: {word.upper()}.")
                assert (outcome.kind, outcome.detail.startswith(row.detail)) == (row.kind, True), (row.name, word)


def test_sent_is_201_with_an_id_and_nothing_else() -> None:
    body = b'{"data":{"id":"1900000000000000001","text":"Hi"}}'
    outcome = answer(201, {}, body, NOW)
    assert outcome.kind is SENT
    assert outcome.remote[0].id == "1900000000000000001"
    assert outcome.remote[0].url == "https://x.com/i/web/status/1900000000000000001"
    assert [answer(status, {}, body, NOW).kind for status in (200, 202, 301, 400, 403, 500)] == [UNKNOWN] * 6
    for wrong in (b'{"data":{"id":1900000000000000001}}', b'{"data":{"id":"12a"}}', b'{"data":{"id":""}}', b'{"data":{"id":"12345678901234567890"}}',
                  b'{"data":{"id":"\xd9\xa1"}}', b'{"data":[]}', b'{"data":null}', b"[]", b"", b'{"data":{"id":"19', b"\xff", b"[" * 100_000):
        assert answer(201, {}, wrong, NOW).kind is UNKNOWN, wrong[:40]


def test_a_problem_inside_errors_counts_as_well() -> None:
    outcome = answer(403, {}, json.dumps({"errors": [{"code": 187, "message": "Duplicate content."}]}).encode(), NOW)
    assert (outcome.kind, "duplicate" in outcome.detail) == (REFUSED, True)
    outcome = answer(400, {}, json.dumps({"title": "Invalid Request", "detail": "Bad", "errors": [{"message": "text is too long"}]}).encode(), NOW)
    assert outcome.detail == "X refused the post (400): text is too long"


@pytest.mark.parametrize("body", [b"", b"<html>Forbidden</html>", b"[]", b'["no"]', b'"no"', b"{}", b'{"errors":[]}', b'{"errors":"no"}', b'{"detail":""}'])
def test_a_4xx_that_is_not_well_formed_settles_nothing(body: bytes) -> None:
    assert [answer(status, {}, body, NOW).kind for status in (400, 403, 404, 422)] == [UNKNOWN] * 4
    assert [answer(status, {}, body, NOW).kind for status in (401, 402, 429)] == [NOT_SENT] * 3


def test_a_rate_limit_tells_when_to_try_again() -> None:
    assert said(429).retry_at is None
    outcome = said(429, headers={"x-rate-limit-reset": at(600), "x-rate-limit-remaining": "0"})
    assert outcome.retry_at == NOW + timedelta(seconds=601)
    assert (outcome.pause, outcome.pause_until) == (None, None)


def test_a_reset_in_the_past_means_at_once_and_an_unbelievable_one_nothing() -> None:
    assert said(429, headers={"x-rate-limit-reset": at(-50)}).retry_at == NOW + timedelta(seconds=1)
    beyond = at((LONGEST_WAIT + timedelta(days=1)).total_seconds())
    for wrong in (beyond, "9999999999", "99999999999999999999", "-5", "soon", "", "١٢٣", "1e9"):
        assert said(429, headers={"x-rate-limit-reset": wrong}).retry_at is None, wrong


@pytest.mark.parametrize("whose", ["user", "app"])
def test_a_daily_limit_pauses_the_account_until_its_own_reset(whose: str) -> None:
    outcome = said(429, headers={
        "x-rate-limit-reset": at(600), "x-rate-limit-remaining": "98",
        f"x-{whose}-limit-24hour-remaining": "0", f"x-{whose}-limit-24hour-reset": at(30_000),
    })
    assert outcome.kind is NOT_SENT
    assert outcome.pause is not None
    assert outcome.pause_until == outcome.retry_at == NOW + timedelta(seconds=30_001)


def test_a_daily_limit_with_room_left_is_an_ordinary_rate_limit() -> None:
    outcome = said(429, headers={"x-rate-limit-reset": at(600), "x-user-limit-24hour-remaining": "1", "x-user-limit-24hour-reset": at(30_000)})
    assert (outcome.pause, outcome.retry_at) == (None, NOW + timedelta(seconds=601))


def test_of_two_daily_limits_the_later_reset_counts() -> None:
    headers = {f"x-{whose}-limit-24hour-{key}": value for whose, reset in (("user", 500), ("app", 9_000)) for key, value in (("remaining", "0"), ("reset", at(reset)))}
    assert said(429, headers=headers).pause_until == NOW + timedelta(seconds=9_001)


def test_an_unseen_parent_is_tried_again_after_the_read_lag() -> None:
    assert said(403, "This Tweet is deleted or not visible to you").retry_at == NOW + READ_LAG


class NameResolutionError(Exception): ...


class SSLError(Exception): ...


class ReadTimeoutError(Exception): ...


def wrapped(inner: Exception) -> Exception:
    outer = ConnectionError(Exception("Max retries exceeded"))
    outer.args[0].reason = inner  # type: ignore[attr-defined]
    return outer


@pytest.mark.parametrize(("error", "late", "says"), [
    (wrapped(NameResolutionError()), False, "can not be resolved"), (wrapped(SSLError()), False, "TLS"), (None, True, "in time"),
    (ValueError("secret"), False, "ValueError"), (wrapped(OSError("secret")), False, "ConnectionError"), (None, False, "in time"),
])
def test_what_never_left_was_not_sent_whatever_the_exception(error: Exception | None, late: bool, says: str) -> None:
    outcome = failure(error, begun=False, late=late)
    assert outcome.kind is NOT_SENT
    assert says in outcome.detail
    assert "secret" not in outcome.detail


@pytest.mark.parametrize("error", [wrapped(NameResolutionError()), ConnectionResetError(), ReadTimeoutError(), ValueError(), None])
def test_what_may_have_left_is_unknown_whatever_the_exception(error: Exception | None) -> None:
    outcome = failure(error, begun=True, late=error is None, ended=False)
    assert (outcome.kind, outcome.call_ended, outcome.retry_at) == (UNKNOWN, False, None)


def test_exceptions_that_wrap_each_other_end() -> None:
    one, two = ValueError(), ValueError()
    one.__cause__, two.__cause__ = two, one
    assert failure(one, begun=False, late=False).kind is NOT_SENT


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["data", "id", "errors", "detail", "message", "title", "type", "x"]), inner, max_size=4), max_leaves=12)


@given(status=st.integers(100, 999), body=st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()),
       headers=st.dictionaries(st.sampled_from(["x-rate-limit-reset", "x-user-limit-24hour-reset", "x-user-limit-24hour-remaining"]), st.text(max_size=12)))
@settings(max_examples=300, deadline=None)
def test_any_answer_has_an_outcome_on_one_line_and_only_201_is_sent(status: int, body: bytes, headers: dict[str, str]) -> None:
    outcome = answer(status, headers, body, NOW)
    assert outcome.kind is not SENT or (status == 201 and outcome.remote)
    assert outcome.kind is SENT or outcome.detail
    assert outcome.detail.isprintable()
    assert len(outcome.detail) < 400
    if status >= 500:
        assert outcome.kind is UNKNOWN
