"""The outcome table of X, row by row, and what is hostile in an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests
import urllib3.exceptions as urllib3
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms import x_deletion
from bot.platforms.x_lookup import read
from bot.platforms.x_outcomes import LONGEST_WAIT, NOT_BEGUN, READ_LAG, ROWS, Row, answer, failure
from bot.platforms.x_transport import NotTheSame, TooLate
from bot.values import Cause, Outcome, OutcomeKind, Remote

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN


def said(status: int, detail: str = "Something", headers: dict[str, str] | None = None, **more: object):
    return answer(status, headers or {}, json.dumps({"title": "T", "detail": detail, "status": status, **more}).encode(), NOW)


def at(seconds: float) -> str:
    return str(int((NOW + timedelta(seconds=seconds)).timestamp()))


EXAMPLES: dict[str, tuple[tuple[int, str], ...]] = {
    "credentials": ((401, "Unauthorized"),),
    "credit": ((402, "Your enrolled account does not have any credits to fulfill this request."),),
    "usage cap": ((429, "Usage cap exceeded: Monthly product cap"), (429, "UsageCapExceeded"), (429, "https://api.twitter.com/2/problems/usage-capped")),
    "rate limit": ((429, "Too Many Requests"), (429, "")),
    "duplicate": ((403, "You are not allowed to create a Tweet with duplicate content."),),
    "reply rule": (
        (403, "You can only reply to posts where you are mentioned or are the author."),
        (403, "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged."),
    ),
    "parent not visible": tuple((status, "You attempted to reply to a Tweet that is deleted or not visible to you.") for status in (400, 403, 404)),
    "suspended": (
        (403, "The user used for authentication is suspended"), (403, "https://api.twitter.com/2/problems/user-suspended"), (403, "Account suspended"),
    ),
    "locked": ((403, "To protect our users, this account is temporarily locked."), (403, "Your account is locked. Please log in.")),
    "automated": ((403, "This request looks like it might be automated."),),
    "daily limit": ((403, "User is over daily status update limit."), (403, "The daily limit for posts is reached.")),
    "permissions": (
        (403, "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."), (403, "oauth1-permissions"),
        (403, "https://api.twitter.com/2/problems/client-forbidden"), (403, "client-not-enrolled"),
        (403, "You must use keys and tokens from an X developer App that is attached to a Project."),
        (403, "You may need a different access level."), (403, "https://api.twitter.com/2/problems/unsupported-authentication"),
        (403, "Unsupported Authentication"),
    ),
}
"""What X says, for each row of the table."""
CAUSES = {"duplicate": Cause.DUPLICATE, "reply rule": Cause.REPLIES}
KINDS = {"duplicate": REFUSED}
PAUSING = {"credentials", "credit", "usage cap", "reply rule", "suspended", "locked", "automated", "daily limit", "permissions"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_of_the_table_has_its_examples_and_keeps_to_them(row: Row) -> None:
    for status, detail in EXAMPLES[row.name]:
        outcome = said(status, detail)
        assert outcome.kind is KINDS.get(row.name, NOT_SENT)
        assert outcome.detail.startswith(row.detail)
        assert (outcome.pause is not None) is (row.name in PAUSING)
        assert outcome.cause is CAUSES.get(row.name)
        assert outcome.remote == ()
    texts = [detail.lower() for _, detail in EXAMPLES[row.name]]
    assert [word for word in row.words if not any(word in text for text in texts)] == []
    assert {status for status, _ in EXAMPLES[row.name]} == set(row.statuses)


def test_there_are_no_examples_of_rows_that_are_gone() -> None:
    assert [row.name for row in ROWS] == list(dict.fromkeys(row.name for row in ROWS))
    assert set(EXAMPLES) == {row.name for row in ROWS}


def test_a_refused_reply_says_how_to_go_on() -> None:
    outcome = said(403, EXAMPLES["reply rule"][0][1])
    assert outcome.pause is not None
    assert ("reply rule" in outcome.pause, "threads are off" in outcome.pause, "`bot unpause`" in outcome.pause) == (True, True, True)


@pytest.mark.parametrize(("status", "detail", "kind", "says"), [
    (400, "One or more parameters to your request was invalid.", REFUSED, "400"),
    (403, "You are not permitted to perform this action.", REFUSED, "not permitted"),
    (404, "Could not find it.", REFUSED, "404"),
    (409, "Conflict", REFUSED, "409"),
    (413, "Too large", REFUSED, "413"),
    (400, "You are not allowed to create a Tweet with duplicate content.", REFUSED, "400"),
    (408, "Request Timeout", UNKNOWN, "408"),
    (425, "Too early", UNKNOWN, "425"),
    (500, "Internal error", UNKNOWN, "500"),
    (503, "You are not allowed to create a Tweet with duplicate content.", UNKNOWN, "503"),
    (200, "Fine", UNKNOWN, "without the id"),
    (201, "Fine", UNKNOWN, "without the id"),
    (301, "Moved", UNKNOWN, "X_BASE_URL"),
    (303, "See other", UNKNOWN, "X_BASE_URL"),
    (100, "Continue", UNKNOWN, "100"),
    (999, "What?", UNKNOWN, "999"),
])
def test_what_no_row_matches_is_refused_or_unknown(status: int, detail: str, kind: OutcomeKind, says: str) -> None:
    outcome = said(status, detail)
    assert outcome.kind is kind
    assert says in outcome.detail
    assert (outcome.pause, outcome.cause, outcome.remote) == (None, None, ())


GONE = Remote(id="5", url="https://x.com/i/web/status/5")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_of_reads_and_deletions_only_what_is_about_the_account_counts(row: Row) -> None:
    posting = {"duplicate", "reply rule", "parent not visible", "daily limit"}
    assert row.posting is (row.name in posting)
    for status, detail in EXAMPLES[row.name]:
        body = json.dumps({"title": "T", "detail": detail}).encode()
        page, deleted = read(status, {}, body, NOW), x_deletion.answer(GONE, status, {}, body, NOW)
        assert isinstance(page, Outcome)
        if row.name in posting:
            assert (page.kind, deleted.kind) == (REFUSED, SENT if status == 404 else REFUSED)
        else:
            assert (page.kind, deleted.kind) == (REFUSED if row.name == "permissions" else UNKNOWN, NOT_SENT)
        assert (page.pause is not None) is (row.name in PAUSING - posting - {"permissions"})
        assert (deleted.pause is not None) is (row.name in PAUSING - posting)
        assert (page.cause, deleted.cause) == (None, None)


def test_sent_is_201_with_an_id_and_nothing_else() -> None:
    body = b'{"data":{"id":"1900000000000000001","text":"Hi"}}'
    outcome = answer(201, {}, body, NOW)
    assert outcome.kind is SENT
    assert outcome.remote[0].id == "1900000000000000001"
    assert outcome.remote[0].url == "https://x.com/i/web/status/1900000000000000001"
    assert [answer(status, {}, body, NOW).kind for status in (200, 202, 301, 400, 401, 403, 429, 500)] == [UNKNOWN] * 8
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


def test_without_a_reset_the_answer_may_say_how_long_to_wait() -> None:
    assert said(429, headers={"retry-after": "30"}).retry_at == NOW + timedelta(seconds=31)
    assert said(429, headers={"retry-after": "30", "x-rate-limit-reset": at(600)}).retry_at == NOW + timedelta(seconds=601)
    assert said(429, headers={"retry-after": "30", "x-rate-limit-reset": "soon"}).retry_at == NOW + timedelta(seconds=31)
    most = int(LONGEST_WAIT.total_seconds())
    assert said(429, headers={"retry-after": str(most)}).retry_at == NOW + LONGEST_WAIT + timedelta(seconds=1)
    for wrong in (str(most + 1), "-1", "9" * 400, "1.5", "", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"):
        assert said(429, headers={"retry-after": wrong}).retry_at is None, wrong
    assert said(403, headers={"retry-after": "30"}).retry_at is None


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


def wrapped(inner: Exception) -> Exception:
    outer = ConnectionError(Exception("Max retries exceeded"))
    outer.args[0].reason = inner  # type: ignore[attr-defined]
    return outer


UNBEGUN: dict[str, Exception] = {
    "NameResolutionError": urllib3.NameResolutionError("host", None, OSError()),  # type: ignore[arg-type]
    "ProxyError": urllib3.ProxyError("no", OSError()),
    "NewConnectionError": urllib3.NewConnectionError(None, "no"),  # type: ignore[arg-type]
    "ConnectTimeoutError": urllib3.ConnectTimeoutError(),
    "SSLError": urllib3.SSLError(),
    "MissingSchema": requests.exceptions.MissingSchema(),
    "InvalidSchema": requests.exceptions.InvalidSchema(),
    "InvalidURL": requests.exceptions.InvalidURL(),
    "TooLate": TooLate(),
    "NotTheSame": NotTheSame(),
}
"""An exception for each reason in NOT_BEGUN."""


@pytest.mark.parametrize(("name", "says"), NOT_BEGUN)
def test_every_reason_for_not_sending_has_its_exception_and_its_words(name: str, says: str) -> None:
    for error in (UNBEGUN[name], wrapped(UNBEGUN[name])):
        assert failure(error, begun=False, late=False).detail == f"not sent: {says}"


@pytest.mark.parametrize(("error", "late", "says"), [
    (None, True, "in time"), (ValueError("secret"), True, "in time"),
    (ValueError("secret"), False, "ValueError"), (wrapped(OSError("secret")), False, "ConnectionError"), (None, False, "in time"),
])
def test_what_never_left_was_not_sent_whatever_the_exception(error: Exception | None, late: bool, says: str) -> None:
    outcome = failure(error, begun=False, late=late)
    assert outcome.kind is NOT_SENT
    assert says in outcome.detail
    assert "secret" not in outcome.detail


@pytest.mark.parametrize("error", [wrapped(UNBEGUN["NameResolutionError"]), ConnectionResetError(), urllib3.ReadTimeoutError(None, "", "no"), ValueError(), None])
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
       headers=st.dictionaries(st.sampled_from(["x-rate-limit-reset", "x-user-limit-24hour-reset", "x-user-limit-24hour-remaining", "retry-after", "date"]), st.text(max_size=12)))
@settings(max_examples=300, deadline=None)
def test_any_answer_has_an_outcome_on_one_line_and_only_201_is_sent(status: int, body: bytes, headers: dict[str, str]) -> None:
    outcome = answer(status, headers, body, NOW)
    assert outcome.kind is not SENT or (status == 201 and outcome.remote)
    assert outcome.kind is SENT or outcome.detail
    assert outcome.detail.isprintable()
    assert len(outcome.detail) < 400
    if status >= 500:
        assert outcome.kind is UNKNOWN
    page, deleted = read(status, headers, body, NOW), x_deletion.answer(GONE, status, headers, body, NOW)
    assert not isinstance(page, Outcome) or (page.kind in (UNKNOWN, REFUSED) and page.detail.isprintable())
    assert deleted.kind is not SENT or status in (200, 404)
    assert deleted.detail.isprintable()
