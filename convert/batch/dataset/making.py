"""Makes the dataset: which article is in which of its files, and those written anew that are not as they should be.

The file that an article is in follows from its own metadata, so that one that comes, changes or goes touches no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

from convert.batch.books.binder import NoRoom
from convert.batch.dataset.sharding import Sharded, ShardTask, write_shard
from convert.batch.engines.pool import Lost, until
from convert.batch.means import Means
from convert.batch.planning.fingerprint import dataset_depends_on
from convert.batch.planning.outdated import Disk
from convert.batch.planning.plan import Job
from convert.batch.summary import Failure
from convert.catalogue.shards import Part, Shard, forget_shards, parts, put_shard, shards
from convert.emit.dataset import suffix_of
from convert.messages import later
from convert.names import OutputNames, PathTemplate

SETTLED = "dataset"
"""The setting that tells what the dataset was last made for; nothing when that is out of date."""


class Dataset:
    """The making of a run's dataset: what its phases share."""

    def __init__(self, means: Means) -> None:
        self.options = means.config.emit.dataset
        self.catalogue, self.pool = means.catalogue, means.pool
        self.summary, self.progress = means.summary, means.progress
        self.base = dataset_depends_on(means.config) if self.options else ""
        self.known = shards(self.catalogue)
        self.disk = Disk(means.sink)

    def make(self, taken: Callable[[], OutputNames], stop: Callable[[], bool], force: bool = False) -> None:
        """Write the files that have to be; what came of it is in `summary`.

        taken: gives the names that other outputs have taken. stop: whether to begin no further one. force: write all.
        """
        if force:
            self.known = {name: one._replace(fingerprint=b"") for name, one in self.known.items()}
        settled = self.catalogue.setting(SETTLED) == self.base if self.options else not self.known
        if settled and not force and all(map(self.is_kept, self.known.values())):
            self.summary.shards = len(self.known)
            return
        planned = self.plan(taken()) if self.options else {}
        wanted = [
            file for file, members in planned.items() if not self.is_current(file, self.fingerprint(file, members))
        ]
        failures = len(self.summary.failures)
        with self.catalogue.transaction():
            self.catalogue.set(**{SETTLED: ""})
            self.catalogue.touch_outputs(self.disk.touched)
        tasks = ([self.task(file, planned[file])] for file in wanted)
        for done, ((task,), result) in enumerate(self.pool.run(write_shard, until(stop, tasks)), 1):
            self.take(task, result)
            self.progress(later("dataset"), done, len(wanted))
        if not stop() and failures == len(self.summary.failures):
            with self.catalogue.transaction():
                forget_shards(self.catalogue, shards(self.catalogue).keys() - planned.keys())
                whole = all(one.fingerprint for one in shards(self.catalogue).values())
                self.catalogue.set(**{SETTLED: self.base if whole else ""})
        self.summary.shards = len(shards(self.catalogue))

    def plan(self, names: OutputNames) -> dict[str, list[Part]]:
        """Every file that there must be, sorted by name, with its articles in the order of the rows."""
        assert self.options
        template = PathTemplate.parse(self.options.path)
        groups: dict[str, list[Part]] = {}
        for part, meta in parts(self.catalogue):
            groups.setdefault(template.fill(part.path, meta), []).append(part)
        return {names.settle(file, file): sorted(groups[file]) for file in sorted(groups)}

    def fingerprint(self, file: str, members: Sequence[Part]) -> bytes:
        """A digest of all that a file is made from."""
        digest = hashlib.blake2b(repr((self.base, file)).encode(errors="surrogatepass"), digest_size=16)
        for one in members:
            digest.update(repr(one).encode(errors="surrogatepass"))
        return digest.digest()

    def task(self, file: str, members: Sequence[Part]) -> ShardTask:
        """One file, for a worker."""
        assert self.options
        jobs = tuple(Job(one.path, tuple(json.loads(one.aliases)), one.path, content=one.content) for one in members)
        fingerprint = self.fingerprint(file, members)
        return ShardTask(file, suffix_of(self.options.path), self.options.flavour, jobs, fingerprint)

    def is_current(self, file: str, fingerprint: bytes) -> bool:
        """Whether a file is there, and made from what it should be made from."""
        known = self.known.get(file)
        return known is not None and known.fingerprint == fingerprint and self.is_kept(known)

    def is_kept(self, known: Shard) -> bool:
        """Whether a file is as it was written."""
        outputs = self.catalogue.outputs_of(known.file)
        return bool(outputs) and not any(map(self.disk.reason, outputs))

    def take(self, task: ShardTask, result: Sharded | Failure | NoRoom | Lost) -> None:
        """Take in what came of a file; one of an earlier run stays where this one failed."""
        if isinstance(result, Sharded):
            self.summary.shards_written += 1
            self.summary.differing += result.differing
            # one that differs, or whose articles changed after they were converted, is made again by the next run
            fingerprint = b"" if result.stale or result.differing else task.fingerprint
            with self.catalogue.transaction():
                put_shard(self.catalogue, Shard(task.file, fingerprint, result.articles), result.output)
        elif isinstance(result, NoRoom):
            self.summary.stopped = self.summary.stopped or result.reason
        else:
            reason = result.value if isinstance(result, Lost) else result.reason
            told = reason if reason.startswith(task.file) else f"{task.file}: {reason}"
            self.summary.failures.append(Failure(task.file, told))
