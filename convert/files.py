"""Reading sources, and writing outputs so that a half-written one is never seen."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from convert.article import Source
from convert.errors import OutputError, SourceError

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
                raise _too_large(where, f"{size:,} bytes", max_bytes)
            data = opened.read(size + 1)
            # a pipe has no size, and a file may grow while it is read
            while data and (more := opened.read(1 << 16)):
                data += more
                if len(data) > max_bytes:
                    raise _too_large(where, f"more than {max_bytes:,} bytes", max_bytes)
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


def _too_large(where: str, found: str, max_bytes: int) -> SourceError:
    return SourceError(where, found, f"at most {max_bytes:,}", "raise parse.max_bytes to read it")


def write_file(root: Path, path: str, data: bytes) -> bool:
    """Write one output below `root`, making its folders; other programs see the old file or the whole new one.

    A file that holds these bytes already is left alone, with its time; returns whether anything was written. Raises
    OutputError where the output cannot be written; nothing half-written is left behind.
    """
    target = f"{root}/{path}"
    # The temporary name follows from the path, so that what a killed process left is overwritten by the next run.
    digest = hashlib.blake2s(os.fsencode(path), digest_size=8).hexdigest()
    temporary = f"{os.path.dirname(target)}/.{digest}.part"  # noqa: PTH120 - see above
    try:
        if _holds(target, data):
            return False
        try:
            handle = _create(temporary)
        except FileNotFoundError:
            Path(temporary).parent.mkdir(parents=True, exist_ok=True)
            handle = _create(temporary)
        try:
            with os.fdopen(handle, "wb", buffering=0) as opened:
                view = memoryview(data)
                while view:
                    view = view[opened.write(view) or 0 :]
            os.replace(temporary, target)  # noqa: PTH105 - see above
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(target, error) from None
    return True


def _holds(target: str, data: bytes) -> bool:
    """Whether a regular file holds just these bytes."""
    try:
        about = os.lstat(target)
        if not stat.S_ISREG(about.st_mode) or about.st_size != len(data):
            return False
        with open(target, "rb", buffering=0) as opened:  # noqa: PTH123 - see above
            return opened.read(len(data) + 1) == data
    except OSError:
        return False


def move_file(root: Path, path: str, target: str) -> None:
    """Give an output that was written below `root` its final path there. Raises OutputError where that fails."""
    try:
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        (root / path).replace(root / target)
    except OSError as error:
        raise _unwritable(str(root / target), error) from None


def _unwritable(target: str, error: OSError) -> OutputError:
    return OutputError(target, f"cannot be written ({error.strerror or error})", "", "check the output folder")


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o666)
