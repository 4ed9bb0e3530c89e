"""What an answer of a Bluesky server means for a post: tables of status and error name, first match wins. Pure.

By status and error name, never by the SDK's exception classes: there a 413 is a network error and a 503 is the base
of the rate limit. Names and statuses as measured on @atproto/pds 0.5.35.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from bot.text.tidy import one_line
from bot.values import Outcome, OutcomeKind


class Answer(NamedTuple):
    """What came back from one call: a status, or the name of the exception that came instead."""

    status: int | None = None
    error: str = ""
    """The error name of a well-formed refusal; empty when the body is not one."""
    message: str = ""
    headers: Mapping[str, str] = {}
    content: Any = None
    exception: str = ""


class Act(StrEnum):
    """What else an answer asks for."""

    NONE = ""
    LOGIN = "login"
    """The token was not accepted: renew the session and try once more."""
    PAUSE = "pause"
    """It is about the account."""
    LATER = "later"
    """A rate limit: not before the time in the headers."""
    UPLOAD = "upload"
    """The server has lost the image: upload it again, then send again."""


class Row(NamedTuple):
    """Answers of these statuses with one of these error names; no names: also answers that are not well-formed.

    Where no answer came (`NO_ANSWER`), the name is that of the exception.
    """

    statuses: Sequence[int | None]
    errors: frozenset[str]
    kind: OutcomeKind
    act: Act = Act.NONE
    message: str = ""
    """Only when the server's message has these words."""


ANY = frozenset({"*"})
"""Any name, as long as the refusal is well-formed."""
NONE: frozenset[str] = frozenset()
NO_ANSWER = (None,)
ANYTHING = (None, *range(1000))

ACCOUNT = {
    "AuthFactorTokenRequired": "Bluesky asks for a second factor: use an app password",
    "AccountTakedown": "Bluesky has taken the account down",
    "AccountSuspended": "Bluesky has suspended the account",
    "AccountDeactivated": "the account is deactivated: activate it in the Bluesky app",
    "AccountNotFound": "the server does not know the account: check the handle and the server's address",
    "RepoNotFound": "the server does not know the account: check the handle and the server's address",
    "RepoTakendown": "Bluesky has taken the account down",
    "RepoDeactivated": "the account is deactivated: activate it in the Bluesky app",
    "RepoSuspended": "Bluesky has suspended the account",
}
"""Error names that speak of the account, in words for a person."""
GONE = frozenset({"RecordNotFound"})
TOKEN = frozenset({"ExpiredToken", "InvalidToken", "TokenDecodeError", "AuthMissing", "AuthenticationRequired"})
ABSENT = frozenset({"MethodNotImplemented", "XRPCNotSupported"})

SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN

NEVER_LEFT = frozenset({
    "ConnectError",  # refused, no route, no such name, TLS
    "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL", "NotStarted",
})
"""Exceptions that prove that no request was written: each comes before a connection stands."""

_COMMON = (
    Row((400, 401, 403, 404), frozenset(ACCOUNT), NOT_SENT, Act.PAUSE),
    Row((400, 401), TOKEN, NOT_SENT, Act.LOGIN),
    Row((401,), NONE, NOT_SENT, Act.LOGIN),
    Row((402, 403), ANY, NOT_SENT, Act.PAUSE),
    Row((404, 501), ABSENT, NOT_SENT, Act.PAUSE),
    Row((429,), NONE, NOT_SENT, Act.LATER),
)

WRITES = (
    *_COMMON,
    Row((400,), frozenset({"BlobNotFound"}), NOT_SENT, Act.UPLOAD),
    # Whoever says that a record is there already may speak of ours; today's server says 500, others need not.
    Row((400,), frozenset({"InvalidSwap", "AlreadyExists", "RecordAlreadyExists"}), UNKNOWN),
    Row((400,), ANY, UNKNOWN, message="exist"),
    Row((408, 409), NONE, UNKNOWN),
    Row(range(400, 500), ANY, REFUSED),
    Row(NO_ANSWER, NEVER_LEFT, NOT_SENT),
)
"""`applyWrites`. What no row names is unknown: 5xx (an existing record is a 500, atproto#3718), 3xx, 200 unreadable."""

DELETES = (
    *_COMMON,
    Row((400, 404), GONE, SENT),  # today's server says 200 for what is gone already
    Row((408, 409), NONE, UNKNOWN),
    Row(range(400, 500), ANY, REFUSED),
    Row(NO_ANSWER, NEVER_LEFT, NOT_SENT),
)
"""`deleteRecord`. It may be repeated without harm, so what no row names is unknown and simply tried again."""

LOOKS = (Row((400, 404), GONE, NOT_SENT), *(row._replace(kind=UNKNOWN) for row in _COMMON))
"""`getRecord`. Only the server's own word `RecordNotFound` says that a record is not there; all else is no answer to the question.

`InvalidRequest: Could not locate record` is said of accounts that the server does not keep, so it proves nothing.
"""

UPLOADS = (
    *_COMMON,
    Row((413,), NONE, REFUSED),
    Row((408, 409), NONE, NOT_SENT),
    Row(range(400, 500), ANY, REFUSED),
    Row(ANYTHING, NONE, NOT_SENT),
)
"""`uploadBlob`. Nothing is posted by it, so nothing about it is unknown."""

SESSIONS = (
    Row((400, 401, 403), frozenset(ACCOUNT), NOT_SENT, Act.PAUSE),
    Row((429,), NONE, NOT_SENT, Act.LATER),
    Row((401, 404), NONE, NOT_SENT, Act.PAUSE),
    Row((400, 402, 403), ANY, NOT_SENT, Act.PAUSE),
    Row((501,), ABSENT, NOT_SENT, Act.PAUSE),
    Row(ANYTHING, NONE, NOT_SENT),
)
"""`createSession` and `refreshSession`: a refusal is about the account, all else is worth another try later."""

QUERIES = (*_COMMON, Row(ANYTHING, NONE, NOT_SENT))
"""`getSession`: a token that is refused may be renewed, anything else is worth another try later."""

_WITHOUT_ANSWER = {
    "ConnectError": "no connection to the server",
    "ConnectTimeout": "no connection to the server in time",
    "UnsupportedProtocol": "the server's address must begin with https://",
    "InvalidURL": "the server's address is not one",
    "NotStarted": "too little time was left to begin",
    "ReadTimeout": "no answer in time",
    "Overdue": "the answer did not end in time",
}
_LONGEST_WAIT = timedelta(days=1)


def judge(answer: Answer, table: Sequence[Row]) -> tuple[OutcomeKind, Act]:
    """What this answer means: `unknown` where no row of the table says otherwise."""
    row = matching(answer, table)
    return (row.kind, row.act) if row else (UNKNOWN, Act.NONE)


def matching(answer: Answer, table: Sequence[Row]) -> Row | None:
    """The first row that speaks of this answer."""
    name = answer.error if answer.status is not None else answer.exception
    for row in table:
        named = not row.errors or (bool(name) if row.errors is ANY else name in row.errors)
        if answer.status in row.statuses and named and row.message in answer.message:
            return row
    return None


def outcome(answer: Answer, table: Sequence[Row], *, account: str, now: datetime) -> Outcome:
    """The answer as an outcome, in words for a person; a token still refused after a login pauses the account."""
    kind, act = judge(answer, table)
    detail = describe(answer)
    if act in (Act.PAUSE, Act.LOGIN):
        return Outcome(kind=kind, detail=detail, pause=_reason(answer, account))
    if act is Act.LATER:
        return Outcome(kind=kind, detail=detail, retry_at=_reset(answer.headers, now))
    if act is Act.UPLOAD:
        return Outcome(kind=kind, detail=f"{detail}: upload the image again")
    return Outcome(kind=kind, detail=detail)


def describe(answer: Answer) -> str:
    """The answer in one line: status, error name and message, or the exception."""
    if answer.status is None:
        return _WITHOUT_ANSWER.get(answer.exception, f"no answer ({answer.exception})")
    said = ": ".join(part for part in (answer.error, answer.message) if part)
    return f"{answer.status} {one_line(said)}".rstrip()


def _reason(answer: Answer, account: str) -> str:
    if answer.error in ACCOUNT:
        return ACCOUNT[answer.error]
    if answer.error in ABSENT or answer.status == 404:
        return f"no Bluesky server answers there: check the server's address of account {account}"
    if answer.status in (400, 401):
        return f"Bluesky refused the login: check the handle and the app password of account {account}"
    return f"Bluesky refused the account: {describe(answer)}"


def _reset(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the rate limit ends: the server's reset time (seconds since 1970), at most a day away; None: it did not say."""
    try:
        if reset := headers.get("ratelimit-reset"):
            moment = datetime.fromtimestamp(int(reset), UTC)
        else:
            moment = now + timedelta(seconds=float(headers["retry-after"]))
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    return min(max(moment, now), now + _LONGEST_WAIT)
