"""Writes Markdown files once more, in a worker, when it is known where the files lie that their links lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from convert.article import Article
from convert.batch.articles.emitting import rewriting
from convert.batch.articles.publishing import unpublished
from convert.batch.checks import Differing, check_article, differing
from convert.batch.engines.workers import Worker, reason, worker
from convert.batch.links.holding import untold
from convert.batch.planning.plan import Job
from convert.catalogue import Output
from convert.emit.calling import written
from convert.errors import NoRoomError
from convert.files import digest_of
from convert.sinks import Outgoing

if TYPE_CHECKING:
    from convert.verify import Claim

MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Rewrote:
    """What came of one file: the file itself, or a failure; neither where its source has changed meanwhile.

    differing, claims: as of `convert.batch.articles.converting.Done`.
    """

    name: str
    output: Output | None = None
    failure: str = ""
    differing: Differing | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(slots=True)
class RewrittenBatch:
    """What came of a chunk. ended: why no further file was begun, or empty: nothing more can be written."""

    done: list[Rewrote] = field(default_factory=list)
    ended: str = ""


def rewrite_jobs(jobs: Sequence[Job]) -> RewrittenBatch:
    """Write the Markdown files of articles, whose only target that is, with what stands for their addresses now."""
    me = worker()
    batch = RewrittenBatch()
    outbox = me.sink.outbox()
    for job, article in me.articles(jobs):
        try:
            if isinstance(article, Exception):
                raise article
            batch.done.append(_rewrite(me, article, job, outbox))
        except NoRoomError as error:
            batch.ended = reason(job.path, error)
            break
        except Exception as error:
            batch.done.append(Rewrote(job.name, failure=reason(job.path, error)))
    _publish(batch, {job.name: job.path for job in jobs}, outbox)
    return batch


def _rewrite(me: Worker, article: Article, job: Job, outbox: Outgoing) -> Rewrote:
    if digest_of(article.source.data) != job.content:
        return Rewrote(job.name)
    (path,) = job.targets
    assert path
    (output,) = rewriting([one for one in me.outputs if one.name == MARKDOWN], job.rewrites)
    data = written(article, output.name, output.write, output.options)
    found, claims = None, me.claims()
    if (verify := me.config.batch.verify) != "off":
        told = check_article(article, [(output, path, data)], thorough=verify == "all", claims=claims)
        found = differing(job.path, told)
    put = outbox.put(path, data)
    row = Output(job.name, MARKDOWN, path, "", put.size, put.mtime, put.digest)
    return Rewrote(job.name, row, differing=found, claims=untold(claims.made, job.rewrites) if claims else ())


def _publish(batch: RewrittenBatch, paths: Mapping[str, str], outbox: Outgoing) -> None:
    """Give files their names, and leave out those that cannot have them. paths: of the sources, by the jobs' names."""
    made = [(paths[one.name], [one.output.path]) for one in batch.done if one.output]
    lacking, ended = unpublished(outbox.publish(), made)
    batch.ended = batch.ended or ended
    done, batch.done = batch.done, []
    for one in done:
        refused = lacking.get(paths[one.name])
        if refused:
            batch.done.append(Rewrote(one.name, failure=refused))
        elif refused is None and one.output:
            stamp = outbox.stamps.get(one.output.path, one.output.mtime)
            batch.done.append(replace(one, output=one.output._replace(mtime=stamp)))
        elif refused is None:
            batch.done.append(one)
