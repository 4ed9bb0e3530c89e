"""Every way in which X, or the road to it, can fail: a table the X stand-in plays from."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.servers.failing import CONNECTION, HTML, Fault, Headers, in_trouble


def problem(status: int, detail: str, title: str = "Forbidden", type: str = "about:blank", **more: Any) -> dict[str, Any]:
    """An answer in the form of X's Problem objects."""
    return {**more, "title": title, "detail": detail, "type": type, "status": status}


def _said(status: int, detail: str, title: str = "Forbidden", type: str = "about:blank", headers: Callable[[], Headers] = dict) -> Fault:
    return Fault(status=status, content=json.dumps(problem(status, detail, title, type)).encode(), headers=headers)


def _in(seconds: float, window: str, remaining: int = 0) -> Headers:
    return {f"{window}-limit": "100", f"{window}-remaining": str(remaining), f"{window}-reset": str(int(time.time() + seconds))}


RESET_AFTER, DAILY_RESET_AFTER, RETRY_AFTER = 600, 30_000, 45
"""Seconds until the windows of the scripted 429s end, and until which the third asks to wait."""
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NOT_VISIBLE = "You attempted to reply to a Tweet that is deleted or not visible to you."
REPLY_RULE = "You can only reply to posts where you are mentioned or are the author."
CREDITS = "Your enrolled account does not have any credits to fulfill this request."
NOT_ENROLLED = "When authenticating requests to the X API v2 endpoints, you must use keys and tokens from an X developer App that is attached to a Project."
TOO_MANY = "Too Many Requests"

FAULTS: dict[str, Fault] = {
    **CONNECTION,
    # Accepted, but the answer does not say so.
    "bad-json": Fault(accepts=True, content=b'{"data":{"id":"19'),
    "empty-200": Fault(accepts=True, status=200, content=b""),
    "empty-201": Fault(accepts=True, content=b""),
    "no-data": Fault(accepts=True, content=json.dumps({"errors": [problem(500, "hydration failed", "Internal Error")]}).encode()),
    "id-is-a-number": Fault(accepts=True, content=b'{"data":{"id":1900000000000000001,"text":"?"}}'),
    "list-201": Fault(accepts=True, content=b"[]"),
    "redirect": Fault(status=301, content=b"", headers=lambda: {"location": "/2/tweets"}),
    "redirect-303": Fault(status=303, content=b"", headers=lambda: {"location": "/2/tweets"}, accepts=True),
    # Clear answers.
    "400": _said(400, "One or more parameters to your request was invalid.", "Invalid Request"),
    "401": _said(401, "Unauthorized", "Unauthorized"),
    "402": _said(402, CREDITS, "CreditsDepleted", "https://api.twitter.com/2/problems/credits"),
    "403": _said(403, "You are not permitted to perform this action."),
    "403-duplicate": _said(403, DUPLICATE),
    "403-reply-rule": _said(403, REPLY_RULE),
    "403-suspended": _said(403, "The user used for authentication is suspended", type="https://api.twitter.com/2/problems/user-suspended"),
    "403-not-visible": _said(403, NOT_VISIBLE),
    "403-html": Fault(status=403, content=HTML, type="text/html"),
    "403-not-enrolled": _said(403, NOT_ENROLLED, "Client Forbidden", "https://api.twitter.com/2/problems/client-forbidden"),
    "404": _said(404, "Could not find what was asked for.", "Not Found Error"),
    "404-html": Fault(status=404, content=HTML, type="text/html"),
    "408": _said(408, "Request Timeout", "Request Timeout"),
    "408-accepted": Fault(accepts=True, status=408, content=json.dumps(problem(408, "Request Timeout")).encode()),
    "429": _said(429, TOO_MANY, TOO_MANY, headers=lambda: _in(RESET_AFTER, "x-rate-limit")),
    "429-without-reset": _said(429, TOO_MANY, TOO_MANY),
    "429-daily": _said(429, TOO_MANY, TOO_MANY, headers=lambda: {
        **_in(RESET_AFTER, "x-rate-limit", remaining=98), **_in(DAILY_RESET_AFTER, "x-user-limit-24hour")}),
    "429-daily-app": _said(429, TOO_MANY, TOO_MANY, headers=lambda: {
        **_in(RESET_AFTER, "x-rate-limit", remaining=98), **_in(DAILY_RESET_AFTER, "x-app-limit-24hour")}),
    "429-retry-after": _said(429, TOO_MANY, TOO_MANY, headers=lambda: {"retry-after": str(RETRY_AFTER)}),
    "429-text": Fault(status=429, content=b"Rate limit exceeded\n", type="text/plain"),
}
for _status, _title in ((500, "Internal Server Error"), (503, "Service Unavailable")):
    FAULTS |= in_trouble(_status, _title, problem(_status, _title, _title))
