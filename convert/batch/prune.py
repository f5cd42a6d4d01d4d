"""Files in the output folder that nothing asks for: what runs left over, or half-done when they were killed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Container
from pathlib import Path

from convert.batch.converting import STAGING
from convert.batch.outdated import Disk
from convert.batch.summary import Failure, Summary
from convert.catalogue import Catalogue, Output
from convert.errors import OutputError
from convert.names import fold

PART = re.compile(r"\.[0-9a-f]{16}\.part")
"""The temporary names of `convert.files`."""


def prune(catalogue: Catalogue, folder: Path, summary: Summary, spared: Container[str]) -> None:
    """Delete the files that earlier runs wrote and that nothing asks for any more, and folders that become empty.

    A file that is not what was written any more is somebody's: it stays, and `summary.kept` names it.
    spared: names of articles that failed; their files of earlier runs stay.
    """
    gone: list[str] = []
    disk = Disk(folder)
    leftovers = catalogue.leftovers()
    asked_for = {fold(one.path): one.path for one in catalogue.outputs()} if leftovers else {}
    for one in leftovers:
        file = folder / one.path
        if one.owner in spared:
            continue
        # where the file system takes two names for one, the file is an output under its other name
        if not os.path.lexists(file) or _is_same(file, folder / asked_for.get(fold(one.path), one.path)):
            gone.append(one.path)
        elif disk.reason(Output(one.owner, "", one.path, "", one.size, one.mtime, one.digest)):
            summary.kept.append(one.path)
        elif _delete(file, one.path, summary):
            gone.append(one.path)
            summary.removed += 1
            _remove_empty(file.parent, folder)
    with catalogue.transaction():
        catalogue.forget_leftovers(gone)


def _delete(file: Path, path: str, summary: Summary) -> bool:
    try:
        file.unlink()
    except OSError as error:
        told = OutputError(path, f"cannot be deleted ({error.strerror})", "", "check the output folder")
        summary.failures.append(Failure(path, told.message))
        return False
    return True


def _is_same(file: Path, other: Path) -> bool:
    return file != other and other.exists() and file.samefile(other)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return  # something else lies there
        folder = folder.parent


def sweep(folder: Path) -> None:
    """Delete what a run left under temporary names when it was killed."""
    for above, _, names in os.walk(folder):
        for name in names:
            if PART.fullmatch(name):
                Path(above, name).unlink(missing_ok=True)


def remove_staging(folder: Path) -> None:
    """Delete outputs that waited for a name, and never got one."""
    shutil.rmtree(folder / STAGING, ignore_errors=True)
