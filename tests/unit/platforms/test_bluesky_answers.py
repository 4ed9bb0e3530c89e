"""Each answer of a Bluesky server means one thing for a post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.platforms.bluesky_answers import QUERIES, SESSIONS, UPLOADS, WRITES, Act, Answer, describe, judge, outcome
from bot.values import OutcomeKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOT_SENT, REFUSED, UNKNOWN = OutcomeKind.NOT_SENT, OutcomeKind.REFUSED, OutcomeKind.UNKNOWN

WRITE_CASES = [
    (400, "InvalidRequest", "Invalid app.bsky.feed.post record", REFUSED, Act.NONE),
    (400, "InvalidMimeType", "", REFUSED, Act.NONE),
    (413, "PayloadTooLarge", "", REFUSED, Act.NONE),
    (415, "UnsupportedMediaType", "", REFUSED, Act.NONE),
    (400, "ExpiredToken", "", NOT_SENT, Act.LOGIN),
    (400, "InvalidToken", "", NOT_SENT, Act.LOGIN),
    (401, "AuthMissing", "", NOT_SENT, Act.LOGIN),
    (401, "", "", NOT_SENT, Act.LOGIN),
    (401, "AuthFactorTokenRequired", "", NOT_SENT, Act.PAUSE),
    (401, "AccountTakedown", "", NOT_SENT, Act.PAUSE),
    (401, "AccountDeactivated", "", NOT_SENT, Act.PAUSE),
    (400, "AccountSuspended", "", NOT_SENT, Act.PAUSE),
    (403, "AccountNotFound", "", NOT_SENT, Act.PAUSE),
    (403, "Forbidden", "", NOT_SENT, Act.PAUSE),
    (402, "PaymentRequired", "", NOT_SENT, Act.PAUSE),
    (501, "MethodNotImplemented", "", NOT_SENT, Act.PAUSE),
    (429, "RateLimitExceeded", "", NOT_SENT, Act.LATER),
    (429, "", "", NOT_SENT, Act.LATER),
    (400, "BlobNotFound", "Could not find blob: bafk", NOT_SENT, Act.UPLOAD),
    (400, "InvalidSwap", "", UNKNOWN, Act.NONE),
    (400, "InvalidRequest", "Record already exists", UNKNOWN, Act.NONE),
    (400, "", "", UNKNOWN, Act.NONE),
    (403, "", "", UNKNOWN, Act.NONE),
    (404, "", "", UNKNOWN, Act.NONE),
    (408, "RequestTimeout", "", UNKNOWN, Act.NONE),
    (409, "Conflict", "", UNKNOWN, Act.NONE),
    (500, "InternalServerError", "", UNKNOWN, Act.NONE),
    (502, "UpstreamFailure", "", UNKNOWN, Act.NONE),
    (503, "", "", UNKNOWN, Act.NONE),
    (504, "UpstreamTimeout", "", UNKNOWN, Act.NONE),
    (302, "", "", UNKNOWN, Act.NONE),
    (204, "", "", UNKNOWN, Act.NONE),
]


@pytest.mark.parametrize(("status", "error", "message", "kind", "act"), WRITE_CASES)
def test_what_an_answer_to_a_write_means(status: int, error: str, message: str, kind: OutcomeKind, act: Act) -> None:
    assert judge(Answer(status, error, message), WRITES) == (kind, act)


@pytest.mark.parametrize("name", ["ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL", "NotStarted"])
def test_a_write_that_never_left_is_not_sent(name: str) -> None:
    assert judge(Answer(exception=name), WRITES)[0] is NOT_SENT


@pytest.mark.parametrize("name", ["ReadTimeout", "WriteTimeout", "ReadError", "WriteError", "RemoteProtocolError", "ValueError", "ModelError", "Overdue", "Exception"])
def test_any_other_exception_of_a_write_is_unknown(name: str) -> None:
    assert judge(Answer(exception=name), WRITES)[0] is UNKNOWN


@pytest.mark.parametrize("table", [UPLOADS, SESSIONS, QUERIES])
@pytest.mark.parametrize("answer", [Answer(500), Answer(200), Answer(302), Answer(exception="ReadTimeout"), Answer(429), Answer(401)])
def test_nothing_but_a_write_is_ever_unknown(table: tuple, answer: Answer) -> None:  # type: ignore[type-arg]
    assert judge(answer, table)[0] is NOT_SENT


@pytest.mark.parametrize(("status", "error"), [(400, "InvalidRequest"), (413, ""), (415, "UnsupportedMediaType")])
def test_an_image_that_will_never_be_taken_is_refused(status: int, error: str) -> None:
    assert judge(Answer(status, error), UPLOADS)[0] is REFUSED


@pytest.mark.parametrize(("status", "error", "words"), [
    (401, "AuthenticationRequired", "app password of account news"), (401, "AuthFactorTokenRequired", "second factor"),
    (401, "AccountTakedown", "taken the account down"), (404, "", "server's address"), (400, "InvalidRequest", "app password"),
])
def test_a_login_that_is_refused_pauses_the_account_with_a_reason(status: int, error: str, words: str) -> None:
    made = outcome(Answer(status, error), SESSIONS, account="news", now=NOW)
    assert made.kind is NOT_SENT
    assert made.pause is not None
    assert words in made.pause


@pytest.mark.parametrize(("headers", "expected"), [
    ({"ratelimit-reset": str(int(NOW.timestamp()) + 300)}, NOW + timedelta(seconds=300)),
    ({"retry-after": "30"}, NOW + timedelta(seconds=30)),
    ({"ratelimit-reset": "1"}, NOW),
    ({"ratelimit-reset": "9" * 30}, None),
    ({"ratelimit-reset": str(int(NOW.timestamp()) + 10**9)}, NOW + timedelta(days=1)),
    ({"ratelimit-reset": "soon"}, None), ({"retry-after": "nan"}, None), ({}, None),
])
def test_a_rate_limit_tells_when_to_try_again(headers: dict[str, str], expected: datetime | None) -> None:
    made = outcome(Answer(429, "RateLimitExceeded", headers=headers), WRITES, account="a", now=NOW)
    assert (made.kind, made.retry_at, made.pause) == (NOT_SENT, expected, None)


def test_a_lost_image_is_told_so_that_it_is_uploaded_again() -> None:
    made = outcome(Answer(400, "BlobNotFound", "Could not find blob: bafk"), WRITES, account="a", now=NOW)
    assert (made.kind, made.retry_at, made.pause) == (NOT_SENT, None, None)
    assert "upload the image again" in made.detail


def test_an_answer_is_told_in_one_line() -> None:
    assert describe(Answer(400, "Bad", "line\nline")) == "400 Bad: line line"
    assert describe(Answer(400, "", "x" * 999)) == f"400 {'x' * 199}…"
    assert describe(Answer(exception="ConnectError")) == "no connection to the server"
