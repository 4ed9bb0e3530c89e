"""Every way in which a server behind the fault proxy, or the road to it, can fail: a table the proxy plays from."""

from __future__ import annotations

import json
import time

from tests.servers.failing import CONNECTION, HTML, Fault, Headers, in_trouble

RESET_AFTER = 600
"""Seconds until the window of the scripted 429 ends."""
SELF = "{target}"
"""In a header: the address that was asked for."""


def said(status: int, error: str, message: str, *, accepts: bool = False, headers: Headers | None = None) -> Fault:
    """An answer in the form of XRPC's errors."""
    content = json.dumps({"error": error, "message": message}).encode()
    return Fault(accepts=accepts, status=status, content=content, headers=lambda: headers or {})


def _with_reset() -> Headers:
    return {"ratelimit-limit": "5000", "ratelimit-remaining": "0", "ratelimit-reset": str(int(time.time()) + RESET_AFTER)}


_LIMITED = said(429, "RateLimitExceeded", "Rate Limit Exceeded")

FAULTS: dict[str, Fault] = {
    **CONNECTION,
    # Accepted, but the answer does not say so.
    "bad-json": Fault(accepts=True, status=200, content=b'{"results":[{"uri":"at://'),
    "empty-200": Fault(accepts=True, status=200, content=b""),
    "no-results": Fault(accepts=True, status=200, content=b"{}"),
    "redirect-301": Fault(status=301, content=b"", headers=lambda: {"location": SELF}),
    "redirect-303-accepted": Fault(status=303, content=b"", headers=lambda: {"location": SELF}, accepts=True),
    # Clear answers.
    "400": said(400, "InvalidRequest", "Input is not what it should be"),
    "400-blob-not-found": said(400, "BlobNotFound", "Could not find blob: bafkreih"),
    "400-expired-token": said(400, "ExpiredToken", "Token has expired"),
    "401": said(401, "AuthenticationRequired", "Authentication Required"),
    "402": said(402, "PaymentRequired", "Payment Required"),
    "403": said(403, "Forbidden", "Forbidden"),
    "404-html": Fault(status=404, content=HTML, type="text/html"),
    "408": said(408, "RequestTimeout", "Request Timeout"),
    "408-accepted": said(408, "RequestTimeout", "Request Timeout", accepts=True),
    "409": said(409, "Conflict", "Conflict"),
    "413": said(413, "PayloadTooLarge", "request entity too large"),
    "429": Fault(status=429, content=_LIMITED.content, headers=_with_reset),
    "429-without-reset": _LIMITED,
}
for _status, _error in (
    (500, "InternalServerError"), (502, "UpstreamFailure"), (503, "NotEnoughResources"), (504, "UpstreamTimeout"),
):
    FAULTS |= in_trouble(_status, _error, {"error": _error, "message": _error})
