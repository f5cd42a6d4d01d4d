"""How many small faults of the stages the tests notice.

    python -m benchmarks.mutants [--size N] [--seed S] [--only NAME,…]

Draws mutants (benchmarks/operators.py) of the rules, steps and emitters, has the tests that reach each (benchmarks/
reach.py) run over it, and prints the survivors, with the lines that were changed, and a table. Tests that start the
command, a run's processes or Java do not take part, so that the rate is a lower bound. Exits 1 below --least.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.operators import Mutant, mutants, sample
from benchmarks.reach import Reach, ending, reach

ROOT = Path(__file__).parents[1]
FOLDERS = ("convert/clean", "convert/enrich", "convert/emit")
# These start processes, or look at other packages and at this one; a file that is not named here takes part.
LEFT_OUT = frozenset(
    "addresses batch benchmarks catalogue cli completion deliver docs engines faults faults_catalogue faults_disk "
    "faults_sources files imports incremental init listing mutants plugins preview report_page schedule schemas stores "
    "verify_command".split()
)
# These convert articles, some all cases again, to see what emitters make of them; rules and steps have tests enough.
OF_EMITTERS = frozenset(
    f"tests/test_{name}.py" for name in "dataset fetch flavours readers typesetting wrapping".split()
)
LONGEST = 0.5  # seconds; a test that takes more does not take part: it waits for processes, or tries very many texts
PATIENCE = 10  # a mutant's tests may take so many times the CPU that they take without it,
GRACE = 20  # and so many seconds more
FIRST = 100  # tests that run by themselves, before all files of the others are loaded; they kill most
ENDINGS = {-signal.SIGXCPU: "timed out", -signal.SIGALRM: "timed out"}
COLUMNS = ("killed", "timed out", "survived", "not covered")


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw mutants, try each, print what was found; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=500, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="of the sample these alone, by the names that a run prints")
    parser.add_argument("--least", type=float, default=80.0, help="the rate in percent that is asked for")
    options = parser.parse_args(arguments)
    population = mutants(ROOT, FOLDERS)
    drawn = sample(population, options.size, options.seed)
    if options.only:
        drawn = [one for one in drawn if one.name in options.only.split(",")]
    print(f"{len(drawn):,} of {len(population):,} mutants, seed {options.seed}", flush=True)
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        known = reach(ROOT, FOLDERS, _files(), Path(scratch))
        for one in drawn:
            began = time.monotonic()
            result, tests = _try(one, known, Path(scratch))
            counts[one.package, result] += 1
            if result != "killed":
                took = f"{tests} tests, {time.monotonic() - began:.1f} s"
                print(f"\n{result} {one.name} {one.path}:{one.line} ({took})\n{one.diff()}", flush=True)
    print("\n" + "\n".join(_table(counts)))
    return 1 if _rate(counts) < options.least else 0


def _files() -> list[str]:
    """The files of tests that take part."""
    files = sorted((ROOT / "tests").glob("test_*.py"))
    return [f"tests/{path.name}" for path in files if path.stem.removeprefix("test_") not in LEFT_OUT]


def _try(one: Mutant, known: Reach, scratch: Path) -> tuple[str, int]:
    """What becomes of a mutant, and how many tests were chosen for it."""
    reached = known.of(one.path, one.first, one.last) if one.inside else set()
    if not reached and known.is_loaded(one.path, one.first, one.last):
        reached = known.of_modules([one.path, *_importers(one.path)])
    tests = [test for test in sorted(reached) if known.took[test] <= LONGEST] or sorted(reached)
    if one.package != "convert/emit":
        tests = [test for test in tests if test.partition("::")[0] not in OF_EMITTERS] or tests
    if not tests:
        return "not covered", 0
    breadth = known.breadth()
    tests.sort(key=lambda test: (breadth[test], known.took[test]))
    source = one.source()
    for some in (tests[:FIRST], tests[FIRST:]):
        seconds = GRACE + int(PATIENCE * sum(known.seconds[test] for test in some))
        code = ending(_module(one.path), ROOT / one.path, source, some, seconds, scratch) if some else 0
        if code == 5:
            raise RuntimeError(f"{one.path}:{one.line}: pytest found none of {len(some)} tests over {one.name}")
        if code:
            return ENDINGS.get(code, "killed"), len(tests)
    return "survived", len(tests)


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _importers(path: str) -> list[str]:
    """The modules and tests that import a module: what it says outside of functions works in them.

    Likewise those that have its names from its package.
    """
    name = _module(path)
    package, _, last = name.rpartition(".")
    wanted = re.compile(rf"^from (?:{re.escape(name)} import|{re.escape(package)} import .*\b{last}\b)", re.MULTILINE)
    files = sorted(file for folder in (*FOLDERS, "tests") for file in (ROOT / folder).rglob("*.py"))
    found = [file.relative_to(ROOT).as_posix() for file in files if wanted.search(file.read_text("utf-8"))]
    offered = path.rpartition("/")[0] + "/__init__.py"
    return [*found, *(_importers(offered) if offered in found else ())]


def _rate(counts: Counter[tuple[str, str]]) -> float:
    """How many in a hundred were killed or ran without an end; a mutant that no test was run over was not."""
    noticed = sum(times for (_, result), times in counts.items() if result in ("killed", "timed out"))
    return 100 * noticed / max(1, counts.total())


def _table(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    yield "".join([f"{'':16}", *(f"{column:>13}" for column in COLUMNS), f"{'rate':>9}"])
    for package in (*FOLDERS, ""):
        of_it = Counter({key: times for key, times in counts.items() if package in ("", key[0])})
        totals = Counter({column: sum(of_it[key] for key in of_it if key[1] == column) for column in COLUMNS})
        numbers = "".join(f"{totals[column]:13,}" for column in COLUMNS)
        yield f"{package or 'in all':16}{numbers}{_rate(of_it):7.1f} %"


if __name__ == "__main__":
    sys.exit(main())
