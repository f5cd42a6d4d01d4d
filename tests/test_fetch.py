"""Pictures from the web: what is taken, what is refused, who is asked, how often. Nothing here leaves the machine."""

from __future__ import annotations

import email.utils
import gzip
import io
import ipaddress
import json
import os
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpcore
import pytest
from PIL import Image, ImageFile

from convert.batch.pictures import fetch as fetching
from convert.batch.pictures.cache import DAY, PictureCache, web_address
from convert.batch.pictures.connections import RefusedError, check_host, is_public
from convert.batch.pictures.fetch import LANES, MOST_FAILURES, Fetched, Fetcher
from convert.batch.run import run
from convert.cli import main
from convert.config import load_config
from convert.config.pictures import PictureOptions
from convert.errors import ConfigError, OutputError
from tests.website import Page, Reply, Site, socks_proxy, website

PUBLIC = "93.184.215.14"
NAME = "http://pictures.example.org"


def encoded(form: str, mode: str = "RGB", size: tuple[int, int] = (320, 200), **options: Any) -> bytes:
    """A picture with many colours as the bytes of a file."""
    gradient = Image.radial_gradient("L").resize(size)
    image = Image.merge("RGB", (gradient, gradient.rotate(180), gradient.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    stream = io.BytesIO()
    image.convert(mode).save(stream, form, **options)
    return stream.getvalue()


PHOTO = encoded("JPEG")
KINDS = {
    "baseline": PHOTO,
    "progressive": encoded("JPEG", progressive=True),
    "inks": encoded("JPEG", "CMYK"),
    "alpha": encoded("PNG", "RGBA"),
    "palette": encoded("GIF", "P"),
    "webp": encoded("WEBP"),
    "tiff": encoded("TIFF"),
    "bmp": encoded("BMP"),
    "avif": encoded("AVIF"),
}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A website on this machine, and an environment without proxies."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with website() as one:
        yield one


class Client:
    """A fetcher with a cache of its own; it never really waits, but remembers how long it would have."""

    def __init__(self, folder: Path) -> None:
        self.cache = PictureCache(folder / "cache")
        self.waits: list[float] = []

    def fetch(self, *addresses: str, **options: Any) -> Fetched:
        """Fetch pictures with options that suit a test."""
        usual = {"allow_private": True, "pause": 0.0, "timeout": 2, "total": 5, "retries": 0, "proxy": "none"}
        return Fetcher(PictureOptions(**{**usual, **options}), self.cache, self.waits.append).fetch_all(addresses)

    def reason(self, address: str, **options: Any) -> str:
        """Why a picture is not to be had; nothing where it is."""
        return self.fetch(address, **options).failed.get(address, "")


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A client with an empty cache."""
    return Client(tmp_path)


def redirect(to: str, status: int = 302) -> Reply:
    """A page that leads elsewhere."""
    return status, {"Location": to}, b"<html>elsewhere</html>"


# --- what is taken


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_is_taken_whatever_its_type_says(site: Site, client: Client, kind: str) -> None:
    """The bytes decide; they are kept as they came."""
    site.pages["/a"] = 200, {"Content-Type": "text/html"}, KINDS[kind]
    assert client.reason(site.url("/a")) == ""
    assert client.cache.get(site.url("/a")) == KINDS[kind]


def test_a_picture_is_asked_for_once(site: Site, client: Client) -> None:
    """Twice in one run, and again in the next: one request."""
    site.pages["/a.jpg"] = PHOTO
    first = client.fetch(site.url("/a.jpg"), site.url("/a.jpg"))
    assert (first.fetched, first.cached, first.failed) == (1, 0, {})
    second = client.fetch(site.url("/a.jpg"))
    assert (second.fetched, second.cached, second.failed) == (0, 1, {})
    assert site.asked == ["/a.jpg"]


def test_a_request_says_little(site: Site, client: Client) -> None:
    """No cookie that was set a moment ago, no referrer, no name and password out of the address."""
    site.pages["/a.jpg"] = 302, {"Location": "/b.jpg", "Set-Cookie": "who=you"}, b""
    site.pages["/b.jpg"] = PHOTO
    assert client.reason(f"http://me:secret@127.0.0.1:{site.port}/a.jpg#top") == ""
    assert site.asked == ["/a.jpg", "/b.jpg"]
    for headers in site.headers:
        assert set(headers) <= {"Host", "Accept", "Accept-Encoding", "User-Agent", "Connection"}
        assert headers["User-Agent"] == "Mozilla/5.0"


def test_addresses_with_chinese_and_blanks_are_encoded(site: Site, client: Client) -> None:
    """As a browser would ask for them."""
    site.pages["/%E5%9B%BE/a%20b.jpg?x=%E4%B8%80"] = PHOTO
    assert client.reason(site.url("/图/a b.jpg?x=一")) == ""


def test_a_body_may_come_zipped_although_nobody_asked(site: Site, client: Client) -> None:
    """Some servers do; one that unzips to more than the limit is refused."""
    site.pages["/a.jpg"] = 200, {"Content-Encoding": "gzip"}, gzip.compress(PHOTO)
    site.pages["/bomb"] = 200, {"Content-Encoding": "gzip"}, gzip.compress(PHOTO + bytes(30_000_000))
    site.pages["/br"] = 200, {"Content-Encoding": "br"}, PHOTO
    assert client.reason(site.url("/a.jpg")) == ""
    assert client.reason(site.url("/bomb")) == "more than 10,000,000 bytes"
    assert client.reason(site.url("/br")) == "an encoding that nobody asked for"


@pytest.mark.parametrize(
    ("src", "address"),
    [
        (" https://example.org/a.jpg#x ", "https://example.org/a.jpg"),
        ("HTTP://example.org/a.jpg", "HTTP://example.org/a.jpg"),
        ("//example.org/a.jpg", "https://example.org/a.jpg"),
        ("a.jpg", None),
        ("/a.jpg", None),
        ("file:///etc/passwd", None),
        ("data:image/gif;base64,AA", None),
        ("ftp://example.org/a.jpg", None),
    ],
)
def test_only_addresses_on_the_web_are_asked_for(src: str, address: str | None) -> None:
    """Everything else is the mirror's, or nobody's."""
    assert web_address(src) == address


# --- what is refused


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A body that never ends."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(PHOTO)
    while True:
        handler.wfile.write(bytes(65536))


def drip(handler: BaseHTTPRequestHandler, part: bytes = b"HTTP/1.1 200 OK\r\n\r\n" + PHOTO[:16]) -> None:
    """A body of which a byte comes now and then."""
    handler.wfile.write(part)
    while True:
        time.sleep(0.05)
        handler.wfile.write(b"x")


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """Headers of which a byte comes now and then."""
    drip(handler, b"HTTP/1.1 200 OK\r\nX-Slow: ")


def broken(handler: BaseHTTPRequestHandler) -> Reply:
    """A body that ends before it should."""
    return 200, {"Content-Length": str(len(PHOTO) + 100)}, PHOTO


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    """No HTTP at all."""
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


ERROR_PAGE = b"<!DOCTYPE html><html><body>" + b"Not found. " * 500 + b"</body></html>"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (endless, "more than 10,000,000 bytes"),
        ((200, {"Content-Length": "10000001"}, PHOTO), "more than 10,000,000 bytes"),
        (drip, "took too long"),
        (drip_headers, "took too long"),
        (broken, "the connection broke off"),
        (nonsense, "the connection broke off"),
        ((200, {"Content-Type": "image/jpeg"}, ERROR_PAGE), "no picture"),
        ((200, {"Content-Type": "image/jpeg"}, b""), "no picture"),
        ((200, {"Content-Type": "image/jpeg"}, b"%PDF-1.7 and more"), "no picture"),
        (encoded("GIF", "P", (1, 1)), "a picture of a pixel or two"),
        (encoded("PNG", size=(900, 1)), "a picture of a pixel or two"),
        ((403, {}, PHOTO), "HTTP 403"),
        ((500, {}, PHOTO), "HTTP 500"),
        ((204, {}, b""), "HTTP 204"),
        ((206, {}, PHOTO), "HTTP 206"),
        ((302, {}, PHOTO), "HTTP 302"),
    ],
)
def test_what_is_no_picture_is_refused(site: Site, client: Client, page: Page, reason: str) -> None:
    """Whatever it calls itself, and however slowly or lavishly it comes; for a day nobody asks again."""
    site.pages["/a.jpg"] = page
    assert client.reason(site.url("/a.jpg"), total=1) == reason
    assert client.reason(site.url("/a.jpg"), total=1) == reason
    assert site.asked == ["/a.jpg"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_picture_that_is_cut_off_is_refused(site: Site, client: Client, kind: str, share: float) -> None:
    """Half a picture is none, of every kind."""
    site.pages["/a"] = KINDS[kind][: int(len(KINDS[kind]) * share)]
    assert client.reason(site.url("/a")) == "a damaged picture"


def test_a_bomb_is_refused_before_it_is_decoded(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 megapixels in 50 KB."""
    stream = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(stream, "PNG")
    site.pages["/a.png"] = stream.getvalue()
    decoded: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded.append)
    # Pillow itself refuses pictures of more than twice its own limit; ours must hold without that.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert client.reason(site.url("/a.png")) == "too many pixels"
    assert decoded == []


def test_an_address_that_is_none_costs_itself_only(site: Site, client: Client) -> None:
    """Whatever stands in an article, the next picture comes."""
    site.pages["/a.jpg"] = PHOTO
    wrong = ["http://", "http://[::1/a", "http://a:99999/x", "https://xn--a/x.jpg", "http://\ud800/x", "http:// /"]
    done = client.fetch(*wrong, site.url("/a.jpg"), allow_private=True)
    assert sorted(done.failed) == sorted(wrong)
    assert done.fetched == 1


# --- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site: Site, client: Client, status: int) -> None:
    """Five, relative ones too; the picture is kept under the address that was asked for."""
    for number in range(5):
        site.pages[f"/x/{number}"] = redirect(f"{number + 1}", status)
    site.pages["/x/5"] = PHOTO
    assert client.reason(site.url("/x/0")) == ""
    assert client.cache.has(site.url("/x/0"))


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("/a", "more than 5 redirects"),
        ("file:///etc/passwd", "refused: no http or https address"),
        ("ftp://127.0.0.1/a", "refused: no http or https address"),
        ("http://[::1/", "no address that can be asked"),
        ("/gone", "HTTP 404"),
    ],
)
def test_redirects_lead_to_the_web_and_end(site: Site, client: Client, to: str, reason: str) -> None:
    """Round in circles, to a file, to nowhere."""
    site.pages["/a"] = redirect(to)
    assert client.reason(site.url("/a")) == reason
    assert len(site.asked) <= 6


# --- again, and not again


def then(*pages: Reply) -> Callable[[BaseHTTPRequestHandler], Reply]:
    """A page that answers otherwise every time."""
    coming = iter(pages)
    return lambda handler: next(coming)


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_asked_for_again_after_some_days(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """A week for what is gone, as the config says; not at all with 0."""
    site.pages["/a.jpg"] = status, {}, b""
    now = time.time()
    for days, asked in ((0, 1), (6.9, 1), (7.1, 2)):
        monkeypatch.setattr(time, "time", lambda days=days: now + days * DAY)
        assert client.reason(site.url("/a.jpg"), retries=2) == f"HTTP {status}"
        assert len(site.asked) == asked
    site.pages |= {"/b.jpg": (status, {}, b""), "/c.jpg": (403, {}, b"")}
    for _ in range(2):
        client.fetch(site.url("/b.jpg"), site.url("/c.jpg"), negative_days=0)
    assert (site.asked.count("/b.jpg"), site.asked.count("/c.jpg")) == (2, 2)


def test_other_errors_are_remembered_for_a_day(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And forgotten when the picture comes."""
    site.pages["/a.jpg"] = then((403, {}, b""), (200, {}, PHOTO))
    assert client.reason(site.url("/a.jpg")) == "HTTP 403"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 1.1 * DAY)
    assert client.reason(site.url("/a.jpg")) == ""
    client.cache.put_failure(site.url("/a.jpg"), "HTTP 403", 1)
    client.cache.put(site.url("/a.jpg"), PHOTO)
    assert client.cache.failure(site.url("/a.jpg")) == ""


def test_a_server_that_asks_to_wait_is_waited_for(site: Site, client: Client) -> None:
    """Seconds or a date; longer than a picture may take, nobody waits."""
    later = email.utils.formatdate(time.time() + 3, usegmt=True)
    site.pages["/a.jpg"] = then((429, {"Retry-After": "2"}, b""), (200, {}, PHOTO))
    site.pages["/b.jpg"] = then((503, {"Retry-After": later}, b""), (200, {}, PHOTO))
    site.pages["/c.jpg"] = 429, {"Retry-After": "3600"}, b""
    assert client.reason(site.url("/a.jpg"), retries=1) == ""
    assert client.waits == [fetching.BACK_OFF, pytest.approx(2, abs=0.5)]
    assert client.reason(site.url("/b.jpg"), retries=1) == ""
    assert client.waits[2:] == [fetching.BACK_OFF, pytest.approx(3, abs=1.5)]
    assert client.reason(site.url("/c.jpg"), retries=1) == "HTTP 429"
    assert site.asked.count("/c.jpg") == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_errors_that_may_pass_are_tried_again(site: Site, client: Client, status: int) -> None:
    """After half a second, then after one; a number of times, and no more."""
    site.pages["/a.jpg"] = then((status, {}, b""), (status, {}, b""), (200, {}, PHOTO))
    assert client.reason(site.url("/a.jpg"), retries=2) == ""
    assert client.waits == [0.5, 1.0]
    site.pages["/b.jpg"] = status, {}, b""
    assert client.reason(site.url("/b.jpg"), retries=2) == f"HTTP {status}"
    assert site.asked.count("/b.jpg") == 3


def test_a_host_is_asked_for_some_pictures_at_a_time(site: Site, client: Client) -> None:
    """Two by default, whatever the number of threads."""
    lock, under_way, most = threading.Lock(), [0], [0]

    def slow(handler: BaseHTTPRequestHandler) -> Reply:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.02)
        with lock:
            under_way[0] -= 1
        return 200, {}, PHOTO

    for number in range(10):
        site.pages |= {f"/{number}.jpg": slow, f"/to/{number}": redirect(f"{NAME}/{number}.jpg")}
    assert client.fetch(*(site.url(f"/{number}.jpg") for number in range(10))).fetched == 10
    assert most == [2]
    # Ten hosts that all lead to one.
    many = (f"http://{number}.example.org/to/{number}" for number in range(10))
    assert client.fetch(*many, proxy=f"http://127.0.0.1:{site.port}").fetched == 10
    assert most == [2]


def test_requests_to_a_host_are_paced(site: Site, client: Client) -> None:
    """Each starts some seconds after the one before it, redirects included."""
    site.pages |= {"/a.jpg": PHOTO, "/b.jpg": redirect("/a.jpg")}
    client.fetch(site.url("/a.jpg"), site.url("/b.jpg"), per_host=1, pause=10.0)
    assert client.waits == [pytest.approx(10, abs=1), pytest.approx(20, abs=1)]


def test_a_run_ends_fetching_when_its_time_is_over(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left is not remembered as missing; the next run goes on."""
    site.pages["/a.jpg"] = PHOTO
    real, started = time.monotonic, time.monotonic()
    calls = iter(range(10_000))
    monkeypatch.setattr(time, "monotonic", lambda: real() if next(calls) == 0 else real() + 61)
    assert client.reason(site.url("/a.jpg"), minutes=1) == "no time left in this run"
    monkeypatch.setattr(time, "monotonic", real)
    assert client.reason(site.url("/a.jpg"), minutes=1) == ""
    assert real() - started < 30


# --- no network


def count_connections(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that gets the port of every connection that is tried from now on."""
    tried: list[int] = []
    real = httpcore.SyncBackend.connect_tcp

    def connect(self: Any, host: str, port: int, *more: Any) -> httpcore.NetworkStream:
        tried.append(port)
        return real(self, host, port, *more)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return tried


def test_a_host_that_is_not_there_is_left_alone(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three failures in a row, and no more attempts; nothing is remembered, so that the next run asks again."""
    with website() as other:
        dead = [other.url(f"/{number}.jpg") for number in range(20)]
    tried = count_connections(monkeypatch)
    site.pages["/a.jpg"] = PHOTO
    done = client.fetch(*dead, site.url("/a.jpg"), retries=2, per_host=1)
    assert set(done.failed.values()) == {"cannot connect"}
    assert (len(done.failed), done.fetched) == (20, 1)
    assert tried.count(other.port) == MOST_FAILURES
    assert client.cache.failure(dead[0]) == ""


def test_a_name_that_nobody_knows_is_no_connection(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As without a network."""

    def unknown(*arguments: object, **more: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for private in (True, False):
        assert client.reason(f"{NAME}/a.jpg", allow_private=private) == "cannot connect"


def test_a_connection_that_is_not_safe_is_none(site: Site, client: Client) -> None:
    """A server that speaks no TLS."""
    assert client.reason(f"https://127.0.0.1:{site.port}/a.jpg") == "no safe connection (TLS)"


# --- private networks


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::", "64:ff9b::808:808"],
)
def test_public_addresses_are_public(address: str) -> None:
    """Of both kinds, and one in the form of the other."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "239.1.2.3", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fe80::1%2", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::7f00:1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2001::1",
    ],
)  # fmt: skip
def test_other_addresses_are_not(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, reserved, for examples, and what wraps one of them."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.",
        "[::1]", "[fe80::1%25eth0]", "[::ffff:10.0.0.1]", "localhost", "LOCALHOST.", "a.localhost", "router",
        "printer.local", "db.internal", "nas.lan", "box.home.arpa", "169.254.169.254",
    ],
)  # fmt: skip
@pytest.mark.parametrize("proxy", ["none", "http://127.0.0.1:9"])
def test_hosts_that_say_they_are_private_are_refused(client: Client, host: str, proxy: str) -> None:
    """In every spelling, also where a proxy would look them up; nobody is asked."""
    reason = client.reason(f"http://{host}/a.jpg", allow_private=False, proxy=proxy)
    assert reason.startswith("refused: ") or reason == "no address that can be asked"
    with pytest.raises(RefusedError):
        check_host(host.replace("%25eth0", ""))


@pytest.fixture
def internet(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[list[str]]]]:
    """Names, each with the addresses that it leads to, look-up by look-up; public ones end at the site.

    A connection to any other address than PUBLIC or this machine's own is a failure of the test.
    """
    names: dict[str, list[list[str]]] = {}
    strange: list[str] = []
    connect = httpcore.SyncBackend.connect_tcp

    def look_up(host: str, port: int, *arguments: Any, **more: Any) -> list[Any]:
        answers = names.get(host, [[host]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    def open_(self: Any, host: str, port: int, *more: Any) -> httpcore.NetworkStream:
        if host not in (PUBLIC, "127.0.0.1", *names):
            strange.append(host)
            raise httpcore.ConnectError("no network here")
        return connect(self, "127.0.0.1", site.port if host == PUBLIC else port, *more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", open_)
    yield names
    assert not strange


def test_a_public_name_is_asked(site: Site, client: Client, internet: dict[str, list[list[str]]]) -> None:
    """With its own name in the request."""
    internet["pictures.example.org"] = [[PUBLIC]]
    site.pages["/a.jpg"] = PHOTO
    assert client.reason(f"{NAME}/a.jpg", allow_private=False) == ""
    assert site.hosts == ["pictures.example.org"]


@pytest.mark.parametrize("found", [["127.0.0.1"], ["10.0.0.1", "192.168.1.1"], ["::1"], ["169.254.169.254"]])
def test_a_name_that_leads_to_a_private_address_is_refused(
    site: Site, client: Client, internet: dict[str, list[list[str]]], found: list[str]
) -> None:
    """Nothing is asked; config can allow it, and then it is."""
    internet["pictures.example.org"] = [found]
    site.pages["/a.jpg"] = PHOTO
    address = f"http://pictures.example.org:{site.port}/a.jpg"
    assert client.reason(address, allow_private=False) == "refused: a name that leads to a private address"
    assert site.asked == []
    assert client.reason(address, allow_private=True) == ""
    assert site.asked == ["/a.jpg"]


def test_a_name_that_leads_elsewhere_the_second_time_gains_nothing(
    site: Site, client: Client, internet: dict[str, list[list[str]]]
) -> None:
    """The connection goes to the very address that was checked: a second answer is never asked for."""
    internet["pictures.example.org"] = [[PUBLIC], ["127.0.0.1"]]
    site.pages["/a.jpg"] = PHOTO
    assert client.reason(f"{NAME}/a.jpg", allow_private=False) == ""
    assert internet["pictures.example.org"] == [["127.0.0.1"]]
    assert client.reason(f"{NAME}/b.jpg", allow_private=False) == "refused: a name that leads to a private address"


def test_of_public_and_private_addresses_the_public_one_is_taken(
    site: Site, client: Client, internet: dict[str, list[list[str]]]
) -> None:
    """In whatever order they come."""
    internet["pictures.example.org"] = [["127.0.0.1", PUBLIC]]
    site.pages["/a.jpg"] = PHOTO
    assert client.reason(f"{NAME}/a.jpg", allow_private=False) == ""


@pytest.mark.parametrize("hops", [0, 3])
@pytest.mark.parametrize("to", ["http://127.0.0.1:{port}/secret", "http://inside.example.org:{port}/secret"])
def test_a_redirect_to_a_private_address_is_refused(
    site: Site, client: Client, internet: dict[str, list[list[str]]], hops: int, to: str
) -> None:
    """At every hop, by number and by name."""
    internet["pictures.example.org"] = [[PUBLIC]]
    internet["inside.example.org"] = [["127.0.0.1"]]
    site.pages["/secret"] = PHOTO
    for number in range(hops):
        site.pages[f"/{number}"] = redirect(f"/{number + 1}")
    site.pages[f"/{hops}"] = redirect(to.format(port=site.port))
    assert client.reason(f"{NAME}/0", allow_private=False).startswith("refused: ")
    assert "/secret" not in site.asked


# --- proxies


def test_a_proxy_looks_names_up(site: Site, client: Client, internet: dict[str, list[list[str]]]) -> None:
    """Here nobody does; and what the proxy is asked is the whole address."""
    internet["pictures.example.org"] = [["0.0.0.0"]]
    site.pages["/a.jpg"] = PHOTO
    assert client.reason(f"{NAME}/a.jpg", proxy=f"http://127.0.0.1:{site.port}", allow_private=False) == ""
    assert site.asked == [f"{NAME}/a.jpg"]


def test_a_redirect_behind_a_proxy_is_checked(site: Site, client: Client) -> None:
    """By what can be seen here: numbers, and names that say it."""
    site.pages |= {"/a": redirect("http://127.0.0.1/x"), "/b": redirect("http://localhost/x")}
    proxy = f"http://127.0.0.1:{site.port}"
    for path in ("/a", "/b"):
        assert client.reason(NAME + path, proxy=proxy, allow_private=False).startswith("refused: ")
    assert site.asked == [f"{NAME}/a", f"{NAME}/b"]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_environment_names_the_proxy(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """And the hosts that go without one; the config can pass it over."""
    site.pages |= {"/a.jpg": PHOTO, "/b.jpg": PHOTO, "/c.jpg": PHOTO}
    monkeypatch.setenv(name, f"127.0.0.1:{site.port}")
    assert client.reason(f"{NAME}/a.jpg", proxy="environment", allow_private=False) == ""
    monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.1")
    assert client.reason(site.url("/b.jpg"), proxy="environment") == ""
    monkeypatch.delenv("NO_PROXY")
    assert client.reason(site.url("/c.jpg"), proxy="none") == ""
    assert site.asked == [f"{NAME}/a.jpg", "/b.jpg", "/c.jpg"]


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
def test_a_socks_proxy_looks_names_up(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """The name goes to the proxy; `socks://` in the environment is how desktops spell it."""
    site.pages["/a.jpg"] = PHOTO
    with socks_proxy(site.port) as (port, names):
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{port}")
        assert client.reason(f"{NAME}/a.jpg", proxy="environment", allow_private=False) == ""
    assert names == ["pictures.example.org:80"]
    assert site.hosts == ["pictures.example.org"]


def test_a_socks_proxy_that_says_nothing_is_not_waited_for(client: Client) -> None:
    """The time for a picture ends that too."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = f"socks5://127.0.0.1:{server.getsockname()[1]}"
        assert client.reason(f"{NAME}/a.jpg", proxy=proxy, total=1) == "took too long"


def test_a_proxy_that_is_not_there_is_left_alone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """For all hosts behind it."""
    with website() as gone:
        proxy = f"http://127.0.0.1:{gone.port}"
    tried = count_connections(monkeypatch)
    done = client.fetch(*(f"http://{number}.example.org/a.jpg" for number in range(80)), proxy=proxy)
    assert set(done.failed.values()) == {"cannot connect"}
    assert MOST_FAILURES <= len(tried) < MOST_FAILURES + LANES


def test_a_wrong_proxy_in_the_environment_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As wrong usage, not as twenty thousand missing pictures."""
    monkeypatch.setenv("http_proxy", "gopher://127.0.0.1:70")
    with pytest.raises(ConfigError, match=r"HTTP_PROXY or ALL_PROXY: 'gopher://127\.0\.0\.1:70' is no proxy; expected"):
        client.fetch(f"{NAME}/a.jpg", proxy="environment")


# --- the cache


def test_the_cache_is_whole_whoever_writes(tmp_path: Path) -> None:
    """Many writers and readers of one picture: it is there whole, or not at all, and nothing else is left."""
    cache = PictureCache(tmp_path)
    data = [bytes([number]) * 300_000 for number in range(8)]

    def work(number: int) -> set[bytes | None]:
        seen = set()
        for _ in range(10):
            cache.put("http://example.org/a.jpg", data[number])
            seen.add(cache.get("http://example.org/a.jpg"))
        return seen

    with ThreadPoolExecutor(8) as threads:
        for seen in threads.map(work, range(8)):
            assert seen <= set(data)
    assert [file.suffix for file in tmp_path.glob("*/*")] == [".picture"]


def test_the_cache_forgets_what_was_not_used_for_longest(tmp_path: Path) -> None:
    """Down to the limit, but nothing of today; remains of killed processes and old failures go as well."""
    cache = PictureCache(tmp_path)
    for days in range(5):
        cache.put(f"http://example.org/{days}.jpg", bytes(100))
    cache.put_failure("http://example.org/f.jpg", "HTTP 404", 1)
    cache.put_failure("http://example.org/g.jpg", "HTTP 404", 7)
    (tmp_path / "00").mkdir(exist_ok=True)
    (tmp_path / "00" / "x.part").write_bytes(b"half")
    now = time.time()
    for file in tmp_path.glob("*/*"):
        os.utime(file, (now - 2 * DAY, now - 2 * DAY))
    failures = {file: json.loads(file.read_bytes()) for file in tmp_path.glob("*/*.failed")}
    for file, record in failures.items():
        file.write_text(json.dumps(record | {"until": record["until"] - 2 * DAY}), encoding="utf-8")
        os.utime(file, (now - 2 * DAY, now - 2 * DAY))
    assert cache.get("http://example.org/0.jpg") == bytes(100)
    cache.trim(350)
    assert cache.has("http://example.org/0.jpg")
    assert sum(cache.has(f"http://example.org/{days}.jpg") for days in range(5)) == 3
    assert len(list(tmp_path.glob("*/*"))) == 4
    assert cache.failure("http://example.org/g.jpg") == "HTTP 404"
    cache.trim(0)
    assert sum(cache.has(f"http://example.org/{days}.jpg") for days in range(5)) == 3
    cache.trim(1)
    assert [cache.has(f"http://example.org/{days}.jpg") for days in range(5)] == [True, *[False] * 4]


def test_a_run_keeps_to_the_size_of_the_cache(site: Site, tmp_path: Path) -> None:
    """What its volumes use stays, whenever it came."""
    cache = PictureCache(tmp_path / "cache")
    cache.put("http://example.org/old.jpg", PHOTO)
    cache.put(site.url("/a.jpg"), PHOTO)
    for file in (tmp_path / "cache").glob("*/*"):
        os.utime(file, (time.time() - 2 * DAY, time.time() - 2 * DAY))
    article(tmp_path / "in", 1, site.url("/a.jpg"))
    path = settings(tmp_path)
    text = path.read_text(encoding="utf-8").replace("retries: 0", "retries: 0, cache_bytes: 1")
    path.write_text(text, encoding="utf-8")
    assert run(load_config(path)).cached == 1
    assert [cache.has("http://example.org/old.jpg"), cache.has(site.url("/a.jpg"))] == [False, True]


def test_a_cache_that_cannot_be_written_is_named(site: Site, tmp_path: Path) -> None:
    """Before anything is asked for."""
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(OutputError, match="cache: cannot be written"):
        Client(tmp_path).fetch(site.url("/a.jpg"))
    assert site.asked == []


# --- books


ARTICLE = """### {title}

---

<div class="post_content" id="artbody">
 <p>【大纪元2021年07月14日讯】{title}，今天放晴。</p>
 <figure><img src="{src}"/><figcaption>{title}的图</figcaption></figure>
</div>

---

原文链接（需翻墙）：https://www.epochtimes.com/gb/21/7/14/{id}.htm
"""


def article(folder: Path, number: int, src: str) -> Path:
    """An invented article with one picture."""
    file = folder / "pages" / "c1" / f"n{number}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ARTICLE.format(title=f"小镇{number}", src=src, id=file.stem), encoding="utf-8")
    return file


SETTINGS = """
input: in
output: {output}
emit: {{}}
volumes: [{{pictures: fetch}}]
pictures: {{allow_private: true, pause: 0, retries: 0, proxy: none, cache: "{cache}"}}
batch: {{jobs: {jobs}}}
"""


def settings(folder: Path, output: str = "out", jobs: int = 1) -> Path:
    """A config whose volumes want pictures, with a cache beside the outputs."""
    path = folder / f"{output}.yaml"
    path.write_text(SETTINGS.format(output=output, jobs=jobs, cache=folder / "cache"), encoding="utf-8")
    return path


def images(book: Path) -> list[bytes]:
    """The pictures of a book, its cover aside."""
    with zipfile.ZipFile(book) as package:
        return [package.read(name) for name in package.namelist() if name.startswith("EPUB/images/")]


@pytest.mark.slow
def test_a_run_fetches_and_one_without_network_uses_what_is_there(site: Site, tmp_path: Path) -> None:
    """The same pictures give the same bytes, with any number of jobs; the report says what is missing and why."""
    (tmp_path / "in" / "pages" / "c1").mkdir(parents=True)
    (tmp_path / "in" / "pages" / "c1" / "own.png").write_bytes(KINDS["alpha"])
    for number, src in enumerate(["own.png", site.url("/a.jpg"), site.url("/b.webp"), site.url("/gone.jpg"), "x.png"]):
        article(tmp_path / "in", 100 + number, src)
    site.pages |= {"/a.jpg": PHOTO, "/b.webp": KINDS["webp"]}
    summary = run(load_config(settings(tmp_path)))
    (book,) = summary.books
    first = (tmp_path / "out" / book.file).read_bytes()
    assert (summary.fetched, summary.cached) == (2, 0)
    assert sorted(site.asked) == ["/a.jpg", "/b.webp", "/gone.jpg"]
    assert len(images(tmp_path / "out" / book.file)) == 3
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert report["pictures"] == {"HTTP 404": 1, "not in the mirror": 1}
    assert (report["volumes"][0]["missing"], report["volumes"][0]["reasons"]) == (2, report["pictures"])
    site.pages.clear()
    again = run(load_config(settings(tmp_path, "other", jobs=2)))
    assert (again.fetched, again.cached) == (0, 2)
    assert (tmp_path / "other" / book.file).read_bytes() == first
    with website() as dead:
        article(tmp_path / "in", 200, dead.url("/late.jpg"))
    last = run(load_config(settings(tmp_path)))
    assert last.missing() == {"HTTP 404": 1, "cannot connect": 1, "not in the mirror": 1}
    assert len(images(tmp_path / "out" / book.file)) == 3
    assert len(site.asked) == 3


def test_a_run_that_does_not_ask_for_it_fetches_nothing(site: Site, tmp_path: Path) -> None:
    """Not even where an earlier run left a cache."""
    article(tmp_path / "in", 1, site.url("/a.jpg"))
    site.pages["/a.jpg"] = PHOTO
    path = settings(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("pictures: fetch", "pictures: mirror"), encoding="utf-8")
    summary = run(load_config(path))
    assert (summary.fetched, site.asked) == (None, [])
    assert summary.missing() == {"not in the mirror": 1}
    assert not (tmp_path / "cache").exists()


def test_a_book_that_lacks_a_fetched_picture_says_so(site: Site, tmp_path: Path) -> None:
    """Without the reason, which may be another one tomorrow: with address and caption, in a figure of its own class."""
    article(tmp_path / "in", 1, site.url("/gone.jpg"))
    summary = run(load_config(settings(tmp_path)))
    with zipfile.ZipFile(tmp_path / "out" / summary.books[0].file) as package:
        page = package.read("EPUB/n1.xhtml").decode()
    figure = page.partition('<figure class="missing">')[2].partition("</figure>")[0]
    for words in ("［图片未收入本书］", "没有取到这张图片。", site.url("/gone.jpg"), "小镇1的图"):
        assert words in figure


@pytest.mark.slow
def test_grey_books_have_grey_pictures(tmp_path: Path) -> None:
    """The option of a collection reaches its pictures."""
    article(tmp_path / "in", 1, "own.jpg")
    (tmp_path / "in" / "pages" / "c1" / "own.jpg").write_bytes(PHOTO)
    path = tmp_path / "config.yaml"
    volumes = "[{grayscale: true}, {file: 'colour/{publisher}-{month}.epub'}]"
    path.write_text(f"input: in\noutput: out\nemit: {{}}\nvolumes: {volumes}\n", encoding="utf-8")
    modes = {}
    for book in run(load_config(path)).books:
        (data,) = images(tmp_path / "out" / book.file)
        modes[book.file.partition("/")[0]] = Image.open(io.BytesIO(data)).mode
    assert modes == {"epub": "L", "colour": "RGB"}


@pytest.mark.parametrize(("pictures", "count", "asked"), [("fetch", 1, 2), ("mirror", 0, 0), ("omit", 0, 0)])
def test_a_book_on_the_spot_may_fetch(
    site: Site, tmp_path: Path, capfd: pytest.CaptureFixture[str], pictures: str, count: int, asked: int
) -> None:
    """`mirrorpress epub --pictures fetch`; what is missing is said on the standard error."""
    files = [article(tmp_path / "in", number, site.url(f"/{number}.jpg")) for number in (1, 2)]
    site.pages["/1.jpg"] = PHOTO
    book = tmp_path / "book.epub"
    call = ["epub", *map(str, files), "-o", str(book), "--pictures", pictures, "-c", str(settings(tmp_path))]
    assert main(call) == 0
    assert (len(images(book)), len(site.asked)) == (count, asked)
    assert ("no picture   1: HTTP 404" in capfd.readouterr().err) == (pictures == "fetch")


# --- the config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("volumes: [{pictures: fetsh}]", "volumes[0].pictures: found fetsh; expected 'mirror', 'fetch' or 'omit'"),
        ("volumes: [{grayscale: 1}]", "volumes[0].grayscale: found 1; expected true or false"),
        (
            "pictures: {proxy: enviroment}",
            "pictures.proxy: found enviroment; expected environment, none, or an address",
        ),
        ("pictures: {proxy: 'socks4://127.0.0.1:1'}", "pictures.proxy: found 'socks4://127.0.0.1:1'; expected env"),
        ("pictures: {proxy: 'http://a:99999'}", "pictures.proxy: found 'http://a:99999'; expected env"),
        ("pictures: {timeout: 0}", "pictures.timeout: found 0; expected 1 or more"),
        ("pictures: {total: 99999}", "pictures.total: found 99999; expected 3600 or less"),
        ("pictures: {retries: -1}", "pictures.retries: found -1; expected 0 or more"),
        ("pictures: {max_bytes: 10 MB}", "pictures.max_bytes: found 10 MB; expected a whole number"),
        ("pictures: {per_host: 100}", "pictures.per_host: found 100; expected 16 or less"),
        ("pictures: {pause: fast}", "pictures.pause: found fast; expected a number"),
        ("pictures: {pause: .nan}", "pictures.pause: found .nan; expected a number"),
        ("pictures: {minutes: 1.5}", "pictures.minutes: found 1.5; expected a whole number"),
        ("pictures: {allow_private: 'yes'}", "pictures.allow_private: found 'yes'; expected true or false"),
        ("pictures: {cache: ''}", "pictures.cache: found ''; expected a folder, as in .cache/pictures"),
        ("pictures: {cache_bytes: -1}", "pictures.cache_bytes: found -1; expected 0 or more"),
        ("pictures: {negative_days: 9999}", "pictures.negative_days: found 9999; expected 3650 or less"),
        ("pictures: {user_agent: '镜'}", "pictures.user_agent: found '镜'; expected a line of ASCII"),
        ('pictures: {user_agent: "a\\nb"}', "pictures.user_agent: found 'a\\nb'; expected a line of ASCII"),
        ("pictures: {prox: none}", "pictures.prox: unknown key; expected one of proxy, timeout"),
    ],
)
def test_a_wrong_option_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    """As for every other part of the config."""
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert message in caught.value.message


def test_the_cache_lies_below_the_output_unless_the_config_says_otherwise(tmp_path: Path) -> None:
    """A relative folder, an absolute one, a home."""
    path = tmp_path / "config.yaml"
    for cache, folder in (
        ("", tmp_path / "o" / ".cache" / "pictures"),
        ("pictures: {cache: x/y}", tmp_path / "o" / "x" / "y"),
        ("pictures: {cache: /x/y}", Path("/x/y")),
        ("pictures: {cache: ~/y}", Path.home() / "y"),
    ):
        path.write_text(f"output: o\n{cache}\n", encoding="utf-8")
        assert load_config(path).picture_cache == folder
