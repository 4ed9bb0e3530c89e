"""What servers that fail when they are told to have in common: the ways to fail, and a request handler that fails in them."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

DRIP_SECONDS = 0.05
_POLL_SECONDS = 0.05

Manner = Literal["answer", "close", "reset", "hang", "drip", "drip-head", "truncate", "truncate-open"]
Headers = dict[str, str]


@dataclass(frozen=True)
class Fault:
    """One scripted failure. `content` None: the true answer to the request (which was then accepted)."""

    accepts: bool = False
    """The server carries the request out, whatever it then says."""
    manner: Manner = "answer"
    status: int = 201
    content: bytes | None = None
    type: str = "application/json; charset=utf-8"
    headers: Callable[[], Headers] = dict


HTML = b"<!DOCTYPE html><html><body><h1>Over capacity</h1></body></html>"
CONNECTION: dict[str, Fault] = {
    "close-before-reading": Fault(manner="close"),
    "close-before-accept": Fault(manner="close"),
    "close-after-accept": Fault(manner="close", accepts=True),
    "reset-before-accept": Fault(manner="reset"),
    "reset-after-accept": Fault(manner="reset", accepts=True),
    "hang": Fault(manner="hang", accepts=True),
    "hang-before-accept": Fault(manner="hang"),
    "drip": Fault(manner="drip", accepts=True),
    "drip-head": Fault(manner="drip-head", accepts=True),
    "truncated": Fault(manner="truncate", accepts=True),
    "truncated-without-length": Fault(manner="truncate-open", accepts=True),
}


def in_trouble(status: int, title: str, said: object) -> dict[str, Fault]:
    """A server's own failure as its API says it, as a page, and as JSON of another shape; with the request carried out, and without."""
    forms = (
        ("json", json.dumps(said).encode(), "application/json"), ("html", HTML, "text/html"),
        ("list", json.dumps([title]).encode(), "application/json"),
    )
    return {
        f"{status}-{form}{'-accepted' if accepts else ''}": Fault(accepts=accepts, status=status, content=content, type=type)
        for form, content, type in forms for accepts in (True, False)
    }


class Server(ThreadingHTTPServer):
    """On a free port of loopback."""

    daemon_threads = False  # so that closing the server waits for its connections
    block_on_close = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], stopping: threading.Event) -> None:
        self.stopping = stopping
        """Ends what would take long."""
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class Running:
    """A context manager: its thread serves within the block."""

    stopping: threading.Event
    _http: Server
    _thread: threading.Thread

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """Says answers, or fails on the way."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def head(self, status: int, headers: Headers, length: int | None) -> None:
        """Write the head of an answer; without a length it ends when the connection does."""
        raise NotImplementedError

    def say(self, status: int, headers: Headers, content: bytes) -> None:
        self.head(status, headers, len(content))
        self.wfile.write(content)

    def fail(self, manner: Manner, status: int, headers: Headers, content: bytes) -> None:
        """Say it in this manner; the connection does not outlive a failure."""
        if manner == "answer":
            self.say(status, headers, content)
            return
        self.close_connection = True
        if manner == "reset":
            self.reset()
        elif manner == "hang":
            self.wait(self.timeout)
        elif manner == "drip":
            self.head(status, headers, len(content) + 10_000)
            self.drip(content + b" " * 10_000)
        elif manner == "drip-head":
            self.drip(f"HTTP/1.1 {status} OK\r\n".encode() + b"x-slow: 1\r\n" * 1_000)
        elif manner in ("truncate", "truncate-open"):
            self.head(status, headers, len(content) if manner == "truncate" else None)
            self.wfile.write(content[:len(content) // 2])

    def drip(self, content: bytes) -> None:
        for byte in content:
            self.wfile.write(bytes([byte]))
            if self.wait(DRIP_SECONDS):
                return

    def wait(self, seconds: float) -> bool:
        """Do nothing for so long, unless the client hangs up or the server is to end: then True."""
        while seconds > 0 and not self.server.stopping.is_set():
            step = min(seconds, _POLL_SECONDS)
            if select.select([self.connection], [], [], step)[0]:
                return True
            seconds -= step
        return self.server.stopping.is_set()

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # a plain close would say goodbye first
