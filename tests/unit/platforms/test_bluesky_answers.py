"""Each answer of a Bluesky server means one thing for a post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.platforms.bluesky_answers import (
    DELETES,
    LOOKS,
    NEVER_LEFT,
    QUERIES,
    SESSIONS,
    UPLOADS,
    WRITES,
    Act,
    Answer,
    describe,
    judge,
    matching,
    outcome,
)
from bot.values import OutcomeKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SENT, NOT_SENT, REFUSED, UNKNOWN = OutcomeKind.SENT, OutcomeKind.NOT_SENT, OutcomeKind.REFUSED, OutcomeKind.UNKNOWN
TABLES = {"WRITES": WRITES, "DELETES": DELETES, "LOOKS": LOOKS, "UPLOADS": UPLOADS, "SESSIONS": SESSIONS, "QUERIES": QUERIES}

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


_ACCOUNT = [
    (Answer(401, "AccountTakedown"), Act.PAUSE), (Answer(400, "ExpiredToken"), Act.LOGIN), (Answer(401), Act.LOGIN),
    (Answer(403, "Forbidden"), Act.PAUSE), (Answer(501, "MethodNotImplemented"), Act.PAUSE), (Answer(429), Act.LATER),
]
_ALL = [(answer, NOT_SENT, act) for answer, act in _ACCOUNT]
EXAMPLES = {
    "WRITES": [
        *_ALL, (Answer(400, "BlobNotFound"), NOT_SENT, Act.UPLOAD), (Answer(400, "InvalidSwap"), UNKNOWN, Act.NONE),
        (Answer(400, "InvalidRequest", "Record already exists"), UNKNOWN, Act.NONE), (Answer(408), UNKNOWN, Act.NONE),
        (Answer(400, "InvalidRequest"), REFUSED, Act.NONE), (Answer(exception="ConnectError"), NOT_SENT, Act.NONE),
    ],
    "DELETES": [
        *_ALL, (Answer(400, "RecordNotFound"), SENT, Act.NONE), (Answer(409, "Conflict"), UNKNOWN, Act.NONE),
        (Answer(400, "InvalidRequest"), REFUSED, Act.NONE), (Answer(exception="ConnectTimeout"), NOT_SENT, Act.NONE),
    ],
    "LOOKS": [(Answer(400, "RecordNotFound"), NOT_SENT, Act.NONE), *((answer, UNKNOWN, act) for answer, act in _ACCOUNT)],
    "UPLOADS": [
        *_ALL, (Answer(413), REFUSED, Act.NONE), (Answer(408), NOT_SENT, Act.NONE), (Answer(400, "InvalidRequest"), REFUSED, Act.NONE),
        (Answer(exception="ReadTimeout"), NOT_SENT, Act.NONE),
    ],
    "SESSIONS": [
        (Answer(400, "AccountSuspended"), NOT_SENT, Act.PAUSE), (Answer(429), NOT_SENT, Act.LATER), (Answer(404), NOT_SENT, Act.PAUSE),
        (Answer(400, "InvalidRequest"), NOT_SENT, Act.PAUSE), (Answer(501, "XRPCNotSupported"), NOT_SENT, Act.PAUSE),
        (Answer(503), NOT_SENT, Act.NONE),
    ],
    "QUERIES": [*_ALL, (Answer(500), NOT_SENT, Act.NONE)],
}
"""One answer for each row of each table, in the order of the rows."""


@pytest.mark.parametrize(("table", "position"), [(name, at) for name, rows in TABLES.items() for at in range(len(rows))])
def test_each_row_speaks_of_its_answer(table: str, position: int) -> None:
    answer, kind, act = EXAMPLES[table][position]
    assert matching(answer, TABLES[table]) is TABLES[table][position]
    assert judge(answer, TABLES[table]) == (kind, act)


@pytest.mark.parametrize("table", TABLES)
def test_each_row_has_an_example(table: str) -> None:
    assert len(EXAMPLES[table]) == len(TABLES[table])


NO_ANSWER_AT_ALL = [
    Answer(500, "InternalServerError"), Answer(503), Answer(200), Answer(302), Answer(404), Answer(408), Answer(exception="ReadTimeout"),
    Answer(exception="Overdue"), Answer(exception="ValueError"), Answer(400, "InvalidRequest", "Could not locate record"), Answer(400),
]


@pytest.mark.parametrize("answer", [*NO_ANSWER_AT_ALL, *(Answer(exception=name) for name in sorted(NEVER_LEFT))], ids=str)
def test_only_the_servers_own_word_means_that_a_record_is_not_there(answer: Answer) -> None:
    assert judge(answer, LOOKS) == (UNKNOWN, Act.NONE)


@pytest.mark.parametrize("answer", [one for one in NO_ANSWER_AT_ALL if one.error != "InvalidRequest"], ids=str)
def test_a_deletion_without_a_clear_answer_is_unknown(answer: Answer) -> None:
    assert judge(answer, DELETES) == (UNKNOWN, Act.NONE)


def test_a_look_that_meets_a_limit_says_when_to_ask_again() -> None:
    made = outcome(Answer(429, headers={"ratelimit-reset": str(int(NOW.timestamp()) + 60)}), LOOKS, account="a", now=NOW)
    assert (made.kind, made.retry_at) == (UNKNOWN, NOW + timedelta(seconds=60))


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
