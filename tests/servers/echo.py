"""A hostile server on loopback: every answer says back all that was asked, keys and passwords too, in the forms of X, Bluesky and OpenAI."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.servers.loopback import Handler, Serving


@dataclass
class Echo(Serving):
    """A context manager: serves within the block."""

    status: int = 401
    paths: set[str] = field(default_factory=set)

    def handler(self) -> type[Handler]:
        echo = self

        class Answering(Handler):
            def _echo(self) -> None:
                body = self.asked().decode(errors="replace")
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

        return Answering
