"""The run: every source of the input through the stages into the output folder, then the volumes and the report.

Only what is out of date is made again: what the sources, the config and the program ask for is held against the
catalogue and the files that are there. A run that is ended in the middle, by whatever, is taken up by the next one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from convert import __version__
from convert.batch.articles.making import Articles
from convert.batch.books.deliver import deliver
from convert.batch.books.feed import write_feed
from convert.batch.books.making import Books
from convert.batch.dataset.making import Dataset
from convert.batch.engines.engine import open_engine
from convert.batch.indexing import update_index
from convert.batch.inputs.sources import Found, Mirrors, find_sources
from convert.batch.inputs.updating import update
from convert.batch.lock import hold
from convert.batch.means import Means
from convert.batch.planning.fingerprint import Dependencies
from convert.batch.preflight import check_folders, check_tools
from convert.batch.prune import NO_LONGER, PART, formats_of, no_longer_written, prune
from convert.batch.refresh import Refresh
from convert.batch.report import REPORT, is_intact, report, write_report
from convert.batch.summary import Failure, Progress, Summary
from convert.catalogue import CATALOGUE, DamagedError, open_catalogue, set_aside, telling
from convert.config import Config
from convert.errors import OutputError
from convert.messages import spoken
from convert.profiles import Profile, load_profiles
from convert.sinks import FolderSink

Stop = Callable[[], int]
"""Says whether to begin nothing more: the number of the signal that asked for it, or 0."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of one run.

    notes: a file that gets every note of the articles that are converted, as JSON Lines, sorted by path, rule, kind,
    text and to. only: a glob pattern of source paths; limit: the first so many sources only. dry_run: plan, and write
    nothing. force: convert and build everything. prune: delete files that nothing asks for any more.
    """

    notes: Path | None = None
    only: str = ""
    limit: int | None = None
    dry_run: bool = False
    force: bool = False
    prune: bool = False

    @property
    def partial(self) -> bool:
        """Whether sources that are not chosen are left as they are."""
        return bool(self.only) or self.limit is not None


def run(
    config: Config,
    options: Options = Options(),
    progress: Progress = lambda what, done, total: None,
    stop: Stop = lambda: 0,
    say: Callable[[str], None] = lambda line: None,
) -> Summary:
    """Convert what is out of date in the input, and make the volumes.

    say: is told what the command prints that brings the input up to date.
    Returns what came of it; a source that fails is named there, and the run goes on.
    Raises NothingToReadError for an input without sources, ConfigError for folders that lie in one another's way,
    HeldError where another run holds the output folder, MissingToolError where a volume or the engine needs a package
    that is not installed, UsageError for a catalogue of a newer version or a cluster that cannot do the work,
    EngineError where one breaks down, OutputError where catalogue, report or notes cannot be written.
    """
    check_folders(config)
    check_tools(config)
    failures: list[Failure] = []
    with ExitStack() as held:
        if updated := bool(config.input.update) and not options.dry_run:
            # no other run may read what is just being changed
            held.enter_context(hold(config.output.path))
            if failed := update(config.input, say, stop):
                failures.append(Failure("input", failed))
        began = time.time_ns()
        profiles = load_profiles(config.parse.profiles, config.base)
        found = _find(config, options, profiles)
        # a rehearsal over a folder that is not there leaves it so
        if not updated and (config.output.path.exists() or not options.dry_run):
            held.enter_context(hold(config.output.path))
        once = partial(
            _once, config, profiles, options=options, progress=progress, stop=stop, began=began, failures=failures
        )
        try:
            return once(found)
        except DamagedError as error:
            if options.dry_run:
                raise
            aside = set_aside(config.output.path / CATALOGUE)
            # damage may show late, when what was found is no longer held
            summary = once(_find(config, options, profiles))
            summary.warnings.append(f"{error.found}; it lies in {aside.name} now, and a new one was made")
            return summary


def _find(config: Config, options: Options, profiles: Sequence[Profile]) -> Found:
    found = find_sources(config.input, profiles, config.output, options.only)
    found.entries = found.entries[: options.limit]
    return found


def _once(
    config: Config,
    profiles: Sequence[Profile],
    found: Found,
    options: Options,
    progress: Progress,
    stop: Stop,
    began: int,
    failures: Sequence[Failure],
) -> Summary:
    with (
        open_catalogue(config.output.path / CATALOGUE, rehearsal=options.dry_run) as catalogue,
        open_engine(config, found, writes=not options.dry_run) as pool,
    ):
        summary = Summary(sources=len(found.entries), passed_over=dict(found.passed_over), dry_run=options.dry_run)
        means = Means(config, found.store, config.output.open(), catalogue, pool, summary, progress)
        one = _Run(means, profiles, found, options)
        one.summary.failures += failures
        return one.run(began, stop)


class _Run:
    """One run: its phases, one after the other."""

    def __init__(self, means: Means, profiles: Sequence[Profile], found: Found, options: Options) -> None:
        self.means, self.found, self.options = means, found, options
        self.config, self.sink, self.catalogue = means.config, means.sink, means.catalogue
        self.pool, self.summary, self.progress = means.pool, means.summary, means.progress
        self.language = self.config.batch.lang or spoken()  # of the report
        self.depends = Dependencies(self.config, profiles, Mirrors(found.store))
        self.articles = Articles(means, found, self.depends)

    def run(self, began: int, stop: Stop) -> Summary:
        """Take stock, plan, convert, bind, and tell; what began last is ended before that when `stop` says so."""
        clock = time.monotonic()

        def ended() -> bool:
            self.summary.signal = self.summary.signal or stop()
            return bool(self.summary.signal or self.summary.stopped)

        number, started = self.begin()
        changed = self.refresh(began, ended)
        if ended():
            work = None
        else:
            every = self.options.force or self.config.batch.verify == "all"
            work = self.articles.plan(changed, every)
        if work and not self.options.dry_run:
            self.articles.convert(work, self.options.notes, ended)
            work.jobs.clear()  # they take as much memory as what volumes are planned from
            self.books(ended)
            if not ended():  # behind the volumes, which may have fetched pictures
                self.articles.relink(ended)
            self.dataset(ended)
            if self.options.prune and not self.options.partial and not ended():
                self.prune()
            if self.config.batch.search and not ended():
                indexed = update_index(self.config, self.catalogue, self.pool, self.progress, ended)
                self.summary.failures += indexed.failures
        elif work:
            self.summary.converted.update(job.reason for job in work.jobs)
            self.articles.rehearse(work)
        self.summary.articles = self.catalogue.count_articles()
        if not self.options.dry_run:
            self.end(number, started, time.monotonic() - clock)
        return self.summary

    def begin(self) -> tuple[int, str]:
        """Write down that the run begins; after one that was killed, remove what it left half-done."""
        started = datetime.now(UTC).isoformat("T", "seconds")
        self.summary.warnings += [NO_LONGER.format(name=one) for one in no_longer_written(self.catalogue, self.config)]
        with self.catalogue.transaction():
            number, ended = self.catalogue.begin_run(started, __version__)
            if not ended:  # it may have changed what the report tells, and not have come to write it
                self.catalogue.set(told="")
        if not ended and not self.options.dry_run:
            for place in dict.fromkeys([self.sink, FolderSink(self.config.output.path)]):
                place.sweep(PART)
        return number, started

    def refresh(self, began: int, ended: Callable[[], bool]) -> bool:
        """Bring the catalogue's sources up to date; returns whether any is not what it was."""
        root, looking = self.found.store.place, self.depends.looking
        # what lies in a folder that cannot be read has not gone, as far as anybody knows
        partial = self.options.partial or bool(self.found.unread)
        one = Refresh(
            self.catalogue,
            self.pool,
            self.summary,
            trusted=self.catalogue.setting("root") == root,
            proven=self.found.store.proven,
            every=self.catalogue.setting("looking") != looking or self.options.force,
            partial=partial,
            began=began,
        )
        one.run(self.found, self.config, ended, self.progress)
        self.found.entries.clear()
        if not ended() and not partial:
            with self.catalogue.transaction():
                self.catalogue.set(root=root, looking=looking)
        return one.changed

    def books(self, ended: Callable[[], bool]) -> None:
        """The volumes, their feed, and their way to readers."""
        if ended():
            return
        books = Books(self.means)
        built = books.make(self.articles.taken_names, ended, self.options.force)
        self.summary.books = [one.book for one in built]
        if ended():
            return
        listings = [one.listing for one in built if one.listing]
        feed = write_feed(self.config, self.sink, listings, self.articles.taken_names, self.summary)
        if ended():
            return
        with self.catalogue.transaction():
            self.catalogue.put_outputs("", feed)
        if not self.options.partial:
            # Volumes of a part of the articles would take the place of whole ones.
            deliver(self.config, self.sink, built, self.summary, self.progress)

    def dataset(self, ended: Callable[[], bool]) -> None:
        """The files that hold many articles each."""
        if not ended():
            Dataset(self.means).make(self.articles.taken_names, ended, self.options.force)

    def prune(self) -> None:
        """Delete what nothing asks for, unless that may be because a part of the input is out of reach just now."""
        if why := self.found.unread:
            self.summary.warnings.append(f"nothing was pruned, since sources may be there that were not seen: {why}")
            return
        spared = self.articles.failed | {one.path for one in self.summary.failures}
        prune(self.catalogue, self.sink, self.summary, spared)

    def end(self, number: int, started: str, seconds: float) -> None:
        """Tell what the run came to, in the catalogue and in the report."""
        summary, converted = self.summary, self.summary.converted.total()
        unchanged = max(0, summary.articles - converted)
        summary.leftovers = len(self.catalogue.leftovers())
        if summary.stopped:
            summary.failures.append(Failure(self.config.output.told, summary.stopped))
        tried = self.articles.tried if self.options.partial or summary.stopped or summary.signal else None
        told = self.news(converted)
        with self.catalogue.transaction():
            self.catalogue.set(formats="\n".join(formats_of(self.config)))
            if told:  # until the report is written, it tells of another run
                self.catalogue.set(told="")
            self.catalogue.put_failures(((one.path, one.reason) for one in summary.failures), tried)
            self.catalogue.end_run(
                number, seconds=round(seconds, 3), exit_code=summary.exit_code, sources=summary.sources,
                converted=converted, unchanged=unchanged, failed=len(summary.failures), volumes=summary.built,
            )  # fmt: skip
        if told:
            self.tell(told, {
                "started": started, "seconds": seconds, "converted": converted, "unchanged": unchanged,
                "failed": len(summary.failures), "removed": summary.removed, "reasons": dict(summary.converted),
                "volumes_built": summary.built, "slowest": telling.slowest(self.catalogue), "version": __version__,
            })  # fmt: skip

    def news(self, converted: int) -> str:
        """What the report has to tell besides the catalogue, as a digest; or nothing, where it tells that already."""
        summary = self.summary
        files = sorted(one.file for one in summary.books)
        rest = repr((sorted(summary.passed_over.items()), summary.sources, files, self.language))
        told = hashlib.sha256(rest.encode(errors="surrogatepass")).hexdigest()
        happened = converted or summary.gone or summary.built or summary.removed or summary.exit_code
        if happened or self.catalogue.setting("told") != told:
            return told
        return "" if is_intact(self.sink, self.catalogue.setting("report")) else told

    def tell(self, news: str, about: Mapping[str, Any]) -> None:
        """Write the report."""
        summary = self.summary
        sources = self.catalogue.count_sources() if self.options.partial else summary.sources
        told = report(self.catalogue, summary.passed_over, sources)
        try:
            files = write_report(self.sink, told, about, self.language)
        except OutputError as error:
            if not summary.stopped:  # else it is known
                summary.failures.append(Failure(REPORT, error.message))
            return
        with self.catalogue.transaction():
            self.catalogue.set(told="" if summary.exit_code else news, report=files)
