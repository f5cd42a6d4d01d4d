"""What a condition is, and whether it holds for an article."""

from __future__ import annotations

import datetime
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias
from unicodedata import normalize

from convert.article import Metadata

Fact: TypeAlias = str | int | datetime.date | tuple[str, ...]
"""What is known of an article under one field."""

Kind: TypeAlias = Literal["text", "list", "date", "number"]

_KINDS: Mapping[object, Kind] = {str: "text", list[str]: "list", datetime.date | None: "date", int | None: "number"}

FIELDS: Mapping[str, Kind] = MappingProxyType(
    {name: _KINDS[hint] for name, hint in typing.get_type_hints(Metadata).items()} | {"path": "text", "mirror": "text"}
)
"""The fields that a condition can name, and what they hold: the keys of the metadata, `path` and `mirror`."""


_PIECES = re.compile(r"(\D*)(\d*)", re.ASCII)


class Days(NamedTuple):
    """The days that a value of a date field stands for, both ends included."""

    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, slots=True)
class Has:
    """The field has a value."""

    field: str


@dataclass(frozen=True, slots=True)
class Compare:
    """The field's value, or one value of a list, stands in this relation to one of the values."""

    field: str
    operator: str
    values: tuple[str | int | Days, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Has | Compare | Not | Every | Some


def facts_of(meta: Metadata, path: str, mirror: str) -> dict[str, Fact]:
    """What conditions can ask of an article: every metadata key with a value, its path, and its mirror's name."""
    known = {key: tuple(value) if isinstance(value, list) else value for key, value in meta.items()}
    return {**known, "path": path, **({"mirror": mirror} if mirror else {})}


def matches(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    """Whether a condition holds for an article. A comparison with a field that has no value never does."""
    if isinstance(condition, Compare):
        fact = facts.get(condition.field)
        return fact is not None and any(_holds(fact, condition.operator, value) for value in condition.values)
    if isinstance(condition, Has):
        return condition.field in facts
    if isinstance(condition, Not):
        return not matches(condition.part, facts)
    if isinstance(condition, Every):
        return all(matches(part, facts) for part in condition.parts)
    return any(matches(part, facts) for part in condition.parts)


def fields_of(condition: Condition) -> frozenset[str]:
    """The fields that a condition asks for."""
    if isinstance(condition, Has | Compare):
        return frozenset({condition.field})
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return frozenset().union(*map(fields_of, parts))


def natural(text: str) -> tuple[tuple[str, int], ...]:
    """A sort key that puts n9 before n10."""
    return tuple([(words, int(digits[:4000] or -1)) for words, digits in _PIECES.findall(text)])


def folded(text: str) -> str:
    """A text in which case and the form of its characters count for nothing."""
    return normalize("NFC", text).casefold()


_ORDER: Mapping[str, Callable[[typing.Any, typing.Any], bool]] = {
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
}


def _holds(fact: Fact, operator: str, value: str | int | Days) -> bool:
    if isinstance(value, Days):
        if operator == "=":
            return isinstance(fact, datetime.date) and value.first <= fact <= value.last
        # A day is before a month when it is before the first of its days, and not after it up to the last one.
        return _ORDER[operator](fact, value.first if operator in ("<", ">=") else value.last)
    if isinstance(fact, tuple):
        return any(folded(one) == value for one in fact)
    if isinstance(fact, str) and isinstance(value, str):
        text = folded(fact)
        if operator == "~":
            return value in text
        return text == value if operator == "=" else _ORDER[operator](natural(text), natural(value))
    return fact == value if operator == "=" else _ORDER[operator](fact, value)
