"""Has links between articles lead to their files, and pictures to theirs: the second pass over Markdown files.

Where an article's file lies is known only when all of them have their names. Then it follows from the catalogue what
has to stand in each file in place of the source's addresses, and where that is not what was last written, the file is
written once more. So the files are those of a first run, whichever article came, changed or went first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from convert.batch.articles.beside import Beside
from convert.batch.articles.rewriting import RewrittenBatch, rewrite_jobs
from convert.batch.checks import Differing, differing, joined
from convert.batch.engines.pool import Lost, chunked, until
from convert.batch.links.holding import Holding, Untold, places_named
from convert.batch.links.leading import in_vault, relative
from convert.batch.means import Means
from convert.batch.planning.fingerprint import rewriting_depends_on
from convert.batch.planning.plan import Job
from convert.batch.refresh import lost
from convert.batch.summary import Failure
from convert.catalogue.references import (
    PICTURE,
    Place,
    copies,
    count_rewritten,
    forget_references,
    job_row,
    leads,
    places,
    put_differing,
    put_rewritten,
    put_sources,
    references,
    sources,
)
from convert.catalogue.rows import Reference, as_json
from convert.messages import later

if TYPE_CHECKING:  # what compares is imported where something is compared
    from convert.verify import Claim

LINKED = "linked"
"""The setting that tells what the files were last linked for; nothing where the config asks for no linking."""

PENDING = "-"
"""What it is while something may have changed."""

MOVED = later("what its links or pictures lead to has changed")


class Relinking:
    """The second pass of one run."""

    def __init__(self, means: Means, reserved: Sequence[str]) -> None:
        markdown = means.config.emit.markdown
        self.options = markdown if markdown and markdown.rewrites else None
        self.config, self.catalogue, self.pool = means.config, means.catalogue, means.pool
        self.summary, self.progress = means.summary, means.progress
        self.goal = rewriting_depends_on(self.options) if self.options else ""
        self.beside = (
            Beside(means, self.options, reserved) if self.options and self.options.pictures != "keep" else None
        )
        self.claims: dict[str, Sequence[Claim]] = {}
        self.told = {one.path: at for at, one in enumerate(self.summary.differing)}

    def run(self, claims: Untold, fresh: Container[str], ended: Callable[[], bool]) -> None:
        """Write what has to be written once more; what came of it is in `summary`.

        claims: of the files that the run has written so far. fresh: the articles that it has converted.
        ended: whether to begin no further one.
        """
        settled = self.catalogue.setting(LINKED) == self.goal
        if self.options is None:
            if not settled:
                with self.catalogue.transaction():
                    forget_references(self.catalogue, all_of_them=True)
                    self.forget_pictures()
                    self.catalogue.set(**{LINKED: ""})
            return
        if settled and (self.beside is None or self.beside.is_current()):
            self.tell()
            return
        self.claims.update(claims)
        failures = len(self.summary.failures)
        with self.catalogue.transaction():
            self.catalogue.set(**{LINKED: PENDING})
            forget_references(self.catalogue)
            if self.beside is None:
                self.forget_pictures()
        there = places(self.catalogue)
        pictures = self.beside.make(there, ended) if self.beside else {}
        copied = pictures if len(self.summary.failures) > failures else None
        work = self.outdated(there, pictures)
        self.write(work, fresh, ended)
        if ended() or self.summary.stopped:
            return
        wrong = self.check(copied)
        if failures == len(self.summary.failures) and not wrong:
            with self.catalogue.transaction():
                self.catalogue.set(**{LINKED: self.goal})
        self.tell()

    def forget_pictures(self) -> None:
        """Forget the pictures of an earlier run whose config asked for them; their files are left over."""
        put_sources(self.catalogue, (), list(sources(self.catalogue)))
        for path in copies(self.catalogue):
            self.catalogue.put_outputs(path, ())

    def tell(self) -> None:
        """Count what leads to files of the output."""
        self.summary.links = count_rewritten(self.catalogue, "link")
        self.summary.pictures = len(copies(self.catalogue))
        if self.beside:
            self.summary.lacking = dict(self.beside.lacking())

    def rehearse(self, coming: Iterable[str]) -> int:
        """How many articles would be written once more, as far as that can be told before any is converted.

        coming: names of those that will be converted in any case. Names that hang on metadata are those of now.
        """
        if self.options is None or self.options.links == "keep":
            return 0
        forget_references(self.catalogue)
        known = {(one.name, one.address): one.target for one in references(self.catalogue, PICTURE)}
        work = self.outdated(places(self.catalogue), known, keep=True)
        return len({job.name for job in work} - set(coming))

    # --- what has to be

    def outdated(
        self, there: Mapping[str, Place], pictures: Mapping[tuple[str, str], str], keep: bool = False
    ) -> list[Job]:
        """The articles whose files do not say what they should. pictures: their files, by article and address.

        keep: take what stands for a picture as it is.
        """
        assert self.options
        anchors = places_named(self.catalogue)
        leading = leads(self.catalogue) if self.options.links != "keep" else {}
        jobs = []
        for name, group in groupby(references(self.catalogue, "link", PICTURE), attrgetter("name")):
            if name not in there:
                continue
            before = list(group)
            place = there[name]
            now = [
                self.linked(one, place, leading, anchors)
                if one.kind == "link"
                else one
                if keep
                else one._replace(target=relative(pictures.get((name, one.address), ""), place.file), wiki="")
                for one in before
            ]
            if now != before:
                jobs.append(self.job(place, now))
        return sorted(jobs, key=attrgetter("path"))

    def linked(
        self,
        one: Reference,
        place: Place,
        leading: Mapping[tuple[str, str], Sequence[Place]],
        anchors: Mapping[str, set[str]],
    ) -> Reference:
        """A link with what has to stand for it in the file of an article."""
        assert self.options
        found = leading.get((one.publisher, one.id), ())
        if not found:
            return one._replace(target="", wiki="")
        # of copies that are kept, an article's own file is the nearest
        target = next((other for other in found if other.name == place.name), found[0])
        written = relative(target.file, place.file)
        _, _, fragment = one.address.partition("#")
        if fragment and unquote(fragment) in anchors.get(target.name, ()):
            return one._replace(target=f"{written}#{fragment}", wiki="")
        wiki = in_vault(target.file, self.options.vault) if self.options.links == "wiki" else ""
        return one._replace(target=written, wiki=wiki)

    def job(self, place: Place, now: Sequence[Reference]) -> Job:
        """An article whose file is to be written once more."""
        path, aliases, content, depends = job_row(self.catalogue, place.name)
        return Job(
            path, tuple(json.loads(aliases)), place.name, (place.file,), content, depends=depends, rewrites=tuple(now)
        )

    # --- doing it

    def write(self, work: Sequence[Job], fresh: Container[str], ended: Callable[[], bool]) -> None:
        """Write files once more."""
        done = 0
        chunks = until(ended, chunked(work, self.pool.jobs))
        for jobs, batch in self.pool.run(rewrite_jobs, chunks, self.config.batch.seconds):
            if isinstance(batch, Lost):
                self.fail(jobs[0], lost(self.config, jobs[0].path, batch))
            else:
                self.take(jobs, batch, fresh)
            done += len(jobs)
            self.progress(later("linking"), done, len(work))

    def take(self, jobs: Sequence[Job], batch: RewrittenBatch, fresh: Container[str]) -> None:
        """Take in what came of a chunk."""
        by_name = {job.name: job for job in jobs}
        with self.catalogue.transaction():
            for one in batch.done:
                job = by_name[one.name]
                if one.output is None:
                    told = one.failure or f"{job.path}: has changed since it was converted; the next run takes it anew"
                    self.fail(job, told)
                    continue
                self.claims[one.name] = one.claims
                put_rewritten(self.catalogue, job.rewrites, one.output)
                if one.name not in fresh:
                    self.summary.converted[MOVED] += 1
                self.differ(one.name, one.differing)
        self.summary.stopped = self.summary.stopped or batch.ended

    def fail(self, job: Job, told: str) -> None:
        """Record that a file could not be written once more; what the first pass wrote there is known to be wrong."""
        self.summary.failures.append(Failure(job.path, told))
        self.claims.pop(job.name, None)

    # --- holding it against what is there

    def check(self, copied: Container[tuple[str, str]] | None = None) -> bool:
        """Hold what the files of this run say against whose files there are; returns whether something is wrong.

        copied: as of `Holding`.
        """
        assert self.options
        if not self.claims or self.config.batch.verify == "off":
            return False
        picture = self.beside.source if self.beside else lambda source: None
        wrong = Holding(self.catalogue, self.options.vault, picture, copied).wrong(self.claims)
        for place, found in wrong:
            with self.catalogue.transaction():
                self.differ(place.name, differing(place.path, found))
        return bool(wrong)

    def differ(self, name: str, one: Differing | None) -> None:
        """Record that a file is not what its source says, together with what is known of its article already."""
        if one is None:
            return
        told = self.summary.differing
        at = self.told.setdefault(one.path, len(told))
        if at < len(told):
            told[at] = joined(told[at], one)
        else:
            told.append(one)
        put_differing(self.catalogue, name, told[at].count, as_json(told[at].told()))
        self.catalogue.set(settled="")  # so that the next run makes a plan, and it again
