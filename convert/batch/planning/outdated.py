"""Which articles a run has to convert, and why: what the plan wants is held against the catalogue and the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from convert.article import Note
from convert.batch.planning.fingerprint import why
from convert.batch.planning.plan import Job
from convert.catalogue import Catalogue, Known, Output
from convert.catalogue.rows import as_json
from convert.errors import OutputError, SourceError
from convert.files import digest_of
from convert.messages import later
from convert.sinks import Sink

NEW, CHANGED = later("new"), later("changed")
COPIES, NAME = later("its copies have changed"), later("its outputs have other names")
MISSING, ALTERED = later("an output is missing"), later("an output was altered")
DIFFERED, ASKED = later("an output was not what its source says"), later("asked for")

_MOST = 1 << 30  # bytes of an output that is read to see whether it was altered


@dataclass(slots=True)
class Outdated:
    """What has to be done.

    jobs: the articles to convert, sorted by path, each with its reason. touched: outputs whose time of change differs,
    and not their bytes. notes: on names and copies of the jobs. gone: names of articles that no job is for any more.
    """

    jobs: list[Job] = field(default_factory=list)
    touched: list[Output] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def outdated(jobs: Iterable[Job], catalogue: Catalogue, sink: Sink, formats: Sequence[str], every: bool) -> Outdated:
    """Say which of the jobs have to be done.

    jobs: every article that there is, sorted by name. formats: the outputs that each has. every: convert them all.
    """
    result = Outdated()
    known = _articles(catalogue)
    article = next(known, None)
    disk = Disk(sink)
    for job in jobs:
        while article and article[0].name < job.name:
            result.gone.append(article[0].name)
            article = next(known, None)
        if article and article[0].name == job.name:
            reason = _reason(job, *article, formats, disk, every)
            article = next(known, None)
        else:
            reason = NEW
        if reason:
            result.jobs.append(job._replace(reason=reason))
    while article:
        result.gone.append(article[0].name)
        article = next(known, None)
    result.jobs.sort(key=attrgetter("path"))
    result.touched = disk.touched
    return result


def _articles(catalogue: Catalogue) -> Iterator[tuple[Known, list[Output]]]:
    """Every article of the catalogue with its outputs, sorted by name."""
    outputs = catalogue.outputs()
    output = next(outputs, None)
    for known in catalogue.articles():
        own = []
        while output and output.owner <= known.name:
            if output.owner == known.name:
                own.append(output)
            output = next(outputs, None)
        yield known, own


def _reason(job: Job, known: Known, own: list[Output], formats: Sequence[str], disk: Disk, every: bool) -> str:
    if known.differs:
        return DIFFERED
    if every:
        return ASKED
    if (known.content, known.path) != (job.content, job.path):
        return CHANGED
    if known.aliases != (as_json(job.aliases) if job.aliases else "[]"):
        return COPIES
    if known.depends != job.depends:
        return why(known.depends, job.depends)
    by_format = {one.format: one for one in own}
    for name, target in zip(formats, job.targets, strict=True):
        made = by_format.get(name)
        if made is None:
            return MISSING
        if target is not None and made.path != target:
            return NAME
    return next((reason for one in own if (reason := disk.reason(one))), "")


class Disk:
    """What became of the files that runs wrote. touched: those with another time of change, and the same bytes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.touched: list[Output] = []

    def reason(self, output: Output) -> str:
        """Why a file has to be made again: it is missing, or was altered; or nothing."""
        try:
            about = self._sink.about(output.path)
            if about is None:
                return MISSING
            if about == (output.size, output.mtime):
                return ""
            if about.size != output.size or digest_of(self._sink.read(output.path, _MOST)) != output.digest:
                return ALTERED
        except (OutputError, SourceError):
            return ALTERED  # writing it will say why
        self.touched.append(output._replace(mtime=about.stamp))
        return ""
