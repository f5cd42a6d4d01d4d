"""Conditions on articles, as people write them: `channel = ncid283 and date >= 2021-07`.

One small language for whatever chooses articles. `parse_where` reads an expression once into a frozen tree, `matches`
holds an article's facts against it. docs/where.md explains the language.
"""

from __future__ import annotations

from convert.where.conditions import FIELDS, Condition, Fact, Kind, facts_of, fields_of, matches, natural
from convert.where.expressions import OPERATORS, parse_where

__all__ = [
    "FIELDS",
    "OPERATORS",
    "Condition",
    "Fact",
    "Kind",
    "facts_of",
    "fields_of",
    "matches",
    "natural",
    "parse_where",
]
