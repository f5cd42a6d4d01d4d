"""Files of the output that nothing asks for: what runs left over, or half-done when they were killed."""

from __future__ import annotations

import re
from collections.abc import Container

from convert.batch.planning.outdated import MISSING, Disk
from convert.batch.summary import Failure, Summary
from convert.catalogue import Catalogue, Output
from convert.config import Config
from convert.errors import OutputError
from convert.messages import later
from convert.names import fold
from convert.sinks import Sink

NO_LONGER = later(
    "{name}: no longer written, since `emit` of the config leaves it out; its files stay until a run with --prune"
)
"""What an operator hears who did not mean to turn a format off."""

PART = re.compile(r"\.[0-9a-f]{16}\.part")
"""The temporary names of `convert.files`."""


def formats_of(config: Config) -> list[str]:
    """The formats that a config has written, the dataset too."""
    return [*config.emit.formats(), *(["dataset"] if config.emit.dataset else [])]


def no_longer_written(catalogue: Catalogue, config: Config) -> list[str]:
    """The formats that the last run wrote and the config does not name any more."""
    now = formats_of(config)
    return [name for name in catalogue.setting("formats").split("\n") if name and name not in now]


def prune(catalogue: Catalogue, sink: Sink, summary: Summary, spared: Container[str]) -> None:
    """Delete the files that earlier runs wrote and that nothing asks for any more, and folders that become empty.

    A file that is not what was written any more is somebody's: it stays, and `summary.kept` names it.
    spared: names of articles that failed; their files of earlier runs stay.
    """
    gone: list[str] = []
    disk = Disk(sink)
    leftovers = catalogue.leftovers()
    asked_for = {fold(one.path): one.path for one in catalogue.outputs()} if leftovers else {}
    for one in leftovers:
        if one.owner in spared:
            continue
        reason = disk.reason(Output(one.owner, "", one.path, "", one.size, one.mtime, one.digest))
        # where the file system takes two names for one, the file is an output under its other name
        if reason == MISSING or sink.is_same(one.path, asked_for.get(fold(one.path), one.path)):
            gone.append(one.path)
        elif reason:
            summary.kept.append(one.path)
        elif _delete(sink, one.path, summary):
            gone.append(one.path)
            summary.removed += 1
    with catalogue.transaction():
        catalogue.forget_leftovers(gone)


def _delete(sink: Sink, path: str, summary: Summary) -> bool:
    try:
        sink.delete(path)
    except OutputError as error:
        summary.failures.append(Failure(path, error.message))
        return False
    return True
