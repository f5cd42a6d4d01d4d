"""What a run tells, as lines of JSON on the standard error: for programs that collect logs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from convert.batch.summary import Summary
from convert.errors import MirrorpressError

PATIENCE = 10.0
"""Seconds between two lines about one phase of a run."""


def write(event: str, level: str = "info", **fields: object) -> None:
    """Write one line: an object with `time` (ISO 8601), `level` (info, warning, error), `event`, and its fields."""
    record = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event, **fields}
    line = json.dumps(record, ensure_ascii=False)
    sys.stderr.write(line.encode("utf-8", "backslashreplace").decode() + "\n")
    sys.stderr.flush()


def progress() -> Callable[[str, int, int], None]:
    """What writes how far a phase is: when it ends, and now and then before."""
    told: dict[str, float] = {}

    def tell(phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - told.setdefault(phase, now) >= PATIENCE:
            told[phase] = now
            write("progress", phase=phase, done=done, total=total)

    return tell


def updating(line: str) -> None:
    """Write what the command says that brings the input up to date."""
    write("update", message=line)


def summary(told: Summary, seconds: float) -> None:
    """Write what a run came to: a line for each failure, difference and warning, and one for the whole."""
    for failure in told.failures:
        write("failed", "error", path=failure.path, reason=failure.reason)
    for one in told.differing:
        write("differs", "error", path=one.path, count=one.count, differences=one.told())
    for warning in told.warnings:
        write("warning", "warning", message=warning)
    for path in told.kept:
        write("kept", "warning", path=path, message="not removed, since it is not what was written there")
    for delivery in told.deliveries:
        write("delivered", to=delivery.to, copied=delivery.copied, waiting=delivery.waiting, there=delivery.there)
    write("end", "error" if told.exit_code else "info", **_counts(told), seconds=round(seconds, 3))


def _counts(told: Summary) -> Mapping[str, Any]:
    return {
        "exit_code": told.exit_code,
        "dry_run": told.dry_run,
        "sources": told.sources,
        "articles": told.articles,
        "converted": told.converted.total(),
        "reasons": dict(told.converted),
        "copies": told.copies,
        "gone": told.gone,
        "failed": len(told.failures),
        "differing": len(told.differing),
        "verified": told.verified,
        "volumes": len(told.books),
        "volumes_built": told.built,
        "dataset_files": told.shards,
        "dataset_written": told.shards_written,
        "left_over": told.leftovers,
        "removed": told.removed,
    }


def error(what: MirrorpressError) -> None:
    """Write the error that kept a run from its work."""
    write(
        "error", "error", exit_code=what.exit_code, where=what.where, found=what.found, expected=what.expected,
        todo=what.todo, message=what.message,
    )  # fmt: skip
