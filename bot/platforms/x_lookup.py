"""Reads an account's own timeline on X for a post that may be out, page by page, and says what that shows.

Absent is only what a list read to its end does not hold. Reads are never repeated here, and cost money for each post they return.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from bot import clock
from bot.platforms import x_match, x_outcomes
from bot.values import Outcome, OutcomeKind, Sought

if TYPE_CHECKING:
    from bot.platforms.x_transport import Call

READ_MICROS = 1_000
"""Reading one post of one's own timeline: $0.001 (X docs, 2026-08)."""
PAGES, PAGE_SIZE = 10, 100
FIELDS = ["created_at", "conversation_id", "referenced_tweets", "entities", "note_tweet"]
EARLIEST = datetime(2010, 11, 6, tzinfo=UTC)
"""X takes no start time before."""
AHEAD = timedelta(minutes=5)
"""What was begun this long after the time X tells now was timed by a clock that is wrong."""
LOOK_YOURSELF = "look at the account's page on X and settle the post with `bot resolve`"


@dataclass(frozen=True)
class Page:
    """A part of the timeline."""

    posts: tuple[Mapping[str, Any], ...]
    count: int
    """How many posts were read, and are paid for."""
    whole: bool
    """False: X says, or it shows, that something is missing."""
    following: str | None
    """The token of the next page."""


def look(sought: Sought, ask: Callable[[dict[str, Any]], Call], *, seconds: float) -> Outcome:
    """What the timeline has of the post sought; `ask` makes one request for a page, with these parameters.

    No page is asked for after so many seconds: the lease of whoever looks must outlive the looking.
    """
    until = clock.monotonic() + seconds
    try:
        text, parent = _meant(sought.request)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Outcome(kind=OutcomeKind.REFUSED, detail=f"{x_outcomes.UNSENDABLE}; {LOOK_YOURSELF}")
    if not x_outcomes.is_id(sought.account_id):
        return Outcome(kind=OutcomeKind.REFUSED, detail=f"the account's id on X is not known (`bot accounts verify`); {LOOK_YOURSELF}")
    since = max(sought.since, EARLIEST + x_match.MARGIN)
    asked: dict[str, Any] = {
        "max_results": PAGE_SIZE, "tweet_fields": FIELDS, "start_time": (since - x_match.MARGIN).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    posts: list[Mapping[str, Any]] = []
    cost, whole, told = 0, True, None
    for number in range(PAGES):
        call = ask(asked)
        page = read(*call.answer, clock.now()) if call.answer else unanswered(call)
        if isinstance(page, Outcome):
            # Behind the first page it is the list that goes on no further, not the reading that is refused.
            told = page if number == 0 else page.model_copy(update={"kind": OutcomeKind.UNKNOWN})
            break
        posts += page.posts
        cost += page.count * READ_MICROS
        whole = whole and page.whole
        if call.answer and _ahead(since, call.answer[1]):
            told = Outcome(kind=OutcomeKind.REFUSED, detail=f"the clock here is ahead of X's, so its timeline settles nothing; {LOOK_YOURSELF}")
        if page.following is None:
            break
        if clock.monotonic() > until:
            whole = False
            break
        asked = {**asked, "pagination_token": page.following}
    else:
        whole = False
    match = x_match.choose(text, parent, since, sought.known, posts)
    return _judged(match, told, whole).model_copy(update={"cost_micros": cost})


def read(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Page | Outcome:
    """A page of the timeline, or what an answer that is none means: `unknown`, or `refused` where asking again will not help."""
    found = x_outcomes.payload(body)
    data, meta = found.get("data", []), found.get("meta")
    if status == 200 and isinstance(data, list) and isinstance(meta, dict) and type(count := meta.get("result_count")) is int:
        posts = tuple(post for post in data if x_match.readable(post))
        token = meta.get("next_token")
        following = token if isinstance(token, str) and token else None
        whole = len(posts) == len(data) >= count and not found.get("errors") and (token is None or following is not None)
        return Page(posts, len(data), whole, following)
    account = x_outcomes.by_table(x_outcomes.READING, status, headers, body, now)
    if account is not None:
        return account.model_copy(update={"kind": OutcomeKind.UNKNOWN})
    if status in (403, 404) and x_outcomes.well_formed(body):
        why = f"X does not let this app read the account's timeline ({status}): give the app read access, or {LOOK_YOURSELF}"
        return Outcome(kind=OutcomeKind.REFUSED, detail=x_outcomes.quoting(why, body))
    if x_outcomes.settled(status) and x_outcomes.well_formed(body):
        return Outcome(kind=OutcomeKind.REFUSED, detail=x_outcomes.quoting(f"X refused to show the timeline ({status}); {LOOK_YOURSELF}", body))
    return Outcome(kind=OutcomeKind.UNKNOWN, detail=x_outcomes.unsettled(status, body, "a timeline"))


def _judged(match: x_match.Match, told: Outcome | None, whole: bool) -> Outcome:
    if match.found:
        return Outcome(kind=OutcomeKind.SENT, remote=(x_outcomes.remote(match.found),))
    if told:
        return told
    if not whole:
        return Outcome(kind=OutcomeKind.UNKNOWN, detail="X did not show the whole timeline; the post is not in what it showed")
    if match.like:
        seen = x_outcomes.remote(match.like).url
        return Outcome(kind=OutcomeKind.REFUSED, detail=f"{seen} may be this post, but is not quite the same; {LOOK_YOURSELF}")
    return Outcome(kind=OutcomeKind.NOT_SENT, detail="the post is not in the account's timeline")


def unanswered(call: Call) -> Outcome:
    """What a request that got no answer means: `unknown`."""
    why = x_outcomes.failure(call.error, begun=call.begun, late=call.late, doubt="the timeline is not read").detail
    return Outcome(kind=OutcomeKind.UNKNOWN, detail=why.replace("not sent: ", "not asked: ", 1))


def _meant(request: str) -> tuple[str, str | None]:
    """The text of a stored request, and the id it replies to. Raises ValueError, KeyError, TypeError."""
    body = json.loads(request)
    reply = body.get("reply") if isinstance(body, dict) else None
    parent = reply["in_reply_to_tweet_id"] if reply else None
    if not isinstance(text := body["text"], str) or not (parent is None or x_outcomes.is_id(parent)):
        raise TypeError("no request of this adapter")
    return text, parent


def _ahead(since: datetime, headers: Mapping[str, str]) -> bool:
    with suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(headers.get("date", ""))
        return since > (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) + AHEAD
    return False
