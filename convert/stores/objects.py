"""Git's own program, asked so that it only ever reads: no network, no lock, nothing that the environment slips in."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from convert.errors import MissingToolError, SourceError
from convert.files import too_large

SECONDS = 120
"""How long one answer of git may take; a repository on a network drive that has gone would be waited for for ever."""

_OPTIONS = (
    "--no-optional-locks",
    # Names of objects prove their bytes only where `git replace` has no say (gitglossary: replace ref).
    "--no-replace-objects",
    # Packs are mapped in pieces, since a worker may have an address space of half a gigabyte only.
    "-c", "core.packedGitWindowSize=16m", "-c", "core.packedGitLimit=128m", "-c", "core.deltaBaseCacheLimit=64m",
)  # fmt: skip

_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    # A partial clone would fetch what it lacks. The first is known from git 2.45 on; the second, which lists the
    # protocols that may be used, keeps older ones from it too.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}


_SILENCE = "no word"


class GitError(Exception):
    """Git refused. The message is the last thing that it said."""


def environment() -> dict[str, str]:
    """The environment without what would lead git elsewhere, or have it start other programs."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    return kept | _ENVIRONMENT


def command(folder: Path, *arguments: str) -> list[str]:
    """A call of git on a repository; folder: its own (`.git`, or a bare one), so that git looks for no other."""
    return ["git", *_OPTIONS, f"--git-dir={folder}", *arguments]


def _started(folder: Path, arguments: Sequence[str], errors: IO[bytes], stdin: int) -> subprocess.Popen[bytes]:
    call = command(folder, *arguments)
    try:
        return subprocess.Popen(call, stdin=stdin, stdout=subprocess.PIPE, stderr=errors, env=environment(), cwd=folder)
    except OSError as error:
        if shutil.which("git"):
            raise GitError(str(error)) from None
        todo = "install it, or name a folder"
        raise MissingToolError("input: git", "the program is not installed", "git 2.25 or newer", todo) from None


def _said(errors: IO[bytes]) -> str:
    """The last line of what git said; all of it where that tells of an owner, whose remedy stands further up."""
    errors.seek(0)
    text = errors.read(1 << 16).decode("utf-8", "replace").strip()
    if "dubious ownership" in text:
        return text.splitlines()[0]
    return text.splitlines()[-1] if text else _SILENCE


def ask(folder: Path, *arguments: str) -> str:
    """What git answers, without the line's end. Raises GitError, or MissingToolError."""
    return b"".join(stream(folder, *arguments)).decode("utf-8", "surrogateescape").removesuffix("\n")


def stream(folder: Path, *arguments: str) -> Iterator[bytes]:
    """The same in pieces, as git gives them. Raises GitError, at the latest behind the last one."""
    with TemporaryFile() as errors:
        process = _started(folder, arguments, errors, stdin=subprocess.DEVNULL)
        assert process.stdout
        ended = threading.Timer(SECONDS * 5, process.kill)
        ended.daemon = True
        ended.start()
        try:
            while piece := process.stdout.read(1 << 20):
                yield piece
            if process.wait():
                raise GitError(_said(errors) if ended.is_alive() else f"gave no answer within {SECONDS * 5} s")
        finally:
            ended.cancel()
            process.stdout.close()
            process.kill()
            process.wait()


class Object(NamedTuple):
    """An object of a repository. kind: `blob`, `tree`, `commit` or `tag`."""

    kind: str
    data: bytes


@dataclass
class Objects:
    """Reads objects by their names through one process of `git cat-file --batch`, which is started when it is needed.

    folder: the repository's own. A process that dies, or does not answer, is started again.
    """

    folder: Path
    _process: subprocess.Popen[bytes] | None = None
    _errors: IO[bytes] | None = None
    _waiting: list[float] = field(default_factory=list)  # since when an answer is waited for
    _ending: weakref.finalize[..., Objects] | None = None

    def get(self, name: str, max_bytes: int, where: str) -> Object:
        """Read an object. where: what it is called in messages. Raises SourceError, or MissingToolError."""
        for attempt in (1, 2):
            try:
                return self._get(name, max_bytes, where)
            except (OSError, ValueError, EOFError) as error:
                late = bool(self._waiting) and time.monotonic() - self._waiting[0] >= SECONDS
                said = _said(self._errors) if self._errors else str(error)
                self.close()
                if late:
                    raise SourceError(where, f"git gave no answer within {SECONDS} s", "", "look at its disk") from None
                if attempt == 2 or "promisor" in said:
                    raise self._unreadable(where, said) from None
            finally:
                self._waiting.clear()
        raise AssertionError("the second attempt returns or raises")

    def _get(self, name: str, max_bytes: int, where: str) -> Object:
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        self._waiting.append(time.monotonic())
        process.stdin.write(f"{name}\n".encode())
        process.stdin.flush()
        # gitformat of cat-file --batch: `<name> SP <type> SP <size> LF <contents> LF`, or `<name> SP missing LF`
        head = process.stdout.readline().split()
        if head[1:] == [b"missing"]:
            said = _said(self._errors) if self._errors else _SILENCE
            if said != _SILENCE:
                self.close()  # what it said is of this object, and not of the next one
            raise self._unreadable(where, said)
        if len(head) != 3:
            raise EOFError("git ended")
        size = int(head[2])
        if size > max_bytes:
            self.close()  # rather than reading all that is on the way
            raise too_large(where, f"{size:,} bytes", max_bytes)
        data = process.stdout.read(size + 1)
        if len(data) != size + 1:
            raise EOFError("git ended")
        return Object(head[1].decode(), data[:-1])

    def _unreadable(self, where: str, said: str) -> SourceError:
        if said == _SILENCE or "promisor" in said or "lazy fetching" in said:
            found, todo = "its bytes are not in the repository", "git fetch --refetch --no-filter"
            return SourceError(where, found, "a complete clone", f"make {self.folder} one, as with `{todo}`")
        return SourceError(where, f"git cannot read it ({said})", "", f"see what `git -C {self.folder} fsck` says")

    def _start(self) -> subprocess.Popen[bytes]:
        self._errors = TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        try:
            process = _started(self.folder, ("cat-file", "--batch"), self._errors, stdin=subprocess.PIPE)
        except GitError as error:
            raise OSError(str(error)) from None
        self._process = process
        self._ending = weakref.finalize(self, _end, process)
        threading.Thread(target=_watch, args=(process, self._waiting), daemon=True).start()
        return process

    def close(self) -> None:
        """End the process; the next object starts another one."""
        if self._ending:
            self._ending()
        if self._errors:
            self._errors.close()
        self._process = self._errors = self._ending = None


def _watch(process: subprocess.Popen[bytes], waiting: list[float]) -> None:
    """End a process that has been waited for for too long. Files have no time limit of their own on every system."""
    while process.poll() is None:
        since = next(iter(waiting), None)
        if since is not None and time.monotonic() - since >= SECONDS:
            process.kill()
        time.sleep(1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:
                continue  # what was still to be written to it
    process.wait()
