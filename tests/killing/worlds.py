"""The two platforms as a kill test needs them: a fresh account, what is there in the end, and what a person would find."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol

from tests.killing.child import Shift
from tests.servers.pds import Pds
from tests.servers.x import XServer

QUIET = 5
"""Seconds in which a server must be done with the calls of a process that is dead."""


@dataclass(frozen=True)
class Message:
    """What stands on the platform, or stood."""

    id: str
    text: str
    parent: str | None
    sound: bool = True
    """Its references are those of the messages above it."""


class World(Protocol):
    """An account on a platform."""

    name: str
    environment: dict[str, str]

    def there(self) -> list[Message]:
        """What stands, oldest first."""

    def taken_down(self) -> list[Message] | None:
        """What stood once, in the order in which it was taken down; None where the platform does not remember."""

    def quiet(self) -> None:
        """Wait until the server has done with the calls of processes that are dead."""

    def lose_answer(self) -> None:
        """The next create is taken, and its answer lost."""


class XWorld:
    """A fresh account on the X stand-in."""

    name = "x"

    def __init__(self, server: XServer, shift: Shift, lag: float = 0.0) -> None:
        self._server, self._account = server, server.create_account()
        server.state.clock, server.state.lag = (lambda: time.time() + shift.get()), lag
        self.environment = {"X_BASE_URL": server.url, **self._account.environment}

    def there(self) -> list[Message]:
        return [Message(tweet.id, tweet.text, tweet.in_reply_to) for tweet in self._server.tweets(self._account)]

    def taken_down(self) -> list[Message] | None:
        gone = [tweet for tweet in self._server.state.deleted if tweet.user_id == self._account.user_id]
        return [Message(tweet.id, tweet.text, tweet.in_reply_to) for tweet in gone]

    def quiet(self) -> None:
        until = time.monotonic() + QUIET
        while any("process_request_thread" in thread.name for thread in threading.enumerate()):
            assert time.monotonic() < until, "the X stand-in is still busy"
            time.sleep(0.001)

    def lose_answer(self) -> None:
        self._server.fail_next("close-after-accept", on="create")


class BlueskyWorld:
    """A fresh account on the real Bluesky server."""

    name = "bluesky"

    def __init__(self, server: Pds, shift: Shift) -> None:
        self._server, self._login = server, server.create_account()
        self.environment = {
            "BLUESKY_SERVICE": server.url, "BLUESKY_HANDLE": self._login.handle, "BLUESKY_APP_PASSWORD": self._login.password,
        }

    def there(self) -> list[Message]:
        found: list[Message] = []
        refs: list[dict[str, Any]] = []
        for record in self._server.records(self._login.did):
            reply = record["value"].get("reply")
            sound = reply == {"root": refs[0], "parent": refs[-1]} if refs else reply is None
            found.append(Message(record["uri"], record["value"]["text"], reply["parent"]["uri"] if reply else None, sound))
            refs.append({"uri": record["uri"], "cid": record["cid"]})
        return found

    def taken_down(self) -> list[Message] | None:
        return None

    def quiet(self) -> None:
        """Nothing to wait for: whatever still comes has the keys of this post, and can not double it."""

    def lose_answer(self) -> None:
        raise NotImplementedError("the real server loses no answers")
