"""Where posts go: an account on a real server, the road to it, and what really stands there, read past the program."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import httpx
from pydantic import SecretStr

from bot.accounts import Account
from bot.platforms import Platform
from bot.platforms.bluesky import Bluesky
from bot.platforms.x import X
from tests.matrix.moved import Moved
from tests.matrix.road import Road
from tests.servers.pds import POSTS, BlueskyLogin, Pds
from tests.servers.proxy import Proxy
from tests.servers.x import XServer, closed_port
from tests.servers.x_faults import Fault
from tests.servers.x_state import XAccount


class Message(NamedTuple):
    """A message as it really stands on a platform."""

    id: str
    text: str
    ref: str
    """How a reply names it (on Bluesky with its CID)."""
    parent: str | None
    root: str | None
    """The `ref` of the message it replies to, and of the one that began the thread, where the platform keeps that."""


class Place(Protocol):
    """One account somewhere."""

    account: Account
    road: Road
    remote_id: str

    def there(self) -> list[Message]:
        """What stands there, oldest first."""

    def ever(self) -> list[Message]:
        """What was ever posted there, as far as the place remembers."""

    def unmet(self) -> int:
        """Faults that were armed and never played: a case that has some tested nothing."""


class XPlace:
    """An account on the X stand-in, which tells the moved time. `user`, `account`: those of an earlier case, to use again."""

    def __init__(
        self, server: XServer, moved: Moved, *, looks: tuple[float, ...] = (15.0, 60.0, 300.0), user: XAccount | None = None,
        account: Account | None = None,
    ) -> None:
        self.server, self.user = server, user or server.create_account()
        server.state.clock = moved.stamp
        self.account, self.remote_id = account or server.account(self.user), self.user.user_id

        def make(*, timeout: float, dead: bool = False) -> Platform:
            return X(_nowhere(self.account) if dead else self.account, timeout=timeout, looks=looks)

        self.road = Road(make, lambda fault, call: server.fail_next(fault), moved)

    def there(self) -> list[Message]:
        return [_tweet(tweet) for tweet in self.server.tweets(self.user)]

    def ever(self) -> list[Message]:
        gone = [_tweet(tweet) for tweet in self.server.state.deleted if tweet.user_id == self.user.user_id]
        return self.there() + gone

    def unmet(self) -> int:
        return len(self.server._faults)


def _nowhere(account: Account) -> Account:
    """The same account at a port that nobody listens on."""
    return account.model_copy(update={"service": f"http://127.0.0.1:{closed_port()}"})


def _tweet(tweet: Any) -> Message:
    return Message(tweet.id, tweet.text, tweet.id, tweet.in_reply_to, tweet.root if tweet.in_reply_to else None)


class BlueskyPlace:
    """An account on the real Bluesky server behind a fault proxy. `session` is what the adapter last wanted kept."""

    def __init__(
        self, pds: Pds, proxy: Proxy, login: BlueskyLogin, moved: Moved, *, session: str | None = None, account: Account | None = None,
    ) -> None:
        self.pds, self.proxy, self.login, self.session = pds, proxy, login, session
        self.remote_id = login.did
        self.methods = {"send": "applyWrites", "find": "getRecord", "delete": "deleteRecord", "upload": "uploadBlob", "verify": "getSession"}
        """By the adapter's method: the XRPC method that faults are armed for."""
        self.account = account or Account(
            name="bluesky", platform="bluesky", service=proxy.url, handle=login.handle, secrets={"app_password": SecretStr(login.password)},
        )

        def make(*, timeout: float, dead: bool = False) -> Platform:
            account = _nowhere(self.account) if dead else self.account
            return Bluesky(account, timeout=timeout, session=self.session, persist=None if dead else self._keep)

        self.road = Road(make, self._arm, moved)

    def _arm(self, fault: Fault, call: str) -> None:
        self.proxy.fail_next(fault, on=self.methods[call])

    def _keep(self, sealed: str) -> None:
        self.session = sealed

    def there(self) -> list[Message]:
        found: list[Message] = []
        cursor: dict[str, str] = {}
        while True:
            listed = self.pds.query("com.atproto.repo.listRecords", repo=self.login.did, collection=POSTS, limit=100, reverse="true", **cursor)
            found += [_record(record) for record in listed["records"]]
            if not listed.get("cursor") or len(listed["records"]) < 100:
                return found
            cursor = {"cursor": listed["cursor"]}

    def ever(self) -> list[Message]:
        return self.there()

    def unmet(self) -> int:
        return len(self.proxy._faults)


def _record(record: dict[str, Any]) -> Message:
    value = record["value"]
    reply = value.get("reply", {})
    parent, root = (_ref(reply[end]) if reply else None for end in ("parent", "root"))
    return Message(record["uri"], value["text"], _ref(record), parent, root)


def _ref(record: dict[str, Any]) -> str:
    return f"{record['uri']} {record['cid']}"


def login_tokens(pds: Pds, login: BlueskyLogin) -> tuple[str, str]:
    """A real access and refresh token of the account, had past the program."""
    answer = httpx.post(
        f"{pds.url}/xrpc/com.atproto.server.createSession", json={"identifier": login.handle, "password": login.password}, timeout=20,
    )
    answer.raise_for_status()
    return answer.json()["accessJwt"], answer.json()["refreshJwt"]
