"""Articles of the input that a condition holds for, wherever in it they lie: for a book on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from convert.batch.books.one_book import Chosen, chapter_of
from convert.batch.engines.engine import open_local, processes
from convert.batch.engines.pool import Lost, chunked
from convert.batch.engines.workers import Worker, reason, worker
from convert.batch.inputs.sources import find_sources
from convert.batch.planning.plan import Job, make_plan
from convert.batch.refresh import looks_at, lost
from convert.batch.summary import Failure, Progress
from convert.batch.verifying.readback import Read
from convert.config import Config
from convert.messages import later
from convert.names import OutputNames
from convert.profiles import load_profiles
from convert.volumes import Member, in_order
from convert.where import Condition, facts_of, matches


def choose(config: Config, condition: Condition, most: int, progress: Progress) -> Chosen:
    """Find the articles of the config's input that a condition holds for, copies of one article once.

    most: of more than so many, `chapters` holds the first so many and one more. Nothing is written.
    Raises NothingToReadError for an input without sources, SourceError where one changes meanwhile.
    """
    found = find_sources(config.input, load_profiles(config.parse.profiles, config.base), config.output)
    bare = config.without_outputs()
    failures: list[Failure] = []
    members: list[Member] = []
    with open_local(bare, found.store, processes(config, found)) as pool:
        looks = looks_at(found.paths, pool, failures, config, progress)
        plan = make_plan(looks, (), OutputNames([]), config.batch.duplicates == "merge")
        jobs = {job.path: job for job in plan.jobs}
        done = 0
        work = partial(_members, condition=condition)
        for some, results in pool.run(work, chunked([*jobs.values()], pool.jobs), config.batch.seconds):
            if isinstance(results, Lost):
                results = [Read(some[0].path, failure=lost(config, some[0].path, results))]
            members += [one.member for one in results if one.member]
            failures += [Failure(one.path, one.failure) for one in results if one.failure]
            done += len(some)
            progress(later("choosing"), done, len(jobs))
    me = Worker(bare, found.store)
    chapters = [chapter_of(me.article(jobs[member.path])) for member in in_order("date", members)[: most + 1]]
    return Chosen(found.store, chapters, failures)


def _members(jobs: Sequence[Job], condition: Condition) -> list[Read]:
    """In a worker: the articles that the condition holds for, and those that fail."""
    me = worker()
    results = []
    for job, article in me.articles(jobs):
        if isinstance(article, Exception):
            results.append(Read(job.path, failure=reason(job.path, article)))
            continue
        facts = facts_of(article.meta, article.path, me.mirrors.name(article.path))
        if matches(condition, facts):
            results.append(Read(job.path, Member(job.path, {key: facts[key] for key in facts.keys() & {"date", "id"}})))
    return results
