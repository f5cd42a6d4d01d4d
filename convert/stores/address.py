"""Addresses of object stores and other file systems that are no folder of this machine, as fsspec knows them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeAlias

from convert.errors import MirrorpressError, MissingToolError, UsageError

Options: TypeAlias = Mapping[str, Any]

_SECRET = re.compile(r"key|secret|token|pass|credential|auth|sas", re.IGNORECASE)
"""Names of options whose values no message may show."""

_AT_ONCE = 32  # requests that are under way together

_STRONG = ("ETag", "etag", "md5Hash", "content_md5")
_TIMES = ("LastModified", "last_modified", "mtime", "modified", "updated", "created")
"""What the file systems of fsspec call an object's content, and its time of change."""

_EXTRAS = {"s3": "s3", "s3a": "s3"}

OWN_PROCESS = "memory"
"""The protocol of a file system that one process alone sees."""


def is_address(text: str) -> bool:
    """Whether a text is an address rather than a path."""
    return "://" in text


@dataclass(frozen=True)
class Address:
    """A place that fsspec can read from, and perhaps write to; it can be pickled, and every process opens its own.

    url: as in s3://bucket/folder. options: what the file system is opened with, by its own names for it.
    which: input or output, for messages.
    """

    url: str
    options: Options = field(default_factory=dict, repr=False)
    which: str = "input"

    def __reduce__(self) -> tuple[type[Address], tuple[str, Options, str]]:
        # what is open belongs to this process
        return type(self), (self.url, self.options, self.which)

    @property
    def protocol(self) -> str:
        """What stands before the colon."""
        return self.url.partition("://")[0]

    @property
    def told(self) -> str:
        """The address as messages name it: without user and password."""
        return re.sub(r"//[^/@]*@", "//", self.url).rstrip("/")

    @property
    def name(self) -> str:
        """The last part of it."""
        return self.told.rpartition("/")[2]

    @property
    def where(self) -> str:
        """The place of an error that holds for all of it."""
        return f"{self.which}: {self.told}"

    @cached_property
    def system(self) -> Any:
        """The file system. Raises MissingToolError or UsageError where it cannot be opened."""
        return self._opened[0]

    @cached_property
    def root(self) -> str:
        """The path in it, without a slash at the end."""
        return str(self._opened[1]).rstrip("/")

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            todo = "install the extra remote: pip install 'mirrorpress[remote]'"
            raise MissingToolError(self.where, "the package fsspec is not installed", "", todo) from None
        try:
            system, root = url_to_fs(self.url, **self.options)
        except ImportError as error:
            extra = _EXTRAS.get(self.protocol)
            todo = f"install the extra {extra}: pip install 'mirrorpress[{extra}]'" if extra else "install it"
            found = f"the package that reads {self.protocol}:// is not installed ({self.said(error)})"
            raise MissingToolError(self.where, found, "", todo) from None
        except Exception as error:
            found, expected = (
                f"cannot be opened ({self.said(error)})",
                "an address that fsspec knows, as s3://bucket/folder",
            )
            raise UsageError(self.where, found, expected, f"check {self.which} and its options") from None
        return system, root

    def full(self, path: str) -> str:
        """The path in the file system of what lies below the address."""
        return f"{self.root}/{path}" if path else self.root

    def said(self, error: BaseException) -> str:
        """What an error of the file system says, in one line, without what is secret."""
        text = " ".join(f"{error}".split()) or type(error).__name__
        for secret in _secrets(self.options):
            text = text.replace(secret, "***")
        return re.sub(r"//[^/@\s]*@", "//", text)

    def find(self) -> dict[str, dict[str, Any]]:
        """What is known of every file below the address, by its path there. Raises what the file system does."""
        self.system.invalidate_cache()
        found = self.system.find(self.root, detail=True)
        start = f"{self.root}/" if self.root else ""
        return {
            path[len(start) :]: about
            for path, about in found.items()
            if path.startswith(start) and about.get("type", "file") == "file" and not path.endswith("/")
        }

    def each(self, method: str, calls: Iterable[Sequence[Any]]) -> list[Any]:
        """Call a method of the file system with each of these arguments, many at a time where it can do that.

        Returns what each gave, or the exception that it raised.
        """
        system, calls = self.system, list(calls)
        if getattr(system, "async_impl", False):
            from fsspec.asyn import sync

            result: list[Any] = sync(system.loop, _gather, getattr(system, f"_{method}"), calls)
            return result
        return [_attempt(getattr(system, method), call) for call in calls]


async def _gather(function: Any, calls: Sequence[Sequence[Any]]) -> list[Any]:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(call: Sequence[Any]) -> Any:
        async with room:
            return await function(*call)

    return await asyncio.gather(*(one(call) for call in calls), return_exceptions=True)


def _attempt(function: Any, call: Sequence[Any]) -> Any:
    try:
        return function(*call)
    except MirrorpressError:
        raise
    except Exception as error:
        return error


def _secrets(options: object, name: str = "") -> Iterable[str]:
    if isinstance(options, Mapping):
        for key, value in options.items():
            yield from _secrets(value, str(key))
    elif isinstance(options, str) and _SECRET.search(name) and options:
        yield options


def content_of(about: Mapping[str, Any]) -> str:
    """The name of an object's content, as its store gives it, or nothing."""
    return next((str(about[key]).strip('"') for key in _STRONG if about.get(key)), "")


def changed_at(about: Mapping[str, Any]) -> int:
    """When an object changed, in nanoseconds; now, where nobody knows, so that it is never taken for unchanged."""
    for key in _TIMES:
        value = about.get(key)
        if isinstance(value, datetime):
            return int(value.timestamp() * 1_000_000_000)
        if isinstance(value, int | float):
            return int(value * 1_000_000_000)
        if isinstance(value, str) and value:
            try:
                return int(datetime.fromisoformat(value).timestamp() * 1_000_000_000)
            except ValueError:
                continue
    return time.time_ns()
