"""A server on a real socket that misbehaves exactly as a test says: hangs, drips, resets, redirects, talks nonsense."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

LONG = 30.0
"""Seconds that it keeps hanging or dripping, unless the test is over: longer than any timeout of a test."""

Behaviour = Callable[[socket.socket], None]


class Wicked:
    """A server that reads one request a connection, notes it, and answers with the next behaviour (the last one repeats)."""

    def __init__(self, listening: socket.socket, behaviours: list[Behaviour]) -> None:
        self.requests: list[bytes] = []
        self._listening, self._behaviours = listening, behaviours
        self._current: socket.socket | None = None
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # closed: the test is over
                return
            self._current = connection
            with connection:
                self.requests.append(read_request(connection))
                behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
                try:
                    behaviour(connection)
                except OSError:  # the client went away, as it should
                    continue

    def end(self) -> None:
        """Take no more connections, and cut the one that is open."""
        for open_socket in (self._listening, self._current):
            with suppress(OSError):  # closed already
                if open_socket is not None:
                    open_socket.shutdown(socket.SHUT_RDWR)

    @property
    def paths(self) -> list[str]:
        return [request.split(b" ", 2)[1].decode() for request in self.requests]


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while len(body) < sum(lengths):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def wicked(*behaviours: Behaviour) -> Iterator[Wicked]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Wicked(listening, list(behaviours))
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.end()
            thread.join(5)


def answer(status: int, body: object = b"", **headers: str) -> Behaviour:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "" if isinstance(body, bytes) else "Content-Type: application/json\r\n"
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} X\r\n{kind}{more}Content-Length: {len(raw)}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + raw)


def raw(data: bytes) -> Behaviour:
    return lambda connection: connection.sendall(data)


def hang(connection: socket.socket) -> None:
    connection.settimeout(LONG)
    connection.recv(1)


def drip(start: bytes, drop: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            connection.sendall(drop)
            time.sleep(0.05)

    return behave


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
