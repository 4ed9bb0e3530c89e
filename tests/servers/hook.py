"""A loopback server that takes webhooks and heartbeats: remembers what came, answers as it is told."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.servers.loopback import Handler, Serving


@dataclass
class Hook(Serving):
    """A context manager: serves within the block."""

    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    """Statuses, and headers, of the next answers; then 200."""
    slow: float = 0.0
    """Seconds that it takes to answer."""
    got: list[tuple[str, str, Any]] = field(default_factory=list)
    """(method, path, JSON or None)"""
    echo: bool = False
    """Answers say what was asked, headers and all."""

    def handler(self) -> type[Handler]:
        hook = self

        class Answering(Handler):
            def _take(self) -> None:
                body = self.asked()
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

        return Answering

    def texts(self) -> list[str]:
        """The texts of the webhooks that came."""
        return [body["text"] for method, _, body in self.got if method == "POST"]
