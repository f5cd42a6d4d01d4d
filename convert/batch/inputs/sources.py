"""Finds the sources in an input, and says of everything else there why it was passed over."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from convert.config import InputOptions, OutputOptions
from convert.errors import NothingToReadError, SourceError
from convert.messages import later
from convert.profiles import Profile
from convert.stores import (
    INDEX,
    README,
    SUFFIXES,
    UNREAD,
    Entry,
    Folder,
    Remote,
    Sieve,
    Store,
    mirror_of,
    open_repository,
)

_MOST = 4 * 1024 * 1024  # bytes of an index of channels

WHERE_IT_IS = "name the mirror as `input` in the config; run, watch and verify take it as --input, too"
"""What to do about an input that is not there."""


@dataclass(slots=True)
class Found:
    """What an input holds.

    store: what reads it. entries: the sources, sorted by path.
    passed_over: how many files (or whole folders) were left aside, by reason.
    indexes: the paths of the mirrors' indexes of channels. described: those of files that tell of their folder, which
    may make it a mirror (`Mirrors.name`).
    """

    store: Store
    entries: list[Entry] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    indexes: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)

    @property
    def unread(self) -> str:
        """Why sources may be there that nobody saw, or nothing."""
        return next((reason for reason in sorted(self.passed_over) if reason.startswith(UNREAD)), "")

    @property
    def paths(self) -> list[str]:
        """The paths of the sources, sorted."""
        return [entry.path for entry in self.entries]


def find_sources(
    wanted: InputOptions | Path, profiles: Iterable[Profile] = (), output: OutputOptions | None = None, only: str = ""
) -> Found:
    """Find the `.md`, `.txt` and `.html` files of an input: a folder, a single file, or what the config says of it.

    profiles: their `apparatus` patterns name files of a mirror that are no articles.
    output: what lies there is passed over, since it is made from the sources.
    only: a glob pattern; sources whose path does not match it are passed over.
    Symbolic links are followed only to what lies inside the input and is not read under its own name.
    Raises NothingToReadError where the input is missing or holds no source, and what `open_repository` raises.
    """
    options = wanted if isinstance(wanted, InputOptions) else InputOptions(path=wanted)
    if isinstance(wanted, Path) and not wanted.exists():
        raise NothingToReadError(str(wanted), "there is no such file or folder", "", "check the path")
    if options.place == options.path and options.path.is_file():
        return _single(options.path.resolve())
    store = open_store(options)
    made = output.remote.told if output and output.remote else ""
    listing = store.list(Sieve(profiles, output.path if output else None, made))
    found = Found(store, listing.entries, listing.passed_over, listing.indexes, listing.described)
    if only:
        matches = re.compile(fnmatch.translate(only)).match
        kept = [entry for entry in found.entries if matches(entry.path)]
        found.passed_over[later("not chosen by --only")] += len(found.entries) - len(kept)
        found.entries = kept
    found.passed_over = +found.passed_over
    if not found.entries:
        seen = "; ".join(f"{count} {reason}" for reason, count in sorted(found.passed_over.items())) or "nothing at all"
        raise NothingToReadError(options.told, f"no article here: {seen}", f"files in {', '.join(SUFFIXES)}")
    return found


def open_store(options: InputOptions) -> Store:
    """What the config's input is read from. Raises NothingToReadError for a missing one; see `open_repository`."""
    if options.remote:
        return Remote(options.remote)
    if options.git:
        return open_repository(options.git, options.ref, options.folder)
    if not options.path.exists():
        raise NothingToReadError(str(options.path), "there is no such file or folder", "", WHERE_IT_IS)
    return Folder(options.path.resolve())


def _single(path: Path) -> Found:
    """One file, in its mirror, so that the name of its channel is known."""
    store = Folder(mirror_of(path.parent) or path.parent)
    about = store.about(path.relative_to(store.root).as_posix())
    return Found(store, [about] if about else [])


def read_channels(store: Store, mirror: str) -> dict[str, str]:
    """The names of a mirror's channels by id, from the lines `id,name` of its `scripts/index.csv`.

    mirror: its folder in the store. A name may contain commas. Lines without a comma and a line of headings are passed
    over; so is a file that cannot be read, since articles are worth having without the names of their channels.
    """
    text = read_index(store, mirror).decode("utf-8-sig", "replace")
    pairs = (line.partition(",") for line in text.splitlines())
    named = ((id_.strip().strip('"'), name.strip().strip('"')) for id_, comma, name in pairs if comma)
    return {id_: name for id_, name in named if id_ and name and (id_.lower(), name.lower()) != ("id", "name")}


def read_index(store: Store, mirror: str) -> bytes:
    """The bytes of a mirror's index; none where it cannot be read."""
    try:
        return store.read(_below(mirror, INDEX), _MOST)
    except SourceError:
        return b""


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


class Mirrors:
    """Which mirror each source belongs to, and the names of its channels; every folder is looked at once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._mirrors: dict[str, str | None] = {}
        self._names: dict[str, str] = {}
        self._channels: dict[str, dict[str, str]] = {}

    def mirror(self, path: str) -> str | None:
        """The mirror folder of a source, or None: the nearest one that has an index, also above the input."""
        return self._mirror_of(path.rpartition("/")[0])

    def _mirror_of(self, folder: str, above: int = 0) -> str | None:
        """The mirror of a folder; above: how many folders above the input it lies."""
        if folder not in self._mirrors:
            if self.store.about(_below(folder, INDEX)):
                self._mirrors[folder] = folder
            elif folder and not above:
                self._mirrors[folder] = self._mirror_of(folder.rpartition("/")[0])
            elif above < self.store.above:
                self._mirrors[folder] = self._mirror_of(_below(folder, ".."), above + 1)
            else:
                self._mirrors[folder] = None
        return self._mirrors[folder]

    def name(self, path: str) -> str:
        """The name of the mirror that a source belongs to: of the nearest folder with an index, or else with a README.

        Without either it is the name of the input folder.
        """
        folder = path.rpartition("/")[0]
        if folder not in self._names:
            mirror = self.mirror(path)
            self._names[folder] = self.store.name_of(self._described(folder) if mirror is None else mirror)
        return self._names[folder]

    def _described(self, folder: str) -> str:
        while folder and not self.store.holds(folder, README):
            folder = folder.rpartition("/")[0]
        return folder

    def channels(self, paths: Iterable[str]) -> dict[str, str]:
        """The names of the channels that the mirrors of these sources know, those of the first source winning."""
        names: dict[str, str] = {}
        for mirror in dict.fromkeys(self.mirror(path) for path in paths):
            if mirror is None:
                continue
            if mirror not in self._channels:
                self._channels[mirror] = read_channels(self.store, mirror)
            names = self._channels[mirror] | names
        return names

    def named(self, paths: Iterable[str]) -> dict[str, str]:
        """The same, only of channels that one of these sources lies in: what may stand in its article."""
        paths = list(paths)
        names = self.channels(paths)
        folders = dict.fromkeys(part for path in paths for part in path.split("/")[:-1])
        return {part: names[part] for part in folders if part in names}
