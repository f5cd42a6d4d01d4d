"""The run: every source of the input through the stages into the output folder, then the volumes and the report."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from convert.article import Note
from convert.batch.books import make_books
from convert.batch.deliver import STATE, deliver
from convert.batch.feed import write_feed
from convert.batch.looking import compare, look_at
from convert.batch.machine import cores
from convert.batch.plan import Job, Look, Plan, make_plan, settle, variant
from convert.batch.pool import CHUNK, Lost, Pool, chunked
from convert.batch.report import REPORT, NotesFile, write_report
from convert.batch.sources import Found, find_sources
from convert.batch.summary import Failure, Progress, Summary
from convert.batch.workers import STAGING, Batch, convert_jobs, staged, start, too_much
from convert.config import Config, Output, build_outputs
from convert.emit.epub import check_script
from convert.errors import ConfigError, OutputError
from convert.files import move_file
from convert.names import OutputNames
from convert.profiles import load_profiles
from convert.volumes import Member

TODO = "take the file out of the input, and report it"


def run(
    config: Config,
    *,
    notes: Path | None = None,
    only: str = "",
    limit: int | None = None,
    dry_run: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> Summary:
    """Convert everything in the input folder.

    notes: a file that gets every note as JSON Lines, sorted by path, rule, kind, text and to.
    only: a glob pattern of source paths; limit: the first so many sources only; dry_run: plan, and write nothing.
    Returns what came of it; a source that fails is named there, and the run goes on.
    Raises NothingToReadError for an input without sources, ConfigError for folders that lie in one another's way,
    MissingToolError where a volume needs a package that is not installed, OutputError where the report or the notes
    cannot be written.
    """
    check_folders(config)
    check_tools(config)
    found = find_sources(config.input, load_profiles(config.parse.profiles, config.base), config.output, only)
    found.paths = found.paths[:limit]
    with Pool(processes(config, found), start, config, found.root) as pool, ExitStack() as stack:
        one = _Run(config, found, pool, progress)
        plan = one.plan()
        if dry_run:
            one.summary.dry_run = True
            one.summary.articles = len(plan.jobs)
            return one.summary
        members = one.convert(plan, stack.enter_context(NotesFile(notes)) if notes else None)
        books = make_books(config, plan.jobs, members, one.names, pool, one.summary, progress)
    write_feed(config, [book.listing for book in books if book.listing], one.names, one.summary)
    if not only and limit is None:
        # Volumes of a part of the articles would take the place of whole ones.
        deliver(config, books, one.summary, progress)
    write_report(config.output, one.summary)
    return one.summary


def processes(config: Config, found: Found) -> int:
    """How many worker processes these sources are worth: one takes as long to start as to convert some hundred."""
    return min(config.batch.jobs or cores(), -(-len(found.paths) // CHUNK))


def check_folders(config: Config) -> None:
    """Refuse an output folder that is the input or lies around it, where outputs could take the place of sources."""
    source, output = config.input.resolve(), config.output.resolve()
    if source == output or output in source.parents:
        found = "is the input folder" if source == output else f"holds the input {config.input}"
        raise ConfigError(
            f"output: {config.output}", found, "a folder beside the input or in it", "name another folder"
        )


def check_tools(config: Config) -> None:
    """Look for what the volumes need besides the package. Raises MissingToolError, before anything is converted."""
    for options in config.volumes:
        check_script(options.script)


def reserved(config: Config) -> list[str]:
    """Names in the output folder that no article's or volume's file may take."""
    return [REPORT, STATE, *([config.feed.file] if config.feed else [])]


def looks_at(
    paths: Sequence[str], pool: Pool, failures: list[Failure], config: Config, progress: Progress
) -> list[Look]:
    """Look at every source; those that cannot be read become failures."""
    looks: list[Look] = []
    for some, result in pool.run(look_at, chunked(paths, pool.jobs), config.batch.seconds):
        for look in [Look(some[0], failure=lost(some[0], result, config))] if isinstance(result, Lost) else result:
            if look.failure:
                failures.append(Failure(look.path, look.failure))
            else:
                looks.append(look)
        progress("looking", len(looks) + len(failures), len(paths))
    return looks


def lost(path: str, why: Lost, config: Config) -> str:
    """Why a source has no result at all."""
    if why is Lost.HUNG:
        limit = f"{why.value} within {config.batch.seconds} s"
        return f"{path}: {limit}; expected a few milliseconds; raise batch.seconds if it may take long, or {TODO}"
    if why is Lost.MEMORY:
        return too_much(path, config)
    memory = config.batch.memory
    perhaps = f", perhaps because it needs more than {memory} MB of memory (batch.memory)" if memory else ""
    return f"{path}: {why.value}{perhaps}; {TODO}"


class _Run:
    """One run: what its phases share."""

    def __init__(self, config: Config, found: Found, pool: Pool, progress: Progress) -> None:
        self.config = config
        self.found = found
        self.pool = pool
        self.progress = progress
        self.summary = Summary(sources=len(found.paths), passed_over=dict(found.passed_over))
        self.outputs: tuple[Output, ...] = build_outputs(config)
        self.names = OutputNames(reserved(config))
        self.seconds = config.batch.seconds

    def plan(self) -> Plan:
        """Look at every source, and decide what becomes of it."""
        looks = looks_at(self.found.paths, self.pool, self.summary.failures, self.config, self.progress)
        plan = make_plan(looks, self.outputs, self.names, self.config.batch.duplicates == "merge")
        self.summary.copies = plan.copies
        for pairs, different in self.pool.run(compare, chunked(plan.suspects, self.pool.jobs), self.seconds):
            plan.notes += [variant(*pair) for pair in (pairs if isinstance(different, Lost) else different)]
        return plan

    def convert(self, plan: Plan, notes: NotesFile | None) -> list[Member]:
        """Convert the jobs; returns what the volumes need to know of the articles."""
        shutil.rmtree(self.config.output / STAGING, ignore_errors=True)
        self.summary.add_notes(plan.notes)
        if notes:
            notes.ahead(plan.notes)
        members: list[Member] = []
        work = partial(convert_jobs, with_notes=notes is not None)
        done = 0
        for jobs, batch in self.pool.run(work, chunked(plan.jobs, self.pool.jobs), self.seconds):
            if isinstance(batch, Lost):
                self.fail(jobs[0].path, lost(jobs[0].path, batch, self.config))
            else:
                members += self.take(jobs, batch, notes)
            done += len(jobs)
            self.progress("converting", done, len(plan.jobs))
        shutil.rmtree(self.config.output / STAGING, ignore_errors=True)
        self.summary.articles = len(members)
        return members

    def take(self, jobs: Iterable[Job], batch: Batch, notes: NotesFile | None) -> list[Member]:
        """Take in what a chunk of jobs came to, and give outputs that wait for it their name."""
        members = []
        named: list[Note] = []
        for job, done in zip(jobs, batch.done, strict=True):
            try:
                if done.failure or not done.member:
                    self.fail(done.path, done.failure)
                    continue
                for index, wanted in done.wanted:
                    target = settle(self.names, wanted, job, named)
                    move_file(self.config.output, staged(job.path, index), target)
            except OutputError as error:
                self.fail(done.path, error.message)
                continue
            members.append(done.member)
            self.summary.verified += done.verified
            if done.differing:
                self.summary.differing.append(done.differing)
            self.summary.outputs.update(output.name for output in self.outputs)
        self.summary.add(batch)
        self.summary.add_notes(named)
        if notes:
            notes.ahead(named)
            notes.add(batch.notes)
        return members

    def fail(self, path: str, reason: str) -> None:
        """Record a failure; the run goes on."""
        self.summary.failures.append(Failure(path, reason))
