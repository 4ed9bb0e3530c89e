"""A loopback server that takes webhooks and heartbeats: remembers what came, answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Hook:
    """A context manager: serves within the block."""

    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    """Statuses, and headers, of the next answers; then 200."""
    slow: float = 0.0
    """Seconds that it takes to answer."""
    got: list[tuple[str, str, Any]] = field(default_factory=list)
    """(method, path, JSON or None)"""
    echo: bool = False
    """Answers say what was asked, headers and all."""

    def __enter__(self) -> Self:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                hook.got.append((self.command, self.path, json.loads(body) if body else None))
                time.sleep(hook.slow)
                answer = hook.answers.pop(0) if hook.answers else 200
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                told = f"{self.path} {self.headers}".encode() if hook.echo else b"ok"
                self.send_response(status, told.decode().splitlines()[0])
                for name, value in {**headers, "Content-Length": str(len(told))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told)

            do_GET = do_POST = _take

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

    def texts(self) -> list[str]:
        """The texts of the webhooks that came."""
        return [body["text"] for method, _, body in self.got if method == "POST"]
