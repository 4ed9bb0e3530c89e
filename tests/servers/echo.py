"""A hostile server on loopback: every answer says back all that was asked, keys and passwords too, in the forms of X, Bluesky and OpenAI."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Echo:
    """A context manager: serves within the block."""

    status: int = 401
    paths: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        echo = self

        class Handler(BaseHTTPRequestHandler):
            def _echo(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
                echo.paths.add(self.path)
                # The headers first with the keys, so that no cutting saves anybody.
                told = f"{dict(self.headers)} {body[:300]} {self.path}"
                shape = {"error": {"message": told, "code": told}, "message": told, "title": told, "detail": told, "errors": [{"message": told}]}
                said = json.dumps({**shape, "error": told} if "/xrpc/" in self.path else shape).encode()
                self.send_response(echo.status, told.splitlines()[0][:200])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.send_header("X-Echo", told.splitlines()[0][:500])
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PUT = do_DELETE = _echo

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
