"""A language model's server on loopback: OpenAI's chat completions over a real socket, with scripted answers and faults.

    with LlmServer() as server:
        server.enqueue(good(worked_example()))
        drafter = OpenAI(key=SecretStr("k"), base_url=server.url, model="gpt-x")

Without a scripted answer it gives the worked example's. Every request is recorded.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        return str(self.body["messages"][1]["content"])

    @property
    def format(self) -> str:
        """`json_schema`, `json_object`, or `plain`."""
        return str(self.body.get("response_format", {}).get("type", "plain"))


@dataclass(frozen=True)
class Reply:
    """What the server does with one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay: float = 0.0
    """Seconds before the first byte."""
    drip: float = 0.0
    """Seconds between the single bytes of the body."""
    close: bool = False
    """Reset the connection instead of answering."""


Answer = Reply | Callable[[Request], Reply]


class LlmServer:
    """The server; use it as a context manager."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._queue: deque[Answer] = deque()
        self._default: Answer = lambda request: good(worked_example())
        self._stopped = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                return  # a client that hung up is part of many tests

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The base URL, as OPENAI_BASE_URL takes it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def enqueue(self, *answers: Answer) -> None:
        """Answers for the next requests, in order."""
        self._queue.extend(answers)

    def answer_with(self, answer: Answer) -> None:
        """What every request gets once the queue is empty; a callable sees the request."""
        self._default = answer

    def __enter__(self) -> LlmServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        request = Request(handler.path, {name.lower(): value for name, value in handler.headers.items()}, json.loads(raw))
        self.requests.append(request)
        answer = self._queue.popleft() if self._queue else self._default
        reply = answer(request) if callable(answer) else answer
        if reply.delay:
            self._stopped.wait(reply.delay)
        if reply.close:
            handler.close_connection = True
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        handler.send_response(reply.status)
        headers = {"content-type": reply.content_type, "content-length": str(len(reply.body)), **reply.headers}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if not reply.drip:
            handler.wfile.write(reply.body)
            return
        for at in range(len(reply.body)):
            if self._stopped.wait(reply.drip):
                return
            handler.wfile.write(reply.body[at : at + 1])
            handler.wfile.flush()


def good(content: str | dict[str, Any], *, finish: str = "stop", tokens: tuple[int, int] | None = (1200, 400), **message: Any) -> Reply:
    """A completion with this content; `tokens` in and out, None for a server that does not count."""
    text = content if isinstance(content, str) else json.dumps(content)
    body: dict[str, Any] = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": int(time.time()), "model": "gpt-x",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}],
    }
    if tokens:
        body["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    return Reply(body=json.dumps(body).encode())


def refusal() -> Reply:
    return good("", refusal="I can not help with that.")


def truncated(tokens: tuple[int, int] = (1200, 400)) -> Reply:
    return good(json.dumps(worked_example())[:300], finish="length", tokens=tokens)


def content_filter() -> Reply:
    return good("", finish="content_filter")


def bad_json() -> Reply:
    return good('{"shorts": [}')


def error(status: int, code: str, message: str = "", **headers: str) -> Reply:
    """An error as the API shapes it; header names with _ for -."""
    body = {"error": {"message": message or code, "type": code, "param": None, "code": code}}
    return Reply(status=status, body=json.dumps(body).encode(), headers={name.replace("_", "-"): value for name, value in headers.items()})


def no_json_schema() -> Reply:
    return error(400, "invalid_request_error", "'response_format' of type 'json_schema' is not supported with this model.")


def slow(seconds: float) -> Reply:
    """A good answer whose body drips in, a byte every `seconds`."""
    reply = good(worked_example())
    return Reply(body=reply.body, drip=seconds)


def closed() -> Reply:
    return Reply(close=True)


def worked_example() -> dict[str, Any]:
    """A good answer for the sample article on AI inference (ids: s1 s2 the dek, s3… the body, q1 a1… its FAQ)."""
    return {
        "shorts": [
            {"platforms": ["x"], "statements": [
                {"text": "TrendForce: AI inference compute will grow 122% in 2026 as cloud giants invest heavily in NVIDIA GB and Rubin systems.",
                 "evidence": ["s1"], "paragraph": 1},
                {"text": "Training servers will account for 55% of AI server shipments, down from previous years.", "evidence": ["s5"], "paragraph": 1},
            ]},
            {"platforms": ["bluesky"], "statements": [
                {"text": "AI inference compute will grow 122% in 2026, TrendForce reports.", "evidence": ["s1", "s4"], "paragraph": 1},
                {"text": "Companies are shifting from building models to serving millions of users.", "evidence": ["s6"], "paragraph": 1},
                {"text": "Training servers will account for 55% of AI server shipments in the same year, down from previous years.",
                 "evidence": ["s5"], "paragraph": 2},
            ]},
        ],
        "faq": {
            "opening": [
                {"text": "At the top five North American cloud providers, combined AI training compute grows 56%, inference compute 122%.",
                 "evidence": ["s7", "s8"], "paragraph": 1},
                {"text": "What inference is, why it is growing faster, and whether API costs keep dropping:", "evidence": ["q1", "q2", "q3"], "paragraph": 2},
            ],
            "items": [
                {"question": "What is AI inference?", "evidence": ["q1", "a1"],
                 "answer": "Using a trained AI model to generate responses. It's what happens every time you use ChatGPT or any AI tool."},
                {"question": "Why is inference growing faster than training?", "evidence": ["q2", "a2"],
                 "answer": "More AI products are reaching production, meaning millions of real users are generating inference requests daily."},
                {"question": "Will AI API costs keep dropping?", "evidence": ["q3", "a3"],
                 "answer": "Yes: with inference compute surging and hardware costs declining, API pricing is expected to continue falling through 2026."},
            ],
        },
        "article_notes": [
            {"text": 'S6 calls inference "dominant", s5 gives training 55% of shipments.', "sentences": ["s5", "s6"]},
        ],
    }
