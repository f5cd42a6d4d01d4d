"""Brings the sources of the catalogue up to date: looks at what may have changed, and forgets what has gone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

from convert.batch.engines.engine import Engine
from convert.batch.engines.pool import Lost, chunked
from convert.batch.engines.workers import too_much
from convert.batch.inputs.sources import Found
from convert.batch.looking import look_at
from convert.batch.summary import Failure, Progress, Summary
from convert.catalogue import Catalogue, Look
from convert.config import Config
from convert.messages import later
from convert.stores import Entry

RACY = 2_000_000_000
"""Nanoseconds within which a file may change twice and keep its time of change; FAT counts in steps of two seconds."""

_COMMIT = 5000  # sources that are looked at between two transactions

_TODO = "take the file out of the input, and report it"


def lost(config: Config, path: str, why: Lost) -> str:
    """Why a source has no result at all."""
    if why is Lost.HUNG:
        limit = f"{why.value} within {config.batch.seconds} s"
        return f"{path}: {limit}; expected a few milliseconds; raise batch.seconds if it may take long, or {_TODO}"
    if why is Lost.MEMORY:
        return too_much(path, config)
    memory = config.batch.memory
    perhaps = f", perhaps because it needs more than {memory} MB of memory (batch.memory)" if memory else ""
    return f"{path}: {why.value}{perhaps}; {_TODO}"


def looks_at(
    paths: Sequence[str], pool: Engine, failures: list[Failure], config: Config, progress: Progress
) -> list[Look]:
    """Look at every source; those that cannot be read become failures."""
    looks: list[Look] = []
    for look in _looks(paths, pool, config, partial(progress, "looking")):
        if look.failure:
            failures.append(Failure(look.path, look.failure))
        else:
            looks.append(look)
    return looks


def _looks(paths: Sequence[str], pool: Engine, config: Config, progress: Callable[[int, int], None]) -> Iterator[Look]:
    done = 0
    for some, result in pool.run(look_at, chunked(paths, pool.jobs), config.batch.seconds):
        if isinstance(result, Lost):
            result = [Look(some[0], failure=lost(config, some[0], result))]
        yield from result
        done += len(some)
        progress(done, len(paths))


@dataclass(slots=True)
class Refresh:
    """One bringing up to date.

    trusted: whether what the catalogue says of files holds for this input. proven: whether equal stamps prove equal
    bytes, whatever the catalogue knew them of. every: look at every source anew.
    partial: the sources found are only some of the input's. began: when the walk over the input began, in nanoseconds.
    """

    catalogue: Catalogue
    pool: Engine
    summary: Summary
    trusted: bool
    proven: bool
    every: bool
    partial: bool
    began: int
    changed: bool = False

    def run(self, found: Found, config: Config, ended: Callable[[], bool], progress: Progress) -> None:
        """Look at the sources that have to be looked at; `changed` says whether any is not what it was."""
        wanted, gone = self.compare(found.entries)
        with self.catalogue.transaction():
            if gone:
                self.unsettle()
            self.catalogue.forget_sources(gone)
        self.changed = bool(gone)
        for start in range(0, len(wanted), _COMMIT):
            some = {entry.path: (entry, content) for entry, content in wanted[start : start + _COMMIT]}

            def tell(done: int, _: int, start: int = start) -> None:
                progress(later("looking"), start + done, len(wanted))

            self.keep(list(_looks(list(some), self.pool, config, tell)), some)
            if ended():
                return

    def unsettle(self) -> None:
        """Let a plan be made, whatever becomes of this run: the next one will see no change any more."""
        self.catalogue.set(settled="")

    def compare(self, entries: Sequence[Entry]) -> tuple[list[tuple[Entry, bytes]], list[str]]:
        """Which sources have to be looked at, each with the digest that is known of it, and which have gone."""
        wanted: list[tuple[Entry, bytes]] = []
        gone: list[str] = []
        believed = (self.trusted or self.proven) and not self.every
        start = 0
        for rows in self.catalogue.stamps():
            end = bisect_right(entries, rows[-1][0], lo=start, key=itemgetter(0))
            there = entries[start:end]
            start = end
            if believed and there == rows:
                continue  # nearly all pages, nearly always: comparing them whole takes a tenth of the time
            before = {row[0]: row for row in rows}
            changed = [one for one in there if not believed or one != before.get(one.path)]
            digests = self.catalogue.digests([one.path for one in changed if one.path in before])
            wanted += ((one, digests.get(one.path, b"")) for one in changed)
            gone += before.keys() - {one.path for one in there}
        wanted += ((entry, b"") for entry in entries[start:])
        return wanted, [] if self.partial else sorted(gone)

    def keep(self, looks: Sequence[Look], entries: dict[str, tuple[Entry, bytes]]) -> None:
        """Write down what the looks told."""
        new: list[Look] = []
        stamps = []
        for look in looks:
            entry, content = entries[look.path]
            if look.failure:
                self.summary.failures.append(Failure(look.path, look.failure))
            # what is named by its content cannot change under its name
            aged = isinstance(entry.stamp, str) or entry.stamp < self.began - RACY
            stamp = entry.stamp if aged else None
            if look.failure and not content:
                continue  # it is not known
            if look.failure or self.every or look.content != content:
                new.append(look._replace(size=entry.size, stamp=stamp))
            else:
                stamps.append((entry.size, stamp, look.path))
        self.changed = self.changed or bool(new)
        with self.catalogue.transaction():
            if new:
                self.unsettle()
            self.catalogue.put_looks(new)
            self.catalogue.put_stamps(stamps)
