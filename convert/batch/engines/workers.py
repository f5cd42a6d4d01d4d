"""What the worker processes share: the config made ready, and the reading and converting of articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from time import perf_counter

from convert.article import Article, Context, Source
from convert.batch.inputs.sources import Mirrors
from convert.batch.links.claims import Claims
from convert.batch.planning.plan import Job
from convert.config import Config, Output, build_context, build_outputs
from convert.errors import MirrorpressError
from convert.files import digest_of
from convert.pipeline import TOGETHER, convert, convert_all
from convert.stores import Store
from convert.volumes import Member
from convert.where import facts_of

TOGETHER_BYTES = 512 * 1024
"""Sources that go through the stages together; a tree takes some fifty times the memory of its source."""


class Worker:
    """What a worker process keeps between two chunks: the config made ready, and the mirrors it has looked at."""

    def __init__(self, config: Config, store: Store) -> None:
        self.config = config
        self.store = store
        self.sink = config.output.open()
        self.base = build_context(config)
        self.outputs: tuple[Output, ...] = build_outputs(config)
        markdown = config.emit.markdown
        self.rewriting = markdown if markdown and markdown.rewrites else None
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

    def in_turn(self, paths: Sequence[str]) -> Iterator[str]:
        """These paths, each when it can be read without having to be waited for by itself."""
        ready = 0
        for number, path in enumerate(paths):
            if number == ready:
                ready += self.store.ahead(paths[number:], self.base.max_bytes)
            yield path

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
        for job, _ in zip(jobs, self.in_turn([job.path for job in jobs]), strict=True):
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

    def claims(self) -> Claims | None:
        """What takes in what a Markdown file says of other files; None where it has the source's addresses."""
        if self.rewriting is None:
            return None
        links, pictures = self.rewriting.links, self.rewriting.pictures
        return Claims(self.base.profiles if links != "keep" else (), pictures != "keep", links == "wiki")

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
    """Make this process a worker, with as much memory as the config allows."""
    _limit_memory(config.batch.memory)
    become(config, store)


def become(config: Config, store: Store) -> None:
    """Make this process a worker."""
    global _worker
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
        return error.message.replace(f"{worker().sink.told}/", "")
    if isinstance(error, MemoryError):
        return too_much(path, worker().config)
    return " ".join(f"{path}: {type(error).__name__}: {error}".split())
