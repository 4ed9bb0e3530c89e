"""What the X stand-in knows and the rules it keeps: accounts, signatures, posts, credit, rate limits."""

from __future__ import annotations

import json
import re
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

from tests.servers.x_faults import CREDITS, DUPLICATE, NOT_ENROLLED, NOT_VISIBLE, REPLY_RULE, TOO_MANY, problem
from tests.servers.x_shown import URL, Tweet, shown, weight

Kind = Literal["create", "timeline", "delete", "me"]
Answer = tuple[int, dict[str, str], bytes]
RATE_LIMIT, RATE_WINDOW, DAILY_LIMIT = 100, 900, 10_000
SNOWFLAKE_EPOCH = 1_288_834_974_657
COST, COST_WITH_URL = 15_000, 200_000


@dataclass
class XAccount:
    """A user of the stand-in with the four secrets of its app."""

    user_id: str
    username: str
    secrets: dict[str, str]
    """By the names of `bot.accounts.SECRETS`."""
    limit: int = 280
    credits_micros: int | None = None
    """None: never out of credit."""
    writes: list[float] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The variables a user of this account sets."""
        return {f"X_{name.upper()}": value for name, value in self.secrets.items()}


@dataclass(frozen=True)
class Received:
    """One HTTP request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes


def kind_of(received: Received) -> Kind | None:
    """Which call this is; None for one that the stand-in does not serve."""
    path = urlsplit(received.target).path
    forms: tuple[tuple[Kind, str, str], ...] = (
        ("create", "POST", "/2/tweets"), ("delete", "DELETE", "/2/tweets/[^/]+"),
        ("me", "GET", "/2/users/me"), ("timeline", "GET", "/2/users/[^/]+/tweets"),
    )
    return next((kind for kind, method, form in forms if received.method == method and re.fullmatch(form, path)), None)


class State(RequestValidator):
    """The accounts, posts and switches; `answer` says what X would say. Call it under a lock."""

    enforce_ssl = False
    client_key_length = (25, 25)
    nonce_length = (8, 64)
    dummy_client = "d" * 25
    dummy_access_token = "dummy-token"

    def __init__(self, description: Callable[[Received], str | None] | None = None) -> None:
        super().__init__()
        self.accounts: list[XAccount] = []
        self.posted: list[Tweet] = []
        """What stands, oldest first."""
        self.deleted: list[Tweet] = []
        """What was taken down, in the order of the deletions."""
        self.duplicate_filter = False
        """X's own filter is not dependable, so nothing of ours may lean on it: off."""
        self.replies = True
        """False: every reply falls under the reply rule."""
        self.lag = 0.0
        """Seconds until a post shows in the timeline and can be replied to."""
        self.read_access = True
        """False: the app may post, but not read timelines."""
        self.rate_limit = RATE_LIMIT
        """Posts in 15 minutes per account."""
        self.clock: Callable[[], float] = time.time
        """X's own clock; also what its answers are dated by."""
        self._description = description
        self._nonces: set[tuple[str, ...]] = set()
        self._last_id = 0
        self._endpoint = ResourceEndpoint(self)

    def create_account(self, *, limit: int = 280, credits_micros: int | None = None) -> XAccount:
        """A new user with an app and tokens of its own."""
        number = len(self.accounts) + 1
        user_id = str(1_700_000_000_000_000_000 + number)
        made = XAccount(user_id, f"reporter_{number}", {
            "api_key": _random(25), "api_secret": _random(50), "access_token": f"{user_id}-{_random(30)}", "access_token_secret": _random(45),
        }, limit, credits_micros)
        self.accounts.append(made)
        return made

    def answer(self, received: Received, origin: str) -> Answer:
        """What X says to this request, and what it does about it."""
        valid, signed = self._endpoint.validate_protected_resource_request(
            origin + received.target, received.method, "", dict(received.headers)
        )
        if not valid or received.headers.get("host") != urlsplit(origin).netloc:
            return _json(401, problem(401, "Unauthorized", "Unauthorized"))
        account = self._by("access_token", signed.resource_owner_key)
        assert account is not None
        path = urlsplit(received.target).path
        wrong = self._description(received) if self._description else None
        if wrong:
            return _json(400, _invalid(wrong))
        kind = kind_of(received)
        if kind == "create":
            return self._create(account, received.body)
        if kind == "me":
            return _json(200, {"data": {"id": account.user_id, "name": account.username, "username": account.username}})
        if kind == "timeline":
            return self._timeline(path.split("/")[3], parse_qs(urlsplit(received.target).query))
        if kind == "delete":
            return self._delete(account, path.rpartition("/")[2])
        return _json(404, problem(404, "Not Found", "Not Found"))

    def _create(self, account: XAccount, body: bytes) -> Answer:
        now = self.clock()
        account.writes = [moment for moment in account.writes if moment > now - 86_400]
        recent = [moment for moment in account.writes if moment > now - RATE_WINDOW]
        start = min(recent, default=now)
        headers = {
            "x-rate-limit-limit": str(self.rate_limit), "x-rate-limit-remaining": str(max(self.rate_limit - len(recent) - 1, 0)),
            "x-rate-limit-reset": str(int(start + RATE_WINDOW)),
            "x-user-limit-24hour-limit": str(DAILY_LIMIT), "x-user-limit-24hour-remaining": str(max(DAILY_LIMIT - len(account.writes) - 1, 0)),
            "x-user-limit-24hour-reset": str(int(min(account.writes, default=now) + 86_400)),
        }
        if len(recent) >= self.rate_limit:
            return _json(429, problem(429, TOO_MANY, TOO_MANY), headers)
        try:
            asked = json.loads(body)
            text, parent = asked["text"], asked.get("reply", {}).get("in_reply_to_tweet_id")
        except (ValueError, KeyError, TypeError, AttributeError):
            return _json(400, _invalid("the body is not as described"))
        refusal = self._refusal(account, text, parent, now)
        if refusal:
            return _json(refusal["status"], refusal, headers)
        self._last_id = max(self._last_id + 1, (int(now * 1000) - SNOWFLAKE_EPOCH << 22) + secrets.randbelow(1 << 22))
        account.writes.append(now)
        number = str(self._last_id)
        root = next((tweet.root for tweet in self.posted if tweet.id == parent), number)
        self.posted.append(Tweet(number, text, parent, account.user_id, now, root))
        return _json(201, {"data": {"edit_history_tweet_ids": [number], "id": number, "text": text}}, headers)

    def _delete(self, account: XAccount, number: str) -> Answer:
        tweet = next((tweet for tweet in self.posted if tweet.id == number), None)
        if tweet is None:
            return _json(404, problem(404, f"Could not find tweet with id: [{number}].", "Not Found Error",
                                      "https://api.twitter.com/2/problems/resource-not-found"))
        if tweet.user_id != account.user_id:
            return _json(403, problem(403, "You are not authorized to delete this Tweet."))
        self.posted.remove(tweet)
        self.deleted.append(tweet)
        return _json(200, {"data": {"deleted": True}})

    def _refusal(self, account: XAccount, text: str, parent: str | None, now: float) -> dict[str, Any] | None:
        if not text.strip():
            return _invalid("text is empty")
        if weight(text) > account.limit:
            return problem(403, "Your Tweet text is too long.")
        if parent is not None:
            above = next((tweet for tweet in self.posted if tweet.id == parent and tweet.created_at + self.lag <= now), None)
            if above is None:
                return problem(403, NOT_VISIBLE)
            if not self.replies or (above.user_id != account.user_id and f"@{account.username}" not in above.text):
                return problem(403, REPLY_RULE)
        if self.duplicate_filter and any(tweet.text == text and tweet.user_id == account.user_id for tweet in self.posted):
            return problem(403, DUPLICATE)
        cost = COST_WITH_URL if URL.search(text) else COST
        if account.credits_micros is not None:
            if account.credits_micros < cost:
                return problem(402, CREDITS, "CreditsDepleted", "https://api.twitter.com/2/problems/credits")
            account.credits_micros -= cost
        return None

    def _timeline(self, user_id: str, query: dict[str, list[str]]) -> Answer:
        if not self.read_access:
            return _json(403, problem(403, NOT_ENROLLED, "Client Forbidden", "https://api.twitter.com/2/problems/client-forbidden",
                                      reason="client-not-enrolled"))
        if all(account.user_id != user_id for account in self.accounts):
            return _json(404, problem(404, f"Could not find user with id: [{user_id}].", "Not Found Error",
                                      "https://api.twitter.com/2/problems/resource-not-found"))
        first = {key: values[0] for key, values in query.items()}
        found = [tweet for tweet in self.posted if tweet.user_id == user_id and tweet.created_at + self.lag <= self.clock()]
        found = [tweet for tweet in found if int(first.get("since_id", 0)) < int(tweet.id) < int(first.get("until_id", 10**19))]
        begin = datetime.fromisoformat(first.get("start_time", "2010-11-06T00:00:00Z")).timestamp()
        end = datetime.fromisoformat(first.get("end_time", "9000-01-01T00:00:00Z")).timestamp()
        found = [tweet for tweet in found if begin <= tweet.created_at < end]
        found = sorted(found, key=lambda tweet: -int(tweet.id))
        skip, count = int(first.get("pagination_token", "0"), 32), int(first.get("max_results", 10))
        page = found[skip:skip + count]
        meta: dict[str, Any] = {"result_count": len(page)}
        if not page:
            return _json(200, {"meta": meta})
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if skip + count < len(found):
            meta["next_token"] = _base32(skip + count)
        wanted = {"id", "text", "edit_history_tweet_ids", *first.get("tweet.fields", "").split(",")}
        return _json(200, {"data": [{key: value for key, value in shown(tweet).items() if key in wanted} for tweet in page], "meta": meta})

    # --- what oauthlib asks of a server ---

    def _by(self, name: str, value: str) -> XAccount | None:
        return next((account for account in self.accounts if account.secrets[name] == value), None)

    def check_access_token(self, request_token: str) -> bool:
        return bool(request_token)

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, request_token: str | None = None, access_token: str | None = None,
    ) -> bool:
        used = (client_key, timestamp, nonce, access_token or "")
        fresh = used not in self._nonces
        self._nonces.add(used)
        return fresh

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return self._by("api_key", client_key) is not None

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        account = self._by("access_token", token)
        return account is not None and account.secrets["api_key"] == client_key

    def validate_realms(self, client_key: str, token: str, request: Any, uri: str | None = None, realms: Any = None) -> bool:
        return True

    def get_client_secret(self, client_key: str, request: Any) -> str:
        account = self._by("api_key", client_key)
        return account.secrets["api_secret"] if account else "no such app"

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        account = self._by("access_token", token)
        return account.secrets["access_token_secret"] if account else "no such token"


def _invalid(message: str) -> dict[str, Any]:
    return problem(400, "One or more parameters to your request was invalid.", "Invalid Request",
                   "https://api.twitter.com/2/problems/invalid-request", errors=[{"message": message}])


def _json(status: int, payload: dict[str, Any], headers: dict[str, str] | None = None) -> Answer:
    return status, headers or {}, json.dumps(payload, ensure_ascii=False).encode()


def _random(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def _base32(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuv"
    return (_base32(number // 32) if number >= 32 else "") + digits[number % 32]
