"""An address as an input: an object store, or whatever else fsspec reads."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path

from convert.errors import MirrorpressError, NothingToReadError, SourceError
from convert.files import too_large
from convert.messages import later
from convert.stores.address import Address, changed_at, content_of
from convert.stores.store import Entry, Listing, Sieve

_LARGE = 1024 * 1024  # bytes of an object from which on workers are told of its size

_AHEAD = 8 * 1024 * 1024  # bytes that are read ahead of their turn, or one object


class Remote:
    """What lies at an address, as a `Store`.

    large: the sizes of the largest objects, as the listing saw them, so that one that is too large is not fetched.
    """

    proven = False
    above = 0

    def __init__(self, address: Address, large: dict[str, int] | None = None) -> None:
        self.address = address
        self.large = {} if large is None else large
        self._ahead: dict[str, bytes | BaseException] = {}

    def __reduce__(self) -> tuple[type[Remote], tuple[Address, dict[str, int]]]:
        return type(self), (self.address, self.large)

    @property
    def place(self) -> str:
        """The address, without user and password."""
        return self.address.told

    @property
    def root(self) -> Path:
        """The working folder, so that people can name an object by its path below the address."""
        return Path()

    def list(self, sieve: Sieve) -> Listing:
        """Every object whose name is a path."""
        listing = Listing()
        try:
            found = self.address.find()
        except MirrorpressError:
            raise
        except Exception as error:
            if isinstance(error, FileNotFoundError):
                why, todo = "there is nothing at this address", "check input"
            else:
                why, todo = f"cannot be listed ({self.address.said(error)})", "check input, its options and the network"
            raise NothingToReadError(self.address.where, why, "", todo) from None
        entries = []
        for path, about in found.items():
            if posixpath.normpath(path) != path or path.startswith(("/", "../")):
                listing.passed_over[later("name that is no path")] += 1
                continue
            size = int(about.get("size") or 0)
            entries.append(Entry(path, size, content_of(about) or changed_at(about)))
            if size > _LARGE:
                self.large[path] = size
        sieve.sift(entries, listing, self.output_in(sieve))
        listing.entries.sort()
        return listing

    def output_in(self, sieve: Sieve) -> str:
        """The path of the output, where that is an address, too, and lies below this one."""
        place = f"{self.address.told}/"
        return sieve.address[len(place) :] if sieve.address.startswith(place) else ""

    def ahead(self, paths: Sequence[str], max_bytes: int) -> int:
        """Fetch the first of these files together, as they will be read; returns how many."""
        self._ahead.clear()
        size, some = 0, list[str]()
        for path in paths:
            size += self.large.get(path, _LARGE // 8)
            if some and size > _AHEAD:
                break
            some.append(path)
        wanted = [path for path in some if self.large.get(path, 0) <= max_bytes]
        data = self.address.each("cat_file", [(self.address.full(path),) for path in wanted])
        self._ahead.update(zip(wanted, data, strict=True))
        return len(some)

    def read(self, path: str, max_bytes: int) -> bytes:
        """An object's bytes. Raises SourceError."""
        if (size := self.large.get(path, 0)) > max_bytes:
            raise too_large(path, f"{size:,} bytes", max_bytes)
        data = self._ahead.pop(path, None)
        if data is None:
            (data,) = self.address.each("cat_file", [(self.address.full(path),)])
        if isinstance(data, FileNotFoundError | IsADirectoryError):
            todo = "it may have been moved while it was being read"
            raise SourceError(path, "there is no such file", "", todo)
        if not isinstance(data, bytes):
            said = self.address.said(data) if isinstance(data, BaseException) else type(data).__name__
            raise SourceError(path, f"cannot be read ({said})", "", "the next run tries again")
        if len(data) > max_bytes:
            raise too_large(path, f"{len(data):,} bytes", max_bytes)
        return data

    def about(self, path: str) -> Entry | None:
        """How an object is now."""
        settled = self.settle(path)
        if settled is None:
            return None
        self.address.system.invalidate_cache()
        (about,) = self.address.each("info", [(self.address.full(settled),)])
        if isinstance(about, BaseException) or about.get("type", "file") != "file":
            return None
        return Entry(path, int(about.get("size") or 0), content_of(about) or changed_at(about))

    def settle(self, path: str) -> str | None:
        """The path without `..`; None where it leads out of the address."""
        settled = posixpath.normpath(path)
        return None if settled in (".", "..") or settled.startswith(("/", "../")) or "\0" in path else settled

    def holds(self, folder: str, start: str) -> bool:
        """Whether a folder holds something whose name starts like this."""
        (names,) = self.address.each("ls", [(self.address.full(folder), False)])
        return isinstance(names, list) and any(name.rpartition("/")[2].startswith(start) for name in names)

    def sees(self, path: str) -> bool:
        """Whether that object can be had from this process."""
        return self.about(path) is not None

    def name_of(self, folder: str) -> str:
        """The name of a folder; that of the address is its last part."""
        return posixpath.normpath(folder).rpartition("/")[2] if folder else self.address.name
