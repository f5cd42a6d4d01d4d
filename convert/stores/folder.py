"""A folder of this machine as an input."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from convert.files import read_limited
from convert.messages import later
from convert.stores.store import INDEX, README, Entry, Listing, Sieve, unread


def mirror_of(folder: Path) -> Path | None:
    """The nearest folder, from `folder` upwards, that has a `scripts/index.csv`; None where there is none."""
    return next((above for above in (folder, *folder.parents) if (above / INDEX).is_file()), None)


@dataclass(frozen=True)
class Folder:
    """A folder as a `Store`. root: its path, without links in it."""

    root: Path
    proven: bool = False

    @property
    def place(self) -> str:
        """Its path."""
        return str(self.root)

    @property
    def above(self) -> int:
        """A mirror's index may lie in any folder above."""
        return len(self.root.parents)

    def list(self, sieve: Sieve) -> Listing:
        """Walk over it. Links are followed only to what lies in it and is not read under its own name."""
        return _Walk(self.root, sieve).run()

    def output_in(self, sieve: Sieve) -> str:
        """The path of the output, where it lies below this folder."""
        output = sieve.output
        return output.relative_to(self.root).as_posix() if output and self.root in output.parents else ""

    def read(self, path: str, max_bytes: int) -> bytes:
        """A file's bytes. Raises SourceError."""
        return read_limited(f"{self.root}/{path}", max_bytes, path)

    def about(self, path: str) -> Entry | None:
        """How a file is now."""
        file = self.root / path
        try:
            about = file.stat()
            return Entry(path, about.st_size, about.st_mtime_ns) if file.is_file() else None
        except (OSError, ValueError):
            return None  # too long a name, or a null character in it, among others

    def settle(self, path: str) -> str | None:
        """The path of what a path leads to, links resolved; None outside of the folder."""
        try:
            file = (self.root / path).resolve()
        except (OSError, ValueError, RuntimeError):  # too long, a null character, links in a circle
            return None
        return file.relative_to(self.root).as_posix() if self.root in file.parents else None

    def holds(self, folder: str, start: str) -> bool:
        """Whether a folder holds something whose name starts like this."""
        return any((self.root / folder).glob(f"{start}*"))

    def ahead(self, paths: Sequence[str], max_bytes: int) -> int:
        """Nothing has to be done: the system reads ahead."""
        return len(paths)

    def sees(self, path: str) -> bool:
        """Whether the file may be read."""
        return os.access(f"{self.root}/{path}", os.R_OK)

    def name_of(self, folder: str) -> str:
        """The name of a folder."""
        return (self.root / folder).resolve().name if ".." in folder else (self.root / folder).name


class _Walk:
    """One walk over a folder; in strings, since over a hundred thousand entries pathlib costs too much."""

    def __init__(self, root: Path, sieve: Sieve) -> None:
        self.root = root
        self.sieve = sieve
        self.output = str(sieve.output) if sieve.output else None
        self.found = Listing()
        self.links: list[tuple[str, str]] = []
        self.folders: set[str] = set()  # real paths of the folders walked so far

    def run(self) -> Listing:
        self.walk(str(self.root), "")
        # Links come last, so that what they lead to keeps its own name where it has one in the input.
        known = {self.root / entry.path for entry in self.found.entries} if self.links else set()
        while self.links:
            links, self.links = sorted(self.links), []
            for full, path in links:
                self.follow(full, path, known)
        self.found.entries.sort()
        return self.found

    def walk(self, top: str, path: str) -> None:
        waiting = [(top, path)]
        while waiting:
            folder, inside = waiting.pop()
            self.folders.add(folder)
            waiting.extend(self.list(folder, f"{inside}/" if inside else ""))

    def list(self, folder: str, prefix: str) -> Iterator[tuple[str, str]]:
        """Sort one folder's entries into sources and what is passed over; yields the folders in it."""
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            self.found.passed_over[unread(error.strerror)] += 1
            return
        for entry in entries:
            path = prefix + entry.name
            if entry.is_symlink():
                self.links.append((entry.path, path))
            elif entry.is_dir():
                if entry.name.startswith("."):
                    self.found.passed_over["hidden folder"] += 1
                elif entry.path == self.output:
                    self.found.passed_over["the output folder"] += 1
                else:
                    yield entry.path, path
            else:
                self.take(path, entry.name, entry)

    def take(self, path: str, name: str, file: os.DirEntry[str] | Path) -> bool:
        if name.startswith(README):
            self.found.described.append(path)
        reason = self.sieve.reason(path, name) if file.is_file() else later("no regular file")
        if not reason:
            try:
                about = file.stat()
            except OSError:
                reason = later("gone while the input was being read")
        if reason:
            self.found.pass_over(path, reason)
            return False
        self.found.entries.append(Entry(path, about.st_size, about.st_mtime_ns))
        return True

    def follow(self, full: str, path: str, known: set[Path]) -> None:
        """Take what a symbolic link leads to, if it lies in the input and is not read under its own name."""
        root, name = self.root, path.rpartition("/")[2]
        try:
            real = Path(full).resolve()
        except (OSError, RuntimeError):  # links that lead round in a circle; before Python 3.13 that is a RuntimeError
            real = None
        if real is None or not real.exists():
            self.found.passed_over[later("broken link")] += 1
        elif root not in (real, *real.parents):
            self.found.passed_over[later("link out of the input")] += 1
        elif real in known or str(real) in self.folders or self.output in {str(one) for one in (real, *real.parents)}:
            self.found.passed_over[later("link to what is read already")] += 1
        elif real.is_dir() and name.startswith("."):
            self.found.passed_over["hidden folder"] += 1
        elif real.is_dir():
            before = len(self.found.entries)
            self.walk(str(real), path)
            known.update(real / taken.path[len(path) + 1 :] for taken in self.found.entries[before:])
        elif self.take(path, name, real):
            known.add(real)
