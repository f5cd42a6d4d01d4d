"""A git repository as an input: files are read out of its objects, and nothing is checked out."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from convert.errors import NothingToReadError, SourceError, UsageError, nearest
from convert.messages import later
from convert.stores.objects import GitError, Objects, ask, stream
from convert.stores.store import Entry, Listing, Sieve

_PASSED_OVER = {"120000": later("symbolic link"), "160000": later("submodule")}
"""Modes of a tree's entries that are no files (gitformat-index)."""

_TREE = "40000"

_MOST_TREE = 256 * 1024 * 1024  # bytes of a tree: some five million files in one folder

_KEPT = 200_000
"""Entries of trees that are kept: those of a large mirror's folder, and of what its pictures lie in."""


class Item(NamedTuple):
    """An entry of a tree: its mode, and the object's name."""

    mode: str
    name: str


def open_repository(path: Path, ref: str = "HEAD", folder: str = "") -> Repository:
    """Open what a ref of a repository leads to now; what is read later is of that moment, wherever the ref goes.

    path: the working copy, or a bare repository. ref: a branch, a tag, a commit, or HEAD. folder: only this one of it.
    Raises NothingToReadError where there is no such repository, ref or folder, UsageError where git refuses to read it,
    MissingToolError without git.
    """
    own = _own_folder(path)
    where = f"input: {path}"
    try:
        if ref.startswith("-"):
            raise GitError("no ref begins with a hyphen")  # git-check-ref-format(1)
        tree = ask(own, "rev-parse", "--verify", f"{ref}^{{tree}}")
    except GitError as error:
        raise _refused(where, own, ref, str(error)) from None
    inside = posixpath.normpath(folder.strip("/") or ".")
    one = Repository(path, own, tree, "" if inside == "." else inside)
    if not one.is_folder(""):
        raise NothingToReadError(where, f"there is no folder {folder!r} in {ref}", "", "check input.folder")
    return one


def _own_folder(path: Path) -> Path:
    """The folder that git keeps a repository in. It is named, so that none above `path` is taken in its place."""
    if not path.exists():
        raise NothingToReadError(f"input: {path}", "there is no such folder", "a git repository", "check input.git")
    beside = path / ".git"
    if beside.is_file():  # of a submodule or a further working copy (gitrepository-layout)
        target = beside.read_text(encoding="utf-8", errors="surrogateescape").strip().removeprefix("gitdir: ")
        return (path / target).resolve()
    own = beside if beside.is_dir() else path
    if (own / "HEAD").is_file() and ((own / "objects").is_dir() or (own / "commondir").is_file()):
        return own.resolve()
    found = "is no git repository"
    raise NothingToReadError(f"input: {path}", found, "a working copy or a bare one", "leave `git:` out for a folder")


def _refused(where: str, own: Path, ref: str, said: str) -> NothingToReadError | UsageError:
    """Why a ref cannot be read."""
    if "dubious ownership" in said:
        todo = f"if you trust it, run: git config --global --add safe.directory {own}"
        return UsageError(where, "belongs to another user, and git refuses to read it", "", todo)
    try:
        refs = ask(own, "for-each-ref", "--format=%(refname:short)", "--count=200").splitlines()
    except GitError as error:
        return UsageError(where, f"git cannot read it ({error})", "a git repository", f"try git -C {own} fsck")
    if not refs:
        return NothingToReadError(where, "the repository has no commit yet", "", "commit or fetch something")
    shown = f"one of {', '.join(refs[:8])}{', …' if len(refs) > 8 else ''}, or a commit"
    if ref in refs:
        return UsageError(where, f"git cannot read {ref!r} ({said})", "a commit", f"try git -C {own} fsck")
    return NothingToReadError(where, f"there is no ref {ref!r}", shown, nearest(ref, refs, "check input.ref"))


class Repository:
    """What a tree of a repository holds, as a `Store`.

    path: as people name it. own: git's folder. tree: the name of the topmost tree. folder: the input in it, or empty.
    """

    proven = True

    def __init__(self, path: Path, own: Path, tree: str, folder: str = "") -> None:
        self.path, self.own, self.tree, self.folder = path, own, tree, folder
        self._trees: dict[str, dict[str, Item]] = {}

    def __reduce__(self) -> tuple[type[Repository], tuple[Path, Path, str, str]]:
        # A worker has a process of git of its own.
        return type(self), (self.path, self.own, self.tree, self.folder)

    @cached_property
    def objects(self) -> Objects:
        """The process that reads."""
        return Objects(self.own)

    @property
    def place(self) -> str:
        """The repository, without the ref: whichever it is, equal stamps are equal bytes."""
        return f"git:{self.own}:{self.folder}"

    @property
    def root(self) -> Path:
        """The folder of the working copy."""
        return self.path.resolve() / self.folder

    @property
    def above(self) -> int:
        """The folders of the repository above the input."""
        return len(self.folder.split("/")) if self.folder else 0

    def list(self, sieve: Sieve) -> Listing:
        """What the tree holds; what is no file is counted."""
        listing = Listing()
        try:
            sieve.sift(self._files(listing), listing, self.output_in(sieve))
        except GitError as error:
            todo = f"try git -C {self.own} fsck"
            raise NothingToReadError(f"input: {self.path}", f"cannot be listed ({error})", "", todo) from None
        listing.entries.sort()
        return listing

    def output_in(self, sieve: Sieve) -> str:
        """The path of the output, where it lies in the working copy."""
        output = sieve.output
        return output.relative_to(self.root).as_posix() if output and self.root in output.parents else ""

    def _files(self, listing: Listing) -> Iterator[Entry]:
        # Sizes (-l) are left out: git would look at every object for them, and a partial clone has not got all of them.
        tree = self._tree_of(self.folder) or self.tree
        rest = b""
        for piece in stream(self.own, "ls-tree", "-r", "-z", "--full-tree", tree):
            *lines, rest = (rest + piece).split(b"\0")
            for line in lines:
                # git-ls-tree(1): `<mode> SP <type> SP <object> TAB <file>`, and with -z no file's name is quoted
                about, _, path = line.decode("utf-8", "surrogateescape").partition("\t")
                mode, _, name = about.split(" ")
                if mode in _PASSED_OVER:
                    listing.passed_over[_PASSED_OVER[mode]] += 1
                else:
                    yield Entry(path, 0, name)

    def read(self, path: str, max_bytes: int) -> bytes:
        """A file's bytes. Raises SourceError."""
        item = self._item(path)
        if item is None or item.mode in _PASSED_OVER:
            raise SourceError(path, "there is no such file", "", "check the path")
        if item.mode == _TREE:
            raise SourceError(path, "this is a folder", "a file", "`mirrorpress run --input` reads folders")
        return self.objects.get(item.name, max_bytes, path).data

    def about(self, path: str) -> Entry | None:
        """How a file is."""
        item = self._item(path)
        return Entry(path, 0, item.name) if item and item.mode not in (*_PASSED_OVER, _TREE) else None

    def settle(self, path: str) -> str | None:
        """The path without `..`; None where it leads out of the input. Links are not followed."""
        settled = posixpath.normpath(path)
        return None if settled in (".", "..") or settled.startswith(("/", "../")) or "\0" in path else settled

    def holds(self, folder: str, start: str) -> bool:
        """Whether a folder holds something whose name starts like this."""
        return any(name.startswith(start) for name in self._children(self._full(folder)) or ())

    def ahead(self, paths: Sequence[str], max_bytes: int) -> int:
        """Nothing has to be done: git answers at once."""
        return len(paths)

    def sees(self, path: str) -> bool:
        """Whether what every repository has may be read."""
        return os.access(self.own / "HEAD", os.R_OK)

    def name_of(self, folder: str) -> str:
        """The name of a folder; that of the repository is its own, as a clone would be called."""
        full = self._full(folder)
        return full.rpartition("/")[2] if full else self.path.resolve().name.removesuffix(".git")

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return self._children(self._full(path)) is not None

    def _full(self, path: str) -> str:
        """A path from the repository's top."""
        joined = posixpath.normpath(posixpath.join(self.folder, path))
        return "" if joined == "." else joined

    def _item(self, path: str) -> Item | None:
        above, _, name = self._full(path).rpartition("/")
        return (self._children(above) or {}).get(name)

    def _tree_of(self, folder: str) -> str | None:
        """The name of a folder's tree; None where there is no such folder."""
        if not folder:
            return self.tree
        above, _, name = folder.rpartition("/")
        item = (self._children(above) or {}).get(name)
        return item.name if item and item.mode == _TREE else None

    def _children(self, folder: str) -> dict[str, Item] | None:
        """What a folder holds, by name; None where there is no such folder."""
        known = self._trees.get(folder)
        if known is not None:
            return known
        tree = self._tree_of(folder)
        if tree is None:
            return None
        read = dict(_entries(self.objects.get(tree, _MOST_TREE, folder or str(self.path)).data, len(tree) // 2))
        while self._trees and len(read) + sum(map(len, self._trees.values())) > _KEPT:
            self._trees.pop(next(iter(self._trees)))  # the one that was read first
        self._trees[folder] = read
        return read


def _entries(data: bytes, length: int) -> Iterator[tuple[str, Item]]:
    """The entries of a tree object: `<mode> SP <name> NUL <object>`, whose name has `length` bytes."""
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        name = data[space + 1 : end].decode("utf-8", "surrogateescape")
        yield name, Item(data[at:space].decode(), data[end + 1 : end + 1 + length].hex())
        at = end + 1 + length
