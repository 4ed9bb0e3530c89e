"""The fault proxy itself: what it passes on, what it fails, and that it serves forked processes and ends cleanly."""

from __future__ import annotations

import os
import socket
import threading

import httpx
import pytest

from tests.servers.proxy import Proxy
from tests.servers.proxy_faults import FAULTS
from tests.servers.wicked import answer, wicked


def in_a_fork(url: str, seconds: float) -> int:
    """The status that another process gets there; 0 for none."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(httpx.get(url, timeout=seconds).status_code - 200)
        except httpx.TransportError:
            os._exit(255)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return 0 if code == 255 else code + 200


def test_a_request_passes_as_it_is_and_the_answer_comes_back() -> None:
    with wicked(answer(201, {"a": 1}, x_extra="yes")) as server, Proxy(server.url) as proxy:
        got = httpx.post(f"{proxy.url}/xrpc/a.b?c=d", content=b"\x00body", headers={"X-Mine": "1"})
        assert (got.status_code, got.json(), got.headers["x-extra"], got.headers["connection"]) == (201, {"a": 1}, "yes", "close")
        assert b"X-Mine: 1" in server.requests[0] or b"x-mine: 1" in server.requests[0].lower()
        assert server.requests[0].endswith(b"\r\n\r\n\x00body")
        assert [(one.method, one.path, one.body) for one in proxy.requests] == [("POST", "/xrpc/a.b?c=d", b"\x00body")]


@pytest.mark.parametrize("kind", [name for name, fault in FAULTS.items() if fault.manner not in ("answer", "drip", "drip-head")])
def test_a_fault_is_played_on_its_call_alone_and_reaches_the_server_only_if_it_says_so(kind: str) -> None:
    with wicked(answer(200, {"a": "x" * 50})) as server, Proxy(server.url) as proxy:
        proxy.fail_next(kind, on="/b")
        assert httpx.get(proxy.url + "/a").status_code == 200
        with pytest.raises((httpx.TransportError, ValueError)):
            httpx.get(proxy.url + "/b", timeout=0.2).json()
        assert httpx.get(proxy.url + "/b").status_code == 200
        assert server.paths == (["/a", "/b", "/b"] if FAULTS[kind].accepts else ["/a", "/b"])
        assert proxy.connections == 3
        assert len(proxy.requests) == (2 if kind == "close-before-reading" else 3)


@pytest.mark.parametrize("kind", ["drip", "drip-head"])
def test_a_dripping_answer_comes_byte_by_byte_and_does_not_end(kind: str) -> None:
    with wicked(answer(200, {})) as server, Proxy(server.url) as proxy:
        proxy.fail_next(kind)
        with socket.create_connection(("127.0.0.1", int(proxy.url.rsplit(":", 1)[1]))) as client:
            client.sendall(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
            client.settimeout(5)
            assert all(client.recv(65536) for _ in range(5))
        assert proxy.quiet()
        assert server.paths == ["/a"]


def test_forked_clients_are_served_and_a_copied_socket_keeps_no_connection_open() -> None:
    before = threading.active_count()
    with wicked(answer(200, {})) as server, Proxy(server.url) as proxy:
        assert in_a_fork(proxy.url + "/a", 5) == 200
        proxy.fail_next("hang-before-accept")
        with socket.create_connection(("127.0.0.1", int(proxy.url.rsplit(":", 1)[1]))) as waiting:
            waiting.sendall(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
            while not proxy.requests[1:]:
                threading.Event().wait(0.01)
            reading, writing = os.pipe()
            child = os.fork()  # while a connection is open
            if child == 0:
                os.close(writing)
                os.read(reading, 1)
                os._exit(0)
            os.close(reading)
            proxy.fail_next("reset-before-accept")
            with pytest.raises(httpx.TransportError):
                httpx.get(proxy.url + "/b", timeout=5)
            proxy.stopping.set()
            waiting.settimeout(5)
            assert waiting.recv(1) == b""
            os.close(writing)
            os.waitpid(child, 0)
    assert threading.active_count() <= before + 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(proxy.url.rsplit(":", 1)[1])))
