"""The two pages of a worker, /healthz and /metrics, for whoever watches over it. Only GET, a few at a time, each ended in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bot import clock
from bot.context import Bot
from bot.errors import ConfigError
from bot.pages.answers import Answer, Pages

AT_ONCE = 8
"""Connections that are served at the same time; a further one is turned away at once."""
PATIENCE = 5.0
"""Seconds that a client has for its whole request, and then for taking the answer."""
_HEAD = 8192
"""Bytes that a request may have."""
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 500: "Internal Server Error", 503: "Service Unavailable"}


@contextmanager
def serving(bot: Bot) -> Iterator[int | None]:
    """Serve the pages while the block runs, where BOT_HTTP_PORT says so; yields the port.

    Raises ConfigError when it is taken: two workers that were meant to be one would both go on unseen otherwise.
    """
    settings = bot.settings
    if settings.http_port is None:
        yield None
        return
    listening = _listen(settings.http_host, settings.http_port)
    server = Server(listening, Pages(bot).answer)
    try:
        yield server.port
    finally:
        server.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(AT_ONCE * 2)
        except OSError:
            made.close()
            raise
        return made
    except OSError as error:
        told = error.strerror or str(error)
        raise ConfigError(f"BOT_HTTP_PORT {port} on {host} can not be listened on: {told}. Does another worker run here? Name another port.") from None


class Server:
    """One thread that accepts, and a short one for each connection."""

    def __init__(self, listening: socket.socket, answer: Callable[[str], Answer]) -> None:
        self._listening, self._answer = listening, answer
        self.port = int(listening.getsockname()[1])
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True, name="pages")
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        self._closed.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listening.close()
        self._thread.join(1)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                self._closed.wait(0.5)  # no file handles left, say: that passes, and must not spin
                continue
            if not self._free.acquire(blocking=False):
                connection.close()
                continue
            try:
                threading.Thread(target=self._serve, args=(connection,), daemon=True, name="page").start()
            except RuntimeError:  # no thread to be had
                self._free.release()
                connection.close()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError):
                head = _read(connection, clock.monotonic() + PATIENCE)
                answer = _unread() if head is None else self._to(head)
                connection.settimeout(PATIENCE)
                connection.sendall(_bytes(answer))
        finally:
            self._free.release()

    def _to(self, head: bytes) -> Answer:
        words = head.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            return _unread()
        if words[0] != b"GET":
            return Answer(405, "text/plain", b"only GET\n", "Allow: GET\r\n")
        try:
            return self._answer(words[1].decode("ascii", "replace").partition("?")[0])
        except Exception:  # what it was is in no answer: a stranger may read it
            return Answer(500, "text/plain", b"a fault of the program\n")


def _read(connection: socket.socket, deadline: float) -> bytes | None:
    """The head of a request; None when it does not come in time, or is too long."""
    head = b""
    while b"\r\n\r\n" not in head:
        left = deadline - clock.monotonic()
        if left <= 0 or len(head) > _HEAD:
            return None
        connection.settimeout(left)
        some = connection.recv(2048)
        if not some:
            return None
        head += some
    return head


def _unread() -> Answer:
    return Answer(400, "text/plain", b"not understood\n")


def _bytes(answer: Answer) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}\r\nContent-Type: {answer.type}\r\nContent-Length: {len(answer.body)}\r\n"
        f"{answer.more}Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + answer.body
