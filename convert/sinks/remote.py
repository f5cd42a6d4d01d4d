"""An object store as the place of outputs.

An object is there as a whole or not at all, and is safe once the store says so: there are no temporary names, and
nothing is waited for but the store's answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any

from convert.errors import MirrorpressError, NoRoomError, OutputError, SourceError, UsageError
from convert.files import Written, digest_of, too_large
from convert.sinks.sink import About
from convert.stores import Address, changed_at, content_of

WHOLE = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss", "memory")
"""Protocols of stores whose objects are seen whole or not at all."""

_TODO = "its options and the network; the next run goes on"


def check_sink(address: Address) -> None:
    """Raise UsageError for an address where a half-written file could be seen, and whatever opening it raises."""
    if address.protocol not in WHOLE:
        expected = f"an object store: {', '.join(WHOLE)}"
        todo = "mount it as a folder, and name that"
        raise UsageError(address.where, "half-written files could be seen there", expected, todo)
    address.system  # noqa: B018 - opens it


class RemoteSink:
    """What lies at an address, as a `Sink`."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def __reduce__(self) -> tuple[type[RemoteSink], tuple[Address]]:
        return type(self), (self.address,)

    @property
    def told(self) -> str:
        """The address, without user and password."""
        return self.address.told

    @cached_property
    def _there(self) -> dict[str, About]:
        """Every object, as it was when the first was asked for: a listing costs a thousandth of one question each."""
        try:
            return {path: _about(about) for path, about in self.address.find().items()}
        except FileNotFoundError:
            return {}
        except MirrorpressError:
            raise
        except Exception as error:
            found = f"cannot be listed ({self.address.said(error)})"
            raise NoRoomError(self.address.where, found, "", f"check it, {_TODO}") from None

    def outbox(self) -> RemoteOutbox:
        """A box whose outputs go to the store together."""
        return RemoteOutbox(self)

    def about(self, path: str) -> About | None:
        """How an object was when the first was asked for."""
        return self._there.get(path)

    def are_untouched(self, files: Iterable[tuple[str, int, int]]) -> bool:
        """Whether objects are as they were."""
        return all(self._there.get(path) == (size, stamp) for path, size, stamp in files)

    def holds(self, path: str) -> bool:
        """Whether there is such an object just now."""
        self.address.system.invalidate_cache()
        (about,) = self.address.each("info", [(self.address.full(path),)])
        return not isinstance(about, BaseException)

    def read(self, path: str, max_bytes: int) -> bytes:
        """An object's bytes."""
        (data,) = self.address.each("cat_file", [(self.address.full(path),)])
        if isinstance(data, FileNotFoundError):
            raise SourceError(path, "there is no such file", "", "it may have been deleted")
        if isinstance(data, BaseException):
            raise SourceError(path, f"cannot be read ({self.address.said(data)})", "", f"check {self.told}, {_TODO}")
        if len(data) > max_bytes:
            raise too_large(path, f"{len(data):,} bytes", max_bytes)
        return bytes(data)

    def move(self, path: str, target: str) -> None:
        """Copy an object, and delete it under its old name; ended between the two it is there twice."""
        full = self.address.full
        (error,) = self.address.each("cp_file", [(full(path), full(target))])
        if error is None:
            (error,) = self.address.each("rm_file", [(full(path),)])
        if isinstance(error, BaseException):
            raise self.refused(target, error)

    def delete(self, path: str) -> None:
        """Delete an object; a store has no folders that could be empty."""
        (error,) = self.address.each("rm_file", [(self.address.full(path),)])
        if isinstance(error, BaseException) and not isinstance(error, FileNotFoundError):
            raise OutputError(
                path, f"cannot be deleted ({self.address.said(error)})", "", f"check {self.told}, {_TODO}"
            )

    def is_same(self, path: str, other: str) -> bool:
        """Two names are two objects."""
        return False

    def clear(self, folder: str) -> None:
        """Delete all that lies in a folder."""
        self._delete(path for path in self._listed() if path.startswith(f"{folder}/"))

    def sweep(self, names: re.Pattern[str]) -> None:
        """Delete objects whose names match."""
        self._delete(path for path in self._listed() if names.fullmatch(path.rpartition("/")[2]))

    def _listed(self) -> Sequence[str]:
        try:
            return [*self.address.find()]
        except Exception:
            return []  # whoever writes there will say why

    def _delete(self, paths: Iterable[str]) -> None:
        self.address.each("rm_file", [(self.address.full(path),) for path in paths])

    def refused(self, path: str, error: BaseException) -> OutputError:
        """Why an object could not be written: for a reason that, as far as can be told, holds for all."""
        found = f"cannot be written ({self.address.said(error)})"
        return NoRoomError(f"{self.told}/{path}", found, "", f"check {self.told}, {_TODO}")


class RemoteOutbox:
    """Outputs that go to a store together, many at a time. stamps: what the store said of each when it had it."""

    def __init__(self, sink: RemoteSink) -> None:
        self._sink = sink
        self._waiting: dict[str, bytes] = {}
        self.stamps: dict[str, int] = {}

    def put(self, path: str, data: bytes) -> Written:
        """Hold an output until it is published."""
        self._waiting[path] = data
        return Written(len(data), 0, digest_of(data))

    def drop(self, path: str) -> None:
        """Take an output back."""
        self._waiting.pop(path, None)

    def publish(self) -> dict[str, OutputError]:
        """Write all outputs, and ask the store what it has got; returns errors by path."""
        waiting, self._waiting = self._waiting, {}
        address, sink = self._sink.address, self._sink
        failed: dict[str, OutputError] = {}
        calls = [(address.full(path), data) for path, data in waiting.items()]
        for path, answer in zip(waiting, address.each("pipe_file", calls), strict=True):
            if isinstance(answer, BaseException):
                failed[path] = sink.refused(path, answer)
        written = [path for path in waiting if path not in failed]
        address.system.invalidate_cache()
        for path, about in zip(written, address.each("info", [(address.full(path),) for path in written]), strict=True):
            if isinstance(about, BaseException):
                failed[path] = sink.refused(path, about)
            else:
                self.stamps[path] = _about(about).stamp
        return failed


def _about(about: dict[str, Any]) -> About:
    """How an object is; the number stands for the name of its content, or is its time of change."""
    content = content_of(about)
    stamp = int.from_bytes(blake2b(content.encode(), digest_size=7).digest()) if content else changed_at(about)
    return About(int(about.get("size") or 0), stamp)
