"""Hostile and broken input: damaged articles keep every promise, and time grows with size alone."""

from __future__ import annotations

import pytest

from benchmarks.fuzz import case, findings, starts
from benchmarks.growth import USES, cpu, patterns, slow_patterns, verdict
from benchmarks.promises import limited
from benchmarks.shapes import SHAPES

SEED = 7
CASES = range(1500)


def test_damaged_articles_keep_every_promise() -> None:
    """Nothing raises, nothing is lost or invented, all reads back, twice is once: over some thousand faults."""
    assert findings(CASES, SEED, starts()) == []


def test_a_case_is_the_same_bytes_every_time() -> None:
    """A finding can be had again by its number and its seed."""
    articles = starts()
    texts = [one.text for one in articles]
    assert [case(one, SEED, articles, texts) for one in range(50)] == [
        case(one, SEED, articles, texts) for one in range(50)
    ]


def test_near_misses_of_the_profiles_patterns_take_no_time() -> None:
    """Each pattern, over what begins as a match of it does and is none, as far as the stages look."""
    assert slow_patterns() == []


def test_every_pattern_is_held_to_its_use() -> None:
    """A part of a profile that holds patterns says how they are used, so that none goes unlooked at."""
    assert {where.split(".", 1)[1] for where, _ in patterns()} <= set(USES)


@pytest.mark.parametrize(
    ("half", "whole", "fault"),
    [(0.5, 1.0, ""), (0.5, 1.6, "3 times"), (1.0, 2.1, "2 s"), (0.001, 0.02, ""), (0.001, 0.2, "3 times")],
)
def test_growth_is_judged_by_ratio_and_by_limit(half: float, whole: float, fault: str) -> None:
    """Twice the size in three times the CPU at most, and not above the limit; what is too short to measure passes."""
    assert fault in verdict(half, whole)
    assert bool(fault) == bool(verdict(half, whole))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_hostile_shapes_take_seconds_and_not_minutes(name: str) -> None:
    """The square of such a size would take minutes of CPU on any machine; its own size takes a second of the thirty."""
    with limited(30):
        cpu(SHAPES[name](300_000), 1)
