"""Binds one volume, in a worker: converts its articles once more (that costs little), and writes the book."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from convert.batch.books.feed import list_volume
from convert.batch.books.one_book import chapter_of
from convert.batch.checks import Differing, check_book, differing
from convert.batch.engines.workers import digest_of_article, reason, worker
from convert.batch.pictures.cache import PictureCache
from convert.batch.pictures.source import OwnFile, picture_source, tally_missing, web_pictures
from convert.batch.planning.plan import Job
from convert.batch.summary import Book, Failure
from convert.catalogue import Output
from convert.emit.epub import About, BookOptions, BookTooLargeError, source_date_epoch, write_book
from convert.emit.opds import Listing
from convert.errors import MirrorpressError, NoRoomError
from convert.sinks import write
from convert.volumes import Collection, Volume

EPUB = "epub"


@dataclass(frozen=True, slots=True)
class Task:
    """One volume to build, and the jobs of its articles in reading order. failed: pictures that were not fetched.

    fingerprint: a digest of all that it is made from. digests: those of the jobs' articles, as they were converted.
    Jobs and digests come to it when it is sent to a worker.
    """

    volume: Volume
    collection: Collection
    jobs: tuple[Job, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    fingerprint: bytes = b""
    digests: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """A volume that was written.

    digest: of its bytes. listing: what the feed says of it, where there is one. differing: what the lint found.
    outputs: its files. pictures: the mirror's own files that it asked for. stale: whether an article of it is no longer
    what it was when it was converted.
    """

    book: Book
    digest: str
    identifier: str
    listing: Listing | None = None
    differing: Differing | None = None
    outputs: tuple[Output, ...] = ()
    pictures: tuple[OwnFile, ...] = ()
    stale: bool = False


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The outcome of a volume that must be split."""


@dataclass(frozen=True, slots=True)
class NoRoom:
    """The outcome of a volume that could not be written for a reason that holds for every other one too."""

    reason: str


def list_pictures(tasks: Sequence[Task]) -> tuple[str, ...]:
    """The pictures on the web of one volume's articles, each once."""
    (task,) = tasks
    found: dict[str, None] = {}
    me = worker()
    for job, _ in zip(task.jobs, me.in_turn([job.path for job in task.jobs]), strict=True):
        try:
            found.update(dict.fromkeys(web_pictures(chapter_of(me.article(job)))))
        except MirrorpressError:
            continue  # building the volume comes upon it once more, and says so
    return tuple(found)


def build(tasks: Sequence[Task]) -> Built | Failure | TooLarge | NoRoom:
    """Build one volume in a worker process, and write it, with the pictures that the feed shows of it."""
    (task,) = tasks
    me = worker()
    file = task.volume.file
    missing: Counter[str] = Counter()
    asked: dict[str, OwnFile] = {}
    said: list[tuple[About, bytes]] = []

    def note_book(about: About, cover: bytes) -> None:
        said.append((about, cover))

    try:
        chapters, stale = [], False
        ready = me.in_turn([job.path for job in task.jobs])
        for job, before, _ in zip(task.jobs, task.digests, ready, strict=True):
            article = me.article(job)
            stale = stale or digest_of_article(article) != before
            chapters.append(chapter_of(article))
        options = BookOptions(
            pictures=task.collection.pictures,
            grayscale=task.collection.grayscale,
            style=task.collection.style,
            script=task.collection.script,
            spacing=task.collection.spacing,
            max_bytes=task.collection.max_bytes,
            modified=source_date_epoch(os.environ),
        )
        cache = PictureCache(me.config.picture_cache) if task.collection.pictures == "fetch" else None
        source = picture_source(me.store, cache, asked)
        lacks = tally_missing(task.failed, missing)
        data = write_book(task.volume, chapters, source, options, missing=lacks, told=note_book)
        written = write(me.sink, file, data)
        outputs = [Output(file, EPUB, file, "", written.size, written.mtime, written.digest)]
        ((about, cover),) = said
        listing = None
        if me.config.feed:
            listing, covers = list_volume(me.sink, file, data, about, cover)
            outputs += covers
    except BookTooLargeError:
        return TooLarge()
    except NoRoomError as error:
        return NoRoom(reason(file, error))
    except Exception as error:
        return Failure(file, reason(file, error))
    book = Book(file, task.volume.title, len(chapters), missing.total(), dict(sorted(missing.items())), len(data))
    found = check_book(data, file) if me.config.batch.verify != "off" else []
    digest = sha256(data).hexdigest()
    pictures = tuple(sorted(asked.values()))
    return Built(book, digest, about.identifier, listing, differing(file, found), tuple(outputs), pictures, stale)
