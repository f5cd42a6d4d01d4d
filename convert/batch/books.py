"""Makes the volumes: each is built in a worker, which converts the volume's articles once more (that costs little)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from convert.article import Article
from convert.batch.feed import list_volume
from convert.batch.plan import Job
from convert.batch.pool import Pool
from convert.batch.summary import Book, Failure, Summary
from convert.batch.workers import reason, worker
from convert.config import Config
from convert.emit.epub import About, BookOptions, BookTooLargeError, Chapter, source_date_epoch, write_book
from convert.emit.opds import Listing
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
class Built:
    """A volume that was written. digest: of its bytes; listing: what the feed says of it, where there is one."""

    book: Book
    digest: str
    identifier: str
    listing: Listing | None = None


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
) -> list[Built]:
    """Plan the volumes of every collection, build them in the pool, and write down in `summary` what came of each.

    Returns those that were written, sorted by file.
    """
    built: list[Built] = []
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
            elif isinstance(outcome, Built):
                summary.books.append(outcome.book)
                built.append(outcome)
            elif isinstance(outcome, Failure):
                summary.failures.append(outcome)
            else:
                told = "one article is too large for a book" if isinstance(outcome, TooLarge) else outcome.value
                summary.failures.append(Failure(one.volume.file, f"{one.volume.file}: {told}"))
            done += 1
            progress("volumes", done, total)
        waiting = split
    return sorted(built, key=lambda one: one.book.file)


def build(tasks: Sequence[Task]) -> Built | Failure | TooLarge:
    """Build one volume in a worker process, and write it, with the pictures that the feed shows of it."""
    (task,) = tasks
    me = worker()
    missing: list[str] = []

    def note_missing(path: str, address: str, why: str) -> None:
        missing.append(address)

    def note_book(about: About, cover: bytes) -> None:
        said.append((about, cover))

    said: list[tuple[About, bytes]] = []
    try:
        chapters = [_chapter(me.article(job)) for job in task.jobs]
        options = BookOptions(pictures=task.collection.pictures, modified=source_date_epoch(os.environ))
        source = pictures_in(me.root)
        data = write_book(task.volume, chapters, source, options, missing=note_missing, told=note_book)
        write_file(me.config.output, task.volume.file, data)
        ((about, cover),) = said
        listing = list_volume(me.config.output, task.volume.file, data, about, cover) if me.config.feed else None
    except BookTooLargeError:
        return TooLarge()
    except Exception as error:
        return Failure(task.volume.file, reason(task.volume.file, error))
    book = Book(task.volume.file, task.volume.title, len(chapters), len(missing))
    return Built(book, sha256(data).hexdigest(), about.identifier, listing)


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
