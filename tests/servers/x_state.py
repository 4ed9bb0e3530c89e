"""What the X stand-in knows and the rules it keeps: accounts, signatures, posts, credit, rate limits."""

from __future__ import annotations

import html
import json
import re
import secrets
import string
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import regex
from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

from tests.servers.x_faults import CREDITS, DUPLICATE, NOT_VISIBLE, REPLY_RULE, TOO_MANY, problem

Answer = tuple[int, dict[str, str], bytes]
RATE_LIMIT, RATE_WINDOW, DAILY_LIMIT = 100, 900, 10_000
COST, COST_WITH_URL = 15_000, 200_000
URL = regex.compile(r"https?://\S*[^\s.,;:!?)\]}'\"]|\b[a-z0-9-]+\.(?:com|org|net|io|ai|dev)\b(?:/\S*[^\s.,;:!?)])?", regex.IGNORECASE)


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
class Tweet:
    """What was really posted."""

    id: str
    text: str
    in_reply_to: str | None
    user_id: str
    created_at: float


@dataclass(frozen=True)
class Received:
    """One HTTP request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes


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
        self.duplicate_filter = False
        """X's own filter is not dependable, so nothing of ours may lean on it: off."""
        self.replies = True
        """False: every reply falls under the reply rule."""
        self.lag = 0.0
        """Seconds until a post shows in the timeline and can be replied to."""
        self._description = description
        self._nonces: set[tuple[str, ...]] = set()
        self._last_id = 1_900_000_000_000_000_000
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
        if (received.method, path) == ("POST", "/2/tweets"):
            return self._create(account, received.body)
        if (received.method, path) == ("GET", "/2/users/me"):
            return _json(200, {"data": {"id": account.user_id, "name": account.username, "username": account.username}})
        timeline = re.fullmatch(r"/2/users/([0-9]+)/tweets", path)
        if received.method == "GET" and timeline:
            return self._timeline(timeline[1], parse_qs(urlsplit(received.target).query))
        return _json(404, problem(404, "Not Found", "Not Found"))

    def _create(self, account: XAccount, body: bytes) -> Answer:
        now = time.time()
        account.writes = [moment for moment in account.writes if moment > now - 86_400]
        recent = [moment for moment in account.writes if moment > now - RATE_WINDOW]
        start = min(recent, default=now)
        headers = {
            "x-rate-limit-limit": str(RATE_LIMIT), "x-rate-limit-remaining": str(max(RATE_LIMIT - len(recent) - 1, 0)),
            "x-rate-limit-reset": str(int(start + RATE_WINDOW)),
            "x-user-limit-24hour-limit": str(DAILY_LIMIT), "x-user-limit-24hour-remaining": str(max(DAILY_LIMIT - len(account.writes) - 1, 0)),
            "x-user-limit-24hour-reset": str(int(min(account.writes, default=now) + 86_400)),
        }
        if len(recent) >= RATE_LIMIT:
            return _json(429, problem(429, TOO_MANY, TOO_MANY), headers)
        try:
            asked = json.loads(body)
            text, parent = asked["text"], asked.get("reply", {}).get("in_reply_to_tweet_id")
        except (ValueError, KeyError, TypeError, AttributeError):
            return _json(400, _invalid("the body is not as described"))
        refusal = self._refusal(account, text, parent, now)
        if refusal:
            return _json(refusal["status"], refusal, headers)
        self._last_id += 1 + secrets.randbelow(1_000_000)
        account.writes.append(now)
        self.posted.append(Tweet(str(self._last_id), text, parent, account.user_id, now))
        return _json(201, {"data": {"edit_history_tweet_ids": [str(self._last_id)], "id": str(self._last_id), "text": text}}, headers)

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
        first = {key: values[0] for key, values in query.items()}
        shown = [tweet for tweet in self.posted if tweet.user_id == user_id and tweet.created_at + self.lag <= time.time()]
        shown = [tweet for tweet in shown if int(first.get("since_id", 0)) < int(tweet.id) < int(first.get("until_id", 10**19))]
        shown = [tweet for tweet in shown if first.get("start_time", "") <= _stamp(tweet.created_at) < first.get("end_time", "9")]
        shown = sorted(shown, key=lambda tweet: -int(tweet.id))
        begin, count = int(first.get("pagination_token", "0"), 32), int(first.get("max_results", 10))
        page = shown[begin:begin + count]
        meta: dict[str, Any] = {"result_count": len(page)}
        if not page:
            return _json(200, {"meta": meta})
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if begin + count < len(shown):
            meta["next_token"] = _base32(begin + count)
        wanted = {"id", "text", "edit_history_tweet_ids", *first.get("tweet.fields", "").split(",")}
        return _json(200, {"data": [{key: value for key, value in self._shown(tweet).items() if key in wanted} for tweet in page], "meta": meta})

    def _shown(self, tweet: Tweet) -> dict[str, Any]:
        """As X gives a post back: addresses shortened, `&`, `<` and `>` escaped."""
        urls: list[dict[str, Any]] = []

        def shorten(match: regex.Match[str]) -> str:
            whole = match[0] if "://" in match[0] else f"http://{match[0]}"
            urls.append({"url": f"https://t.co/{tweet.id[-8:]}{len(urls):02}", "expanded_url": whole, "display_url": whole.partition("://")[2]})
            return str(urls[-1]["url"])

        text = html.escape(URL.sub(shorten, tweet.text), quote=False)
        for url in urls:
            url["start"] = text.index(url["url"])
            url["end"] = url["start"] + len(url["url"])
        root = tweet
        while root.in_reply_to:
            root = next(other for other in self.posted if other.id == root.in_reply_to)
        shown: dict[str, Any] = {
            "id": tweet.id, "text": text, "edit_history_tweet_ids": [tweet.id], "author_id": tweet.user_id,
            "created_at": _stamp(tweet.created_at), "conversation_id": root.id,
        }
        if urls:
            shown["entities"] = {"urls": urls}
        if tweet.in_reply_to:
            shown["referenced_tweets"] = [{"type": "replied_to", "id": tweet.in_reply_to}]
        return shown

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


def weight(text: str) -> int:
    """The weighted length by a rule of its own, plainer than the program's: what is short enough there must be so here."""
    text = unicodedata.normalize("NFC", text)
    total = 23 * len(URL.findall(text))
    for cluster in regex.findall(r"\X", URL.sub("", text)):
        if regex.search(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3", cluster) and not cluster.isascii():
            total += 2
        else:
            total += sum(1 if ord(c) <= 0x10FF or 0x2000 <= ord(c) <= 0x200D or 0x2010 <= ord(c) <= 0x201F or 0x2032 <= ord(c) <= 0x2037 else 2
                         for c in cluster)
    return total


def _invalid(message: str) -> dict[str, Any]:
    return problem(400, "One or more parameters to your request was invalid.", "Invalid Request",
                   "https://api.twitter.com/2/problems/invalid-request", errors=[{"message": message}])


def _json(status: int, payload: dict[str, Any], headers: dict[str, str] | None = None) -> Answer:
    return status, headers or {}, json.dumps(payload, ensure_ascii=False).encode()


def _random(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _base32(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuv"
    return (_base32(number // 32) if number >= 32 else "") + digits[number % 32]
