"""Measures: fidelity over a corpus, speed and memory beside other tools."""

from __future__ import annotations

from functools import cache

from convert import Context, load_profiles
from convert.clean import RULES
from convert.enrich import STEPS


@cache
def context() -> Context:
    """The context of the built-in defaults."""
    return Context(load_profiles(), RULES, STEPS)
