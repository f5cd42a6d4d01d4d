"""The lines of the package that tests run, those that run in commands and workers of theirs included.

    python -m benchmarks.covered [--least PERCENT] [pytest's arguments]

Runs `make test`'s tests under coverage.py, and those of `make test-long`; prints a row a package, and the files below
95 % with the lines that no test runs. Exits 1 where a test fails, or the package as a whole is below --least.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import coverage

ROOT = Path(__file__).parents[1]
TESTS = ("-q", "--numprocesses", "auto", "--dist", "worksteal", "-m", "not faults")
LEAST = 95.0  # percent of a file's lines; a file below it is named


@dataclass(frozen=True, slots=True)
class File:
    """A module: how many statements it has, and which lines of them no test runs, as coverage.py writes ranges."""

    path: str
    statements: int
    missing: int
    lines: str

    @property
    def package(self) -> str:
        """The folder in `convert/`; its own modules are one package."""
        parts = self.path.split("/")
        return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests and print what they cover; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--least", type=float, default=LEAST, help="the percentage of all lines that is asked for")
    options, tests = parser.parse_known_args(arguments)
    with tempfile.TemporaryDirectory(prefix="covered-") as folder:
        code = _run(Path(folder), tests or TESTS)
        files = _measured(Path(folder))
    print("\n".join(table(files)))
    return code or int(_share(files) < options.least)


def _run(folder: Path, tests: Sequence[str]) -> int:
    """The exit code of pytest; every process leaves a file of data in the folder."""
    command = [sys.executable, "-m", "coverage", "run", "--parallel-mode", "-m", "pytest", *tests]
    environment = {**os.environ, "COVERAGE_FILE": str(folder / "data")}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _measured(folder: Path) -> list[File]:
    """What all processes ran together, a file a row."""
    measured = coverage.Coverage(data_file=str(folder / "data"), config_file=str(ROOT / "pyproject.toml"))
    measured.combine([str(folder)])
    found = []
    for path in sorted((ROOT / "convert").rglob("*.py")):
        _, statements, _, missing, lines = measured.analysis2(str(path))
        found.append(File(path.relative_to(ROOT).as_posix(), len(statements), len(missing), lines))
    return found


def table(files: Sequence[File]) -> Iterator[str]:
    """A row a package, one for all, and one for every file that is below 95 %."""
    by_package: dict[str, list[File]] = defaultdict(list)
    for file in files:
        by_package[file.package].append(file)
    rows: Mapping[str, Sequence[File]] = {**dict(sorted(by_package.items())), "in all": files}
    yield f"{'':28}{'statements':>12}{'missing':>9}{'covered':>10}"
    for name, some in rows.items():
        statements, missing = sum(file.statements for file in some), sum(file.missing for file in some)
        yield f"{name:28}{statements:12,}{missing:9,}{_share(some):8.1f} %"
    for file in files:
        if _share([file]) < LEAST:
            yield f"{file.path}: {_share([file]):.1f} %, no test runs {file.lines}"


def _share(files: Sequence[File]) -> float:
    """How many of a hundred statements are run."""
    statements = sum(file.statements for file in files)
    return 100 * (1 - sum(file.missing for file in files) / statements) if statements else 100.0


if __name__ == "__main__":
    sys.exit(main())
