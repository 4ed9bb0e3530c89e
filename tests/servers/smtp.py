"""A mail server on loopback: takes what is sent, with a login where it is told to, and fails as it is told."""

from __future__ import annotations

import base64
import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self, cast


@dataclass
class Smtp:
    """A context manager: serves within the block."""

    refuse: list[bytes] = field(default_factory=list)
    """Answers to the next logins or senders, instead of yes."""
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    """The same as they came."""
    logins: list[str] = field(default_factory=list)
    to: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        smtp = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 20

            def _say(self, line: bytes) -> None:
                self.wfile.write(line + b"\r\n")

            def _yes(self, line: bytes) -> None:
                self._say(smtp.refuse.pop(0) if smtp.refuse else line)

            def handle(self) -> None:
                self._say(b"220 here")
                while line := self.rfile.readline(1000):
                    word = line.split()[0].upper() if line.split() else b""
                    if word == b"EHLO":
                        self.wfile.write(b"250-here\r\n250 AUTH PLAIN\r\n")
                    elif word == b"AUTH":
                        smtp.logins.append(base64.b64decode(line.split()[2]).decode())
                        self._yes(b"235 yes")
                    elif word == b"MAIL":
                        self._yes(b"250 yes")
                    elif word == b"RCPT":
                        smtp.to.append(line.decode().partition("<")[2].partition(">")[0])
                        self._say(b"250 yes")
                    elif word == b"DATA":
                        self._say(b"354 go on")
                        self._take()
                    elif word == b"QUIT":
                        self._say(b"221 bye")
                        return
                    else:
                        self._say(b"250 yes")

            def _take(self) -> None:
                text = b""
                while (line := self.rfile.readline(10_000)) not in (b".\r\n", b""):
                    text += line.removeprefix(b".") if line.startswith(b"..") else line
                smtp.raw.append(text)
                smtp.letters.append(cast(EmailMessage, message_from_bytes(text, policy=policy.default)))
                self._say(b"250 taken")

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that hangs up is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.port = self._server.server_address[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
