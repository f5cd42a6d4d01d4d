"""What mutants are drawn, and how their tests end: by the operators and processes of `make mutants`."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("mutmut", reason="the extra `mutants` is not installed; `make mutants` does so")

from benchmarks.mutants import FOLDERS, ROOT
from benchmarks.operators import mutants, of_module, sample
from benchmarks.reach import apart, ending, reach

CODE = '''"""A bridge."""

from typing import TypeAlias

__all__ = ["cross"]
LONGEST = 3
Way: TypeAlias = "str"


def cross(way: "str", steps: int = 2) -> int:
    """Cross it."""
    return len(way) + steps
'''


def test_what_is_changed() -> None:
    """Numbers, signs and texts, in functions and outside; no type, docstring, import or offered name."""
    found = list(of_module("convert/clean/bridge.py", CODE))
    assert [(one.line, one.inside, one.package) for one in found] == [
        (6, False, "convert/clean"),
        (6, False, "convert/clean"),
        (10, True, "convert/clean"),
        (12, True, "convert/clean"),
    ]
    assert [one.diff() for one in found] == [
        "-LONGEST = 3\n+LONGEST = None",
        "-LONGEST = 3\n+LONGEST = 4",
        '-def cross(way: "str", steps: int = 2) -> int:\n+def cross(way: "str", steps: int = 3) -> int:',
        "-    return len(way) + steps\n+    return len(way) - steps",
    ]


def test_a_draw_hangs_on_the_seed_and_not_on_what_stands_around() -> None:
    """The same each time; another for another seed; an edit elsewhere moves it, and changes none of it."""
    population = of_module("convert/clean/bridge.py", CODE)
    drawn = sample(population, 2, 1)
    moved = of_module("convert/clean/bridge.py", CODE.replace('"""A bridge."""', '"""A\n\nbridge."""\n'))
    assert [one.name for one in drawn] == [one.name for one in sample(moved, 2, 1)]
    assert [one.line for one in sample(moved, 2, 1)] == [one.line + 3 for one in drawn]
    assert len({tuple(one.name for one in sample(population, 2, seed)) for seed in range(20)}) > 1


@pytest.mark.slow
def test_the_stages_have_thousands() -> None:
    """Of every package, each under a name of its own."""
    found = mutants(ROOT, ["convert/enrich"])
    assert len({one.name for one in found}) == len(found) > 1000
    assert {one.package for one in found} == {"convert/enrich"}
    assert set(FOLDERS) == {"convert/clean", "convert/enrich", "convert/emit"}


@pytest.mark.slow
def test_tests_that_reach_a_statement_end_over_its_mutants(tmp_path: Path) -> None:
    """They pass over the module as it is, fail over a fault, and are ended where it never ends."""
    known = reach(ROOT, ["convert/enrich"], ["tests/test_step_edges.py"], tmp_path)
    path = ROOT / "convert/enrich/calendar.py"
    text = path.read_text("utf-8")
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "y + 2000" in one)
    tests = sorted(known.of("convert/enrich/calendar.py", line, line))
    assert tests
    assert all("day" in test or "year" in test or "date" in test for test in tests)

    def ended(old: str, new: str) -> int:
        return ending("convert.enrich.calendar", path, text.replace(old, new), tests, 10, tmp_path)

    assert ended("", "") == 0
    assert ended("y + 2000", "y + 1000") == 1
    assert ended("    numbers = [", "    while True:\n        pass\n    numbers = [") < 0


def test_a_process_apart_tells_how_it_ended(tmp_path: Path) -> None:
    """By the code that its work returns, or by 70 where that raises; what it prints is in a file."""

    def fail() -> int:
        raise ValueError("桥")

    assert apart(lambda: 3, 10, tmp_path / "told") == 3
    assert apart(fail, 10, tmp_path / "told") == 70
    assert "ValueError: 桥" in (tmp_path / "told").read_text("utf-8")
