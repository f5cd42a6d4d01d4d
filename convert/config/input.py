"""What config.yaml says of the input: where the articles lie, and what brings them up to date."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StrictStr, model_validator

from convert.config.section import FilePath, NoFilePath, Section, empty_section, refused

_OPERATORS = frozenset("&& || | ; & > >> < 2>&1".split())

_OF_GIT = ("ref", "folder")


def just_a_path(value: object) -> object:
    """An input that is a path has no further options."""
    if isinstance(value, str | Path):
        return {"path": value}
    if value is not None and not isinstance(value, dict | InputOptions):
        raise refused("", "a path, or a mapping as in {git: REPOSITORY, ref: main}")
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


class InputOptions(Section):
    """path: a folder, or a single file. git: a repository that is read in its place, a working copy or a bare one.

    ref: the branch, tag or commit of it that is read. folder: only this folder of it.
    update: a command, with its arguments, that is run in that folder or repository before it is read; update_seconds:
    how long it may take, 0 for no limit.
    """

    path: FilePath = Path("seeds")
    git: NoFilePath = None
    ref: Annotated[StrictStr, Field(min_length=1)] = "HEAD"
    folder: Annotated[StrictStr, AfterValidator(_check_folder)] = "."
    update: Annotated[tuple[StrictStr, ...], BeforeValidator(_words)] = ()
    update_seconds: Annotated[StrictInt, Field(ge=0)] = 1800

    @model_validator(mode="after")
    def _check(self) -> Self:
        said = self.model_fields_set
        if self.git and "path" in said:
            raise refused("`path` and `git` both stand here", "one of them", "remove one", "path")
        for key in _OF_GIT:
            if key in said and not self.git:
                raise refused(f"{key!r} without `git`", "a repository that it belongs to", "name it as git", key)
        return self

    def absolute(self) -> InputOptions:
        """The same with absolute paths."""
        git = self.git.absolute() if self.git else None
        return self.model_copy(update={"path": self.path.absolute(), "git": git})

    @property
    def place(self) -> Path:
        """The folder, file or repository of this machine that is read."""
        return self.git or self.path

    @property
    def told(self) -> str:
        """The input as messages name it."""
        return f"{self.place} {self.ref}" if self.git else str(self.path)
