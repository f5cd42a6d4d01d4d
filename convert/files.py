"""Reading sources, and writing outputs so that a half-written one is never seen."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from convert.article import Source
from convert.errors import NoRoomError, OutputError, SourceError

FEW = 3
"""Files that are waited for one by one."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO})
"""What keeps every further output from being written too: no room, a file system that is read-only or broken."""

# Paths are joined and opened as strings: over a hundred thousand files pathlib costs as much as the reading itself.


def read_source(root: Path, path: str, max_bytes: int, aliases: tuple[str, ...] = ()) -> Source:
    """Read one source.

    root: the input folder; path: the file's path below it, with slashes; max_bytes: the largest size that is read.
    Raises SourceError for a file that has vanished, is a folder, may not be read, or is too large.
    """
    return Source(path, read_limited(f"{root}/{path}", max_bytes, path), aliases)


def read_limited(file: str | Path, max_bytes: int, where: str) -> bytes:
    """A file's bytes; `where` is its name in messages. Raises SourceError as `read_source` does."""
    try:
        with open(file, "rb", buffering=0) as opened:  # noqa: PTH123 - see above
            size = os.fstat(opened.fileno()).st_size
            if size > max_bytes:
                raise too_large(where, f"{size:,} bytes", max_bytes)
            data = opened.read(size + 1)
            # a pipe has no size, and a file may grow while it is read
            while data and (more := opened.read(1 << 16)):
                data += more
                if len(data) > max_bytes:
                    raise too_large(where, f"more than {max_bytes:,} bytes", max_bytes)
            return data
    except FileNotFoundError:
        raise SourceError(
            where, "there is no such file", "", "it may have been moved while it was being read"
        ) from None
    except IsADirectoryError:
        raise SourceError(where, "this is a folder", "a file", "`mirrorpress run --input` reads folders") from None
    except PermissionError:
        raise SourceError(where, "may not be read", "", "change its permissions") from None
    except (OSError, ValueError) as error:
        raise SourceError(where, f"cannot be read ({getattr(error, 'strerror', None) or error})") from None


def too_large(where: str, found: str, max_bytes: int) -> SourceError:
    """Why a source is refused. found: how large it is."""
    return SourceError(where, found, f"at most {max_bytes:,}", "raise parse.max_bytes to read it")


class Written(NamedTuple):
    """A file that lies in the output folder: its size in bytes, its time of change in nanoseconds, and its digest.

    changed: whether its bytes were written now; a file that held them already is left alone, with its time.
    """

    size: int
    mtime: int
    digest: bytes
    changed: bool = True


def digest_of(data: bytes) -> bytes:
    """A digest of 16 bytes that tells files and texts apart."""
    return hashlib.blake2b(data, digest_size=16).digest()


def write_file(root: Path, path: str, data: bytes) -> Written:
    """Write one output below `root`, making its folders; other programs see the old file or the whole new one.

    Its bytes are on disk before it has its name, so that no loss of power leaves half a file. Raises OutputError where
    the output cannot be written; nothing half-written is left behind.
    """
    outbox = Outbox(root)
    written = outbox.put(path, data)
    for error in outbox.publish().values():
        raise error
    return written


class Outbox:
    """Outputs that are written under temporary names, and get their own all at once, when they are safely on disk.

    One wait for the disk costs as much as writing some ten files, whether it is for one of them or for a hundred.
    stamps: of files whose time of change is known only when they have their names: none.
    """

    stamps: Mapping[str, int] = MappingProxyType({})

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parts: dict[str, str] = {}

    def put(self, path: str, data: bytes) -> Written:
        """Write an output under a temporary name beside its own, unless a file with these bytes is there already.

        Raises NoRoomError where nothing more can be written, OutputError where this output cannot.
        """
        target = f"{self._root}/{path}"
        temporary = part_of(target)
        try:
            held = _holds(target, data)
            if held:
                return Written(held.st_size, held.st_mtime_ns, digest_of(data), changed=False)
            try:
                handle = _create(temporary)
            except FileNotFoundError:
                Path(temporary).parent.mkdir(parents=True, exist_ok=True)
                handle = _create(temporary)
            self._parts[path] = temporary
            try:
                with os.fdopen(handle, "wb", buffering=0) as opened:
                    view = memoryview(data)
                    while view:
                        view = view[opened.write(view) or 0 :]
                    about = os.fstat(opened.fileno())
            except BaseException:
                self.drop(path)
                raise
        except OSError as error:
            raise unwritable(target, error) from None
        return Written(about.st_size, about.st_mtime_ns, digest_of(data))

    def drop(self, path: str) -> None:
        """Take an output back that was put here and not published."""
        if temporary := self._parts.pop(path, ""):
            Path(temporary).unlink(missing_ok=True)

    def publish(self) -> dict[str, OutputError]:
        """Wait until what was put here is on disk, and give every output its name; returns errors by output."""
        parts, self._parts = self._parts, {}
        failed: dict[str, OutputError] = {}
        if not parts:
            return failed
        try:
            sync(self._root, list(parts.values()))
        except OSError as error:
            # nothing is known of any of them
            for path, temporary in parts.items():
                Path(temporary).unlink(missing_ok=True)
                failed[path] = unwritable(f"{self._root}/{path}", error)
            return failed
        for path, temporary in parts.items():
            try:
                os.replace(temporary, f"{self._root}/{path}")  # noqa: PTH105 - see above
            except OSError as error:
                Path(temporary).unlink(missing_ok=True)
                failed[path] = unwritable(f"{self._root}/{path}", error)
        return failed


def part_of(target: str) -> str:
    """The temporary name beside an output's path.

    It follows from the path, so that what a killed process left is overwritten by the next run.
    """
    folder, _, name = target.rpartition("/")
    return f"{folder}/.{hashlib.blake2s(os.fsencode(name), digest_size=8).hexdigest()}.part"


def sync(root: Path, files: Sequence[str]) -> None:
    """Wait until files of the file system that `root` lies on are on disk. Raises OSError where that fails.

    Linux does it for many of them with one call, syncfs(2), which waits for what others write there too; a few files,
    and all elsewhere, are waited for one by one.
    """
    if _SYNCFS is not None and len(files) > FEW:
        handle = os.open(root, os.O_RDONLY)
        try:
            if _SYNCFS(handle) == 0:
                return
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        finally:
            os.close(handle)
    for file in files:
        handle = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _syncfs() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        function: Callable[[int], int] = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None  # a C library without it
    return function


_SYNCFS = _syncfs()


def _holds(target: str, data: bytes) -> os.stat_result | None:
    """What is known of a regular file that holds just these bytes; else None."""
    try:
        about = os.lstat(target)
        if not stat.S_ISREG(about.st_mode) or about.st_size != len(data):
            return None
        with open(target, "rb", buffering=0) as opened:  # noqa: PTH123 - see above
            return about if opened.read(len(data) + 1) == data else None
    except OSError:
        return None


def move_file(root: Path, path: str, target: str) -> None:
    """Give an output that was written below `root` its final path there. Raises OutputError where that fails."""
    try:
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        (root / path).replace(root / target)
    except OSError as error:
        raise unwritable(str(root / target), error) from None


def unwritable(target: str, error: OSError) -> OutputError:
    """Why an output cannot be written: for a reason of its own, or for one that holds for all (NoRoomError)."""
    found = f"cannot be written ({error.strerror or error})"
    if error.errno in _NO_ROOM:
        return NoRoomError(target, found, "", "make room, or make it writable; the next run goes on")
    return OutputError(target, found, "", "check the output folder")


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o666)
