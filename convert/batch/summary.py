"""What a run came to: counts and failures, for the last lines on the screen and for the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from convert.batch.checks import Differing

Progress: TypeAlias = Callable[[str, int, int], None]
"""Is told (what is being done, how much of it is done, how much there is) again and again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A source or volume that failed, and why; the reason names it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Book:
    """A volume that is there. file: its path below the output. size: its bytes.

    missing: how many pictures could not be had. reasons: the same by reason.
    """

    file: str
    title: str
    articles: int
    missing: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    size: int = 0


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
    articles: those that there are now. converted: those converted in this run, or in a dry run to be converted, by
    reason. copies: sources that are copies of an article. gone: articles whose sources are no more.
    outputs: files of converted articles, by format. notes: of converted articles, by (rule, kind).
    books: the volumes that there are now; built: how many of them this run built.
    shards: the files of the dataset that there are now; shards_written: how many of them this run wrote.
    leftovers: files that earlier runs wrote and nothing asks for any more; removed: those that were deleted, and kept:
    those that were not, because they are not what was written.
    deliveries: what came of each folder that volumes are delivered to.
    verified: articles whose source and outputs were compared. differing: those that are not the same.
    links: those that lead to an article's file instead of its address; pictures: the files of those that articles show.
    None where the config asks for no such thing. lacking: pictures that are there and are not shown, by reason.
    fetched, cached: pictures from the web, now and in earlier runs; None where no volume wanted any.
    warnings: what an operator should know, a line each. stopped: why the run ended early, or empty; signal: the number
    of the signal that asked for it.
    """

    sources: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    converted: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    gone: int = 0
    failures: list[Failure] = field(default_factory=list)
    outputs: Counter[str] = field(default_factory=Counter)
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)
    books: list[Book] = field(default_factory=list)
    built: int = 0
    shards: int = 0
    shards_written: int = 0
    leftovers: int = 0
    removed: int = 0
    kept: list[str] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    verified: int = 0
    differing: list[Differing] = field(default_factory=list)
    links: int | None = None
    pictures: int | None = None
    lacking: dict[str, int] = field(default_factory=dict)
    fetched: int | None = None
    cached: int = 0
    warnings: list[str] = field(default_factory=list)
    stopped: str = ""
    signal: int = 0
    dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """128 and the number of the signal that ended the run, as shells count; 1 where something failed; else 0."""
        if self.signal:
            return 128 + self.signal
        return 1 if self.failures or self.differing else 0

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
