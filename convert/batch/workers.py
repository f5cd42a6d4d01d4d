"""What the worker processes share, and the converting of articles in them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from convert.article import Article, Context, Note, Source
from convert.batch.checks import Differing, check_article, differing
from convert.batch.plan import Job
from convert.batch.sources import Mirrors
from convert.config import Config, Output, build_context, build_outputs
from convert.errors import MirrorpressError, RuleError
from convert.files import read_source, write_file
from convert.pipeline import TOGETHER, convert, convert_all
from convert.volumes import Member
from convert.where import facts_of

STAGING = ".staging"
"""The folder below the output that holds outputs until their names are settled."""

TOGETHER_BYTES = 512 * 1024
"""Sources that go through the stages together; a tree takes some fifty times the memory of its source."""

EXAMPLES = 3
"""Examples of each kind of note that the report shows."""


@dataclass(frozen=True, slots=True)
class Done:
    """One article that was converted, or failed.

    wanted: for each output whose name follows from the metadata, (its place among the outputs, the name it wants).
    verified: whether source and outputs were compared, and differing: what came of it, where they differ.
    """

    path: str
    member: Member | None = None
    wanted: tuple[tuple[int, str], ...] = ()
    failure: str = ""
    verified: bool = False
    differing: Differing | None = None


@dataclass(slots=True)
class Batch:
    """What a chunk of jobs came to. counts, examples: by (rule, kind); notes: every one, where they are asked for."""

    done: list[Done] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[Note]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


class Worker:
    """What a worker process keeps between two chunks: the config made ready, and the mirrors it has looked at."""

    def __init__(self, config: Config, root: Path) -> None:
        self.config = config
        self.root = root
        self.base = build_context(config)
        self.outputs: tuple[Output, ...] = build_outputs(config)
        self.mirrors = Mirrors(root)
        # No more than is asked for: what a member knows is held in memory until the volumes are planned.
        self.fields = frozenset().union(*(one.collection().fields for one in config.volumes))
        self._contexts: dict[tuple[Path | None, ...], Context] = {}

    def context(self, paths: Sequence[str]) -> Context:
        """The Context for an article and its copies: the mirrors that they lie in know their channels' names."""
        key = tuple(dict.fromkeys(self.mirrors.mirror(path) for path in paths))
        if key not in self._contexts:
            self._contexts[key] = replace(self.base, channels=self.mirrors.channels(paths))
        return self._contexts[key]

    def article(self, job: Job) -> Article:
        """Read and convert one source. Raises SourceError or RuleError."""
        return convert(*self.source(job))

    def source(self, job: Job) -> tuple[Source, Context]:
        """Read one source. Raises SourceError."""
        source = read_source(self.root, job.path, self.base.max_bytes, job.aliases)
        return source, self.context((job.path, *job.aliases))

    def articles(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Article | Exception]]:
        """Read and convert sources, some at a time; yields each job with its article, or with why there is none."""
        some: list[tuple[Job, tuple[Source, Context]]] = []
        size = 0
        for job in jobs:
            try:
                read = self.source(job)
            except Exception as error:
                yield job, error
                continue
            if some and (len(some) == TOGETHER or size + len(read[0].data) > TOGETHER_BYTES):
                yield from _converted(some)
                some, size = [], 0
            some.append((job, read))
            size += len(read[0].data)
        yield from _converted(some)

    def member(self, article: Article) -> Member:
        """What the planning of volumes needs to know of an article."""
        facts = facts_of(article.meta, article.path, self.mirrors.name(article.path))
        return Member(article.path, {name: facts[name] for name in facts.keys() & self.fields})

    def write(self, article: Article, job: Job) -> Done:
        """Write every output of an article, and verify them; nothing is written where one of its emitters fails."""
        written = [(one, _emit(article, one)) for one in self.outputs]
        wanted = self.wanted(article, job)
        names = dict(wanted)
        changed = False
        for index, (_, data) in enumerate(written):
            changed |= write_file(self.config.output, job.targets[index] or staged(job.path, index), data)
        verify = self.config.batch.verify
        if verify == "off" or (verify == "changed" and not changed):
            return Done(job.path, self.member(article), wanted)
        files = [(one, job.targets[at] or names[at], data) for at, (one, data) in enumerate(written)]
        found = differing(job.path, check_article(article, files, thorough=verify == "all"))
        return Done(job.path, self.member(article), wanted, verified=True, differing=found)

    def wanted(self, article: Article, job: Job) -> tuple[tuple[int, str], ...]:
        """The names that outputs want whose templates need the article's metadata, each with its output's place."""
        return tuple(
            (index, output.template.fill(job.name, article.meta))
            for index, output in enumerate(self.outputs)
            if job.targets[index] is None
        )


_worker: Worker | None = None


def start(config: Config, root: Path) -> None:
    """Make this process a worker."""
    global _worker
    _limit_memory(config.batch.memory)
    _worker = Worker(config, root)


def _limit_memory(megabytes: int) -> None:
    """Let this process have so much address space and no more, where the platform can do that; 0 sets no limit."""
    if not megabytes:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    size = megabytes * 1024 * 1024
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    # macOS has the limit in name only
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def worker() -> Worker:
    """The worker of this process."""
    if _worker is None:
        raise RuntimeError("start() was not called in this process")
    return _worker


def staged(path: str, index: int) -> str:
    """Where an output waits for its name, below the output folder."""
    return f"{STAGING}/{hashlib.sha256(path.encode(errors='surrogateescape')).hexdigest()}-{index}"


def convert_jobs(jobs: Sequence[Job], with_notes: bool = False) -> Batch:
    """Convert articles and write their outputs; one that fails is recorded, and the next one taken."""
    me = worker()
    batch = Batch()
    for job, article in me.articles(jobs):
        try:
            if isinstance(article, Exception):
                raise article
            done = me.write(article, job)
        except Exception as error:
            batch.done.append(Done(job.path, failure=reason(job.path, error)))
            continue
        batch.done.append(done)
        tally(batch.counts, batch.examples, article.notes)
        if with_notes:
            batch.notes += article.notes
    batch.notes.sort()
    return batch


def _converted(some: Sequence[tuple[Job, tuple[Source, Context]]]) -> Iterator[tuple[Job, Article | Exception]]:
    jobs, sources = [job for job, _ in some], [read for _, read in some]
    articles: list[Article | Exception] | None = None
    # a bug in a parser, or a lack of memory, costs the article that it was met with, and no other
    with suppress(Exception):
        articles = list(convert_all(sources))
    if articles is not None:
        yield from zip(jobs, articles, strict=True)
        return
    for job, read in zip(jobs, sources, strict=True):
        yield job, _alone(*read)


def _alone(source: Source, context: Context) -> Article | Exception:
    try:
        return convert(source, context)
    except Exception as error:
        # without the frames, which hold all that was made so far
        return error.with_traceback(None)


def tally(counts: Counter[tuple[str, str]], examples: dict[tuple[str, str], list[Note]], notes: Iterable[Note]) -> None:
    """Count notes by (rule, kind), and keep the first few of each as examples."""
    for note in notes:
        key = (note.rule, note.kind)
        counts[key] += 1
        kept = examples.setdefault(key, [])
        if len(kept) < EXAMPLES:
            kept.append(note)


def _emit(article: Article, output: Output) -> bytes:
    try:
        data = output.write(article, output.options)
    except (MirrorpressError, MemoryError):
        raise
    except Exception as error:
        raise RuleError(article.path, f"emitter {output.name!r} raised {type(error).__name__}: {error}") from error
    if not isinstance(data, bytes):
        raise RuleError(article.path, f"emitter {output.name!r} returned {type(data).__name__}", "bytes")
    return data


def too_much(path: str, config: Config) -> str:
    """Why a source that took all the memory there was failed."""
    if not config.batch.memory:
        return f"{path}: needs more memory than there is; take the file out of the input"
    return (
        f"{path}: needs more than {config.batch.memory} MB of memory; expected what an article needs; raise "
        "batch.memory in the config if this file is meant, or take it out of the input"
    )


def reason(path: str, error: Exception) -> str:
    """Why an article or a volume failed, in one line; files of the output are named from its folder."""
    if isinstance(error, MirrorpressError):
        return error.message.replace(f"{worker().config.output}/", "")
    if isinstance(error, MemoryError):
        return too_much(path, worker().config)
    return " ".join(f"{path}: {type(error).__name__}: {error}".split())
