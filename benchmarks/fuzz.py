"""Damaged articles, held to every promise: nothing raises, nothing is lost or invented, everything reads back.

    python -m benchmarks.fuzz [--cases N] [--seed S] [--seconds N] [--corpus DIR] [--keep DIR] [--jobs N]

Takes the articles of `seeds/` and `tests/cases` (and of --corpus), damages them (benchmarks/mutations.py), converts
them and checks what comes out. Case number N of seed S is always the same bytes. Each finding is cut down to what it
needs and written to --keep, beside a line that says what was found. Exits 1 where there was one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import yaml

from benchmarks.mutations import mutate
from benchmarks.promises import broken, smallest
from convert import Source
from convert.batch.engines.machine import cores
from convert.batch.engines.pool import Lost, Pool
from convert.stores import SUFFIXES

ROOT = Path(__file__).parents[1]
LONGEST = 20_000  # characters of an article that is damaged: many small ones find more than few large ones
CHUNK = 50  # cases that go to a process at a time
DIED = "process died"
KEPT = 6  # findings of one check that are cut down and written


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that broke a promise: its number, the check that says so, what the check says, and the source."""

    case: int
    check: str
    told: str
    source: Source


@dataclass(frozen=True, slots=True)
class Start:
    """An article to be damaged. path: what the stages are told of it; text: as it is on the disk."""

    path: str
    text: str


def starts(corpus: Path | None = None) -> list[Start]:
    """The articles that are damaged, in the order of their paths."""
    found = [_start(path, path.relative_to(ROOT / "seeds").as_posix()) for path in _articles(ROOT / "seeds")]
    for folder in sorted(path.parent for path in (ROOT / "tests" / "cases").glob("*/case.yaml")):
        facts = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
        path = next(path for path in sorted(folder.iterdir()) if path.stem == "input")
        found.append(_start(path, facts.get("path", f"pages/ncid282/{folder.name}{path.suffix}")))
    if corpus:
        found += [_start(path, path.relative_to(corpus).as_posix()) for path in _articles(corpus)]
    return [one for one in found if one.text]


def _articles(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name.lower().endswith(SUFFIXES) and path.is_file())


def _start(path: Path, name: str) -> Start:
    return Start(name, path.read_bytes().decode("utf-8", "replace")[:LONGEST])


def case(number: int, seed: int, articles: Sequence[Start], texts: Sequence[str]) -> Source:
    """One damaged article; the same for the same arguments, on every machine."""
    chance = Random(f"{seed}-{number}")
    one = chance.choice(articles)
    return Source(one.path, mutate(one.text, texts, chance))


def findings(numbers: Sequence[int], seed: int, articles: Sequence[Start]) -> list[Finding]:
    """The promises that some cases break."""
    texts = [one.text for one in articles]
    found = []
    for number in numbers:
        source = case(number, seed, articles, texts)
        found += [Finding(number, check, told, source) for check, told in broken(source).items()]
    return found


_asked: tuple[int, list[Start]] = (0, [])


def _begin(seed: int, corpus: Path | None) -> None:
    global _asked
    _asked = (seed, starts(corpus))


def _work(numbers: Sequence[int]) -> list[Finding]:
    return findings(numbers, *_asked)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run cases until there are enough or the time is over; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000, help="how many; 0 goes on until --seconds or Ctrl-C")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so many; 0 does not")
    parser.add_argument("--corpus", type=Path, help="a folder of further articles to damage")
    parser.add_argument("--keep", type=Path, help="a folder for the findings")
    parser.add_argument("--jobs", type=int, default=0, help="processes; 0 takes every core")
    options = parser.parse_args(arguments)
    articles = starts(options.corpus)
    began = time.monotonic()
    done = 0
    by_check: Counter[str] = Counter()
    kept: list[Finding] = []
    with Pool(options.jobs or cores(), _begin, options.seed, options.corpus) as pool, suppress(KeyboardInterrupt):
        for numbers, result in pool.run(_work, _chunks(options.first, options.cases), seconds=60):
            done += len(numbers)
            for finding in _lost(numbers[0], options.seed, articles, result) if isinstance(result, Lost) else result:
                by_check[finding.check] += 1
                if by_check[finding.check] <= KEPT:
                    print(f"case {finding.case}: {finding.check}: {finding.told}", flush=True)
                    kept.append(finding)
            if options.seconds and time.monotonic() - began > options.seconds:
                break
    speed = done / (time.monotonic() - began)
    print(f"{done:,} cases from {len(articles):,} articles, {speed:,.0f} a second, seed {options.seed}")
    for check, times in sorted(by_check.items()):
        print(f"{times:8,} {check}")
    for finding in kept if options.keep else ():
        _keep(options.keep, options.seed, finding)
    return 1 if by_check else 0


def _lost(number: int, seed: int, articles: Sequence[Start], why: Lost) -> list[Finding]:
    """The finding that a case ended its process."""
    return [Finding(number, DIED, why.value, case(number, seed, articles, [one.text for one in articles]))]


def _chunks(first: int, cases: int) -> Iterator[Sequence[int]]:
    for start in count(first, CHUNK):
        if cases and start >= first + cases:
            return
        yield range(start, min(start + CHUNK, first + cases) if cases else start + CHUNK)


def _keep(folder: Path, seed: int, finding: Finding) -> None:
    """Write a finding, cut down, beside what was said of it."""
    folder.mkdir(parents=True, exist_ok=True)
    source = finding.source
    if finding.check != DIED:
        source = Source(source.path, smallest(source, finding.check))
    told = broken(source).get(finding.check, finding.told) if finding.check != DIED else finding.told
    name = f"{finding.check.replace(' ', '-')}-{seed}-{finding.case}"
    suffix = Path(source.path).suffix
    (folder / f"{name}{suffix}").write_bytes(source.data)
    (folder / f"{name}.told").write_text(f"{source.path}\n{told}\n", encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
