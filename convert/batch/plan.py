"""What becomes of each source: which of several copies is converted, and the names of its outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from convert.article import Note
from convert.config import Output
from convert.names import OutputNames


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look at a source told: which article it holds, how long its body is, and a digest of that.

    failure: why it cannot be read, or empty.
    """

    path: str
    publisher: str = ""
    id: str = ""
    length: int = 0
    digest: bytes = b""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One article to convert.

    path: the source. aliases: its copies, which are not converted. name: the path that the outputs are named after.
    targets: for each output its path, or None where only the article's metadata will tell it.
    """

    path: str
    aliases: tuple[str, ...] = ()
    name: str = ""
    targets: tuple[str | None, ...] = ()


@dataclass(slots=True)
class Plan:
    """The jobs, sorted by path; notes about names; pairs (copy, source) whose bodies are not the same bytes."""

    jobs: list[Job] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    suspects: list[tuple[str, str]] = field(default_factory=list)
    copies: int = 0


def make_plan(looks: Iterable[Look], outputs: Sequence[Output], names: OutputNames, merge: bool = True) -> Plan:
    """Decide what is converted, and what the outputs are called.

    looks: every source that could be read. names: gives each output a name of its own, and keeps them.
    merge: take sources with the same publisher and id as copies of one article: the longest body is converted (of
    equals the first path), its outputs are named after the first path, and the others are its aliases.
    """
    plan = Plan()
    groups: dict[tuple[str, ...], list[Look]] = {}
    for look in looks:
        known = merge and look.publisher and look.id
        groups.setdefault((look.publisher, look.id) if known else (look.path,), []).append(look)
    jobs = [_job(group, plan) for group in groups.values()]
    plan.jobs = sorted(_named(jobs, outputs, names, plan), key=lambda job: job.path)
    return plan


def _job(group: list[Look], plan: Plan) -> Job:
    if len(group) == 1:
        return Job(group[0].path, name=group[0].path)
    group.sort(key=lambda look: look.path)
    best = max(group, key=lambda look: look.length)
    others = [look for look in group if look is not best]
    plan.suspects += [(look.path, best.path) for look in others if look.digest != best.digest]
    plan.copies += len(others)
    return Job(best.path, tuple(look.path for look in others), group[0].path)


def _named(jobs: list[Job], outputs: Sequence[Output], names: OutputNames, plan: Plan) -> list[Job]:
    jobs.sort(key=lambda job: job.name)
    wanted = [[one.template.fill(job.name) if one.template.from_path else None for one in outputs] for job in jobs]
    names.reserve_folders(path for paths in wanted for path in paths if path)
    return [
        Job(job.path, job.aliases, job.name, tuple(path and settle(names, path, job, plan.notes) for path in paths))
        for job, paths in zip(jobs, wanted, strict=True)
    ]


def settle(names: OutputNames, wanted: str, job: Job, notes: list[Note]) -> str:
    """The name that an output of a job gets; where it is not the wanted one, a note says so."""
    path = names.settle(wanted, job.name)
    if path != wanted:
        notes.append(Note(job.path, "output.name", "wrong", wanted, path, "attribute"))
    return path


def variant(copy: str, source: str) -> Note:
    """The note on a copy whose text differs from that of the source that is converted in its place."""
    return Note(copy, "identity.variant", "wrong", source, "", "attribute")
