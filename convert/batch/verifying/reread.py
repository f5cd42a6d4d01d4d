"""Reads one file of the dataset back, in a worker of a verification, and holds its rows against their articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from convert.batch.checks import Differing, differing
from convert.batch.dataset.sharding import ShardTask, check_row
from convert.batch.engines.workers import worker
from convert.batch.summary import Failure
from convert.batch.verifying.readback import MAX_BOOK, read_output
from convert.emit import dataset
from convert.emit.dataset import COLUMNS, Row
from convert.errors import SourceError
from convert.verify import Difference

_COMPARED = [name for name in COLUMNS if name not in ("text", "markdown")]
"""Columns whose values are the article's; the other two are read as documents."""


@dataclass(slots=True)
class RowsRead:
    """What came of a file: how many rows were compared, and what differs."""

    rows: int = 0
    failures: list[Failure] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)


def read_shards(tasks: Sequence[tuple[ShardTask, frozenset[str]]]) -> RowsRead:
    """Read one file back, and hold the rows of the chosen articles against them.

    tasks: the file with all its articles, and the paths of the chosen ones.
    """
    ((task, chosen),) = tasks
    result = RowsRead()
    try:
        rows = _rows(task)
    except SourceError as error:
        result.failures.append(Failure(task.file, error.message))
        return result
    wanted = [job.path for job in task.jobs]
    found = [str(row.get("path")) for row in rows or ()]
    if rows is None:
        told = Difference("missing", task.file, f"{len(wanted)} rows", "nothing that can be read")
    elif found != wanted:
        told = Difference("dataset", task.file, f"the rows {_short(wanted)}", _short(found))
    else:
        told = None
    if told:
        result.differing.append(Differing(task.file, 1, (told,)))
    by_path = {str(row.get("path")): row for row in rows or ()}
    jobs = [job for job in task.jobs if job.path in chosen and job.path in by_path]
    for job, article in worker().articles(jobs):
        if isinstance(article, Exception):
            continue  # the comparison of its files has told of it
        result.rows += 1
        row, should = by_path[job.path], dataset.row(article, task.flavour)
        place = f"{task.file}, {job.path}"
        differences = [
            Difference("dataset", f"{place}, {name}", str(should[name]), str(row.get(name)))
            for name in _COMPARED
            if row.get(name) != should[name]
        ]
        if one := differing(job.path, [*differences, *check_row(article, row, task.file)]):
            result.differing.append(one)
    return result


def _rows(task: ShardTask) -> list[Row] | None:
    """The rows of a file; None where it is not there, or cannot be read as what it is called."""
    data = read_output(task.file, MAX_BOOK)
    if data is None:
        return None
    try:
        rows = list(dataset.read_rows(data, task.suffix))
    except Exception:  # each kind of file has errors of its own
        return None
    return rows if all(isinstance(row, dict) for row in rows) else None


def _short(paths: Sequence[str]) -> str:
    """The number of some paths, and the first of them."""
    return f"{len(paths)}: {', '.join(paths[:3])}{' …' if len(paths) > 3 else ''}"
