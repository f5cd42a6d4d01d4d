"""Fetched pictures on disk, by address; and for a while, that an address gave none.

Several processes may use one folder: every file appears as a whole, and one that vanishes is as if it had never been.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urldefrag

from convert.errors import OutputError

DAY = 24 * 60 * 60
_PICTURE, _FAILURE, _PART = ".picture", ".failed", ".part"


def web_address(src: str) -> str | None:
    """The address to ask for a picture, without a fragment; None where there is none on the web."""
    address = urldefrag(src.strip()).url if "#" in src else src.strip()
    if address.startswith("//"):
        address = f"https:{address}"
    return address if address[:8].lower().startswith(("http://", "https://")) else None


class PictureCache:
    """The cache in one folder. Names of its files follow from the addresses, but do not show them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folder. Raises OutputError where it cannot be made or written to."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(self.folder / ".writable", b"")
            (self.folder / ".writable").unlink(missing_ok=True)
        except OSError as error:
            found = f"cannot be written ({error.strerror or error})"
            raise OutputError(str(self.folder), found, "a folder for fetched pictures", "see pictures.cache") from None

    def get(self, address: str) -> bytes | None:
        """A picture's bytes, or None. It counts as used now."""
        file = self._file(address, _PICTURE)
        try:
            data = file.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):  # a cache that can be read only serves all the same
            if file.stat().st_mtime < time.time() - DAY / 24:
                os.utime(file)
        return data

    def has(self, address: str) -> bool:
        """Whether the picture is there."""
        return self._file(address, _PICTURE).is_file()

    def put(self, address: str, data: bytes) -> None:
        """Keep a picture. Raises OSError where that fails."""
        self._write(self._file(address, _PICTURE), data)
        self._file(address, _FAILURE).unlink(missing_ok=True)

    def drop(self, address: str) -> None:
        """Forget a picture."""
        _remove(self._file(address, _PICTURE))

    def failure(self, address: str) -> str:
        """Why the address gave no picture, as long as that is remembered; else nothing."""
        return _failure(self._file(address, _FAILURE))

    def put_failure(self, address: str, reason: str, days: float) -> None:
        """Remember for some days why an address gave no picture. Raises OSError where that fails."""
        record = {"reason": reason, "until": round(time.time() + days * DAY)}
        self._write(self._file(address, _FAILURE), json.dumps(record, ensure_ascii=False).encode())

    def trim(self, limit: int) -> None:
        """Delete the pictures that were not used for longest, until the rest has at most `limit` bytes.

        What was used within a day stays; what a killed process left half-written, and forgotten failures, go.
        """
        now = time.time()
        pictures: list[tuple[float, int, Path]] = []
        for file, status in self._files():
            old = status.st_mtime < now - DAY
            if file.suffix == _PICTURE:
                pictures.append((status.st_mtime, status.st_size, file))
            elif old and (file.suffix == _PART or (file.suffix == _FAILURE and not _failure(file))):
                _remove(file)
        total = sum(size for _, size, _ in pictures)
        for used, size, file in sorted(pictures):
            if not limit or total <= limit or used >= now - DAY:
                break
            _remove(file)
            total -= size

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for file in self.folder.glob("??/*"):
            # Another process may have deleted it.
            with contextlib.suppress(OSError):
                yield file, file.stat()

    def _file(self, address: str, suffix: str) -> Path:
        digest = sha256(address.encode(errors="surrogatepass")).hexdigest()
        return self.folder / digest[:2] / f"{digest[2:]}{suffix}"

    def _write(self, file: Path, data: bytes) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own: two processes may fetch the same picture.
        handle, name = tempfile.mkstemp(suffix=_PART, dir=file.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(data)
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _failure(file: Path) -> str:
    """The reason that a file remembers; nothing where it is forgotten by now, or cannot be read."""
    try:
        record = json.loads(file.read_bytes())
        return str(record["reason"]) if time.time() < float(record["until"]) else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
