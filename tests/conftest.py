"""What all tests share: the public test data, and a guard that lets nothing out but loopback."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.evals import table as evals
from tests.matrix import table as matrices


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public test data (BOT_TEST_DATA)."""
    named = os.environ.get("BOT_TEST_DATA")
    if not named or not Path(named).is_dir():
        pytest.skip("BOT_TEST_DATA does not name the folder of public test data")
    return Path(named)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables that tests left in their reports."""
    matrices.pytest_terminal_summary(terminalreporter)
    evals.summary(terminalreporter)


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """In CI every part is there, so a skip is a failure."""
    if os.environ.get("CI") == "true" and call.excinfo is not None and call.excinfo.errisinstance(pytest.skip.Exception):
        call.excinfo = pytest.ExceptionInfo.from_exception(AssertionError(f"skipped in CI: {call.excinfo.value}"))


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests see no settings but their own, and write into a folder of their own."""
    from bot.config import Settings, setting_names

    for field in Settings.model_fields:
        for name in setting_names(field):
            monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


class OutsideLoopback(RuntimeError):
    """A test tried to reach beyond this machine."""


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Every connection that is not loopback (or a Unix socket) fails the test that opens it."""
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def allowed(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX:
            return
        host = str(address[0])
        if host == "localhost" or ipaddress.ip_address(host.split("%")[0]).is_loopback:
            return
        raise OutsideLoopback(f"a test tried to connect to {host}")

    def guarded(self: socket.socket, address: Any) -> None:
        allowed(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        allowed(self, address)
        return connect_ex(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign]
    yield
    socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, resolve  # type: ignore[method-assign]
