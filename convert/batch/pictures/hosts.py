"""Hosts that are asked for pictures: a few requests to each at a time, and a pause between them."""

from __future__ import annotations

import contextlib
import email.utils
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from convert.batch.pictures.connections import Clock


@dataclass(slots=True)
class Host:
    """What is known of a host, or of a proxy. free: when its next request may start, on `time.monotonic`."""

    slots: threading.Semaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    free: float = 0.0
    failures: int = 0


class Hosts:
    """The hosts and proxies of one run, by name; threads share them.

    per_host: requests to one at a time. pause: seconds between the starts of two. clock: what waiting here is not
    counted against. sleep: waits some seconds.
    """

    def __init__(self, per_host: int, pause: float, clock: Clock, sleep: Callable[[float], object]) -> None:
        self._per_host = per_host
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, Host] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Host:
        """What is known of a host."""
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = Host(threading.Semaphore(self._per_host))
            return self._hosts[name]

    @contextlib.contextmanager
    def turn(self, host: Host) -> Iterator[None]:
        """Wait for this thread's turn at a host; the waiting is not counted against its picture."""
        before = time.monotonic()
        with host.slots:
            with host.lock:
                now = time.monotonic()
                start = max(now, host.free)
                host.free = start + self._pause
            if start > now:
                self._sleep(start - now)
            self._clock.until += time.monotonic() - before
            yield


def retry_after(value: str) -> float:
    """The seconds that a server asks to wait (RFC 9110, *Retry-After*); 0 where it says nothing that can be read."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return 0.0
