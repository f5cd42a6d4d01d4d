"""What the worker processes share, and the converting of articles in them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import perf_counter

from convert.article import Article, Context, Note, Source
from convert.batch.checks import Differing, check_article, differing
from convert.batch.plan import Job
from convert.batch.sources import Mirrors
from convert.catalogue import Outcome
from convert.catalogue import Output as OutputRow
from convert.catalogue.rows import as_json, facts_row, note_rows, rules_of
from convert.config import Config, Output, build_context, build_outputs
from convert.errors import MirrorpressError, NoRoomError, OutputError, RuleError
from convert.files import Outbox, digest_of
from convert.names import safe_part
from convert.pipeline import TOGETHER, convert, convert_all
from convert.stores import Store
from convert.volumes import Member
from convert.where import facts_of

STAGING = ".staging"
"""The folder below the output that holds outputs until their names are settled."""

TOGETHER_BYTES = 512 * 1024
"""Sources that go through the stages together; a tree takes some fifty times the memory of its source."""


@dataclass(frozen=True, slots=True)
class Done:
    """One article that was converted, or failed.

    outcome: what the catalogue keeps of it.
    verified: whether source and outputs were compared, and differing: what came of it, where they differ.
    """

    path: str
    outcome: Outcome | None = None
    failure: str = ""
    verified: bool = False
    differing: Differing | None = None


@dataclass(slots=True)
class Batch:
    """What a chunk of jobs came to. counts: of notes by (rule, kind); notes: every one, where they are asked for.

    ended: why no further job was begun, or empty: nothing more can be written.
    """

    done: list[Done] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    ended: str = ""


class Worker:
    """What a worker process keeps between two chunks: the config made ready, and the mirrors it has looked at."""

    def __init__(self, config: Config, store: Store) -> None:
        self.config = config
        self.store = store
        self.base = build_context(config)
        self.outputs: tuple[Output, ...] = build_outputs(config)
        self.mirrors = Mirrors(store)
        # No more than is asked for: what a member knows is held in memory until the volumes are planned. A chapter is
        # looked for by its title.
        self.fields = frozenset({"title"}).union(*(one.collection().fields for one in config.volumes))
        self._contexts: dict[tuple[str, ...], Context] = {}

    def context(self, paths: Sequence[str]) -> Context:
        """The Context for an article and its copies: the mirrors that they lie in know their channels' names."""
        key = tuple(dict.fromkeys(path.rpartition("/")[0] for path in paths))
        if key not in self._contexts:
            self._contexts[key] = replace(self.base, channels=self.mirrors.named(paths))
        return self._contexts[key]

    def article(self, job: Job) -> Article:
        """Read and convert one source. Raises SourceError or RuleError."""
        return convert(*self.source(job))

    def read(self, path: str, aliases: tuple[str, ...] = ()) -> Source:
        """Read one source's bytes. Raises SourceError."""
        return Source(path, self.store.read(path, self.base.max_bytes), aliases)

    def source(self, job: Job) -> tuple[Source, Context]:
        """Read one source. Raises SourceError."""
        source = self.read(job.path, job.aliases)
        return source, self.context((job.path, *job.aliases))

    def articles(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Article | Exception]]:
        """Read and convert sources, some at a time; yields each job with its article, or with why there is none."""
        for job, article, _ in self.timed(jobs):
            yield job, article

    def timed(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Article | Exception, float]]:
        """The same, with the seconds that each took: of those that went together its share by size."""
        some: list[tuple[Job, tuple[Source, Context]]] = []
        size = 0
        for job in jobs:
            try:
                read = self.source(job)
            except Exception as error:
                yield job, error, 0.0
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

    def write(self, article: Article, job: Job, outbox: Outbox, seconds: float) -> Done:
        """Put every output of an article into the outbox, and verify them; nothing is put where an emitter fails.

        seconds: what its conversion took. Raises RuleError, OutputError, or NoRoomError.
        """
        began = perf_counter()
        emitted = [(one, _emit(article, one)) for one in self.outputs]
        wanted = dict(self.wanted(article, job))
        files: list[OutputRow] = []
        for index, (one, data) in enumerate(emitted):
            path = job.targets[index] or staged(job.name, one.name)
            try:
                written = outbox.put(path, data)
            except BaseException:
                for file in files:
                    outbox.drop(file.path)
                raise
            files.append(
                OutputRow(job.name, one.name, path, wanted.get(index, ""), written.size, written.mtime, written.digest)
            )
        found, verified = None, False
        # also where nothing was written: a run that was killed may have written it, and nobody compared it
        if (verify := self.config.batch.verify) != "off":
            compared = [(one, job.targets[at] or wanted[at], data) for at, (one, data) in enumerate(emitted)]
            found, verified = differing(job.path, check_article(article, compared, thorough=verify == "all")), True
        outcome = self.outcome(article, job, files, found, seconds + perf_counter() - began)
        return Done(job.path, outcome, verified=verified, differing=found)

    def outcome(
        self, article: Article, job: Job, files: Sequence[OutputRow], found: Differing | None, seconds: float
    ) -> Outcome:
        """What the catalogue keeps of an article."""
        notes = note_rows(job.name, article.notes)
        row = (
            job.name,
            job.path,
            as_json(job.aliases),
            digest_of(article.source.data),
            job.depends,
            digest_of_article(article),
            round(seconds * 1000, 3),
            found.count if found else 0,
            as_json(found.told() if found else []),
            self.mirrors.name(job.path),
            rules_of(notes),
            *facts_row(article.meta),
        )
        return Outcome(job.name, row, tuple(files), notes)

    def wanted(self, article: Article, job: Job) -> tuple[tuple[int, str], ...]:
        """The names that outputs want whose templates need the article's metadata, each with its output's place."""
        return tuple(
            (index, output.template.fill(job.name, article.meta))
            for index, output in enumerate(self.outputs)
            if job.targets[index] is None
        )


def digest_of_article(article: Article) -> bytes:
    """A digest of what an article says: its body and its metadata."""
    return digest_of(f"{article.body.inner_html}\0{article.meta.items()}".encode(errors="surrogatepass"))


_worker: Worker | None = None


def start(config: Config, store: Store) -> None:
    """Make this process a worker."""
    global _worker
    _limit_memory(config.batch.memory)
    _worker = Worker(config, store)


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


def staged(path: str, which: str) -> str:
    """Where an output of a source waits for its name, below the output folder."""
    return f"{STAGING}/{hashlib.sha256(path.encode(errors='surrogateescape')).hexdigest()}-{safe_part(which)}"


def convert_jobs(jobs: Sequence[Job], with_notes: bool = False) -> Batch:
    """Convert articles and write their outputs; one that fails is recorded, and the next one taken.

    When it returns, the outputs are on disk under their own names.
    """
    me = worker()
    batch = Batch()
    outbox = Outbox(me.config.output)
    kept: list[Note] = []
    for job, article, seconds in me.timed(jobs):
        try:
            if isinstance(article, Exception):
                raise article
            done = me.write(article, job, outbox, seconds)
        except NoRoomError as error:
            batch.ended = reason(job.path, error)
            break
        except Exception as error:
            batch.done.append(Done(job.path, failure=reason(job.path, error)))
            continue
        batch.done.append(done)
        kept += article.notes
    failed = outbox.publish()
    if failed:
        batch.done, batch.ended = _without(batch.done, failed, batch.ended)
    lost = {done.path for done in batch.done if done.failure}
    kept = [note for note in kept if note.path not in lost]
    batch.counts.update((note.rule, note.kind) for note in kept)
    if with_notes:
        batch.notes = sorted(kept)
    return batch


def _without(done: list[Done], failed: Mapping[str, OutputError], ended: str) -> tuple[list[Done], str]:
    """What came of articles, some of whose outputs could not be given their names."""
    result = []
    for one in done:
        errors = [failed[file.path] for file in one.outcome.outputs if file.path in failed] if one.outcome else []
        if errors and isinstance(errors[0], NoRoomError):
            ended = ended or reason(one.path, errors[0])
        elif errors:
            result.append(Done(one.path, failure=reason(one.path, errors[0])))
        else:
            result.append(one)
    return result, ended


def _converted(
    some: Sequence[tuple[Job, tuple[Source, Context]]],
) -> Iterator[tuple[Job, Article | Exception, float]]:
    jobs, sources = [job for job, _ in some], [read for _, read in some]
    articles: list[Article | Exception] | None = None
    began = perf_counter()
    # a bug in a parser, or a lack of memory, costs the article that it was met with, and no other
    with suppress(Exception):
        articles = list(convert_all(sources))
    if articles is not None:
        each = (perf_counter() - began) / max(1, sum(len(source.data) for source, _ in sources))
        for job, article, (source, _) in zip(jobs, articles, sources, strict=True):
            yield job, article, each * len(source.data)
        return
    for job, read in zip(jobs, sources, strict=True):
        began = perf_counter()
        yield job, _alone(*read), perf_counter() - began


def _alone(source: Source, context: Context) -> Article | Exception:
    try:
        return convert(source, context)
    except Exception as error:
        # without the frames, which hold all that was made so far
        return error.with_traceback(None)


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
