"""A website on this machine, for tests that fetch: its pages are what a test says, and every request is kept."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

Headers: TypeAlias = dict[str, str]
Reply: TypeAlias = tuple[int, Headers, bytes]
Page: TypeAlias = bytes | Reply | Callable[[BaseHTTPRequestHandler], Reply | None]


@dataclass
class Site:
    """Its pages by path, and what was asked: `hosts` by the name that the client used. It is an HTTP proxy too."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    headers: list[Headers] = field(default_factory=list)

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what many of the tests are about."""


@contextlib.contextmanager
def website() -> Iterator[Site]:
    """A site, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = "/" + self.path.partition("://")[2].partition("/")[2] if "://" in self.path else self.path
            site.asked.append(self.path)
            site.hosts.append(self.headers["Host"])
            site.headers.append(dict(self.headers))
            page = site.pages.get(path, (404, {}, b"gone"))
            reply = page(self) if callable(page) else page
            if reply is not None:
                self.answer(reply if isinstance(reply, tuple) else (200, {"Content-Type": "image/jpeg"}, reply))

        def answer(self, reply: Reply) -> None:
            status, headers, body = reply
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, form: str, *values: object) -> None:
            """Tests say what matters themselves."""

    server = _Server(("127.0.0.1", 0), Handler)
    site = Site(server.server_address[1])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def socks_proxy(port: int) -> Iterator[tuple[int, list[str]]]:
    """A SOCKS5 proxy (RFC 1928) that connects everybody to one port of this machine: its own port, the names asked."""
    names: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        rbufsize = 0

        def handle(self) -> None:
            _, count = self.rfile.read(2)
            self.rfile.read(count)
            self.wfile.write(b"\5\0")
            kind = self.rfile.read(4)[3]
            length = self.rfile.read(1)[0] if kind == 3 else 4
            name = self.rfile.read(length)
            (wanted,) = struct.unpack("!H", self.rfile.read(2))
            names.append(f"{name.decode() if kind == 3 else socket.inet_ntoa(name)}:{wanted}")
            self.wfile.write(b"\5\0\0\1\0\0\0\0\0\0")
            with socket.create_connection(("127.0.0.1", port)) as other:
                threading.Thread(target=_pump, args=(self.connection, other), daemon=True).start()
                _pump(other, self.connection)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.server_address[1], names
    finally:
        server.shutdown()
        server.server_close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
