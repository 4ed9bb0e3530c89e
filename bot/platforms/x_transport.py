"""One call to X through tweepy, once, on a connection of its own, within a deadline. Imported when a call is made.

tweepy 4.17.0 has no timeout, talks to a fixed host, follows redirects (which turns a POST into a GET) and writes tokens to
its DEBUG log. So it gets a session of ours; tweepy still builds, signs and reads. What the session adds:
- the address becomes the account's `service` before OAuth 1.0a signs it;
- the body is replaced by the exact bytes of the request, after a check that tweepy means the same JSON;
- redirects are not followed, nothing is retried, and no connection is used twice: a kept one may die unseen;
- every connection passes a gate between connecting (name, TCP, TLS) and the first byte of the request. The gate opens
  once and never after the deadline, so a call that did not pass it is proven not sent, whatever exception it ended in.

requests' timeout is per read, which a dripping answer outlives: the call runs in a thread, and at the deadline its socket is shut.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from bot import clock
from bot.deadline import Job

LOUD = ("tweepy", "tweepy.client", "requests_oauthlib", "requests_oauthlib.oauth1_auth", "oauthlib", "oauthlib.oauth1.rfc5849")
"""Loggers whose DEBUG lines hold tokens and signatures."""
LAST_MOMENT = 0.5
"""Seconds a call gets to end by itself after its socket was shut."""


class TooLate(Exception):
    """The request may not go out: the deadline has passed, or it went out already."""


class NotTheSame(Exception):
    """tweepy would send other JSON than the request holds."""


@dataclass
class Wire:
    """What is known about one call; shared by the thread that makes it and the one that waits."""

    deadline: float
    """On the monotonic clock."""
    begun: bool = False
    cut: bool = False
    answer: tuple[int, dict[str, str], bytes] | None = None
    """Status, headers by lower-case name, body: only when the whole answer was read."""
    error: BaseException | None = None
    _socket: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, connected: socket.socket | None) -> None:
        """Pass the gate: from here on the request may be out. Raises TooLate."""
        with self._lock:
            if self.begun or self.cut or clock.monotonic() >= self.deadline:
                raise TooLate
            self.begun = True
            self._socket = connected

    def shut(self) -> None:
        """Close the gate, and end what is still being said."""
        with self._lock:
            self.cut = True
            if self._socket is not None:
                # The plain socket's shutdown, also under TLS: it wakes the reader and leaves the TLS state alone.
                with suppress(OSError, TypeError):  # already closed; or TLS inside TLS, which is no socket
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@dataclass(frozen=True)
class Call:
    """How a call ended, or that it did not."""

    begun: bool
    late: bool
    ended: bool
    answer: tuple[int, dict[str, str], bytes] | None
    error: BaseException | None


def make(
    service: str, secrets: Mapping[str, str], timeout: float, ask: Callable[[Any], object], body: bytes | None = None,
    before: float = inf,
) -> Call:
    """Let `ask` make one call with a `tweepy.Client`; returns within `timeout` and half a second, and never raises for the call.

    `secrets` by the names of `bot.accounts.SECRETS`; `body`: the exact JSON to send; `before`: when the gate
    closes at the latest, on the monotonic clock.
    """
    import tweepy

    _hush()
    client = tweepy.Client(
        consumer_key=secrets["api_key"], consumer_secret=secrets["api_secret"],
        access_token=secrets["access_token"], access_token_secret=secrets["access_token_secret"],
        return_type=dict, wait_on_rate_limit=False,  # waiting would POST again
    )
    client.session.close()
    wire = Wire(deadline=min(clock.monotonic() + timeout, before))
    client.session = _Session(wire, service, timeout, body)

    def call() -> None:
        try:
            with client.session:
                ask(client)
        except Exception as error:  # whatever it is, the outcome table decides by what left this machine
            wire.error = error

    job = Job(call, "x-call")
    try:
        late = not job.ended(timeout)
    finally:
        if not job.ended():
            wire.shut()
    ended = job.ended(LAST_MOMENT) if late else True
    return Call(begun=wire.begun, late=late, ended=ended or not wire.begun, answer=wire.answer, error=wire.error)


def _hush() -> None:
    """Cap the loggers that print tokens; on every call, because a program may set levels at any time."""
    for name in LOUD:
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.INFO:
            logger.setLevel(logging.INFO)


class _Session(requests.Session):
    """The session tweepy gets: one call, to the service named, with the bytes given."""

    def __init__(self, wire: Wire, service: str, timeout: float, body: bytes | None) -> None:
        super().__init__()
        self._wire, self._service, self._timeout, self._body = wire, service.rstrip("/"), timeout, body
        self.adapters.clear()
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(wire))

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        """As tweepy asks, parameters included, at our address, with our bytes."""
        meant = options.pop("json", None)
        if self._body is not None:
            if meant != json.loads(self._body):
                raise NotTheSame
            options["data"] = self._body
            options["headers"] = {**options.get("headers", {}), "Content-Type": "application/json"}
        elif meant is not None:
            raise NotTheSame
        address = self._service + urlsplit(url).path
        response = super().request(method, address, **options, timeout=self._timeout, allow_redirects=False)
        headers = {name.lower(): value for name, value in response.headers.items()}
        self._wire.answer = (response.status_code, headers, response.content)
        return response


class _Adapter(HTTPAdapter):
    """Lets no connection speak before it has passed the gate. Retries nothing (the default of requests)."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire
        self._pools: list[Any] = []

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = type("Gated", (_Gated, pool.ConnectionCls), {"wire": self._wire})
        self._pools.append(pool)
        return pool

    def close(self) -> None:
        """Close the connections too: requests leaves that to the garbage collector, which an exception's frames hold up."""
        for pool in self._pools:
            pool.close()
        super().close()


class _Gated(HTTPConnection):
    """A connection that tells the wire when it is about to speak."""

    wire: Wire

    def connect(self) -> None:
        super().connect()
        self.wire.begin(self.sock)
