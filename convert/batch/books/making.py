"""Makes the volumes: plans those of every collection, and has those built that are not as they should be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from convert.batch.books.binder import Built, NoRoom, Task, TooLarge, build, list_pictures
from convert.batch.books.feed import listing_from, listing_to
from convert.batch.engines.pool import Lost, until
from convert.batch.means import Means
from convert.batch.pictures.cache import PictureCache
from convert.batch.pictures.source import OwnFile, fetch_pictures
from convert.batch.planning.fingerprint import volumes_depend_on
from convert.batch.planning.outdated import Disk
from convert.batch.planning.plan import Job
from convert.batch.summary import Book, Failure
from convert.catalogue import Catalogue, Shelved
from convert.catalogue.rows import as_json
from convert.config import Config
from convert.messages import later
from convert.names import OutputNames
from convert.volumes import Collection, Member, Volume, plan_volumes, split_volume

SETTLED = "volumes"
"""The setting that tells what the volumes were last planned for; nothing when that is out of date."""


@dataclass(slots=True)
class Stock:
    """The articles that volumes are made of: their facts, and by the path of each its copies and its digest."""

    members: list[Member] = field(default_factory=list)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)


def take_stock(config: Config, catalogue: Catalogue) -> Stock:
    """Read what the collections of a config ask of the articles of the catalogue."""
    names = sorted(frozenset[str]().union(*(one.collection().fields for one in config.volumes)))
    stock = Stock()
    for path, aliases, digest, facts in catalogue.members(names):
        stock.members.append(Member(path, facts))
        stock.digests[path] = digest
        if aliases:
            stock.aliases[path] = aliases
    return stock


class Books:
    """The making of a run's volumes: what its phases share."""

    def __init__(self, means: Means) -> None:
        self.config, self.store, self.catalogue = means.config, means.store, means.catalogue
        self.pool, self.summary, self.progress = means.pool, means.summary, means.progress
        self.collections = [options.collection() for options in self.config.volumes]
        self.base = volumes_depend_on(self.config)
        self.goal = hashlib.sha256(repr((self.base, self.collections)).encode()).hexdigest()
        self.shelf = self.catalogue.volumes()
        self.disk = Disk(means.sink)
        self.current: set[str] = set()
        self.built: list[Built] = []
        self.stale = False

    def make(self, taken: Callable[[], OutputNames], stop: Callable[[], bool], force: bool = False) -> list[Built]:
        """Plan the volumes of every collection, and build those that have to be; what came of each is in `summary`.

        taken: gives the names that other outputs have taken. stop: whether to begin no further one. force: build all.
        Returns those that there are now, sorted by file.
        """
        if force:
            self.shelf = {}
        elif self.catalogue.setting(SETTLED) == self.goal and all(self.is_kept(one) for one in self.shelf.values()):
            self.built = [self.kept(one) for one in self.shelf.values() if not one.split]
            self.catalogue.touch_outputs(self.disk.touched)
            return sorted(self.built, key=lambda one: one.book.file)
        # until all are built: one that fails is forgotten, and would not be missed
        with self.catalogue.transaction():
            self.catalogue.set(**{SETTLED: ""})
        if not self.collections:
            self.finish(complete=True)
            return []
        stock, names = take_stock(self.config, self.catalogue), taken()
        waiting = [self.task(one, volume, stock, names) for one in self.collections
                   for volume in plan_volumes(one, stock.members)]  # fmt: skip
        total, failures = len(waiting), len(self.summary.failures)
        while waiting and not stop():
            split = self.round(waiting, stock, total, stop)
            waiting = []
            for task in split:
                pieces = split_volume(task.collection, stock.members, task.volume)
                waiting += [replace(self.task(task.collection, one, stock, names), failed=task.failed)
                            for one in pieces]  # fmt: skip
                if not pieces:
                    self.fail(task, "one article is too large for a book")
            total += len(waiting)
        self.finish(complete=not stop() and failures == len(self.summary.failures) and not self.stale)
        return sorted(self.built, key=lambda one: one.book.file)

    def task(self, collection: Collection, volume: Volume, stock: Stock, names: OutputNames) -> Task:
        """A volume with the name that it gets. Two collections may want one, so that workers cannot say."""
        settled = replace(volume, file=names.settle(volume.file, volume.key))
        self.current.add(settled.file)
        digest = hashlib.blake2b(repr((self.base, collection, settled)).encode(errors="surrogatepass"), digest_size=16)
        for path in volume.members:
            digest.update(stock.digests[path])
        return Task(settled, collection, fingerprint=digest.digest())

    def round(self, tasks: Sequence[Task], stock: Stock, total: int, stop: Callable[[], bool]) -> list[Task]:
        """Build those of the volumes that have to be; returns those that were too large."""
        wanted: list[Task] = []
        split: dict[str, Task] = {}
        for task in tasks:
            known = self.shelf.get(task.volume.file)
            if known is None or known.fingerprint != task.fingerprint or not self.is_kept(known):
                wanted.append(task)
            elif known.split:
                split[task.volume.file] = task
            else:
                self.built.append(self.kept(known))
        wanted = self.with_pictures(wanted, stock)
        done = total - len(wanted)
        for (task,), outcome in self.pool.run(build, until(stop, ([with_jobs(one, stock)] for one in wanted))):
            if self.take(task, outcome):
                split[task.volume.file] = task
            done += 1
            self.progress(later("volumes"), done, total)
        return [task for task in tasks if task.volume.file in split]

    def take(self, task: Task, outcome: Built | Failure | TooLarge | NoRoom | Lost) -> bool:
        """Take in what came of a volume; returns whether it has to be split."""
        volume = task.volume
        number = self.collections.index(task.collection)
        empty = Shelved(volume.file, volume.title, volume.key, number, task.fingerprint, split=1)
        if isinstance(outcome, Built):
            self.built.append(outcome)
            self.summary.built += 1
            self.stale = self.stale or outcome.stale
            self.summary.differing += [outcome.differing] if outcome.differing else []
            with self.catalogue.transaction():
                self.catalogue.put_volume(_shelved(outcome, empty, task), volume.members, outcome.outputs)
        elif isinstance(outcome, TooLarge):
            with self.catalogue.transaction():
                self.catalogue.put_volume(empty, (), ())
            return True
        elif isinstance(outcome, NoRoom):
            self.summary.stopped = self.summary.stopped or outcome.reason
        else:
            self.fail(task, outcome.value if isinstance(outcome, Lost) else outcome.reason)
        return False

    def fail(self, task: Task, reason: str) -> None:
        """Record that there is no such volume; one of an earlier run stays where it is."""
        file = task.volume.file
        self.summary.failures.append(Failure(file, reason if reason.startswith(file) else f"{file}: {reason}"))
        with self.catalogue.transaction():
            self.catalogue.forget_volumes([file])

    def is_kept(self, known: Shelved) -> bool:
        """Whether a volume's files are as they were written, and the mirror's pictures as they were read."""
        if known.split:
            return True
        outputs = self.catalogue.outputs_of(known.file)
        pictures = (OwnFile(*one) for one in json.loads(known.pictures))
        return (
            bool(outputs)
            and not known.differs
            and not any(map(self.disk.reason, outputs))
            and all(OwnFile.at(self.store, one.path) == one for one in pictures)
            and not self.has_come(known)
        )

    def has_come(self, known: Shelved) -> bool:
        """Whether a picture that a volume had to do without can be had by now: asks for those that may be."""
        addresses = json.loads(known.missing).get("addresses")
        if not addresses or self.collections[known.collection].pictures != "fetch":
            return False
        fetched = fetch_pictures(self.config, addresses)
        self.summary.fetched = (self.summary.fetched or 0) + fetched.fetched
        return fetched.failed.keys() != set(addresses)

    def kept(self, known: Shelved) -> Built:
        """A volume of an earlier run."""
        missing = json.loads(known.missing)
        reasons = missing.get("reasons", {})
        book = Book(known.file, known.title, known.articles, sum(reasons.values()), reasons, missing.get("bytes", 0))
        return Built(book, known.digest, known.identifier, listing_from(known.listing))

    def with_pictures(self, tasks: Sequence[Task], stock: Stock) -> list[Task]:
        """Fetch the pictures of the volumes that want it; each task is told what could not be had.

        That is done here and not in the workers, so that a host is asked by one process only.
        """
        fetching = [one for one in tasks if one.collection.pictures == "fetch" and not one.failed]
        if not fetching:
            return list(tasks)
        listed = self.pool.run(list_pictures, ([with_jobs(one, stock)] for one in fetching))
        wanted = {one.volume.file: found if isinstance(found, tuple) else () for (one,), found in listed}
        every = [address for addresses in wanted.values() for address in addresses]
        fetched = fetch_pictures(self.config, every, lambda done, total: self.progress(later("pictures"), done, total))
        self.summary.fetched = (self.summary.fetched or 0) + fetched.fetched
        self.summary.cached += fetched.cached
        return [
            replace(one, failed={key: fetched.failed[key] for key in wanted[one.volume.file] if key in fetched.failed})
            if one.volume.file in wanted
            else one
            for one in tasks
        ]

    def finish(self, complete: bool) -> None:
        """Forget volumes that nothing asks for any more. complete: whether all that were planned are there."""
        with self.catalogue.transaction():
            self.catalogue.touch_outputs(self.disk.touched)
            if complete:
                self.catalogue.forget_volumes(self.catalogue.volumes().keys() - self.current)
                self.catalogue.set(**{SETTLED: self.goal})
        if any(one.pictures == "fetch" for one in self.collections):
            PictureCache(self.config.picture_cache).trim(self.config.pictures.cache_bytes)


def with_jobs(task: Task, stock: Stock) -> Task:
    """A volume with the jobs of its articles: only when it is sent to a worker, since all of them take much memory."""
    members = task.volume.members
    jobs = tuple(Job(path, stock.aliases.get(path, ()), path) for path in members)
    return replace(task, jobs=jobs, digests=tuple(stock.digests[path] for path in members))


def _shelved(built: Built, empty: Shelved, task: Task) -> Shelved:
    """A volume as the catalogue keeps it."""
    book, found = built.book, built.differing
    missing = {"reasons": book.reasons, "addresses": sorted(task.failed), "bytes": book.size}
    return empty._replace(
        # an article of it changed after it was converted: the next run binds it again
        fingerprint=b"" if built.stale else empty.fingerprint,
        split=0,
        articles=book.articles,
        digest=built.digest,
        identifier=built.identifier,
        listing=listing_to(built.listing),
        missing=as_json(missing),
        pictures=as_json(built.pictures),
        differs=found.count if found else 0,
        differences=as_json(found.told() if found else []),
    )
