"""What a run came to: counts, failures and examples, for the report and for the last lines on the screen."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from convert.article import Note
from convert.batch.checks import Differing
from convert.batch.workers import EXAMPLES, Batch, tally

Progress: TypeAlias = Callable[[str, int, int], None]
"""Is told (what is being done, how much of it is done, how much there is) again and again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A source or volume that failed, and why; the reason names it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Book:
    """A volume that was written. file: its path below the output.

    missing: how many pictures could not be had. reasons: the same by reason.
    """

    file: str
    title: str
    articles: int
    missing: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of a folder that volumes are delivered to. waiting: how many it had not got yet, copied ones too."""

    to: str
    copied: int
    waiting: int
    there: bool = True


@dataclass(slots=True)
class Summary:
    """What a run came to.

    sources: how many were found. passed_over: what else lay in the input, by reason.
    articles: those converted, or in a dry run to be converted. copies: sources that are copies of one of them.
    outputs: files written, by format. notes, examples: by (rule, kind).
    deliveries: what came of each folder that volumes are delivered to.
    verified: articles whose source and outputs were compared. differing: those that are not the same.
    fetched, cached: pictures from the web, now and in earlier runs; None where no volume wants any.
    """

    sources: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    copies: int = 0
    failures: list[Failure] = field(default_factory=list)
    outputs: Counter[str] = field(default_factory=Counter)
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[Note]] = field(default_factory=dict)
    books: list[Book] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    verified: int = 0
    differing: list[Differing] = field(default_factory=list)
    fetched: int | None = None
    cached: int = 0
    dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """1 where something failed or differs, else 0."""
        return 1 if self.failures or self.differing else 0

    def add_notes(self, notes: Iterable[Note]) -> None:
        """Count notes that no worker counted."""
        one = Batch()
        tally(one.counts, one.examples, notes)
        self.add(one)

    def add(self, batch: Batch) -> None:
        """Take in the counts and examples of a chunk; of all examples the first in sort order are kept."""
        self.notes.update(batch.counts)
        for key, notes in batch.examples.items():
            self.examples[key] = heapq.nsmallest(EXAMPLES, [*self.examples.get(key, []), *notes])

    def missing(self) -> dict[str, int]:
        """How many pictures the volumes have to do without, by reason."""
        reasons: Counter[str] = Counter()
        for book in self.books:
            reasons.update(book.reasons)
        return dict(sorted(reasons.items()))

    def kinds(self) -> dict[str, int]:
        """How many notes there are of each kind."""
        kinds: Counter[str] = Counter()
        for (_, kind), count in self.notes.items():
            kinds[kind] += count
        return dict(sorted(kinds.items()))
