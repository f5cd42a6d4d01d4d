"""The articles of a run: which are out of date, their conversion, and what the catalogue is told of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from convert.article import Note
from convert.batch.articles.converting import STAGING, Batch, convert_jobs
from convert.batch.articles.emitting import MOST
from convert.batch.articles.naming import make_way, name_outputs, put_back
from convert.batch.articles.relinking import LINKED, MOVED, PENDING, Relinking
from convert.batch.books.deliver import STATE
from convert.batch.engines.pool import CHUNK, Lost, chunked, until
from convert.batch.inputs.sources import Found
from convert.batch.lock import HOLDER, LOCK
from convert.batch.looking import compare
from convert.batch.means import Means
from convert.batch.planning.fingerprint import Dependencies
from convert.batch.planning.outdated import Disk, Outdated, outdated
from convert.batch.planning.plan import NAMED, VARIANT, Job, Plan, group, name_jobs, variant
from convert.batch.refresh import lost
from convert.batch.report import PAGE, REPORT, NotesFile
from convert.batch.summary import Failure
from convert.catalogue import CATALOGUE, Outcome
from convert.catalogue.references import PICTURE, put_references, rewritten
from convert.catalogue.rows import note_rows
from convert.config import Config, build_outputs
from convert.messages import later
from convert.names import OutputNames

if TYPE_CHECKING:
    from convert.verify import Claim

_COMMIT = 1.0
"""Seconds of work that a loss of power may undo; the next run does it again."""


def reserved(config: Config) -> list[str]:
    """Names in the output folder that no article's or volume's file may take."""
    own = [REPORT, PAGE, STATE, LOCK, HOLDER, *(f"{CATALOGUE}{end}" for end in ("", "-wal", "-shm", "-journal"))]
    return [*own, *([config.feed.file] if config.feed else [])]


class Articles:
    """The articles of one run: what its phases share."""

    def __init__(self, means: Means, found: Found, depends: Dependencies) -> None:
        self.means, self.depends = means, depends
        self.config, self.sink, self.catalogue = means.config, means.sink, means.catalogue
        self.pool, self.summary, self.progress = means.pool, means.summary, means.progress
        self.formats = build_outputs(self.config)
        self.goal = depends.settled(self.config, found)
        self._broken = self.catalogue.failing()
        self.tried: set[str] = set()  # of those that failed before
        self.failed: set[str] = set()
        self._names: OutputNames | None = None
        self.claims: dict[str, Sequence[Claim]] = {}  # of the files that this run has written
        self.converted: set[str] = set()  # names, where they are asked for
        markdown = self.config.emit.markdown
        self._rewrites = markdown is not None and markdown.rewrites
        self._waiting: list[Outcome] = []
        self._failed: list[str] = []
        self._committed = time.monotonic()

    # --- plan

    def plan(self, changed: bool, every: bool) -> Outdated:
        """Decide which articles have to be converted. changed: whether any source is not what it was; every: all."""
        settled = self.catalogue.setting("settled") == self.goal
        if settled and not changed and not every and self.is_whole():
            self.summary.copies = int(self.catalogue.setting("copies") or 0)
            return Outdated()
        plan = group(self.catalogue.looks(), self.config.batch.duplicates == "merge")
        self.summary.copies = plan.copies
        variants = self.compare(plan)
        with self.catalogue.transaction():
            # a copy that has changed may change the report's notes, and nothing else
            self.catalogue.set(settled="", told="", copies=str(plan.copies))
            if self._rewrites or self.catalogue.setting(LINKED):
                self.catalogue.set(**{LINKED: PENDING})
            self._names = OutputNames(reserved(self.config))
            jobs = name_jobs(plan, self.formats, self._names, self.depend)
            formats = [one.name for one in self.formats]
            work = outdated(jobs, self.catalogue, self.sink, formats, every)
            self.forget(work.gone)
            self.catalogue.touch_outputs(work.touched)
            rows = (row for owner, note in [*plan.notes, *variants] for row in note_rows(owner, [note]))
            self.catalogue.replace_notes([NAMED, VARIANT], rows)
        chosen = {job.name for job in work.jobs}
        if self._rewrites:
            known = rewritten(self.catalogue, chosen)
            work.jobs = [job._replace(rewrites=tuple(known.get(job.name, ()))) for job in work.jobs]
        work.notes = [note for owner, note in [*plan.notes, *variants] if owner in chosen]
        return work

    def is_whole(self) -> bool:
        """Whether every file of an article or volume is as it was written."""
        if self.sink.are_untouched(self.catalogue.files()):
            return True
        disk = Disk(self.sink)
        whole = not any(map(disk.reason, self.catalogue.outputs()))
        if disk.touched:
            with self.catalogue.transaction():
                self.catalogue.touch_outputs(disk.touched)
        return whole

    def depend(self, job: Job) -> str:
        """What an article depends on besides its source."""
        return self.depends.of((job.path, *job.aliases), job.profile)

    def forget(self, gone: Sequence[str]) -> None:
        """Forget articles that are no more."""
        self.catalogue.forget_articles(gone)
        if gone:
            self.catalogue.set(volumes="", dataset="")
        self.summary.gone = len(gone)

    def compare(self, plan: Plan) -> list[tuple[str, Note]]:
        """Hold copies whose bodies are other bytes against their articles, those of earlier runs aside.

        Returns a note on each that says something else, with its article's name.
        """
        known = self.catalogue.compared()
        new = [one for one in plan.suspects if known.get(one.copy, (b"",))[0] != one.body]
        different: set[tuple[str, str]] = set()
        pairs = [(one.copy, one.source) for one in new]
        for some, result in self.pool.run(compare, chunked(pairs, self.pool.jobs), self.config.batch.seconds):
            different.update(some if isinstance(result, Lost) else result)
        with self.catalogue.transaction():
            self.catalogue.put_compared((one.body, (one.copy, one.source) in different, one.copy) for one in new)
        known = self.catalogue.compared()
        return [
            (one.name, variant(one.copy, one.source)) for one in plan.suspects if known.get(one.copy, (b"", True))[1]
        ]

    # --- convert

    def convert(self, work: Outdated, notes: Path | None, ended: Callable[[], bool]) -> None:
        """Convert articles, and settle the names of their outputs. notes: a file that gets every note of them."""
        failures = len(self.summary.failures)
        waiting = make_way(self.catalogue, self.sink, self.formats, work.jobs, self.summary)
        with ExitStack() as stack:
            file = stack.enter_context(NotesFile(notes)) if notes else None
            if file:
                file.ahead(work.notes)
            self.summary.notes.update((note.rule, note.kind) for note in work.notes)
            call = partial(convert_jobs, with_notes=file is not None)
            done = 0
            # a chunk has the time of one article, and what other programs write takes some
            most = MOST if any(one.together for one in self.formats) else CHUNK
            chunks = until(ended, chunked(work.jobs, self.pool.jobs, most))
            for jobs, batch in self.pool.run(call, chunks, self.config.batch.seconds):
                if isinstance(batch, Lost):
                    self.fail(jobs[0], lost(self.config, jobs[0].path, batch))
                else:
                    self.take(jobs, batch)
                    if file:
                        file.add(batch.notes)
                done += len(jobs)
                self.commit(wait=True)
                self.progress(later("converting"), done, len(work.jobs))
            self.commit()
            named = self.settle_names(waiting) if self._names is not None else []
            if file:
                file.ahead(named)
        if not ended() and failures == len(self.summary.failures) and not self.summary.differing:
            with self.catalogue.transaction():
                self.catalogue.set(settled=self.goal)

    def take(self, jobs: Sequence[Job], batch: Batch) -> None:
        """Take in what a chunk of jobs came to."""
        by_path = {job.path: job for job in jobs}
        for done in batch.done:
            job = by_path[done.path]
            if done.outcome is None:
                self.fail(job, done.failure)
                continue
            self.tried.update(self._broken & {job.path})
            self._waiting.append(done.outcome)
            if self._rewrites:
                self.converted.add(job.name)
                self.claims[job.name] = done.claims
            self.summary.converted[job.reason] += 1
            self.summary.verified += done.verified
            self.summary.differing += [done.differing] if done.differing else []
            self.summary.outputs.update(output.name for output in self.formats)
        self.summary.notes.update(batch.counts)
        self.summary.stopped = self.summary.stopped or batch.ended

    def fail(self, job: Job, reason: str) -> None:
        """Record that there is no such article; outputs of an earlier run stay where they are."""
        self.tried.update(self._broken & {job.path})
        self.failed.add(job.name)
        self._failed.append(job.name)
        self.summary.failures.append(Failure(job.path, reason))

    def commit(self, wait: bool = False) -> None:
        """Tell the catalogue what came of articles whose outputs are on disk. wait: not again within a second."""
        if wait and time.monotonic() - self._committed < _COMMIT:
            return
        with self.catalogue.transaction():
            if self._waiting or self._failed:
                self.catalogue.set(dataset="")
            if self.catalogue.put_outcomes(self._waiting):
                self.catalogue.set(volumes="")
            if self._rewrites:
                put_references(self.catalogue, self._waiting)
            if self._failed:
                self.catalogue.forget_articles(self._failed)
                self.catalogue.set(volumes="")
        self._waiting, self._failed = [], []
        self._committed = time.monotonic()

    def settle_names(self, waiting: Mapping[str, str]) -> list[Note]:
        """Give outputs the names that hang on metadata; returns notes on those that did not get what they wanted.

        waiting: outputs that were moved out of the way, as `make_way` returned them.
        """
        named = name_outputs(self.catalogue, self.sink, self.formats, self.taken_names(), self.summary)
        with self.catalogue.transaction():
            self.catalogue.put_notes(row for owner, note in named for row in note_rows(owner, [note]))
        put_back(self.catalogue, self.sink, waiting, self.summary)
        self.sink.clear(STAGING)
        self.summary.notes.update((note.rule, note.kind) for _, note in named)
        return [note for _, note in named]

    def relink(self, ended: Callable[[], bool]) -> None:
        """Have links lead to the articles' files, and pictures to theirs, when all of them have their names."""
        self.relinking().run(self.claims, self.converted, ended)

    def rehearse(self, work: Outdated) -> None:
        """Count what would be written once more because of what it links to, besides what would be converted."""
        if moved := self.relinking().rehearse(job.name for job in work.jobs):
            self.summary.converted[MOVED] += moved

    def relinking(self) -> Relinking:
        """The second pass over the articles' Markdown files."""
        return Relinking(self.means, reserved(self.config))

    def taken_names(self) -> OutputNames:
        """The names that articles' outputs have taken."""
        if self._names is None:
            self._names = OutputNames(reserved(self.config))
            for one in self.catalogue.outputs():
                if one.owner and one.format != PICTURE and not one.path.endswith(".epub"):
                    self._names.keep(one.path, one.owner)
        return self._names
