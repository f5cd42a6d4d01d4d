"""What becomes of a chunk some of whose files could not be given their names, in a worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convert.batch.engines.workers import reason
from convert.errors import NoRoomError, OutputError


def unpublished(
    failed: Mapping[str, OutputError], made: Iterable[tuple[str, Iterable[str]]]
) -> tuple[dict[str, str], str]:
    """What of a chunk is not there, and whether anything further can be.

    failed: what `Outgoing.publish` returned. made: what the chunk is made of: the path that names each part in
    messages, and its files.
    Returns by those paths why each part that lacks a file failed, and why nothing more can be written. Either may be
    empty; so is why one failed for the latter reason, which is told once, and no fault of its own.
    """
    reasons: dict[str, str] = {}
    ended = ""
    for name, files in made:
        error = next((failed[file] for file in files if file in failed), None)
        if isinstance(error, NoRoomError):
            ended = ended or reason(name, error)
            reasons[name] = ""
        elif error:
            reasons[name] = reason(name, error)
    return reasons, ended
