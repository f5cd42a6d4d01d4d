"""Finds the sources in an input folder, and says of everything else there why it was passed over."""

from __future__ import annotations

import fnmatch
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from convert.errors import NothingToReadError
from convert.profiles import Profile

SUFFIXES = (".md", ".txt", ".html")

INDEX = "scripts/index.csv"
"""A mirror's own index of its channels."""

README = "README"
"""How files begin that tell of the folder that they lie in."""


UNREAD = "folder that cannot be read"
"""What is passed over without anybody knowing what it holds."""


class Entry(NamedTuple):
    """A source as the walk met it: its path with slashes, its size in bytes, and its time of change in nanoseconds."""

    path: str
    size: int
    mtime: int


@dataclass(slots=True)
class Found:
    """What an input holds.

    root: the folder that the sources' paths are relative to. entries: the sources, sorted by path.
    passed_over: how many files (or whole folders) were left aside, by reason.
    indexes: the paths of the mirrors' indexes of channels. described: those of files that tell of their folder, which
    may make it a mirror (`Mirrors.name`).
    """

    root: Path
    entries: list[Entry] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    indexes: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The paths of the sources, sorted."""
        return [entry.path for entry in self.entries]


def find_sources(
    input_path: Path, profiles: Iterable[Profile] = (), output: Path | None = None, only: str = ""
) -> Found:
    """Find the `.md`, `.txt` and `.html` files of an input, which is a folder or a single file.

    profiles: their `apparatus` patterns name files of a mirror that are no articles.
    output: a folder that is passed over, since what lies there is made from the sources.
    only: a glob pattern; sources whose path does not match it are passed over.
    Symbolic links are followed only to what lies inside the input and is not read under its own name.
    Raises NothingToReadError where the input is missing or holds no source.
    """
    if not input_path.exists():
        raise NothingToReadError(str(input_path), "there is no such file or folder", "", "name the mirror with --input")
    if input_path.is_file():
        path = input_path.resolve()
        root = mirror_of(path.parent) or path.parent
        about = path.stat()
        return Found(root, [Entry(path.relative_to(root).as_posix(), about.st_size, about.st_mtime_ns)])
    walk = _Walk(input_path.resolve(), _apparatus(profiles), output.resolve() if output else None)
    found = walk.run()
    if only:
        matches = re.compile(fnmatch.translate(only)).match
        kept = [entry for entry in found.entries if matches(entry.path)]
        found.passed_over["not chosen by --only"] += len(found.entries) - len(kept)
        found.entries = kept
    found.passed_over = +found.passed_over
    if not found.entries:
        seen = "; ".join(f"{count} {reason}" for reason, count in sorted(found.passed_over.items())) or "nothing at all"
        raise NothingToReadError(str(input_path), f"no article here: {seen}", f"files in {', '.join(SUFFIXES)}")
    return found


def _apparatus(profiles: Iterable[Profile]) -> re.Pattern[str] | None:
    """One pattern for all globs; a mirror may lie anywhere in the input, and so may what they name."""
    globs = dict.fromkeys(glob for profile in profiles for glob in profile.apparatus)
    return re.compile("(?:.*/)?(?:" + "|".join(map(fnmatch.translate, globs)) + ")") if globs else None


class _Walk:
    """One walk over an input folder; in strings, since over a hundred thousand entries pathlib costs too much."""

    def __init__(self, root: Path, apparatus: re.Pattern[str] | None, output: Path | None) -> None:
        self.found = Found(root)
        self.apparatus = apparatus
        self.output = str(output) if output else None
        self.links: list[tuple[str, str]] = []
        self.folders: set[str] = set()  # real paths of the folders walked so far

    def run(self) -> Found:
        root = str(self.found.root)
        self.walk(root, "")
        # Links come last, so that what they lead to keeps its own name where it has one in the input.
        known = {self.found.root / entry.path for entry in self.found.entries} if self.links else set()
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
            self.found.passed_over[f"{UNREAD} ({error.strerror})"] += 1
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
        reason = self.reason(path, name, file.is_file())
        if not reason:
            try:
                about = file.stat()
            except OSError:
                reason = "gone while the input was being read"
        if reason:
            self.found.passed_over[reason] += 1
            if path.endswith(INDEX):
                self.found.indexes.append(path)
            return False
        self.found.entries.append(Entry(path, about.st_size, about.st_mtime_ns))
        return True

    def reason(self, path: str, name: str, is_file: bool) -> str:
        if not is_file:
            return "no regular file"
        if name.startswith("."):
            return "hidden file"
        if self.apparatus and self.apparatus.match(path):
            return "the mirror's apparatus"
        return "" if name.lower().endswith(SUFFIXES) else "not .md, .txt or .html"

    def follow(self, full: str, path: str, known: set[Path]) -> None:
        """Take what a symbolic link leads to, if it lies in the input and is not read under its own name."""
        root, name = self.found.root, path.rpartition("/")[2]
        try:
            real = Path(full).resolve()
        except (OSError, RuntimeError):  # links that lead round in a circle; before Python 3.13 that is a RuntimeError
            real = None
        if real is None or not real.exists():
            self.found.passed_over["broken link"] += 1
        elif root not in (real, *real.parents):
            self.found.passed_over["link out of the input"] += 1
        elif real in known or str(real) in self.folders or self.output in {str(one) for one in (real, *real.parents)}:
            self.found.passed_over["link to what is read already"] += 1
        elif real.is_dir() and name.startswith("."):
            self.found.passed_over["hidden folder"] += 1
        elif real.is_dir():
            before = len(self.found.entries)
            self.walk(str(real), path)
            known.update(real / taken.path[len(path) + 1 :] for taken in self.found.entries[before:])
        elif self.take(path, name, real):
            known.add(real)


def mirror_of(folder: Path) -> Path | None:
    """The nearest folder, from `folder` upwards, that has a `scripts/index.csv`; None where there is none."""
    return next((above for above in (folder, *folder.parents) if (above / INDEX).is_file()), None)


def read_channels(mirror: Path) -> dict[str, str]:
    """The names of a mirror's channels by id, from the lines `id,name` of its `scripts/index.csv`.

    A name may contain commas. Lines without a comma and a line of headings are passed over; so is a file that cannot be
    read, since articles are worth having without the names of their channels.
    """
    try:
        text = (mirror / INDEX).read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return {}
    pairs = (line.partition(",") for line in text.splitlines())
    named = ((id_.strip().strip('"'), name.strip().strip('"')) for id_, comma, name in pairs if comma)
    return {id_: name for id_, name in named if id_ and name and (id_.lower(), name.lower()) != ("id", "name")}


class Mirrors:
    """Which mirror each source belongs to, and the names of its channels; every folder is looked at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._mirrors: dict[str, Path | None] = {}
        self._names: dict[str, str] = {}
        self._channels: dict[Path, dict[str, str]] = {}

    def mirror(self, path: str) -> Path | None:
        """The mirror folder of a source, or None."""
        folder = path.rpartition("/")[0]
        if folder not in self._mirrors:
            self._mirrors[folder] = mirror_of(self.root / folder)
        return self._mirrors[folder]

    def name(self, path: str) -> str:
        """The name of the mirror that a source belongs to: of the nearest folder with an index, or else with a README.

        Without either it is the name of the input folder.
        """
        folder = path.rpartition("/")[0]
        if folder not in self._names:
            self._names[folder] = (self.mirror(path) or self._described(folder)).name
        return self._names[folder]

    def _described(self, folder: str) -> Path:
        above = self.root / folder
        while above != self.root and not any(above.glob(f"{README}*")):
            above = above.parent
        return above

    def channels(self, paths: Iterable[str]) -> dict[str, str]:
        """The names of the channels that the mirrors of these sources know, those of the first source winning."""
        names: dict[str, str] = {}
        for mirror in dict.fromkeys(self.mirror(path) for path in paths):
            if mirror is None:
                continue
            if mirror not in self._channels:
                self._channels[mirror] = read_channels(mirror)
            names = self._channels[mirror] | names
        return names

    def named(self, paths: Iterable[str]) -> dict[str, str]:
        """The same, only of channels that one of these sources lies in: what may stand in its article."""
        paths = list(paths)
        names = self.channels(paths)
        folders = dict.fromkeys(part for path in paths for part in path.split("/")[:-1])
        return {part: names[part] for part in folders if part in names}
