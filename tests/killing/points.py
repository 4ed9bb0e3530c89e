"""The points at which a process can be killed: around every commit, every socket operation, and every call of an adapter.

Installed in a child that dies soon; nothing is put back. The operations are those that urllib3 (`sendall`, and `recv_into`
under http.client's reader) and httpcore (`send`, `recv`) use; libpq and SQLite do not go through Python's sockets.
"""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

CALLS = ("verify", "recent", "upload", "send", "find", "delete")
"""The calls of an adapter that go over the network."""
_WRITES, _READS = ("connect", "connect_ex", "send", "sendall", "shutdown"), ("recv", "recv_into")


class Points:
    """Counts the points a process passes, once armed; kills it at the one named.

    An answer may arrive in one piece or in more, so how often it is read is chance. A point is therefore numbered by what is
    no chance: the other points before it, and, for a read, which one since then: `031.2 send[1] recv_into after`.
    """

    def __init__(self, passed: Callable[[str], object], kill_at: str | None) -> None:
        self._passed, self._kill_at = passed, kill_at
        self._lock = threading.RLock()
        self._armed = False
        self._number = self._reads = 0
        self._where, self._calls = "store", 0

    def arm(self) -> None:
        """From here on points count."""
        self._armed = True

    def disarm(self) -> None:
        self._armed = False

    def pass_(self, what: str, when: str, *, reading: bool = False) -> None:
        """This point is passed; or it is the end."""
        with self._lock:
            if not self._armed:
                return
            if reading:
                self._reads += when == "before"
            else:
                self._number, self._reads = self._number + 1, 0
            name = f"{self._number:03}.{self._reads} {self._where} {what} {when}"
            self._passed(name)
            if name == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()

    def around(self, what: str, work: Callable[..., Any], *, reading: bool = False) -> Callable[..., Any]:
        """The same work, with a point before and one after it, however it ends."""

        def watched(*args: Any, **options: Any) -> Any:
            self.pass_(what, "before", reading=reading)
            try:
                return work(*args, **options)
            finally:
                self.pass_(what, "after", reading=reading)

        return watched

    def watch_commits(self) -> None:
        """Of every database."""
        DefaultDialect.do_commit = self.around("commit", DefaultDialect.do_commit)  # type: ignore[method-assign]

    def watch_sockets(self) -> None:
        """TCP only. And nothing beyond loopback is reached."""
        for name in (*_WRITES, *_READS, "_real_close"):
            setattr(socket.socket, name, self._of_tcp(name, getattr(socket.socket, name)))

    def _of_tcp(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        watched = self.around(name, work, reading=name in _READS)

        def operation(sock: socket.socket, *args: Any, **options: Any) -> Any:
            if sock.family not in (socket.AF_INET, socket.AF_INET6):
                return work(sock, *args, **options)
            if name.startswith("connect") and args[0][0] != "localhost" and not ipaddress.ip_address(args[0][0]).is_loopback:
                raise RuntimeError(f"a test tried to connect to {args[0][0]}")
            return watched(sock, *args, **options)

        return operation

    def watch_calls(self, platform: Any) -> None:
        """Of this adapter; what happens within one is named after it."""
        for name in CALLS:
            setattr(platform, name, self._call(name, self.around("call", getattr(platform, name))))

    def _call(self, name: str, watched: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            before, self._calls = self._where, self._calls + self._armed
            self._where = f"{name}[{self._calls}]"
            try:
                return watched(*args, **options)
            finally:
                self._where = before

        return call
