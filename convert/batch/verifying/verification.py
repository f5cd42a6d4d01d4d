"""Verifies what lies in the output folder: a run's plan is made again, and every file of it read and compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from convert.batch.articles.making import reserved
from convert.batch.books.binder import Task
from convert.batch.checks import Differing, check_book, differing
from convert.batch.dataset.sharding import ShardTask
from convert.batch.engines.engine import Engine, open_engine
from convert.batch.engines.pool import Lost, chunked
from convert.batch.inputs.sources import find_sources
from convert.batch.planning.plan import Job, make_plan, settle
from convert.batch.preflight import check_folders, check_scripts
from convert.batch.refresh import looks_at, lost
from convert.batch.summary import Failure, Progress
from convert.batch.verifying.claimed import Claimed
from convert.batch.verifying.readback import MAX_BOOK, Read, read_books, read_jobs
from convert.batch.verifying.reread import read_shards
from convert.catalogue import CATALOGUE, read_catalogue
from convert.config import Config, build_outputs
from convert.emit.dataset import suffix_of
from convert.errors import NothingToReadError
from convert.files import read_limited
from convert.messages import later
from convert.names import OutputNames
from convert.profiles import load_profiles
from convert.verify import Claim
from convert.volumes import Member, plan_volumes, split_volume

TOGETHER = 4096
"""Articles whose links are held in memory until those are compared."""


@dataclass(slots=True)
class Verdict:
    """What a verification came to: how much was compared, and what differs.

    chapters: those of volumes. rows: those of the dataset.
    """

    articles: int = 0
    files: int = 0
    chapters: int = 0
    rows: int = 0
    failures: list[Failure] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """1 where something differs or could not be compared, else 0."""
        return 1 if self.failures or self.differing else 0


def verify_outputs(
    config: Config, paths: Sequence[Path] = (), progress: Progress = lambda what, done, total: None
) -> Verdict:
    """Hold the outputs of a run against their sources.

    config: that of the run. paths: sources, outputs or volumes, or folders of them; all of the input without any.
    The sources are converted again, and nothing is written.
    Raises NothingToReadError where there are no sources, or none that a path means, ConfigError for a wrong config,
    MissingToolError, UsageError or EngineError for an engine that is not to be had.
    """
    check_folders(config)
    check_scripts(config)
    found = find_sources(config.input, load_profiles(config.parse.profiles, config.base), config.output)
    with open_engine(config, found, writes=False) as pool:
        return _Verification(
            config,
            pool,
            _Wanted(paths, found.store.root, Path() if config.output.remote else config.output.path),
            progress,
        ).run(found.paths)


def verify_books(files: Sequence[Path]) -> Verdict:
    """Lint books, wherever they lie and whoever made them. Raises SourceError for a file that cannot be read."""
    verdict = Verdict()
    for file in files:
        data = read_limited(file, MAX_BOOK, str(file))
        verdict.files += 1
        if one := differing(str(file), check_book(data, str(file))):
            verdict.differing.append(one)
    return verdict


class _Wanted:
    """Which articles the paths of a call mean."""

    def __init__(self, paths: Sequence[Path], root: Path, output: Path) -> None:
        self.everything = not paths
        self.root, self.output = root.resolve(), output.resolve()
        # one that names nothing must be told: it may be a slip of the pen
        self.used = dict.fromkeys(paths, False)

    def has(self, sources: Iterable[str], outputs: Iterable[str]) -> bool:
        """Whether one of the sources or outputs is meant; both are paths below their folders."""
        meant = self.everything
        files = [*(self.root / one for one in sources), *(self.output / one for one in outputs)]
        for path in self.used:
            # the link itself may lead elsewhere, and a deleted output cannot be resolved
            full = path.parent.resolve() / path.name
            if any(full == file or full in file.parents or path.resolve() in (file, *file.parents) for file in files):
                self.used[path] = meant = True
        return meant

    def check(self) -> None:
        """Raise NothingToReadError for a path that means no article."""
        for path, used in self.used.items():
            if not used:
                expected = f"a source below {self.root}, or an output of a run below {self.output}"
                raise NothingToReadError(str(path), "nothing to verify", expected, "name the config of the run")


class _Verification:
    """One verification: what its phases share."""

    def __init__(self, config: Config, pool: Engine, wanted: _Wanted, progress: Progress) -> None:
        self.config, self.pool, self.wanted, self.progress = config, pool, wanted, progress
        self.sink = config.output.open()
        self.outputs = build_outputs(config)
        self.names = OutputNames(reserved(config))
        self.given = self.names_given()
        self.verdict = Verdict()
        self.members: dict[str, Member] = {}
        self.shards: dict[str, list[tuple[str, str]]] = {}
        self.found: dict[str, list[Differing]] = {}

    def run(self, paths: Sequence[str]) -> Verdict:
        """Plan as a run does, and compare."""
        failures: list[Failure] = []
        looks = looks_at(paths, self.pool, failures, self.config, self.progress)
        plan = make_plan(
            looks,
            self.outputs,
            self.names,
            self.config.batch.duplicates == "merge",
        )
        self.verdict.failures += [one for one in failures if self.wanted.has([one.path], [])]
        jobs = self.named(plan.jobs)
        chosen = {job.path for job in jobs if self.wanted.has([job.path, *job.aliases], filter(None, job.targets))}
        books = self.books(jobs, chosen) if self.config.volumes else []
        shards = self.dataset(jobs, chosen)
        self.wanted.check()
        claimed = None
        if self.config.emit.markdown and self.config.emit.markdown.rewrites:
            known = {one.path: (one.publisher, one.id) for one in looks}
            claimed = Claimed(self.config, jobs, [output.name for output in self.outputs], known)
        self.compare(jobs, chosen, claimed)
        self.compare_books(books, chosen)
        self.compare_shards(shards, chosen)
        self.verdict.differing = [_joined(found) for _, found in sorted(self.found.items())]
        return self.verdict

    def names_given(self) -> dict[tuple[str, str, str], str]:
        """The names of outputs that hang on metadata, by owner, format, and the name that each wanted."""
        file = self.config.output.path / CATALOGUE
        if not file.exists():
            return {}
        with read_catalogue(file) as catalogue:
            return {(one.owner, one.format, one.wanted): one.path for one in catalogue.outputs() if one.wanted}

    def named(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs with the name of every output, and what the volumes' plan needs of them.

        Names may hang on all articles, and so do volumes: then every article is converted once beforehand.
        """
        plain = not self.config.volumes and not self.config.emit.dataset
        if plain and all(None not in job.targets for job in jobs):
            return list(jobs)
        named = []
        for job, read in self.read(later("reading"), jobs, check=False):
            if read.member is None:
                if self.wanted.has([job.path, *job.aliases], filter(None, job.targets)):
                    self.verdict.failures.append(Failure(job.path, read.failure))
                continue
            self.members[job.path] = read.member
            file, day = read.shard
            self.shards.setdefault(file, []).append((day, job.path))
            targets = list(job.targets)
            for index, wanted in read.wanted:
                given = self.given.get((job.name, self.outputs[index].name, wanted))
                targets[index] = given or settle(self.names, wanted, job, [])
            named.append(job._replace(targets=tuple(targets)))
        return named

    def read(
        self, what: str, jobs: Sequence[Job], check: bool, before: int = 0, total: int = 0
    ) -> Iterable[tuple[Job, Read]]:
        """Convert articles in the workers, and `check` their outputs there.

        before, total: where these are some of many, how many went before them, and how many there are.
        """
        done = before
        work = partial(read_jobs, check=check)
        for some, result in self.pool.run(work, chunked(jobs, self.pool.jobs), self.config.batch.seconds):
            if isinstance(result, Lost):
                result = [Read(some[0].path, failure=lost(self.config, some[0].path, result))]
            yield from zip(some, result, strict=True)
            done += len(some)
            self.progress(what, done, total or len(jobs))

    def compare(self, jobs: Sequence[Job], chosen: set[str], claimed: Claimed | None) -> None:
        """Hold the files of the chosen articles against them. claimed: where they may lead to other files."""
        wanted = [job for job in jobs if job.path in chosen]
        for start in range(0, len(wanted), TOGETHER):
            claims: dict[str, Sequence[Claim]] = {}
            some = wanted[start : start + TOGETHER]
            for job, read in self.read(later("verifying"), some, check=True, before=start, total=len(wanted)):
                if read.failure:
                    self.verdict.failures.append(Failure(job.path, read.failure))
                    continue
                self.verdict.articles += 1
                self.verdict.files += len(job.targets)
                self.take(read.differing)
                if read.claims:
                    claims[job.path] = read.claims
            for told in claimed.compare(claims, self.pool, self.verdict.failures) if claimed else ():
                self.take(told)

    def books(self, jobs: Sequence[Job], chosen: set[str]) -> list[Task]:
        """The volumes to read; a path that names one means all of its articles."""
        by_path = {job.path: job for job in jobs}
        members = list(self.members.values())
        tasks = []
        waiting = [
            (collection, volume)
            for collection in (options.collection() for options in self.config.volumes)
            for volume in plan_volumes(collection, members)
        ]
        while waiting:
            collection, volume = waiting.pop(0)
            settled = replace(volume, file=self.names.settle(volume.file, volume.key))
            if not self.sink.holds(settled.file):
                # A run splits a volume that became too large; then its pieces are there.
                pieces = split_volume(collection, members, volume)
                if any(self.sink.holds(piece.file) for piece in pieces):
                    waiting += [(collection, piece) for piece in pieces]
                    continue
            if self.wanted.has([], [settled.file]):
                chosen.update(settled.members)
            tasks.append(Task(settled, collection, tuple(by_path[path] for path in settled.members)))
        return tasks

    def compare_books(self, books: Sequence[Task], chosen: set[str]) -> None:
        """Hold the chapters of the chosen articles against them."""
        titles = {path: member.title for path, member in self.members.items()}
        work = [
            [(task, frozenset(chosen), {path: titles[path] for path in task.volume.members})]
            for task in books
            if chosen.intersection(task.volume.members)
        ]
        for done, (((task, *_),), result) in enumerate(self.pool.run(read_books, work), 1):
            if isinstance(result, Lost):
                self.verdict.failures.append(Failure(task.volume.file, lost(self.config, task.volume.file, result)))
                continue
            self.verdict.failures += result.failures
            self.verdict.chapters += result.chapters
            for one in result.differing:
                self.take(one)
            self.progress(later("volumes"), done, len(work))

    def dataset(self, jobs: Sequence[Job], chosen: set[str]) -> list[ShardTask]:
        """The files of the dataset to read; a path that names one means all of its articles."""
        options = self.config.emit.dataset
        if not options:
            return []
        by_path = {job.path: job for job in jobs}
        tasks = []
        for wanted, rows in sorted(self.shards.items()):
            file = self.names.settle(wanted, wanted)
            members = tuple(by_path[path] for _, path in sorted(rows))
            if self.wanted.has([], [file]):
                chosen.update(job.path for job in members)
            tasks.append(ShardTask(file, suffix_of(options.path), options.flavour, members, b""))
        return tasks

    def compare_shards(self, tasks: Sequence[ShardTask], chosen: set[str]) -> None:
        """Hold the rows of the chosen articles against them."""
        work = [[(one, frozenset(chosen))] for one in tasks if any(job.path in chosen for job in one.jobs)]
        for done, (((task, _),), result) in enumerate(self.pool.run(read_shards, work), 1):
            if isinstance(result, Lost):
                self.verdict.failures.append(Failure(task.file, lost(self.config, task.file, result)))
                continue
            self.verdict.failures += result.failures
            self.verdict.rows += result.rows
            for one in result.differing:
                self.take(one)
            self.progress(later("dataset"), done, len(work))

    def take(self, one: Differing | None) -> None:
        if one:
            self.found.setdefault(one.path, []).append(one)


def _joined(found: Sequence[Differing]) -> Differing:
    """What differs of one article, in its files and in its volumes."""
    differences = tuple(difference for one in found for difference in one.differences)
    return Differing(found[0].path, sum(one.count for one in found), differences)
