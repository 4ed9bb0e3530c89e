"""The X stand-in on a real socket: verifies OAuth 1.0a, keeps X's rules, and fails in every listed way when told to."""

from __future__ import annotations

import functools
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.accounts import Account
from tests.servers import failing
from tests.servers.failing import Fault, Headers
from tests.servers.x_faults import FAULTS
from tests.servers.x_shown import Tweet
from tests.servers.x_state import Answer, Kind, Received, State, XAccount, kind_of


class XServer(failing.Running):
    """A running stand-in: a context manager; one is one world, with any number of accounts."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.state = State(description())
        """The rules and their switches: `duplicate_filter`, `replies`, `lag`, `read_access`, `rate_limit`, `clock`."""
        self.received: list[Received] = []
        """Every request that was read, in order."""
        self.connections = 0
        self.stopping = threading.Event()
        self._lock = threading.RLock()
        self._faults: list[tuple[Fault, Kind | None]] = []
        self._http = _Server(self)
        self._scheme = "https" if tls else "http"
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, name="x-server")

    @property
    def url(self) -> str:
        """What X_BASE_URL is set to."""
        return f"{self._scheme}://127.0.0.1:{self._http.server_address[1]}"

    def create_account(self, *, limit: int = 280, credits_micros: int | None = None) -> XAccount:
        """A new user with its four secrets."""
        with self._lock:
            return self.state.create_account(limit=limit, credits_micros=credits_micros)

    def account(self, of: XAccount, **changes: Any) -> Account:
        """The bot's own account for this user."""
        return Account(**{"name": "x", "platform": "x", "service": self.url, "secrets": of.secrets, **changes})

    def fail_next(self, kind: str | Fault, times: int = 1, on: Kind | None = None) -> None:
        """Let the next request fail in this way (a key of `x_faults.FAULTS`, or a failure of the test's own).

        `on`: the next request of this kind, others pass. Which kind it is shows in the request, so that `close-before-reading`
        then closes after reading.
        """
        with self._lock:
            self._faults += [(FAULTS[kind] if isinstance(kind, str) else kind, on)] * times

    def tweets(self, account: XAccount) -> list[Tweet]:
        """What was really posted by this account and still stands, oldest first; what was deleted: `state.deleted`."""
        with self._lock:
            return [tweet for tweet in self.state.posted if tweet.user_id == account.user_id]

    def connected(self) -> bool:
        """Count a connection; False: close it before reading."""
        with self._lock:
            self.connections += 1
            if self._faults and self._faults[0][0] is FAULTS["close-before-reading"] and self._faults[0][1] is None:
                del self._faults[0]
                return False
            return True

    def handle(self, received: Received) -> tuple[Fault | None, Answer | None]:
        """Take a request in: the fault to play, if any, and the true answer, if X carried the request out."""
        with self._lock:
            self.received.append(received)
            kind = kind_of(received)
            scripted = next((one for one in self._faults if one[1] in (None, kind)), None)
            if scripted:
                self._faults.remove(scripted)
            fault = scripted[0] if scripted else None
            if fault is not None and not fault.accepts:
                return fault, None
            return fault, self.state.answer(received, self.url)


class _Server(failing.Server):
    def __init__(self, x: XServer) -> None:
        self.x = x
        super().__init__(_Handler, x.stopping)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return self.x.connected()


class _Handler(failing.Handler):
    server: _Server

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(timestamp or self.server.x.state.clock())

    def do_GET(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault, true = self.server.x.handle(Received(self.command, self.path, headers, body))
        if fault is None:
            assert true is not None
            self.say(*true)
        else:
            self._play(fault, true)

    def _play(self, fault: Fault, true: Answer | None) -> None:
        status, headers, content = true if true is not None and fault.content is None else (
            fault.status, {**fault.headers(), "content-type": fault.type}, fault.content or b"")
        self.fail(fault.manner, status, headers, content)

    def head(self, status: int, headers: Headers, length: int | None) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header(*(("Connection", "close") if length is None else ("Content-Length", str(length))))
        self.end_headers()


@functools.cache
def description() -> Callable[[Received], str | None] | None:
    """A check of requests against X's own OpenAPI description; None without the public test data."""
    path = Path(os.environ.get("BOT_TEST_DATA", "/nonexistent")) / "x-api" / "openapi-2.167-posting.json"
    if not path.is_file():
        return None
    from openapi_core import OpenAPI
    from openapi_core.exceptions import OpenAPIError
    from openapi_core.testing.requests import MockRequest

    spec = json.loads(path.read_text())
    for operations in spec["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)  # signatures are verified for real, elsewhere
    api = OpenAPI.from_dict(spec)

    def check(received: Received) -> str | None:
        target = urlsplit(received.target)
        try:
            api.validate_request(MockRequest(
                spec["servers"][0]["url"], received.method, target.path, args=dict(parse_qsl(target.query)),
                headers=received.headers, data=received.body, content_type=received.headers.get("content-type", ""),
            ))
        except OpenAPIError as error:
            return f"{type(error).__name__}: {error.__cause__ or error}"
        return None

    return check


@pytest.fixture
def x_server() -> Iterator[XServer]:
    """A fresh X."""
    with XServer() as server:
        yield server


def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
