"""File systems of a test's own: small ones, read-only ones, in a mount namespace that ends with the test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).parent.parent
INSIDE = ("--user", "--map-root-user", "--mount")
PLAIN = ("--user", "--map-user=1000", "--map-group=1000")
"""A user who is not root, whoever runs the tests: what is not writable is not, then."""


def _works(options: Sequence[str], command: str) -> bool:
    if sys.platform != "linux" or not which("unshare") or not which("nsenter"):
        return False
    call = ["unshare", *options, "sh", "-c", command]
    return subprocess.run(call, capture_output=True, check=False).returncode == 0


def needs_mounts() -> pytest.MarkDecorator:
    """Skips a test where this user may mount nothing, not even in a namespace of its own."""
    works = _works(INSIDE, "mount -t tmpfs -o size=1m none /mnt")
    return pytest.mark.skipif(not works, reason="needs Linux, unshare, and leave to mount in a user namespace")


def needs_users() -> pytest.MarkDecorator:
    """Skips a test where nobody can become an ordinary user."""
    return pytest.mark.skipif(not _works(PLAIN, "test $(id -u) = 1000"), reason="needs Linux with user namespaces")


class Room:
    """A mount namespace with a file system on a folder. seen: the folder from outside."""

    def __init__(self, process: int, folder: Path) -> None:
        self._enter = ["nsenter", f"--target={process}", "--user", "--mount", "--preserve-credentials", "--"]
        self.folder = folder
        self.seen = Path(f"/proc/{process}/root{folder}")

    def sh(self, command: str) -> None:
        """Run a line of the shell in the namespace."""
        subprocess.run([*self._enter, "sh", "-c", command], check=True, capture_output=True)

    def remount(self, options: str) -> None:
        """Change the file system: its size, or whether it may be written to."""
        self.sh(f"mount -o remount,{options} '{self.folder}'")

    def convert(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command, in the namespace."""
        return command([*self._enter, sys.executable], *arguments)


def command(python: Sequence[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command under some interpreter; it shows no traceback."""
    call = [*python, "-m", "convert", *arguments]
    done = subprocess.run(call, cwd=ROOT, env={**os.environ, "NO_COLOR": "1", "COLUMNS": "400"}, capture_output=True,
                          text=True, check=False, timeout=120)  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Room]:
    """A file system in memory, of a size as `5m`, on a folder, as long as the block runs."""
    folder.mkdir(exist_ok=True)
    call = ["unshare", *INSIDE, "sh", "-c", f"mount -t tmpfs -o size={size} none '{folder}' && echo ready && exec cat"]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield Room(process.pid, folder)
        process.stdin.close()
