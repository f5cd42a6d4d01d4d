"""What config.yaml says of the input: where the articles lie, and what brings them up to date."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated, Any, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StrictStr, model_validator

from convert.config.section import FilePath, NoFilePath, Section, empty_section
from convert.reading import refused
from convert.sinks import FolderSink, RemoteSink, Sink, check_sink
from convert.stores import Address, is_address

_OPERATORS = frozenset("&& || | ; & > >> < 2>&1".split())

_OF_GIT = ("ref", "folder")


def just_a_path(value: object) -> object:
    """An input or output that is a path, or an address, has no further options."""
    if isinstance(value, str) and is_address(value):
        return {"address": value}
    if isinstance(value, str | Path):
        return {"path": value}
    if value is not None and not isinstance(value, dict | InputOptions | OutputOptions):
        raise refused("", "a path, an address as in s3://bucket/folder, or a mapping of options")
    return empty_section(value)


def _check_folder(folder: str) -> str:
    if folder.startswith("/") or ".." in folder.split("/"):
        raise refused("", "a folder in the repository, as in pages")
    return folder


def _words(command: object) -> object:
    """A command that is a text is split as a shell does it; what only a shell can do is refused."""
    if command is None:
        return ()
    if not isinstance(command, str):
        return command
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise refused(f"found {command!r}: {error}", "a command", "close the quotation") from None
    if operators := [word for word in words if word in _OPERATORS]:
        found = f"found {operators[0]!r}, which only a shell understands"
        raise refused(found, "one command", f"let a shell run it: [sh, -c, {command!r}]")
    return words


def _check_address(address: str | None) -> str | None:
    if address is None:
        return None
    protocol, _, rest = address.partition("://")
    if not re.fullmatch(r"[a-z][a-z0-9+.:-]*", protocol) or not rest:
        raise refused("", "an address, as in s3://bucket/folder")
    if protocol in ("file", "local"):
        raise refused("", "an address of another machine", f"write the path: {rest}")
    return address


AddressText: TypeAlias = Annotated[StrictStr | None, AfterValidator(_check_address)]


class OutputOptions(Section):
    """path: the folder that is written to.

    address: where articles, volumes, feed and report go in its place; then the catalogue, the lock, fetched pictures
    and what was delivered stay in the folder. options: what the address is opened with.
    """

    path: FilePath = Path("out")
    address: AddressText = None
    options: dict[StrictStr, Any] = Field(default={}, repr=False)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.options and not self.address:
            raise refused(
                "'options' without `address`", "an address that they belong to", "name it as address", "options"
            )
        return self

    def absolute(self) -> OutputOptions:
        """The same with an absolute path."""
        return self.model_copy(update={"path": self.path.absolute()})

    @property
    def remote(self) -> Address | None:
        """Where outputs go, if not to the folder."""
        return Address(self.address, self.options, "output") if self.address else None

    @property
    def told(self) -> str:
        """The output as messages name it."""
        return self.remote.told if self.remote else str(self.path)

    def open(self) -> Sink:
        """What is written to. Raises MissingToolError or UsageError for an address that cannot be written to."""
        if self.remote is None:
            return FolderSink(self.path)
        check_sink(self.remote)
        return RemoteSink(self.remote)


class InputOptions(Section):
    """path: a folder, or a single file. git: a repository that is read in its place, a working copy or a bare one.

    address: an object store, or whatever else fsspec reads, in its place. options: what it is opened with.
    ref: the branch, tag or commit of the repository that is read. folder: only this folder of it.
    update: a command, with its arguments, that is run in that folder or repository before it is read; update_seconds:
    how long it may take, 0 for no limit.
    """

    path: FilePath = Path("seeds")
    git: NoFilePath = None
    address: AddressText = None
    options: dict[StrictStr, Any] = Field(default={}, repr=False)
    ref: Annotated[StrictStr, Field(min_length=1)] = "HEAD"
    folder: Annotated[StrictStr, AfterValidator(_check_folder)] = "."
    update: Annotated[tuple[StrictStr, ...], BeforeValidator(_words)] = ()
    update_seconds: Annotated[StrictInt, Field(ge=0)] = 1800

    @model_validator(mode="after")
    def _check(self) -> Self:
        said = self.model_fields_set
        places = [key for key in ("path", "git", "address") if key in said and getattr(self, key) is not None]
        if len(places) > 1:
            raise refused(f"`{places[0]}` and `{places[1]}` both stand here", "one of them", "remove one", places[0])
        for key in _OF_GIT:
            if key in said and not self.git:
                raise refused(f"{key!r} without `git`", "a repository that it belongs to", "name it as git", key)
        if self.options and not self.address:
            raise refused(
                "'options' without `address`", "an address that they belong to", "name it as address", "options"
            )
        if self.update and self.address:
            expected = "a folder or repository that it can be run in"
            raise refused("'update' with `address`", expected, "run that command by itself, before this one", "update")
        return self

    def absolute(self) -> InputOptions:
        """The same with absolute paths."""
        git = self.git.absolute() if self.git else None
        return self.model_copy(update={"path": self.path.absolute(), "git": git})

    @property
    def remote(self) -> Address | None:
        """The address that is read, if it is no place of this machine."""
        return Address(self.address, self.options, "input") if self.address else None

    @property
    def place(self) -> Path | None:
        """The folder, file or repository of this machine that is read."""
        return None if self.address else self.git or self.path

    @property
    def told(self) -> str:
        """The input as messages name it."""
        if self.remote:
            return self.remote.told
        return f"{self.git} {self.ref}" if self.git else str(self.path)
