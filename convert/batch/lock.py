"""One run at a time over an output folder."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from convert.errors import HeldError, OutputError
from convert.files import unwritable

LOCK = ".lock"
HOLDER = ".lock.json"
"""What says who holds the lock: on some systems a locked file itself cannot be read."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold an output folder as long as the block runs. The lock ends with the process, however that ends.

    Raises HeldError where another run holds it; OutputError where the folder cannot be written to.
    """
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        found = f"another run holds this folder{_holder(folder)}"
        raise HeldError(str(folder), found, "", "wait until it has ended, or name another output folder") from None
    except (OSError, NotImplementedError) as error:
        raise _unheld(folder, error) from None
    try:
        _say_who(folder)
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def _unheld(folder: Path, error: Exception) -> OutputError:
    if isinstance(error, OSError):
        return unwritable(str(folder), error)
    return OutputError(str(folder), f"cannot be locked ({error})", "a file system with locks", "name another folder")


def _say_who(folder: Path) -> None:
    about = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(" ", "seconds")}
    with suppress(OSError):  # only what another run would be told
        (folder / HOLDER).write_text(json.dumps(about), encoding="utf-8")


def _holder(folder: Path) -> str:
    try:
        about = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f" (process {about['pid']} on {about['host']}, since {about['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
