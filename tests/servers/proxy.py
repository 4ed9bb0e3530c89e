"""A proxy on a real loopback socket in front of a real server: passes requests on, and fails in every listed way when told to.

Its threads belong to the process that made it; clients may be other processes. One that is forked off while the proxy runs gives
up its copies of the proxy's sockets at once: a copy would keep a connection open that the proxy closes.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.servers import failing
from tests.servers.failing import Fault, Headers
from tests.servers.proxy_faults import FAULTS, SELF

_PASS_ON_SECONDS = 30
_ONE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})
_OPEN: set[socket.socket] = set()
"""The sockets of all proxies of this process."""


def _let_go() -> None:
    for one in tuple(_OPEN):
        one.close()
    _OPEN.clear()


os.register_at_fork(after_in_child=_let_go)


class Received(NamedTuple):
    """A request as it was read."""

    method: str
    path: str
    """With its query."""
    body: bytes


class _Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    content: bytes


class Proxy(failing.Running):
    """A running proxy: a context manager. `url` takes the place of `target_url`."""

    def __init__(self, target_url: str) -> None:
        target = urlsplit(target_url)
        self.target = (str(target.hostname), target.port)
        self.requests: list[Received] = []
        """Every request that was read, in order."""
        self.forwarded: list[Received] = []
        """Those that were passed on to the server, in order."""
        self.connections = 0
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._answered = threading.Condition(self._lock)
        self._under_way = 0
        self._faults: list[tuple[str | None, Fault]] = []
        self._http = _Server(self)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, name="proxy")

    def fail_next(self, kind: str | Fault, on: str | None = None, times: int = 1) -> None:
        """Let the next request whose path contains `on` fail in this way (a key of `proxy_faults.FAULTS`, or the test's own)."""
        with self._lock:
            self._faults.extend([(on, FAULTS[kind] if isinstance(kind, str) else kind)] * times)

    def forget(self) -> None:
        """Start anew: nothing was read, nothing is to fail."""
        with self._lock:
            self.requests.clear()
            self.forwarded.clear()
            self._faults.clear()
            self.connections = 0

    def count(self, name: str, *, forwarded: bool = False) -> int:
        """How many requests whose path contains this name were read (or passed on)."""
        with self._lock:
            return sum(name in one.path for one in (self.forwarded if forwarded else self.requests))

    def quiet(self, seconds: float = 20) -> bool:
        """Wait until the server has answered all that was passed on to it, whatever became of the clients."""
        with self._answered:
            return self._answered.wait_for(lambda: not self._under_way, seconds)

    def connected(self) -> bool:
        """Count a connection; False: the next request fails before it is read, if it is the one that is to."""
        with self._lock:
            self.connections += 1
            return not any(fault is _UNREAD for _, fault in self._faults)

    def unread(self, line: str) -> bool:
        """Is this request to fail before it is read?"""
        with self._lock:
            return self._take(line, only=_UNREAD) is not None

    def received(self, one: Received) -> Fault | None:
        """Take a request in: the fault to play, if any."""
        with self._lock:
            self.requests.append(one)
            return self._take(one.path)

    def pass_on(self, one: Received, headers: dict[str, str]) -> _Answer:
        """The server's own answer."""
        with self._lock:
            self.forwarded.append(one)
            self._under_way += 1
        connection = http.client.HTTPConnection(*self.target, timeout=_PASS_ON_SECONDS)
        try:
            connection.request(one.method, one.path, one.body or None, headers)
            answer = connection.getresponse()
            return _Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()
            with self._answered:
                self._under_way -= 1
                self._answered.notify_all()

    def _take(self, path: str, only: Fault | None = None) -> Fault | None:
        """The first fault that is meant for this path; with `only`, if it is that one."""
        for index, (on, fault) in enumerate(self._faults):
            if on is None or on in path:
                if only is not None and fault is not only:
                    return None
                return self._faults.pop(index)[1]
        return None


_UNREAD = FAULTS["close-before-reading"]


class _Server(failing.Server):
    request_queue_size = 64

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(_Handler, proxy.stopping)
        _OPEN.add(self.socket)

    def get_request(self) -> tuple[Any, Any]:
        request, address = super().get_request()
        _OPEN.add(request)
        return request, address

    def shutdown_request(self, request: Any) -> None:
        _OPEN.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        _OPEN.discard(self.socket)
        super().server_close()


class _Handler(failing.Handler):
    server: _Server

    def handle(self) -> None:
        """One request per connection."""
        if not self.server.proxy.connected() and self.server.proxy.unread(self._peek()):
            return
        self.handle_one_request()

    def _peek(self) -> str:
        """The request's first line, left where it is."""
        return str(self.connection.recv(4096, socket.MSG_PEEK).split(b"\r\n")[0], "latin-1")

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        proxy = self.server.proxy
        one = Received(self.command, self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))))
        fault = proxy.received(one)
        true: _Answer | None = None
        if fault is None or fault.accepts:
            true = proxy.pass_on(one, {name: value for name, value in self.headers.items() if name.lower() not in _ONE_HOP})
        if fault is None or (fault.manner == "answer" and fault.content is None):
            assert true is not None
            self.say(*true)
        else:
            self._play(fault, true)

    def _play(self, fault: Fault, true: _Answer | None) -> None:
        answer = true
        if true is None or fault.content is not None:
            headers = {name: value.replace(SELF, self.path) for name, value in fault.headers().items()}
            answer = _Answer(fault.status, {"Content-Type": fault.type, **headers}, fault.content or b"")
        assert answer is not None
        self.fail(fault.manner, *answer)

    def head(self, status: int, headers: Headers, length: int | None) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _ONE_HOP:
                self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def reset(self) -> None:
        _OPEN.discard(self.connection)
        super().reset()
