"""Copies new and changed volumes into folders: a mounted reader, calibre's auto-add folder, a synced one.

What was copied is remembered by its digest: a book that its owner deleted on the reader does not come back, and one
that has changed since does. Nothing is ever deleted there.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import zipfile
from collections.abc import Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from convert.batch.books.binder import Built
from convert.batch.report import to_json
from convert.batch.summary import Delivery, Failure, Progress, Summary
from convert.config import Config, DeliverOptions
from convert.errors import OutputError, SourceError
from convert.files import write_file
from convert.messages import later
from convert.names import OutputNames
from convert.sinks import Sink

STATE = "delivered.json"
"""What was delivered, in the output folder: by folder, then by volume, its digest and its name there."""

_MOST = 1 << 30  # bytes of a volume

_Delivered: TypeAlias = dict[str, dict[str, str]]

# What is wrong with one file; anything else (no room, no right, no device) is wrong with the folder.
_OF_ONE_FILE = frozenset({errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EEXIST, errno.ENOTEMPTY})
_TODO = {
    errno.ENOSPC: "make room there; the next run goes on",
    errno.EDQUOT: "make room there; the next run goes on",
    errno.EROFS: "make it writable; the next run goes on",
    errno.EACCES: "make it writable; the next run goes on",
    errno.EPERM: "make it writable; the next run goes on",
}


def deliver(config: Config, sink: Sink, volumes: Sequence[Built], summary: Summary, progress: Progress) -> None:
    """Copy the volumes that each folder of the config has not got yet; what came of each folder is in `summary`.

    sink: where the run wrote. volumes: those that it wrote. A folder that is not there (a reader that is not mounted)
    is passed over.
    """
    if not config.deliver:
        return
    try:
        state = _read_state(config.output.path / STATE)
    except OutputError as error:
        summary.failures.append(Failure(STATE, error.message))
        return
    for options in config.deliver:
        delivered = state.setdefault(os.path.abspath(options.to), {})  # noqa: PTH100 - links stay as they are named
        waiting = [
            one
            for one in volumes
            if fnmatchcase(one.book.file, options.only) and delivered.get(one.book.file, {}).get("digest") != one.digest
        ]
        try:
            summary.deliveries.append(_Folder(sink, options, delivered, summary).take(waiting, progress))
        finally:
            _write_state(config.output.path, state, summary)


def _read_state(path: Path) -> dict[str, _Delivered]:
    """What was delivered so far. Raises OutputError where that cannot be told: books would come back."""
    expected, todo = "what an earlier run wrote there", "delete it, and every volume is delivered again"
    try:
        state = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise OutputError(str(path), f"cannot be read ({error})", expected, todo) from None
    for delivered in state.values() if isinstance(state, dict) else [state]:
        for one in delivered.values() if isinstance(delivered, dict) else [delivered]:
            if not isinstance(one, dict) or {*map(type, one.values())} != {str} or set(one) != {"digest", "name"}:
                raise OutputError(str(path), "is no list of what was delivered", expected, todo)
    return dict(state)


def _write_state(output: Path, state: dict[str, _Delivered], summary: Summary) -> None:
    try:
        write_file(output, STATE, to_json({to: state[to] for to in sorted(state) if state[to]}, indent=2) + b"\n")
    except OutputError as error:
        summary.failures.append(Failure(STATE, error.message))


class _Folder:
    """One folder that volumes are delivered to, and what it has got already, which is brought up to date."""

    def __init__(self, sink: Sink, options: DeliverOptions, delivered: _Delivered, summary: Summary) -> None:
        self.sink = sink
        self.options = options
        self.delivered = delivered
        self.summary = summary
        self.names = OutputNames(one["name"] for one in delivered.values())

    def take(self, waiting: Sequence[Built], progress: Progress) -> Delivery:
        """Copy volumes; stops where no further one can be copied either."""
        to = self.options.to
        copied = 0
        try:
            if not _is_there(to):
                return Delivery(str(to), 0, len(waiting), there=False)
        except OSError as error:
            self.fail(_refused(to, error))
            return Delivery(str(to), 0, len(waiting))
        for done, one in enumerate(waiting, 1):
            try:
                self.copy(one)
                copied += 1
            except SourceError as error:
                self.fail(OutputError(one.book.file, error.found, error.expected, error.todo))
            except OutputError as error:
                self.fail(error)
            except OSError as error:
                self.fail(_refused(to, error, one.book.file))
                if error.errno not in _OF_ONE_FILE:
                    break
            progress(later("delivering"), done, len(waiting))
        return Delivery(str(to), copied, len(waiting))

    def copy(self, one: Built) -> None:
        """Copy one volume, and remember it. Raises OutputError where its place is taken, OSError where it fails."""
        file = one.book.file
        known = self.delivered.get(file)
        if known:
            name = known["name"]
        else:
            name = self.names.settle(file.rpartition("/")[2] if self.options.flat else file, file)
            taken = self.options.to / name
            if taken.exists() and not _is_edition(taken, one.identifier):
                todo = "move it away, or deliver to another folder"
                raise OutputError(str(taken), "another file", "nothing, or an edition of the volume", todo)
        _write(self.sink.read(file, _MOST), self.options.to, name)
        self.delivered[file] = {"digest": one.digest, "name": name}

    def fail(self, error: OutputError) -> None:
        """Record what went wrong; the run goes on."""
        self.summary.failures.append(Failure(error.where, error.message))


def _is_there(folder: Path) -> bool:
    """Whether a folder is there. Raises OSError where there is something else, or where that cannot be told."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        return False
    return True


def _refused(to: Path, error: OSError, file: str = "") -> OutputError:
    what = f"{file} cannot be copied there" if file else "cannot be delivered to"
    return OutputError(str(to), f"{what} ({error.strerror or error})", "", _TODO.get(error.errno or 0, ""))


def _is_edition(path: Path, identifier: str) -> bool:
    """Whether a file is an edition of the volume with this identifier, so that another one may take its place."""
    try:
        with zipfile.ZipFile(path) as book:
            return any(identifier.encode() in book.read(name) for name in book.namelist() if name.endswith(".opf"))
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return False


def _write(data: bytes, folder: Path, name: str) -> None:
    """Write a file so that it is seen whole or not at all, also on a reader that is unplugged soon after."""
    target = folder / name
    above = folder
    for part in name.split("/")[:-1]:
        # Not with its parents: a reader that has gone in the meantime must not become a folder of this machine.
        above = above / part
        above.mkdir(exist_ok=True)
    temporary = target.with_name(f".{sha256(name.encode()).hexdigest()[:16]}.part")
    try:
        with temporary.open("wb") as writing:
            shutil.copyfileobj(BytesIO(data), writing, 1 << 20)
            writing.flush()
            os.fsync(writing.fileno())
        temporary.replace(target)
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the folder has gone, and the file with it
