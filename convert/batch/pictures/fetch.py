"""Fetches pictures from the web into the cache: politely, within limits, and none that a book could not show."""

from __future__ import annotations

import queue
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpcore
import httpx

from convert.batch.pictures.cache import PictureCache
from convert.batch.pictures.connections import Clock, Connections, RefusedError
from convert.batch.pictures.hosts import Host, Hosts, retry_after
from convert.config.pictures import PictureOptions
from convert.emit.epub import pictures
from convert.errors import ConfigError
from convert.messages import later

LANES = 16
"""Pictures under way at a time, whatever the number of hosts."""

MOST_REDIRECTS = 5
MOST_FAILURES = 3
"""Connections to one host, or one proxy, that fail in a row before it is left alone for the rest of the run."""

BACK_OFF = 0.5
"""Seconds before the first further attempt; twice as long before each one after that."""

_ACCEPT = "image/jpeg, image/png, image/webp, image/gif, image/*;q=0.8"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_SIGNATURE = 18  # bytes that are enough to know a format by

# Decoding a picture of 50 megapixels takes 200 MB: one at a time.
_decoding = threading.Lock()


class _FailedError(Exception):
    """An address gave no picture.

    days: how long that is remembered, 0 for this run only. again: whether a further attempt may help.
    """

    def __init__(self, reason: str, days: float = 0, again: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.days = days
        self.again = again


@dataclass(slots=True)
class Fetched:
    """What came of fetching: how many pictures were in the cache already, how many came, and why others did not."""

    cached: int = 0
    fetched: int = 0
    failed: dict[str, str] = field(default_factory=dict)


class Fetcher:
    """Fetches pictures by the options of the config into a cache.

    sleep: waits some seconds. Raises OutputError where the cache cannot be written to.
    """

    def __init__(
        self, options: PictureOptions, cache: PictureCache, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._options = options
        self._cache = cache
        self._sleep = sleep
        self._clock = Clock()
        self._connections = Connections(options.proxy, options.allow_private, self._clock)
        self._hosts = Hosts(options.per_host, options.pause, self._clock, sleep)
        self._stopped = threading.Event()
        cache.prepare()

    def fetch_all(
        self, addresses: Iterable[str], progress: Callable[[int, int], None] = lambda done, all_: None
    ) -> Fetched:
        """Have every picture in the cache that can be had; what failed a while ago is not asked for again.

        addresses: as `web_address` gives them. progress: is told how many are done, of how many.
        Raises ConfigError where the environment names a proxy that is of no use.
        """
        done = Fetched()
        wanted = []
        for address in dict.fromkeys(addresses):
            if self._cache.has(address):
                done.cached += 1
            elif known := self._cache.failure(address):
                done.failed[address] = known
            else:
                wanted.append(address)
        results: queue.SimpleQueue[tuple[str, str | ConfigError]] = queue.SimpleQueue()
        end = time.monotonic() + self._options.minutes * 60 if self._options.minutes else float("inf")
        executor = ThreadPoolExecutor(LANES)
        try:
            for lane in self._lanes(wanted):
                executor.submit(self._run_lane, lane, end, results)
            for number in range(1, len(wanted) + 1):
                address, outcome = results.get()
                if isinstance(outcome, ConfigError):
                    raise outcome
                if outcome:
                    done.failed[address] = outcome
                progress(number, len(wanted))
        finally:
            self._stopped.set()
            self._connections.close()
            executor.shutdown(cancel_futures=True)
        done.fetched = len(wanted) - sum(address in done.failed for address in wanted)
        done.failed = dict(sorted(done.failed.items()))
        return done

    def _lanes(self, addresses: Sequence[str]) -> list[queue.SimpleQueue[str]]:
        """A queue for each host, as often as it takes requests at a time."""
        hosts: dict[str, queue.SimpleQueue[str]] = {}
        counts: dict[str, int] = {}
        for address in addresses:
            host = address.split("/")[2].lower()
            hosts.setdefault(host, queue.SimpleQueue()).put(address)
            counts[host] = counts.get(host, 0) + 1
        lanes = [(number, host) for host, many in counts.items() for number in range(min(self._options.per_host, many))]
        return [hosts[host] for _, host in sorted(lanes)]

    def _run_lane(
        self, lane: queue.SimpleQueue[str], end: float, results: queue.SimpleQueue[tuple[str, str | ConfigError]]
    ) -> None:
        while not self._stopped.is_set():
            try:
                address = lane.get_nowait()
            except queue.Empty:
                return
            outcome: str | ConfigError = later("no time left in this run")
            if time.monotonic() < end:
                outcome = self._settle(address)
            results.put((address, outcome))

    def _settle(self, address: str) -> str | ConfigError:
        """Fetch one picture into the cache; returns why not, or nothing."""
        data, failure = b"", _FailedError("")
        try:
            data = self._attempts(address)
        except _FailedError as error:
            failure = error
        except ConfigError as error:
            return error
        except Exception as error:  # whatever a server makes a parser do costs its picture only
            failure = _FailedError(f"a fault: {type(error).__name__}")
        try:
            if failure.days:
                self._cache.put_failure(address, failure.reason, failure.days)
            elif data:
                self._cache.put(address, data)
        except OSError as error:
            return f"the cache cannot be written ({error.strerror or error})"
        return failure.reason

    def _attempts(self, address: str) -> bytes:
        self._clock.until = time.monotonic() + self._options.total
        for attempt in range(self._options.retries + 1):
            if attempt:
                self._sleep(BACK_OFF * 2 ** (attempt - 1))
            try:
                data = self._attempt(address)
            except _FailedError as error:
                if not error.again or attempt == self._options.retries or time.monotonic() > self._clock.until:
                    raise
            else:
                return data
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, address: str) -> bytes:
        try:
            url = httpx.URL(address)
            for _ in range(MOST_REDIRECTS + 1):
                self._connections.check(url)
                target, data = self._ask(url)
                if not target:
                    with _decoding:
                        pictures.check(data)
                    return data
                url = url.join(target)
        except pictures.PictureError as error:
            raise self._failed(error.reason) from None
        except RefusedError as error:
            raise _FailedError(f"refused: {error}") from None
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise _FailedError(later("no address that can be asked")) from None
        raise self._failed(f"more than {MOST_REDIRECTS} redirects")

    def _failed(self, reason: str, again: bool = False, days: float = 1) -> _FailedError:
        """A failure that is remembered for a day, or less where the config says so."""
        return _FailedError(reason, min(days, self._options.negative_days), again)

    def _ask(self, url: httpx.URL) -> tuple[str, bytes]:
        """One request: where a redirect leads, or nothing and the body. Raises _FailedError and RefusedError."""
        proxy = self._connections.proxy_for(url)
        host = self._hosts.get(url.netloc.decode("ascii"))
        # Where the proxy cannot be reached, no host behind it can.
        gate = self._hosts.get(proxy) if proxy else host
        headers = [("Accept", _ACCEPT), ("Accept-Encoding", "identity"), ("User-Agent", self._options.user_agent)]
        with self._hosts.turn(host):
            if max(gate.failures, host.failures) >= MOST_FAILURES:
                raise _FailedError(later("cannot connect"))
            try:
                with self._connections.get(url, proxy, headers, self._options.timeout) as (status, fields, body):
                    host.failures = gate.failures = 0
                    if status in _REDIRECTS and fields.get("location"):
                        return fields["location"], b""
                    self._judge(status, fields, host)
                    return "", self._read(fields, body)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                with gate.lock:
                    gate.failures += 1
                tls = isinstance(error.__cause__ or error.__context__, ssl.SSLError)
                raise _FailedError(
                    later("no safe connection (TLS)") if tls else later("cannot connect"), again=not tls
                ) from None
            except httpcore.ProxyError:
                with host.lock:
                    host.failures += 1
                raise _FailedError(later("the proxy cannot connect"), again=True) from None
            except httpcore.TimeoutException:
                slow = time.monotonic() >= self._clock.until
                raise self._failed(later("took too long") if slow else later("timed out"), again=not slow) from None
            except (httpcore.NetworkError, httpcore.ProtocolError):
                raise self._failed(later("the connection broke off"), again=True) from None

    def _judge(self, status: int, fields: httpx.Headers, host: Host) -> None:
        """Raises _FailedError for a status that brings no picture."""
        if status == 200:
            return
        if status in _GONE:
            raise self._failed(f"HTTP {status}", days=self._options.negative_days)
        wait = retry_after(fields.get("retry-after", "")) if status in _PASSING else 0
        if wait > self._options.total:
            raise self._failed(f"HTTP {status}")
        with host.lock:
            host.free = max(host.free, time.monotonic() + wait)
        raise self._failed(f"HTTP {status}", again=status in _PASSING)

    def _read(self, fields: httpx.Headers, body: Iterator[bytes]) -> bytes:
        """The body, as long as it may be a picture. Raises _FailedError."""
        limit = self._options.max_bytes
        coding = fields.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise self._failed(later("an encoding that nobody asked for"))
        plain = coding in ("identity", "")
        length = fields.get("content-length", "")
        if length.isdigit() and int(length[:20]) > limit:
            raise self._failed(f"more than {limit:,} bytes")
        data = bytearray()
        for piece in body:
            data += piece
            if len(data) > limit:
                raise self._failed(f"more than {limit:,} bytes")
            if plain and len(data) >= _SIGNATURE and pictures.sniff(bytes(data[:_SIGNATURE])) is None:
                raise self._failed(later("no picture"))
        return bytes(data) if plain else self._unzipped(bytes(data), limit)

    def _unzipped(self, data: bytes, limit: int) -> bytes:
        unzip = zlib.decompressobj(wbits=31)
        try:
            plain = unzip.decompress(data, limit + 1)
        except zlib.error:
            raise self._failed(later("a damaged encoding")) from None
        if len(plain) > limit:
            raise self._failed(f"more than {limit:,} bytes")
        return plain
