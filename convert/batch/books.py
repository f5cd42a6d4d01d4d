"""Makes the volumes: each is built in a worker, which converts the volume's articles once more (that costs little)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from convert.batch.checks import Differing, check_book, differing
from convert.batch.feed import list_volume
from convert.batch.one_book import chapter_of
from convert.batch.picture_cache import PictureCache
from convert.batch.pictures import fetch_pictures, picture_source, tally_missing, web_pictures
from convert.batch.plan import Job
from convert.batch.pool import Pool
from convert.batch.summary import Book, Failure, Progress, Summary
from convert.batch.workers import reason, worker
from convert.config import Config
from convert.emit.epub import About, BookOptions, BookTooLargeError, source_date_epoch, write_book
from convert.emit.opds import Listing
from convert.errors import MirrorpressError
from convert.files import write_file
from convert.names import OutputNames
from convert.volumes import Collection, Member, Volume, plan_volumes, split_volume


@dataclass(frozen=True, slots=True)
class Task:
    """One volume to build, and the jobs of its articles in reading order. failed: pictures that were not fetched."""

    volume: Volume
    collection: Collection
    jobs: tuple[Job, ...]
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """A volume that was written.

    digest: of its bytes. listing: what the feed says of it, where there is one. differing: what the lint found.
    """

    book: Book
    digest: str
    identifier: str
    listing: Listing | None = None
    differing: Differing | None = None


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
    progress: Progress,
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
    waiting = _with_pictures(config, waiting, pool, summary, progress)
    done, total = 0, len(waiting)
    while waiting:
        split: list[Task] = []
        for (one,), outcome in pool.run(build, [[one] for one in waiting]):
            if isinstance(outcome, TooLarge) and (pieces := split_volume(one.collection, members, one.volume)):
                split += [replace(task(one.collection, piece), failed=one.failed) for piece in pieces]
                total += len(pieces)
            elif isinstance(outcome, Built):
                summary.books.append(outcome.book)
                summary.differing += [outcome.differing] if outcome.differing else []
                built.append(outcome)
            elif isinstance(outcome, Failure):
                summary.failures.append(outcome)
            else:
                told = "one article is too large for a book" if isinstance(outcome, TooLarge) else outcome.value
                summary.failures.append(Failure(one.volume.file, f"{one.volume.file}: {told}"))
            done += 1
            progress("volumes", done, total)
        waiting = split
    if any(one.pictures == "fetch" for one in collections):
        PictureCache(config.picture_cache).trim(config.pictures.cache_bytes)
    return sorted(built, key=lambda one: one.book.file)


def _with_pictures(
    config: Config, tasks: Sequence[Task], pool: Pool, summary: Summary, progress: Progress
) -> list[Task]:
    """Fetch the pictures of the volumes that want it; each task is told what could not be had.

    That is done here and not in the workers, so that a host is asked by one process only.
    """
    fetching = [[one] for one in tasks if one.collection.pictures == "fetch"]
    listed = pool.run(list_pictures, fetching)
    wanted = {one.volume.file: found if isinstance(found, tuple) else () for (one,), found in listed}
    if not fetching:
        return list(tasks)
    every = [address for addresses in wanted.values() for address in addresses]
    fetched = fetch_pictures(config, every, lambda done, total: progress("pictures", done, total))
    summary.fetched, summary.cached = fetched.fetched, fetched.cached
    return [
        replace(
            one, failed={key: fetched.failed[key] for key in wanted.get(one.volume.file, ()) if key in fetched.failed}
        )
        for one in tasks
    ]


def list_pictures(tasks: Sequence[Task]) -> tuple[str, ...]:
    """The pictures on the web of one volume's articles, each once."""
    (task,) = tasks
    found: dict[str, None] = {}
    for job in task.jobs:
        try:
            found.update(dict.fromkeys(web_pictures(chapter_of(worker().article(job)))))
        except MirrorpressError:
            continue  # building the volume comes upon it once more, and says so
    return tuple(found)


def build(tasks: Sequence[Task]) -> Built | Failure | TooLarge:
    """Build one volume in a worker process, and write it, with the pictures that the feed shows of it."""
    (task,) = tasks
    me = worker()
    missing: Counter[str] = Counter()
    said: list[tuple[About, bytes]] = []

    def note_book(about: About, cover: bytes) -> None:
        said.append((about, cover))

    try:
        chapters = [chapter_of(me.article(job)) for job in task.jobs]
        options = BookOptions(
            pictures=task.collection.pictures,
            grayscale=task.collection.grayscale,
            style=task.collection.style,
            script=task.collection.script,
            max_bytes=task.collection.max_bytes,
            modified=source_date_epoch(os.environ),
        )
        cache = PictureCache(me.config.picture_cache) if task.collection.pictures == "fetch" else None
        source = picture_source(me.root, cache)
        lacks = tally_missing(task.failed, missing)
        data = write_book(task.volume, chapters, source, options, missing=lacks, told=note_book)
        write_file(me.config.output, task.volume.file, data)
        ((about, cover),) = said
        listing = list_volume(me.config.output, task.volume.file, data, about, cover) if me.config.feed else None
    except BookTooLargeError:
        return TooLarge()
    except Exception as error:
        return Failure(task.volume.file, reason(task.volume.file, error))
    reasons = dict(sorted(missing.items()))
    book = Book(task.volume.file, task.volume.title, len(chapters), missing.total(), reasons)
    found = check_book(data, task.volume.file) if me.config.batch.verify != "off" else []
    return Built(book, sha256(data).hexdigest(), about.identifier, listing, differing(task.volume.file, found))
