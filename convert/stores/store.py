"""What a run asks of an input, wherever it lies, and which of its files are sources."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from convert.messages import later, tr
from convert.profiles import Profile

SUFFIXES = (".md", ".txt", ".html")

INDEX = "scripts/index.csv"
"""A mirror's own index of its channels."""

README = "README"
"""How files begin that tell of the folder that they lie in."""

UNREAD = later("folder that cannot be read")
_UNREAD = f"{UNREAD} ("
"""What is passed over without anybody knowing what it holds."""

Stamp: TypeAlias = int | str
"""What changes when a file does: a time of change in nanoseconds, or a text, which is the name of its content."""


class Entry(NamedTuple):
    """A file of an input: its path with slashes, its size in bytes, and its stamp.

    The size is 0 where the stamp, as the name of the content, says all of it.
    """

    path: str
    size: int
    stamp: Stamp


def unread(why: str | None) -> str:
    """Why a folder is passed over that the system does not open. why: what that says."""
    return f"{_UNREAD}{why})"


def shown(reason: str) -> str:
    """Why something was passed over, in the language that is spoken."""
    if reason.startswith(_UNREAD):
        return tr("folder that cannot be read ({why})", why=reason.removeprefix(_UNREAD).removesuffix(")"))
    return tr(reason)


@dataclass(slots=True)
class Listing:
    """What an input holds.

    entries: the sources, sorted by path. passed_over: how many files (or whole folders) were left aside, by reason.
    indexes: the paths of the mirrors' indexes of channels. described: those of files that tell of their folder, which
    may make it a mirror.
    """

    entries: list[Entry] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    indexes: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)

    def pass_over(self, path: str, reason: str) -> None:
        """Leave a file aside."""
        self.passed_over[reason] += 1
        if path.endswith(INDEX):
            self.indexes.append(path)


class Sieve:
    """Which files of an input are sources.

    profiles: their `apparatus` patterns name files of a mirror that are no articles.
    output, address: a folder, and an address, that are passed over, since what lies there is made from the sources.
    """

    def __init__(self, profiles: Iterable[Profile] = (), output: Path | None = None, address: str = "") -> None:
        # One pattern for all globs; a mirror may lie anywhere in the input, and so may what they name.
        globs = dict.fromkeys(glob for profile in profiles for glob in profile.apparatus)
        joined = "|".join(map(fnmatch.translate, globs))
        self.apparatus = re.compile(f"(?:.*/)?(?:{joined})") if globs else None
        self.output = output.resolve() if output else None
        self.address = address

    def reason(self, path: str, name: str) -> str:
        """Why a file is passed over; nothing for a source. name: the last part of its path."""
        if name.startswith("."):
            return later("hidden file")
        if self.apparatus and self.apparatus.match(path):
            return later("the mirror's apparatus")
        return "" if name.lower().endswith(SUFFIXES) else later("not .md, .txt or .html")

    def sift(self, files: Iterable[Entry], listing: Listing, output: str = "") -> None:
        """Take those of some files that are sources into a listing, in any order.

        output: the path of the output folder in the input, where it lies there. Folders are counted once each.
        """
        folders: set[str] = set()
        for entry in files:
            path = entry.path
            if output and path.startswith(f"{output}/"):
                reason, folder = later("the output folder"), output
            elif "/." in path or path.startswith("."):
                reason, folder = later("hidden folder"), _hidden(path)
            else:
                reason = folder = ""
            if folder:
                if folder not in folders:
                    folders.add(folder)
                    listing.passed_over[reason] += 1
            else:
                name = path.rpartition("/")[2]
                if name.startswith(README):
                    listing.described.append(path)
                if reason := self.reason(path, name):
                    listing.pass_over(path, reason)
                else:
                    listing.entries.append(entry)


def _hidden(path: str) -> str:
    """The topmost hidden folder that a file lies in, or nothing."""
    parts = path.split("/")
    for number, part in enumerate(parts[:-1], 1):
        if part.startswith("."):
            return "/".join(parts[:number])
    return ""


class Store(Protocol):
    """An input that sources are read from; it can be pickled, and worker processes open it for themselves.

    Paths are relative to the input, with slashes; `..` leads above it, as far as `above` says.
    place: the name under which the catalogue remembers it. root: a folder of this machine that stands for the input,
    so that people can name sources by paths below it. above: how many folders above the input belong to its mirror.
    proven: whether equal stamps prove equal bytes; otherwise a stamp that is a time is believed when it has aged.
    """

    @property
    def place(self) -> str: ...

    @property
    def root(self) -> Path: ...

    @property
    def above(self) -> int: ...

    @property
    def proven(self) -> bool: ...

    def list(self, sieve: Sieve) -> Listing:
        """What the input holds. Raises NothingToReadError where it cannot be listed."""
        ...

    def output_in(self, sieve: Sieve) -> str:
        """The path of the sieve's output in the input; nothing where it does not lie there."""
        ...

    def read(self, path: str, max_bytes: int) -> bytes:
        """A file's bytes. Raises SourceError where there is none, it cannot be read, or it is larger."""
        ...

    def about(self, path: str) -> Entry | None:
        """How a file is now; None where there is no such file."""
        ...

    def settle(self, path: str) -> str | None:
        """The path of what a path with `..` or links in it leads to; None where that is no place in the input."""
        ...

    def holds(self, folder: str, start: str) -> bool:
        """Whether a folder holds something whose name starts like this."""
        ...

    def ahead(self, paths: Sequence[str], max_bytes: int) -> int:
        """Make the first of some files ready to be read in this order, where that saves time; returns how many."""
        ...

    def sees(self, path: str) -> bool:
        """Whether this process can read that file, or what it is read from."""
        ...

    def name_of(self, folder: str) -> str:
        """The name of a folder, which may be the input itself (the empty path) or lie above it."""
        ...
