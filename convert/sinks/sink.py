"""What a run asks of the place that its outputs go to, wherever it lies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from convert.errors import OutputError
from convert.files import Written


class About(NamedTuple):
    """How an output is now: its size in bytes, and a number that changes when the file does.

    In a folder the number is the time of change in nanoseconds.
    """

    size: int
    stamp: int


class Outgoing(Protocol):
    """Outputs that get their names all at once, when they are safe where they belong.

    stamps: of outputs that were published, where they are not known before (`About`).
    """

    @property
    def stamps(self) -> Mapping[str, int]: ...

    def put(self, path: str, data: bytes) -> Written:
        """Take an output in. Raises NoRoomError where nothing more can be written, OutputError where this cannot."""
        ...

    def drop(self, path: str) -> None:
        """Take an output back that was put here and not published."""
        ...

    def publish(self) -> dict[str, OutputError]:
        """Give every output that was put here its name; returns errors by path."""
        ...


class Sink(Protocol):
    """Where outputs are written to; it can be pickled, and every process opens its own.

    Paths are relative, with slashes. told: the place as messages name it.
    """

    @property
    def told(self) -> str: ...

    def outbox(self) -> Outgoing:
        """A box for some outputs."""
        ...

    def about(self, path: str) -> About | None:
        """How a file is now; None where there is none. Raises OutputError where that cannot be told."""
        ...

    def are_untouched(self, files: Iterable[tuple[str, int, int]]) -> bool:
        """Whether files (path, size, stamp) are all there, and as they were by size and stamp."""
        ...

    def holds(self, path: str) -> bool:
        """Whether there is such a file just now."""
        ...

    def read(self, path: str, max_bytes: int) -> bytes:
        """A file's bytes. Raises SourceError where there is none, it cannot be read, or it is larger."""
        ...

    def move(self, path: str, target: str) -> None:
        """Give a file another name. Raises OutputError, or NoRoomError."""
        ...

    def delete(self, path: str) -> None:
        """Delete a file, and the folders that become empty. Raises OutputError."""
        ...

    def is_same(self, path: str, other: str) -> bool:
        """Whether two names lead to one file, as where names differ in case only."""
        ...

    def clear(self, folder: str) -> None:
        """Delete a folder with all that is in it, as far as that can be done."""
        ...

    def sweep(self, names: re.Pattern[str]) -> None:
        """Delete files whose names match, wherever they lie, as far as that can be done."""
        ...


def write(sink: Sink, path: str, data: bytes) -> Written:
    """Write one output; other programs see the old file or the whole new one.

    Raises OutputError where it cannot be written; nothing half-written is left behind.
    """
    outbox = sink.outbox()
    written = outbox.put(path, data)
    for error in outbox.publish().values():
        raise error
    return written._replace(mtime=outbox.stamps.get(path, written.mtime))
