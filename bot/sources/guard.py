"""A network floor for httpx that connects only to addresses it has checked, and ends at one overall deadline."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from bot import clock
from bot.deadline import StillRunning, within
from bot.errors import SourceError
from bot.text import links

Resolve = Callable[[str, int], list[str]]
"""Host and port to IP addresses, best first. Raises OSError when there are none."""


class PrivateAddress(SourceError):
    """The host leads into a private network, which an article may not make this program visit."""


class BadRedirect(SourceError):
    """The server points to what is no http or https address."""


def resolved(host: str, port: int) -> list[str]:
    """The system's answer."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet.

    An IPv4 address inside an IPv6 one (mapped, compatible, 6to4, NAT64) counts as what it leads to.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        packed = ip.packed
        if ip.ipv4_mapped or packed[:12] in (bytes(12), bytes.fromhex("0064ff9b") + bytes(8)):
            return is_public(str(ipaddress.IPv4Address(packed[12:])))
        if ip.sixtofour:
            return is_public(str(ip.sixtofour))
        if ip.is_site_local or ip.teredo:
            return False
    return ip.is_global and not ip.is_multicast


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline, so that a body dripping byte by byte does not outlive it."""

    def __init__(self, inner: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._inner, self._left = inner, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._left()), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Resolves once, checks the answer, and connects to exactly what was checked: a second look-up can not change it."""

    def __init__(self, deadline: float, allow_private: bool, resolve: Resolve) -> None:
        self._deadline, self._allow_private, self._resolve = deadline, allow_private, resolve
        self._inner = httpcore.SyncBackend()

    def _left(self) -> float:
        left = self._deadline - clock.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left

    def _addresses(self, host: str, port: int) -> list[str]:
        # A look-up can not be interrupted, so it gets a thread of its own that nobody waits for past the deadline.
        try:
            found = within(self._left(), lambda: self._resolve(host, port), "look-up")
        except StillRunning:
            raise httpcore.ConnectTimeout("the name was not found in time") from None
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise httpcore.ConnectError(f"there is no host {host}")
        return found

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        if not self._allow_private:
            addresses = [address for address in addresses if is_public(address)]
            if not addresses:
                raise PrivateAddress(host)
        for address in addresses[:-1]:
            try:
                return _Stream(self._inner.connect_tcp(address, port, self._left() / 2), self._left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return _Stream(self._inner.connect_tcp(addresses[-1], port, self._left()), self._left)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Any:
        return iter(self._stream)

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class Transport(httpx.BaseTransport):
    """httpx's transport over the checked connections; no proxy, since a proxy would resolve names itself.

    `deadline` is a moment of `clock.monotonic`. Raises PrivateAddress, BadRedirect, and httpcore's own exceptions.
    """

    def __init__(self, deadline: float, *, allow_private: bool = False, resolve: Resolve = resolved) -> None:
        backend = _Backend(deadline, allow_private, resolve)
        self._pool = httpcore.ConnectionPool(ssl_context=_certificates(), network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        ))
        stream = answer.stream
        assert isinstance(stream, Iterable)
        response = httpx.Response(answer.status, headers=answer.headers, stream=_Body(stream), extensions=answer.extensions)
        target = response.headers.get("location")
        # Here, because httpx reads the target even where it is told not to follow it.
        if response.is_redirect and target and links.joined(str(url), target) is None:
            response.close()
            raise BadRedirect(target)
        return response

    def close(self) -> None:
        self._pool.close()
