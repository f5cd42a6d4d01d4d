"""Writes one file of the dataset, in a worker: converts its articles once more, and holds the rows against them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from convert.article import Article
from convert.batch.books.binder import NoRoom
from convert.batch.checks import Differing, differing
from convert.batch.engines.workers import reason, worker
from convert.batch.planning.plan import Job
from convert.batch.summary import Failure
from convert.catalogue import Output
from convert.config import Config
from convert.emit import dataset
from convert.emit.dataset import Row
from convert.errors import NoRoomError
from convert.files import digest_of
from convert.names import PathTemplate
from convert.sinks import write

if TYPE_CHECKING:  # what compares is imported where something is compared
    from convert.verify import Difference

DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class ShardTask:
    """One file to write, and the jobs of its articles in the order of the rows. flavour: of the Markdown in it.

    fingerprint: a digest of all that it is made from.
    """

    file: str
    suffix: str
    flavour: str
    jobs: tuple[Job, ...]
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Sharded:
    """A file that was written. stale: whether a source is no longer what it was when it was converted."""

    articles: int
    output: Output
    stale: bool = False
    differing: list[Differing] = field(default_factory=list)


def write_shard(tasks: Sequence[ShardTask]) -> Sharded | Failure | NoRoom:
    """Write one file of the dataset."""
    (task,) = tasks
    me = worker()
    verify = me.config.batch.verify != "off"
    writer = dataset.writer(task.suffix)
    digests: list[bytes] = []
    found: list[Differing] = []
    stale = False
    try:
        for job, article in me.articles(task.jobs):
            if isinstance(article, Exception):
                raise article
            stale = stale or digest_of(article.source.data) != job.content
            row = dataset.row(article, task.flavour)
            writer.add(row)
            digests.append(_digest(row))
            if verify and (one := differing(job.path, check_row(article, row, task.file))):
                found.append(one)
        data = writer.finish()
        if verify and [_digest(row) for row in dataset.read_rows(data, task.suffix)] != digests:
            from convert.verify import Difference

            told = Difference("dataset", task.file, f"{len(digests)} rows as they were given", "others")
            found.append(Differing(task.file, 1, (told,)))
        written = write(me.sink, task.file, data)
    except NoRoomError as error:
        return NoRoom(reason(task.file, error))
    except Exception as error:
        return Failure(task.file, reason(task.file, error))
    output = Output(task.file, DATASET, task.file, "", written.size, written.mtime, written.digest)
    return Sharded(len(digests), output, stale, found)


def shard_of(config: Config, article: Article) -> tuple[str, str]:
    """The file of the dataset that an article is in, and its day, by which the rows are sorted; empty without one."""
    if not config.emit.dataset:
        return "", ""
    file = _template(config.emit.dataset.path).fill(article.path, article.meta)
    return file, str(article.meta.date or "undated")


@cache
def _template(text: str) -> PathTemplate:
    return PathTemplate.parse(text)


def _digest(row: Row) -> bytes:
    return digest_of(json.dumps(row).encode())


def check_row(article: Article, row: Row, file: str) -> list[Difference]:
    """Hold Markdown and text of a row against the article, as if they lay in files."""
    from convert.verify import View, texts_of_record

    told = texts_of_record(row.get("markdown"), row.get("text"), View(article))
    return [replace(one, place=f"{file}, {one.place}") for one in told]
