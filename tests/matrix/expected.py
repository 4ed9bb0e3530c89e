"""What must be the state of a post right after a fault: tables by call and fault, first match wins. Kept by hand, not derived."""

from __future__ import annotations

from fnmatch import fnmatchcase

Table = tuple[tuple[str, str], ...]
"""Fault names (patterns, parted by spaces) and the state they lead to. `*`: everything else.

States as `World.where` tells them; `{before}` is `approved` while nothing of the post is out, else `publishing`; `{refused}` then is
`failed`, else `stopped`.
"""

_X_REFUSED = "400 403 403-duplicate 404"
_X_PAUSED = "401 402 403-suspended 429-daily 429-daily-app"
_X_LATER = "refused 403-not-visible 429 429-without-reset 429-retry-after 429-text"

X_CREATE: Table = (
    (_X_LATER, "{before} later"),
    (f"{_X_PAUSED} 403-not-enrolled", "{before} paused"),
    (_X_REFUSED, "{refused}"),
    ("403-reply-rule", "{refused} paused"),
    ("*", "publishing look"),
)
X_CREATE_BLIND: Table = (*X_CREATE[:-1], ("*", "uncertain"))
"""Without any look (BOT_X_READBACK=none)."""
X_CREATE_AGAIN: Table = (("403-duplicate", "publishing look"), *X_CREATE)
"""The second try of a delivery: a duplicate may be the first."""
X_ME: Table = (
    ("*", "approved paused"),  # where no person is needed, for some minutes
)
X_TIMELINE: Table = (
    (_X_PAUSED, "publishing look paused"),
    (f"{_X_REFUSED} 403-reply-rule 403-not-visible 403-not-enrolled", "uncertain"),
    ("*", "publishing look"),
)
X_DELETE: Table = (
    (f"{_X_PAUSED} 403-not-enrolled", "published paused"),
    ("400 403 403-duplicate 403-reply-rule 403-not-visible", "published"),
    ("404-gone", "published due"),
    ("*", "published later"),
)

_LOGIN = "401 400-expired-token"
"""The token was not accepted: renewed within the same call, so the fault leaves no trace."""
BLUESKY_WRITE: Table = (
    ("refused 429 429-without-reset 400-blob-not-found", "{before} later"),
    (_LOGIN, "published"),
    ("402 403", "{before} paused"),
    ("400 413", "{refused}"),
    ("*", "publishing look"),
)
BLUESKY_LOOK_THERE: Table = (
    (_LOGIN, "published"),
    ("402 403", "publishing look paused"),
    ("*", "publishing look"),
)
BLUESKY_LOOK_ABSENT: Table = ((_LOGIN, "publishing due"), *BLUESKY_LOOK_THERE[1:])
BLUESKY_UPLOAD: Table = (
    (_LOGIN, "published"),
    ("402 403", "{before} paused"),
    ("400 413", "{refused}"),
    ("*", "{before} later"),
)
BLUESKY_DELETE: Table = (
    (f"{_LOGIN} 400-gone no-results", "published due"),  # `{}` is how the server says that it is done
    ("402 403", "published paused"),
    ("400 400-blob-not-found 413", "published"),
    ("*", "published later"),
)
BLUESKY_VERIFY: Table = (("*", "approved paused"),)
"""Where no person is needed, for some minutes."""
BLUESKY_WHO: Table = (("401", "approved due"), *BLUESKY_VERIFY)
"""A token that is refused is renewed once."""
BLUESKY_LOGIN: Table = (
    ("400 401 402 403 400-expired-token 404-html", "approved paused"),
    ("*", "approved later"),
)
BLUESKY_REFRESH: Table = (
    ("400 401 403 400-expired-token", "published"),  # the password is at hand
    ("402 404-html", "approved paused"),
    ("*", "approved later"),
)


def state(table: Table, fault: str, *, part_out: bool) -> str:
    """The state that this fault must lead to."""
    words = next(words for names, words in table if any(fnmatchcase(fault, name) for name in names.split()))
    before, refused = ("publishing", "stopped") if part_out else ("approved", "failed")
    return words.format(before=before, refused=refused)


CLASSES: tuple[tuple[str, str], ...] = (
    ("refused", "connection refused"),
    ("close-before-*", "closed before accept"),
    ("close-after-*", "closed after accept"),
    ("reset*", "reset"),
    ("hang*", "hang"),
    ("drip*", "dripping"),
    ("truncated*", "truncated"),
    ("bad-json", "bad JSON"),
    ("empty-*", "empty 200, 201"),
    ("no-* id-is-* list-*", "201, 200 without data"),
    ("redirect*", "301, 303"),
    ("400*", "400"),
    ("401", "401"),
    ("402", "402"),
    ("403-duplicate", "403 duplicate"),
    ("403-reply-rule", "403 reply rule"),
    ("403-not-visible 404*", "404, parent not visible"),
    ("403*", "403, others"),
    ("408* 409 413", "408, 409, 413"),
    ("429-daily*", "429 daily"),
    ("429*", "429"),
    ("5*-accepted", "500, 503 accepted"),
    ("5*", "500, 503 not accepted"),
)


def named(fault: str) -> str:
    """The class of a fault, as the table shows it."""
    return next(name for patterns, name in CLASSES if any(fnmatchcase(fault, pattern) for pattern in patterns.split()))
