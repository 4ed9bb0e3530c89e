"""What an answer of X, or the lack of one, means: one table, first match wins; pure.

Sent is only what X confirms: 201 with `data.id`. A well-formed 4xx is an answer. A request of which no byte left this
machine was not sent. Everything else is unknown: 408, 5xx, redirects (303 means that the POST was carried out),
truncated or unreadable answers, silence. Texts of X are matched by their words, because `api_codes` is empty in v2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.text.tidy import one_line
from bot.values import Cause, Outcome, OutcomeKind, Remote

READ_LAG = timedelta(seconds=5)
"""X may not see a parent for some seconds after confirming it."""
LONGEST_WAIT = timedelta(days=32)
"""No window of X is longer than a month; a reset beyond it is not believed."""
DUPLICATE = "X says this account has already posted this text (duplicate content)"
REPLY_RULE = (
    "X does not let this app reply on this account (reply rule), so threads are off for it from now on; "
    "`bot unpause` lets its short posts go on"
)


@dataclass(frozen=True)
class Row:
    """One line of the table: an answer with one of these statuses and, where there are `words`, one of them in its text."""

    name: str
    statuses: tuple[int, ...]
    kind: OutcomeKind
    detail: str
    words: tuple[str, ...] = ()
    pause: str | None = None
    """Why the account pauses."""
    wait: timedelta | None = None
    """How long to wait where X does not say."""
    cause: Cause | None = None
    posting: bool = False
    """Only the answer to a new post can say this; a read or a deletion that is answered so is none of this."""


def _paused(name: str, status: int, pause: str, *words: str, cause: Cause | None = None, posting: bool = False) -> Row:
    return Row(name, (status,), OutcomeKind.NOT_SENT, pause, words, pause=pause, cause=cause, posting=posting)


PERMISSIONS = _paused(
    "permissions", 403, "the X app may not post; give it read and write permission, then make new access tokens",
    "app permissions", "oauth1-permissions", "client-forbidden", "client-not-enrolled", "attached to a project",
    "different access level", "unsupported-authentication", "unsupported authentication",
)

ROWS: tuple[Row, ...] = (
    # Settled by the status alone: X answers so before it looks at the content.
    _paused("credentials", 401, "X refused the credentials (401); check the four X_… keys and this machine's clock"),
    _paused("credit", 402, "the X account is out of credit (402); buy credit in the X developer console"),
    _paused("usage cap", 429, "the usage cap of the X app is reached (429)", "usage cap", "usagecapexceeded", "usage-capped"),
    Row("rate limit", (429,), OutcomeKind.NOT_SENT, "X's rate limit is reached (429)"),
    # About this content.
    Row("duplicate", (403,), OutcomeKind.REFUSED, DUPLICATE, ("duplicate content",), cause=Cause.DUPLICATE, posting=True),
    Row("parent not visible", (400, 403, 404), OutcomeKind.NOT_SENT, "X does not see the parent post yet, or it was deleted",
        ("deleted or not visible",), wait=READ_LAG, posting=True),
    # About the account or the app.
    _paused("reply rule", 403, REPLY_RULE, "mentioned or are the author", "not been mentioned", "reply to this conversation is not allowed",
            cause=Cause.REPLIES, posting=True),
    _paused("suspended", 403, "the X account is suspended", "user-suspended", "is suspended", "account suspended"),
    _paused("locked", 403, "the X account is locked; log in at x.com to unlock it", "temporarily locked", "account is locked"),
    _paused("automated", 403, "X takes the account for a spammer; log in at x.com and check it", "might be automated"),
    _paused("daily limit", 403, "the daily limit of the X account is reached", "daily status update limit", "daily limit", posting=True),
    PERMISSIONS,
)
"""Checked from the top; what no line matches is REFUSED (a well-formed 4xx) or UNKNOWN."""
DELETING = tuple(row for row in ROWS if not row.posting)
READING = tuple(row for row in DELETING if row is not PERMISSIONS)  # an app that may post, but not read, goes on posting

UNSETTLED = (408, 425)
"""4xx that tell of a moment rather than of the request: 408 may come after X took the post, 425 asks to try again."""

UNSENDABLE = "the stored request is not one this version can send"

NOT_BEGUN: tuple[tuple[str, str], ...] = (
    ("NameResolutionError", "the name of X's server can not be resolved"),
    ("ProxyError", "the proxy does not answer"),
    ("NewConnectionError", "the connection to X was refused"),  # before its base class, ConnectTimeoutError
    ("ConnectTimeoutError", "X can not be reached in time"),
    ("SSLError", "no safe connection to X (TLS)"),
    ("MissingSchema", "X_BASE_URL is not an address"),
    ("InvalidSchema", "X_BASE_URL is not an address"),
    ("InvalidURL", "X_BASE_URL is not an address"),
    ("TooLate", "the time was over before the request could go out"),
    ("NotTheSame", UNSENDABLE),
)
"""Why a request never left, by class of exception (requests wraps urllib3's, so the whole chain is looked at)."""


def answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
    """The outcome of a complete HTTP answer to `POST /2/tweets`; `headers` by lower-case name, `now` aware."""
    found = payload(body)
    data = found.get("data")
    number = data.get("id") if isinstance(data, dict) else None
    if status == 201 and is_id(number):
        return Outcome(kind=OutcomeKind.SENT, remote=(remote(str(number)),))
    if is_id(number):
        return Outcome(kind=OutcomeKind.UNKNOWN, detail=f"X answered {status} with the id of a post ({number}), which settles nothing")
    told = by_table(ROWS, status, headers, body, now)
    if told is not None:
        return told
    if settled(status) and well_formed(body):
        return Outcome(kind=OutcomeKind.REFUSED, detail=quoting(f"X refused the post ({status})", body))
    return Outcome(kind=OutcomeKind.UNKNOWN, detail=unsettled(status, body, "the id of a post"))


def by_table(rows: tuple[Row, ...], status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome | None:
    """The outcome by the first of these rows that matches; None when none does."""
    said = _texts(payload(body))
    row = next((row for row in rows if status in row.statuses and _says(row.words, said)), None)
    return None if row is None else _by_row(row, said, headers, now)


def settled(status: int) -> bool:
    """Is this a 4xx that asking again will not change?"""
    return 400 <= status < 500 and status not in UNSETTLED


def well_formed(body: bytes) -> bool:
    """Does this body say something in one of X's forms (Problem, Error)? Others answer 403 and 404 in HTML."""
    return bool(_texts(payload(body)))


def unsettled(status: int, body: bytes, lacks: str) -> str:
    """Why an answer settles nothing; `lacks`: what a 2xx should have held."""
    if 300 <= status < 400:
        return f"X sent the request elsewhere ({status}); check X_BASE_URL"
    if 200 <= status < 300:
        return quoting(f"X answered {status} without {lacks}", body)
    return quoting(f"X answered {status}, which settles nothing", body)


def quoting(detail: str, body: bytes) -> str:
    """The detail with the first thing X says in `body`, on one printable line."""
    return _quoting(detail, _texts(payload(body)))


def failure(error: BaseException | None, *, begun: bool, late: bool, ended: bool = True, doubt: str = "the post may be out") -> Outcome:
    """The outcome of a call without a complete answer.

    `begun`: bytes of the request may have left. `late`: the overall deadline cut the call. `ended`: it is over for certain.
    `doubt`: what is not known now.
    """
    if not begun:
        why = next((words for name, words in NOT_BEGUN if name in _classes(error)), None)
        why = why or ("X can not be reached in time" if late or error is None else f"the request could not be made ({type(error).__name__})")
        return Outcome(kind=OutcomeKind.NOT_SENT, detail=f"not sent: {why}")
    what = "X did not answer in time" if late or "ReadTimeoutError" in _classes(error) else "the connection to X broke before its answer was complete"
    return Outcome(kind=OutcomeKind.UNKNOWN, detail=f"{what}; {doubt}", call_ended=ended)


def payload(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; empty for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_id(value: object) -> bool:
    """Is this an id of X? A string of up to 19 digits (X's OpenAPI description, 2.167)."""
    return isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value) is not None


def remote(number: str) -> Remote:
    """The post with this id."""
    return Remote(id=number, url=f"https://x.com/i/web/status/{number}")


def _texts(found: dict[str, Any]) -> tuple[str, ...]:
    """What a Problem or Error object says, most telling first; empty when it is neither."""
    errors = found.get("errors")
    objects = [found, *(error for error in errors if isinstance(error, dict))] if isinstance(errors, list) else [found]
    return tuple(
        value for key in ("message", "detail", "error", "title", "reason", "type") for object_ in objects
        if isinstance(value := object_.get(key), str) and value.strip()
    )


def _says(words: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return not words or any(word in text.lower() for text in said for word in words)


def _by_row(row: Row, said: tuple[str, ...], headers: Mapping[str, str], now: datetime) -> Outcome:
    daily = [_reset(headers, f"x-{whose}-limit-24hour", now) for whose in ("user", "app") if headers.get(f"x-{whose}-limit-24hour-remaining") == "0"]
    pause, pause_until, retry_at = row.pause, None, None if row.wait is None else now + row.wait
    if 429 in row.statuses or row.name == "daily limit":
        if daily:
            pause = pause or "the daily limit of the X account or app is reached"
            pause_until = retry_at = max((moment for moment in daily if moment), default=None)
        elif pause is None:
            retry_at = _reset(headers, "x-rate-limit", now) or _retry_after(headers, now)
    return Outcome(
        kind=row.kind, detail=_quoting(row.detail, said), retry_at=retry_at, pause=pause, pause_until=pause_until, cause=row.cause
    )


def _reset(headers: Mapping[str, str], prefix: str, now: datetime) -> datetime | None:
    value = headers.get(f"{prefix}-reset", "").strip()
    if not re.fullmatch(r"[0-9]{1,10}", value):
        return None
    # One second more: the header counts whole seconds. Never before now: our clocks may differ.
    moment = max(datetime.fromtimestamp(int(value), UTC), now) + timedelta(seconds=1)
    return moment if moment <= now + LONGEST_WAIT else None


def _retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """As RFC 9110 has it, in seconds; longer than any window of X is not believed."""
    value = headers.get("retry-after", "").strip()
    if not re.fullmatch(r"[0-9]{1,8}", value) or int(value) > LONGEST_WAIT.total_seconds():
        return None
    return now + timedelta(seconds=int(value) + 1)


def _quoting(detail: str, said: tuple[str, ...]) -> str:
    """The detail with the first thing X says, on one printable line."""
    if not said:
        return detail
    text = one_line(said[0])
    return f"{detail}: {text}" if text else detail


def _classes(error: BaseException | None) -> set[str]:
    """Names of the classes of an exception and of all it wraps."""
    names: set[str] = set()
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        names.update(kind.__name__ for kind in type(one).__mro__)
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return names


def standing(headers: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the headers of an answer tell of the keys and of the day's posts: remarks, and what is in the way."""
    remarks, troubles = [], []
    level = headers.get("x-access-level", "")
    if level == "read":
        troubles.append("the keys may only read: give the app read and write permission, then make the access token anew")
    elif level:
        remarks.append(f"access: {level}")
    for whose in ("user", "app"):
        left, most = headers.get(f"x-{whose}-limit-24hour-remaining", ""), headers.get(f"x-{whose}-limit-24hour-limit", "")
        if left.isdecimal() and most.isdecimal():
            (remarks if left != "0" else troubles).append(f"{left} of {most} posts are left today for this {whose}")
    return tuple(remarks), tuple(troubles)
