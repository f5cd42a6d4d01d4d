"""The files that tell of a run: report.json, and every note as JSON Lines."""

from __future__ import annotations

import heapq
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from convert.article import Note
from convert.batch.planning.outdated import Disk
from convert.batch.planning.plan import VARIANT
from convert.catalogue import Catalogue, Output, telling
from convert.catalogue.rows import as_json
from convert.errors import OutputError
from convert.messages import Language
from convert.report import page
from convert.sinks import Sink, write

REPORT, PAGE = "report.json", "report.html"


def report(catalogue: Catalogue, passed_over: Mapping[str, int], sources: int) -> dict[str, Any]:
    """The content of `report.json`: what there is now, whichever run made it. docs/operate.md explains its keys.

    The same input gives the same bytes: no times, no machine's paths.
    """
    notes = telling.notes(catalogue)
    volumes = telling.volumes(catalogue)
    missing: Counter[str] = Counter()
    for volume in volumes:
        missing.update(volume["reasons"])
    return {
        "articles": catalogue.count_articles(),
        "channels": telling.channels(catalogue),
        "copies": telling.copies(catalogue),
        "differs": telling.differing(catalogue),
        "duplicates": telling.duplicates(catalogue),
        "failed": telling.failures(catalogue),
        "months": telling.months(catalogue),
        "notes": notes,
        "outputs": telling.outputs(catalogue),
        "passed_over": dict(sorted(passed_over.items())),
        "pictures": dict(sorted(missing.items())),
        "sources": sources,
        "variants": notes.get(VARIANT, {}).get("wrong", {"count": 0})["count"],
        "volumes": volumes,
    }


def write_report(sink: Sink, told: Mapping[str, Any], run: Mapping[str, Any], language: Language = "en") -> str:
    """Write `report.json`, and the page that shows it, into the output.

    told: as `report` gives it. run: what `convert.report.page` says. language: the page's.
    Returns what `is_intact` asks for. Raises OutputError where they cannot be written.
    """
    files = [(path, write(sink, path, data)) for path, data in
             ((REPORT, to_json(told, indent=2) + b"\n"), (PAGE, page(told, run, language)))]  # fmt: skip
    return as_json([(path, one.size, one.mtime, one.digest.hex()) for path, one in files])


def is_intact(sink: Sink, files: str) -> bool:
    """Whether the report's files are as they were written. files: what `write_report` returned, or nothing."""
    disk = Disk(sink)
    written = (
        Output("", path, path, "", size, mtime, bytes.fromhex(digest))
        for path, size, mtime, digest in json.loads(files or "[]")
    )
    return bool(files) and not any(map(disk.reason, written))


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
