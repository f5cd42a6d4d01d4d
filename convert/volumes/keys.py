"""What volumes are grouped and ordered by: keys, read from what is known of an article."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from convert.where import FIELDS, Fact, natural


@dataclass(frozen=True, slots=True)
class Member:
    """What grouping needs to know of one article.

    path: the source's path relative to the input. facts: as `convert.where.facts_of` gives them; those that no
    collection asks for may be left out.
    """

    path: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def date(self) -> datetime.date | None:
        """The article's day."""
        found = self.facts.get("date")
        return found if isinstance(found, datetime.date) else None

    @property
    def title(self) -> str:
        """The article's title."""
        return str(self.facts.get("title", ""))

    def first(self, *names: str) -> str:
        """The first value of the first of some fields that has one; nothing where none has."""
        for name in names:
            fact = self.facts.get(name, "")
            for one in fact if isinstance(fact, tuple) else (fact,):
                if one != "":
                    return str(one)
        return ""

    def texts(self, *names: str) -> list[str]:
        """The values of some fields, those of lists one by one, in the order of the names."""
        found = [self.facts.get(name, "") for name in names]
        return [str(one) for fact in found for one in (fact if isinstance(fact, tuple) else (fact,)) if one != ""]


@dataclass(frozen=True, slots=True)
class Value:
    """What a group key says of an article: for file names, for titles, and for a line of the contents.

    A title's time can be sorted by readers that know no series; the contents have it as it is said.
    """

    name: str
    label: str
    spoken: str = ""

    @property
    def heading(self) -> str:
        """The line of the contents."""
        return self.spoken or self.label


class Key(NamedTuple):
    """A key of `group_by` and `sections`. values: reads at least one. fields: the facts that it reads."""

    values: Callable[[Member], tuple[Value, ...]]
    fields: tuple[str, ...]


Sortable: TypeAlias = tuple[Any, ...]

_REMEMBERED = 10_000
"""Values that are not made again: most articles share their day and channel with many others."""

UNDATED = Value("undated", "日期不详")
OTHER = Value("other", "其他")

# The calendar from coarse to fine. A week is an ISO 8601 week; one that belongs to a month is cut off at its ends.
CALENDAR = ("", "year", "month", "week", "day")
LEVELS: Mapping[str, int] = {name: level for level, name in enumerate(CALENDAR) if name} | {"date": 4}

# Besides itself, what a key settles: all articles of a day share its month, but not all of a week do.
SETTLES: Mapping[str, tuple[str, ...]] = {
    "day": ("week", "month", "year"),
    "date": ("day", "week", "month", "year"),
    "month": ("year",),
    "channel": ("category",),
}


def spoken(day: datetime.date, level: str = "day") -> str:
    """A day, or its `month` or `year`, as a reader of Chinese says it."""
    said = f"{day.year}年"
    if level != "year":
        said += f"{day.month}月"
    return f"{said}{day.day}日" if level == "day" else said


def _period(level: str) -> Key:
    @lru_cache(maxsize=_REMEMBERED)
    def value(date: datetime.date | None) -> Value:
        if date is None:
            return UNDATED
        if level == "week":
            year, week, _ = date.isocalendar()
            return Value(f"{year:04}-W{week:02}", f"{year:04} 第{week}周", f"{year}年第{week}周")
        text = date.isoformat()[: {"year": 4, "month": 7, "day": 10}[level]]
        return Value(text, text, spoken(date, level))

    return Key(lambda member: (value(member.date),), ("date",))


def _one(*fields: str, label: tuple[str, ...] = ()) -> Key:
    """One value: of the first of these fields that has one; its label is found likewise."""

    def values(member: Member) -> tuple[Value, ...]:
        name = member.first(*fields)
        return (_value(name, member.first(*label) if label else name) if name else OTHER,)

    return Key(values, fields)


@lru_cache(maxsize=_REMEMBERED)
def _value(name: str, label: str) -> Value:
    return Value(name, label)


def _each(name: str) -> Key:
    """Every value of a list."""

    def values(member: Member) -> tuple[Value, ...]:
        return tuple(_value(one, one) for one in dict.fromkeys(member.texts(name))) or (OTHER,)

    return Key(values, (name,))


KEYS: Mapping[str, Key] = {
    "channel": _one("channel", "categories", label=("categories", "channel")),
    "category": _one("categories", "channel"),
    "publisher": _one("publisher", "mirror"),
    "author": _each("authors"),
    "tag": _each("tags"),
    "year": _period("year"),
    "month": _period("month"),
    "week": _period("week"),
    "day": _period("day"),
    "date": _period("day"),
    **{name: _each(name) if kind == "list" else _one(name) for name, kind in FIELDS.items()
       if name not in ("channel", "publisher", "date")},
}  # fmt: skip
"""The keys of `group_by` and `sections`; where an article has several values of one, it is in several volumes."""


def chronology(member: Member) -> Sortable:
    """A sort key: by date, within a day by id, what has no date last."""
    day = member.date
    return (day is None, day or datetime.date.min, natural(str(member.facts.get("id", ""))), member.path)


def in_order(order_by: str, members: Sequence[Member]) -> list[Member]:
    """Members by a field, `-` before it for the reverse; those without a value last; equals by date."""
    name, reverse = order_by.removeprefix("-"), order_by.startswith("-")

    def place(member: Member) -> Sortable:
        fact = member.path if name == "path" else member.facts.get(name)
        if fact is None:
            return (not reverse, (), chronology(member))
        ranked = tuple(natural(one) for one in member.texts(name)) if isinstance(fact, str | tuple) else fact
        return (reverse, ranked, chronology(member))

    return sorted(members, key=place, reverse=reverse)


def in_sections(sections: Sequence[str], members: Sequence[Member]) -> list[Member]:
    """Members by their sections, in the order in which they stand within each."""
    ordered = list(members)
    # Sorting is stable: the sections from the innermost to the outermost, each over the order within.
    for name in reversed(sections):
        ordered.sort(key=lambda member: _section_order(KEYS[name].values(member)[0]))
    return ordered


@lru_cache(maxsize=_REMEMBERED)
def _section_order(value: Value) -> Sortable:
    return (value in (OTHER, UNDATED), natural(value.name), value.name)
