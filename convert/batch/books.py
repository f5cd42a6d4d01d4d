"""Makes the volumes: each is built in a worker, which converts the volume's articles once more (that costs little)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from convert.article import Article
from convert.batch.plan import Job
from convert.batch.pool import Pool
from convert.batch.summary import Book, Failure, Summary
from convert.batch.workers import reason, worker
from convert.config import Config
from convert.emit.epub import BookOptions, BookTooLargeError, Chapter, source_date_epoch, write_book
from convert.errors import SourceError
from convert.files import OutputNames, read_limited, write_file
from convert.volumes import Collection, Member, Volume, plan_volumes, split_volume

MAX_PICTURE = 64 * 1024 * 1024
"""Bytes of a picture's file; a larger one is left out."""


@dataclass(frozen=True, slots=True)
class Task:
    """One volume to build, and the jobs of its articles in reading order."""

    volume: Volume
    collection: Collection
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The outcome of a volume that must be split."""


def make_books(
    config: Config,
    jobs: Sequence[Job],
    members: Sequence[Member],
    names: OutputNames,
    pool: Pool,
    summary: Summary,
    progress: Callable[[str, int, int], None],
) -> None:
    """Plan the volumes of every collection, build them in the pool, and write down in `summary` what came of each."""
    by_path = {job.path: job for job in jobs}

    def task(collection: Collection, volume: Volume) -> Task:
        # Settled here and not in the worker: two collections may want one name.
        settled = replace(volume, file=names.settle(volume.file, volume.key))
        return Task(settled, collection, tuple(by_path[path] for path in volume.members))

    collections = [options.collection() for options in config.volumes]
    waiting = [task(one, volume) for one in collections for volume in plan_volumes(one, members)]
    done, total = 0, len(waiting)
    while waiting:
        split: list[Task] = []
        for (one,), outcome in pool.run(build, [[one] for one in waiting]):
            if isinstance(outcome, TooLarge) and (pieces := split_volume(one.collection, members, one.volume)):
                split += [task(one.collection, piece) for piece in pieces]
                total += len(pieces)
            elif isinstance(outcome, Book):
                summary.books.append(outcome)
            elif isinstance(outcome, Failure):
                summary.failures.append(outcome)
            else:
                told = "one article is too large for a book" if isinstance(outcome, TooLarge) else outcome.value
                summary.failures.append(Failure(one.volume.file, f"{one.volume.file}: {told}"))
            done += 1
            progress("volumes", done, total)
        waiting = split


def build(tasks: Sequence[Task]) -> Book | Failure | TooLarge:
    """Build one volume in a worker process, and write it."""
    (task,) = tasks
    me = worker()
    missing: list[str] = []

    def note_missing(path: str, address: str, why: str) -> None:
        missing.append(address)

    try:
        chapters = [_chapter(me.article(job)) for job in task.jobs]
        options = BookOptions(
            pictures=task.collection.pictures,
            style=task.collection.style,
            script=task.collection.script,
            max_bytes=task.collection.max_bytes,
            modified=source_date_epoch(os.environ),
        )
        data = write_book(task.volume, chapters, pictures_in(me.root), options, missing=note_missing)
        write_file(me.config.output, task.volume.file, data)
    except BookTooLargeError:
        return TooLarge()
    except Exception as error:
        return Failure(task.volume.file, reason(task.volume.file, error))
    return Book(task.volume.file, task.volume.title, len(chapters), len(missing))


def make_book(articles: Sequence[Article], title: str, root: Path) -> bytes:
    """A book of these articles in their order, with pictures from files below `root`.

    Raises BookTooLargeError where it would be larger than readers take.
    """
    chapters = [_chapter(article) for article in articles]
    dates = [article.meta.date for article in articles if article.meta.date]
    volume = Volume(
        title=title,
        file="book.epub",
        key="|".join([title, *(article.meta.source or article.path for article in articles)]),
        members=tuple(article.path for article in articles),
        first=min(dates, default=None),
        last=max(dates, default=None),
    )
    return write_book(volume, chapters, pictures_in(root), BookOptions(modified=source_date_epoch(os.environ)))


def _chapter(article: Article) -> Chapter:
    return Chapter(article.path, article.meta, article.body.inner_html)


def pictures_in(root: Path) -> Callable[[str, str], bytes | None]:
    """What gives a picture's bytes by its article's path and its address: from a file below `root`, or not at all."""
    top = root.resolve()

    def read(path: str, address: str) -> bytes | None:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return None
        try:
            file = (top / path).parent.joinpath(unquote(parts.path)).resolve()
            if top in file.parents and file.is_file():
                return read_limited(file, MAX_PICTURE, address)
        except (OSError, ValueError, SourceError):
            # Too long a name, a null character, a file that may not be read: the book says that the picture is missing.
            return None
        return None

    return read
