"""What becomes of each source: which of several copies is converted, and the names of its outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from sys import intern
from typing import NamedTuple, TypeAlias

from convert.article import Note
from convert.catalogue import Look
from convert.catalogue.rows import Reference
from convert.config import Output
from convert.names import OutputNames

NAMED, VARIANT = "output.name", "identity.variant"
"""The rules of the notes that follow from the plan."""


class Job(NamedTuple):
    """One article to convert.

    path: the source. aliases: its copies, which are not converted. name: the path that the outputs are named after.
    targets: for each output its path, or None where only the article's metadata will tell it.
    content: the digest of the source's bytes when it was looked at. profile: the one that recognised it.
    depends: what else the article was made from (`fingerprint.py`). reason: why it has to be converted.
    rewrites: the references of its body that are written otherwise than they stand there.
    """

    path: str
    aliases: tuple[str, ...] = ()
    name: str = ""
    targets: tuple[str | None, ...] = ()
    content: bytes = b""
    profile: str = ""
    depends: str = ""
    reason: str = ""
    rewrites: tuple[Reference, ...] = ()


Depends: TypeAlias = Callable[[Job], str]
"""Says what a job depends on besides its source."""


class Suspect(NamedTuple):
    """A copy whose body has other bytes than the source that is converted in its place, and a digest of that one's."""

    copy: str
    source: str
    body: bytes
    name: str


@dataclass(slots=True)
class Plan:
    """The jobs, sorted by path; notes about names, with the job's name; copies whose bodies are not the same bytes."""

    jobs: list[Job] = field(default_factory=list)
    notes: list[tuple[str, Note]] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    copies: int = 0


def make_plan(looks: Iterable[Look], outputs: Sequence[Output], names: OutputNames, merge: bool = True) -> Plan:
    """Decide what is converted, and what the outputs are called: `group`, then `name_jobs`. looks: in any order."""
    plan = group(sorted(looks, key=attrgetter("publisher", "id", "path")), merge)
    plan.jobs = sorted(name_jobs(plan, outputs, names), key=attrgetter("path"))
    return plan


def group(looks: Iterable[Look], merge: bool = True) -> Plan:
    """Decide what is converted.

    looks: every source that could be read, sorted by publisher, id and path; none is kept, whatever their number.
    merge: take sources with the same publisher and id as copies of one article: the longest body is converted (of
    equals the first path), its outputs are named after the first path, and the others are its aliases.
    Returns a plan whose jobs are sorted by name, and have no targets yet.
    """
    plan = Plan()
    for (publisher, id_), found in groupby(looks, key=attrgetter("publisher", "id")):
        if merge and publisher and id_:
            plan.jobs.append(_job(list(found), plan))
        else:
            plan.jobs += (_job([look], plan) for look in found)
    plan.jobs.sort(key=attrgetter("name"))
    return plan


def name_jobs(
    plan: Plan, outputs: Sequence[Output], names: OutputNames, depends: Depends = lambda job: ""
) -> Iterator[Job]:
    """Take the jobs out of a plan, with the names of their outputs and what they depend on, sorted by their own names.

    names: gives each output a name of its own, and keeps them. Notes come to the plan while the jobs are taken.
    """
    fills = [one.template.fill if one.template.from_path else None for one in outputs]
    wanted = [tuple([fill(job.name) if fill else None for fill in fills]) for job in plan.jobs]
    names.reserve_folders(path for paths in wanted for path in paths if path)
    plan.jobs.reverse()  # whoever needs but few of them holds no more than these
    for paths in wanted:
        job = plan.jobs.pop()
        targets = tuple([path and settle(names, path, job, plan.notes) for path in paths])
        yield Job(job.path, job.aliases, job.name, targets, job.content, job.profile, depends(job))


def _job(copies: list[Look], plan: Plan) -> Job:
    if len(copies) == 1:
        (one,) = copies
        return Job(one.path, (), one.path, (), one.content, intern(one.profile))
    best = max(copies, key=attrgetter("length"))
    others = [look for look in copies if look is not best]
    name = copies[0].path
    plan.suspects += [Suspect(look.path, best.path, best.body, name) for look in others if look.body != best.body]
    plan.copies += len(others)
    return Job(best.path, tuple(look.path for look in others), name, (), best.content, intern(best.profile))


def settle(names: OutputNames, wanted: str, job: Job, notes: list[tuple[str, Note]]) -> str:
    """The name that an output of a job gets; where it is not the wanted one, a note says so."""
    path = names.settle(wanted, job.name)
    if path != wanted:
        notes.append((job.name, Note(job.path, NAMED, "wrong", wanted, path, "attribute")))
    return path


def variant(copy: str, source: str) -> Note:
    """The note on a copy whose text differs from that of the source that is converted in its place."""
    return Note(copy, VARIANT, "wrong", source, "", "attribute")
