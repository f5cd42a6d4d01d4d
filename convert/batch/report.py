"""The files that tell of a run: report.json, and every note as JSON Lines."""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from convert.article import Note
from convert.batch.checks import Differing
from convert.batch.summary import Summary
from convert.batch.workers import EXAMPLES
from convert.errors import OutputError
from convert.files import write_file

REPORT = "report.json"


def write_report(output: Path, summary: Summary) -> None:
    """Write `report.json` into the output folder. The same input gives the same bytes: no times, no machine's paths.

    Its keys: `sources` (found), `passed_over` (by reason), `articles` (converted), `copies` (of those articles),
    `failed` (path and reason of each), `outputs` (files by format), `notes` (by rule, then kind: count and examples),
    `volumes` (file, title, articles and missing pictures of each), `differs` (path, count and first differences of
    each article whose outputs are not what its source says). Raises OutputError where it cannot be written.
    """
    write_file(output, REPORT, to_json(report(summary), indent=2) + b"\n")


def report(summary: Summary) -> dict[str, Any]:
    """The content of `report.json`."""
    notes: dict[str, dict[str, Any]] = {}
    for (rule, kind), count in sorted(summary.notes.items()):
        examples = [_shortened(note) for note in summary.examples[rule, kind]]
        notes.setdefault(rule, {})[kind] = {"count": count, "examples": examples}
    return {
        "articles": summary.articles,
        "copies": summary.copies,
        "differs": [_told(one) for one in sorted(summary.differing, key=lambda one: one.path)],
        "failed": [asdict(one) for one in sorted(summary.failures, key=lambda one: one.path)],
        "notes": notes,
        "outputs": dict(sorted(summary.outputs.items())),
        "passed_over": dict(sorted(summary.passed_over.items())),
        "sources": summary.sources,
        "volumes": [asdict(one) for one in sorted(summary.books, key=lambda one: one.file)],
    }


def _told(one: Differing) -> dict[str, Any]:
    """An article that differs, with its first differences, each in a line."""
    return {"path": one.path, "count": one.count, "differences": [str(found) for found in one.differences[:EXAMPLES]]}


def _shortened(note: Note) -> dict[str, str]:
    """A note as an example: a long text is cut, the whole of it is what `run --notes` writes."""
    return {"path": note.path, "text": _cut(note.text), "to": _cut(note.to)}


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"


def note_line(note: Note) -> bytes:
    """A note as a line of JSON."""
    return to_json(note._asdict()) + b"\n"


def to_json(value: Any, indent: int | None = None) -> bytes:
    """JSON in UTF-8. What is no Unicode (bytes in a file's name that are no UTF-8) is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace")


class NotesFile:
    """Writes notes as JSON Lines in their order, without holding more than a chunk of them.

    Used in a `with` block; the file takes its name when the block ends well.
    Every method raises OutputError where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._ahead: list[Note] = []
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        with self._told():
            self._file = self._part.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._told():
                if kind is None:
                    self._write(sorted(self._ahead))
                if self._file:
                    self._file.close()
                if kind is None:
                    os.replace(self._part, self._path)  # noqa: PTH105 - as in files.py
        finally:
            self._part.unlink(missing_ok=True)

    def ahead(self, notes: Iterable[Note]) -> None:
        """Give notes whose turn comes later; `add` puts them where they belong."""
        for note in notes:
            heapq.heappush(self._ahead, note)

    def add(self, notes: Iterable[Note]) -> None:
        """Write the next notes, sorted, and before each of them those given ahead that sort before it."""
        with self._told():
            for note in notes:
                while self._ahead and self._ahead[0] < note:
                    self._write([heapq.heappop(self._ahead)])
                self._write([note])

    def _write(self, notes: Iterable[Note]) -> None:
        if self._file:
            self._file.writelines(map(note_line, notes))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(str(self._path), f"cannot be written ({reason})", "", "name another file") from None
