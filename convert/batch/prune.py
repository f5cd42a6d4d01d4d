"""Files in the output folder that nothing asks for: what runs left over, or half-done when they were killed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Container
from pathlib import Path

from convert.batch.outdated import Disk
from convert.batch.summary import Summary
from convert.batch.workers import STAGING
from convert.catalogue import Catalogue, Output
from convert.stores import UNREAD

_PART = re.compile(r"\.[0-9a-f]{16}\.part")


def prune(catalogue: Catalogue, folder: Path, summary: Summary, spared: Container[str]) -> None:
    """Delete the files that earlier runs wrote and that nothing asks for any more, and folders that become empty.

    A file that is not what was written any more is somebody's: it stays, and `summary.kept` names it.
    spared: names of articles that failed; their files of earlier runs stay.
    """
    if unread := [reason for reason in summary.passed_over if reason.startswith(UNREAD)]:
        summary.warnings.append(f"nothing was pruned, since sources may be there that were not seen: {unread[0]}")
        return
    gone: list[str] = []
    disk = Disk(folder)
    for one in catalogue.leftovers():
        file = folder / one.path
        if one.owner in spared:
            continue
        if not os.path.lexists(file):
            gone.append(one.path)
        elif disk.reason(Output(one.owner, "", one.path, "", one.size, one.mtime, one.digest)):
            summary.kept.append(one.path)
        else:
            file.unlink()
            gone.append(one.path)
            summary.removed += 1
            _remove_empty(file.parent, folder)
    with catalogue.transaction():
        catalogue.forget_leftovers(gone)


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
            if _PART.fullmatch(name):
                Path(above, name).unlink(missing_ok=True)


def remove_staging(folder: Path) -> None:
    """Delete outputs that waited for a name, and never got one."""
    shutil.rmtree(folder / STAGING, ignore_errors=True)
