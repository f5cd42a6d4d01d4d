"""Connections for fetching pictures: through the proxy that is meant, to public addresses, and never for too long."""

from __future__ import annotations

import contextlib
import ipaddress
import math
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import httpcore
import httpx

from convert.config.pictures import PROXIES
from convert.errors import ConfigError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# Unicast addresses of the internet (RFC 4291, *Address Type Identification*), and those that stand for an IPv4 address
# where a network translates (RFC 6052, *Well-Known Prefix*).
_UNICAST = ipaddress.IPv6Network("2000::/3")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")

# Ends of names that mean this machine or this network: RFC 6761, RFC 6762, RFC 8375, and what routers and firms use.
_NEAR = ("localhost", "localdomain", "local", "internal", "intranet", "private", "lan", "home", "corp", "home.arpa")


class RefusedError(Exception):
    """An address that must not be asked; the message says why."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet at large: not private, local, shared, reserved or for many."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    inner = address.ipv4_mapped or address.sixtofour
    if address in _TRANSLATED:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(inner)
    return address in _UNICAST and address.is_global


def check_host(host: str) -> None:
    """Refuse a host that says by itself that it is not public, before anybody looks it up.

    Raises RefusedError for a literal address in any of its spellings, and for a name of this machine or network.
    """
    name = host.strip("[]").rstrip(".").lower()
    literal = _literal(name)
    if literal is not None:
        if not is_public(literal):
            raise RefusedError("a private address")
    elif "." not in name or any(name == end or name.endswith(f".{end}") for end in _NEAR):
        raise RefusedError("a name of this machine or network")


def _literal(name: str) -> Address | None:
    """The address that a host is, also as `127.1`, `0x7f000001` or `017700000001`; None for a name."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except (OSError, ValueError):
        return None


class Clock(threading.local):
    """When the picture that this thread fetches must be there, on the clock of `time.monotonic`."""

    until: float = math.inf

    def left(self, timeout: float | None = None) -> float | None:
        """Seconds that one step may take. Raises httpcore.ReadTimeout where the time is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        left = min(left, math.inf if timeout is None else timeout)
        return None if left == math.inf else left


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends in time: a server that drips cannot hold it."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._clock.left(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Gate(httpcore.NetworkBackend):
    """Opens connections. With `public_only` a name is looked up here, and the very address that was checked is taken.

    A name that is looked up a second time may lead elsewhere by then, on purpose (DNS rebinding).
    """

    def __init__(self, clock: Clock, public_only: bool) -> None:
        self._clock = clock
        self._public_only = public_only
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception = httpcore.ConnectError(f"no address of {host} answers")
        for one in self._addresses(host, port) if self._public_only else [host]:
            try:
                stream = self._plain.connect_tcp(one, port, self._clock.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Stream(stream, self._clock)
        raise last

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        names = dict.fromkeys(str(one[4][0]) for one in found)
        public = [name for name in names if is_public(ipaddress.ip_address(name))]
        if names and not public:
            raise RefusedError("a name that leads to a private address")
        return public


class Connections:
    """Asks for addresses over HTTP, each by the proxy that is meant for it.

    proxy: `environment`, `none` or an address, as in config.yaml. allow_private: whether addresses that are not public
    may be asked. clock: bounds what this thread does.
    """

    def __init__(self, proxy: str, allow_private: bool, clock: Clock) -> None:
        self._proxy = proxy
        self._allow_private = allow_private
        self._clock = clock
        self._tls = httpx.create_ssl_context()
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def check(self, url: httpx.URL) -> None:
        """Raises RefusedError for what is no address of the web, or leads by its very words to a private network."""
        if url.scheme not in ("http", "https") or not url.raw_host:
            raise RefusedError("no http or https address")
        if not self._allow_private:
            check_host(url.raw_host.decode("ascii"))

    def proxy_for(self, url: httpx.URL) -> str:
        """The proxy's address, or nothing. Raises ConfigError where the environment names one that is of no use."""
        if self._proxy == "none":
            return ""
        if self._proxy != "environment":
            return self._proxy
        proxies = urllib.request.getproxies()
        proxy = proxies.get(url.scheme) or proxies.get("all") or ""
        if not proxy or urllib.request.proxy_bypass(url.raw_host.decode("ascii")):
            return ""
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        # Desktops write socks:// into ALL_PROXY.
        proxy = proxy.replace("socks://", "socks5://", 1)
        return check_proxy(proxy, f"{url.scheme.upper()}_PROXY or ALL_PROXY")

    @contextlib.contextmanager
    def get(
        self, url: httpx.URL, proxy: str, headers: Sequence[tuple[str, str]], timeout: float
    ) -> Iterator[tuple[int, httpx.Headers, Iterator[bytes]]]:
        """Ask for an address that `check` let pass: status, headers, and the body in pieces. No redirect is followed.

        Nothing is sent but these headers: no cookie, and no name and password out of the address.
        Raises httpcore's errors, and RefusedError for a name that leads to a private address only.
        """
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        limits = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        with self._pool(proxy).stream("GET", target, headers=list(headers), extensions={"timeout": limits}) as response:
            yield response.status, httpx.Headers(response.headers), iter(response.iter_stream())

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, proxy: str) -> httpcore.ConnectionPool:
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = self._new(proxy)
            return self._pools[proxy]

    def _new(self, proxy: str) -> httpcore.ConnectionPool:
        if not proxy:
            gate = _Gate(self._clock, public_only=not self._allow_private)
            return httpcore.ConnectionPool(ssl_context=self._tls, network_backend=gate)
        # The proxy itself may well be on this machine; what it looks up, only it can check.
        gate = _Gate(self._clock, public_only=False)
        url = httpx.URL(proxy)
        auth = (url.username, url.password) if url.username else None
        bare = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
        if url.scheme.startswith("socks"):
            return httpcore.SOCKSProxy(bare, proxy_auth=auth, ssl_context=self._tls, network_backend=gate)
        return httpcore.HTTPProxy(bare, proxy_auth=auth, ssl_context=self._tls, network_backend=gate)


def check_proxy(proxy: str, where: str) -> str:
    """A proxy's address as it stands. Raises ConfigError for one of another kind, naming where it was found."""
    try:
        url = httpx.URL(proxy)
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL("")
    if url.scheme not in PROXIES or not url.host:
        expected = " or ".join(f"{one}://HOST:PORT" for one in PROXIES)
        raise ConfigError(where, f"{proxy!r} is no proxy", expected, "mend it, or unset it")
    return proxy
