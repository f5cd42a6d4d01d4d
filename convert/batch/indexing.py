"""Brings the index of words up to date: articles that it does not have as they are now are converted once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from convert.batch.engines.engine import Engine, open_local
from convert.batch.engines.machine import cores
from convert.batch.engines.pool import CHUNK, Lost, chunked
from convert.batch.engines.workers import digest_of_article, reason, worker
from convert.batch.inputs.sources import find_sources
from convert.batch.lock import hold
from convert.batch.planning.plan import Job
from convert.batch.refresh import lost
from convert.batch.summary import Failure, Progress
from convert.catalogue import CATALOGUE, Catalogue, open_catalogue
from convert.catalogue.search import Index, Text, check_search
from convert.config import Config
from convert.emit.text import blocks
from convert.errors import NothingToReadError
from convert.messages import later
from convert.profiles import load_profiles

_COMMIT = 1024  # articles; each time what waits is sorted into the index, so that many at a time cost less


@dataclass(slots=True)
class Indexed:
    """What came of it.

    articles: how many the index has now; taken: how many of them were taken in, and gone: how many were taken out.
    changed: articles that are not what the catalogue says, since their sources have changed after the last run.
    """

    articles: int = 0
    taken: int = 0
    gone: int = 0
    changed: int = 0
    failures: list[Failure] = field(default_factory=list)


def index(
    config: Config,
    anew: bool = False,
    progress: Progress = lambda what, done, total: None,
    ended: Callable[[], bool] = lambda: False,
) -> Indexed:
    """Bring the index of an output folder up to date, or make it.

    config: that of the run. anew: take in every article. ended: whether to begin nothing more.
    Raises NothingToReadError where no run has made a catalogue, or the input is empty; HeldError while a run holds the
    folder; MissingToolError where SQLite cannot search; OutputError or UsageError as `open_catalogue`.
    """
    check_search()
    file = config.output.path / CATALOGUE
    if not file.exists():
        raise NothingToReadError(str(file), "there is no catalogue", "what a run leaves there", "`mirrorpress run`")
    store = find_sources(config.input, load_profiles(config.parse.profiles, config.base), config.output).store
    with hold(config.output.path), open_catalogue(file) as catalogue:
        jobs = min(config.batch.jobs or cores(), -(-catalogue.count_articles() // CHUNK)) or 1
        with open_local(config.without_outputs(), store, jobs) as pool:
            return update_index(config, catalogue, pool, progress, ended, anew)


def update_index(
    config: Config,
    catalogue: Catalogue,
    pool: Engine,
    progress: Progress,
    ended: Callable[[], bool],
    anew: bool = False,
) -> Indexed:
    """Take in what waits, and take out what has gone. Raises MissingToolError where SQLite cannot search."""
    one, result = Index(catalogue), Indexed()
    with catalogue.transaction():
        one.make(anew)
        result.gone = one.forget_gone()
    digests: dict[str, bytes] = {}
    jobs: list[Job] = []
    for waiting in one.waiting():
        digests[waiting.name] = waiting.digest
        jobs.append(Job(waiting.path, waiting.aliases, waiting.name))
    texts: list[Text] = []
    done = 0
    for some, found in pool.run(_texts, chunked(jobs, pool.jobs), config.batch.seconds):
        if isinstance(found, Lost):
            result.failures.append(Failure(some[0].path, lost(config, some[0].path, found)))
        else:
            result.failures += [text for text in found if isinstance(text, Failure)]
            texts += [text for text in found if isinstance(text, Text)]
        done += len(some)
        if len(texts) >= _COMMIT or done == len(jobs) or ended():
            _take(one, texts, digests, result)
            texts = []
        progress(later("indexing"), done, len(jobs))
        if ended():
            break
    result.articles = one.count()
    return result


def _take(one: Index, texts: Sequence[Text], digests: dict[str, bytes], result: Indexed) -> None:
    # one that has changed since is another article; the next run will know of it
    kept = [text for text in texts if text.digest == digests[text.name]]
    with one.catalogue.transaction():
        one.put(kept)
    result.taken += len(kept)
    result.changed += len(texts) - len(kept)


def _texts(jobs: Sequence[Job]) -> list[Text | Failure]:
    """In a worker: what articles say, without their metadata."""
    results: list[Text | Failure] = []
    for job, article in worker().articles(jobs):
        if isinstance(article, Exception):
            results.append(Failure(job.path, reason(job.path, article)))
            continue
        body = "\n\n".join(blocks(article.body.children))
        results.append(Text(job.name, digest_of_article(article), article.meta.title, body))
    return results
