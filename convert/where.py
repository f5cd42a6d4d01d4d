"""Conditions on articles, as people write them: `channel = ncid283 and date >= 2021-07`.

One small language for whatever chooses articles. `parse_where` reads an expression once into a frozen tree, `matches`
holds an article's facts against it. docs/where.md explains the language.
"""

from __future__ import annotations

import calendar
import datetime
import difflib
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, NoReturn, TypeAlias
from unicodedata import east_asian_width, normalize

from convert.article import Metadata
from convert.errors import UsageError

Fact: TypeAlias = str | int | datetime.date | tuple[str, ...]
"""What is known of an article under one field."""

Kind: TypeAlias = Literal["text", "list", "date", "number"]

_KINDS: Mapping[object, Kind] = {str: "text", list[str]: "list", datetime.date | None: "date", int | None: "number"}

FIELDS: Mapping[str, Kind] = MappingProxyType(
    {name: _KINDS[hint] for name, hint in typing.get_type_hints(Metadata).items()} | {"path": "text", "mirror": "text"}
)
"""The fields that a condition can name, and what they hold: the keys of the metadata, `path` and `mirror`."""


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
    pieces = re.findall(r"(\D*)(\d*)", text, re.ASCII)
    return tuple((words, int(digits[:4000] or -1)) for words, digits in pieces)


def _folded(text: str) -> str:
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
        return any(_folded(one) == value for one in fact)
    if isinstance(fact, str) and isinstance(value, str):
        text = _folded(fact)
        if operator == "~":
            return value in text
        return text == value if operator == "=" else _ORDER[operator](natural(text), natural(value))
    return fact == value if operator == "=" else _ORDER[operator](fact, value)


# --- reading an expression

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<operator> <= | >= | != | [=<>~] )
  | (?P<mark> [(),（），] )
  | (?P<quoted> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | “[^”]*” )
  | (?P<word> [^\s()（），,=<>!~"'“”] [^\s()（），,=<>!~"“”]* )
  | (?P<bad> . )
  | (?P<end> $ ))""",
    re.VERBOSE,
)
_MARKS = {"（": "(", "）": ")", "，": ","}
_WORDS = ("and", "or", "not", "in")
_DEEPEST = 40
_SHOWN = 70
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "text": ("=", "!=", "~", "<", "<=", ">", ">=", "in"),
    "list": ("=", "!=", "~", "in"),
    "date": ("=", "!=", "<", "<=", ">", ">=", "in"),
    "number": ("=", "!=", "<", "<=", ">", ">=", "in"),
}
"""What a field can be compared by, as it is written; `not in` comes with `in`."""


class _Token(NamedTuple):
    kind: str
    text: str
    place: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text)


def parse_where(text: str, where: str = "where") -> Condition:
    """Read an expression.

    where: what the message of an error begins with: the option or key that the expression stands in.
    Raises UsageError that names the character, what was found there, what was expected and what to do, with the
    expression and a caret below that character.
    """
    return _Parser(" ".join(text.splitlines()), where).whole()


class _Parser:
    """Reads from left to right: `or` binds least, then `and`, then `not`."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.tokens = self.cut()
        self.depth = 0

    def cut(self) -> list[_Token]:
        """The expression in tokens, the end as the last one."""
        tokens: list[_Token] = []
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup or "end"
            found = match[kind]
            token = _Token(kind, found, match.start(kind))
            if kind == "bad" and found in "\"'“":
                self.fail(token, "a quotation mark without its partner", "a closing one", "close it, or leave it out")
            if kind == "bad":
                self.fail(token, f"the sign {found!r}", "a field, a value or an operator", "write != for `is not`")
            if kind == "word" and found.lower() in _WORDS:
                token = token._replace(kind=found.lower())
            if kind == "mark":
                token = token._replace(kind=_MARKS.get(found, found))
            tokens.append(token)
            if kind == "end":
                break  # the pattern finds an empty end once more
        tokens.reverse()  # taken from the end, the next one last
        return tokens

    def next(self, *kinds: str) -> _Token | None:
        """Take the next token if it is of one of these kinds."""
        return self.tokens.pop() if self.tokens[-1].kind in kinds else None

    def whole(self) -> Condition:
        condition = self.some()
        if not self.next("end"):
            todo = "put quotation marks round a value of several words"
            self.unexpected("`and`, `or`, or the end", todo)
        return condition

    def some(self) -> Condition:
        parts = [self.every()]
        while self.next("or"):
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def every(self) -> Condition:
        parts = [self.one()]
        while self.next("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def one(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.unexpected(f"at most {_DEEPEST} conditions within each other", "write it with fewer parentheses")
        if self.next("not"):
            condition: Condition = Not(self.one())
        elif self.next("("):
            condition = self.some()
            if not self.next(")"):
                self.unexpected("`and`, `or` or `)`", "close the parenthesis")
        else:
            condition = self.comparison()
        self.depth -= 1
        return condition

    def comparison(self) -> Condition:
        field = self.next("word")
        if field is None:
            self.unexpected("a field", "begin with a field, as in `title ~ word`")
        name = field.text.lower()
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, 1, 0.5)
            todo = f"did you mean {near[0]!r}?" if near else "put the field first, as in `title ~ word`"
            self.fail(field, f"there is no field {field.text!r}", "one of " + ", ".join(FIELDS), todo)
        negated = self.next("not")
        operator = self.next("in") if negated else self.next("operator", "in")
        if operator is None:
            if negated or self.tokens[-1].kind not in ("and", "or", ")", "end"):
                expected = "`in`" if negated else "one of " + ", ".join(OPERATORS[FIELDS[name]])
                self.unexpected(f"{expected} after {name}", f"a field alone says that it has a value: `{name}`")
            return Has(name)
        sign = operator.text.lower()
        if sign not in OPERATORS[FIELDS[name]]:
            expected = "one of " + ", ".join(OPERATORS[FIELDS[name]])
            todo = "a list has no order" if FIELDS[name] == "list" else f"write `{name} = …`"
            self.fail(operator, f"{name} knows no {sign}", expected, todo)
        values = self.values(name) if sign == "in" else (self.value(name),)
        if FIELDS[name] == "list" and sign == "~":
            sign = "="
        condition = Compare(name, {"in": "=", "!=": "="}.get(sign, sign), values)
        return Not(condition) if negated or sign == "!=" else condition

    def values(self, name: str) -> tuple[str | int | Days, ...]:
        if not self.next("("):
            self.unexpected("`(` after `in`", f"write `{name} in (one, another)`")
        values = [self.value(name)]
        while self.next(","):
            values.append(self.value(name))
        if not self.next(")"):
            self.unexpected("`,` or `)`", "put a comma between values, quotation marks round one of several words")
        return tuple(values)

    def value(self, name: str) -> str | int | Days:
        token = self.next("word", "quoted")
        if token is None:
            self.unexpected(
                f"a value for {name}", "put quotation marks round signs, and round the words and, or, not, in"
            )
        text = token.text
        if token.kind == "quoted":
            text = text[1:-1] if text[0] == "“" else re.sub(r"\\(.)", r"\1", text[1:-1])
        if FIELDS[name] == "number":
            if not (text.isascii() and text.isdigit()):
                self.fail(token, f"{text!r} is no number", "a whole number", f"write it as `{name} > 500`")
            return int(text[:300])
        if FIELDS[name] == "date":
            days = _days(text)
            if days is None:
                expected = "a day, month, year or week: 2021-07-14, 2021-07, 2021, 2021-W28"
                self.fail(token, f"{text!r} is no date", expected, f"write it as `{name} >= 2021-07`")
            return days
        return _folded(text)

    def unexpected(self, expected: str, todo: str) -> NoReturn:
        token = self.tokens[-1]
        self.fail(token, f"found {token}", expected, todo)

    def fail(self, token: _Token, found: str, expected: str, todo: str) -> NoReturn:
        begin = max(0, token.place - _SHOWN // 2)
        shown = ("…" if begin else "") + self.text[begin : begin + _SHOWN]
        ahead = ("…" if begin else "") + self.text[begin : token.place]
        columns = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in ahead)
        picture = f"\n  {shown}\n  {' ' * columns}^"
        raise UsageError(f"{self.where}: character {token.place + 1}", found, expected, todo + picture)


def _days(text: str) -> Days | None:
    """The days that a year, month, day or ISO week has; None where there is no such one."""
    try:
        if week := re.fullmatch(r"(\d{4})-[Ww](\d{1,2})", text, re.ASCII):
            first = datetime.date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return Days(first, datetime.date.fromisocalendar(int(week[1]), int(week[2]), 7))
        parts = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text, re.ASCII)
        if parts is None:
            return None
        year, month, day = (int(one) if one else 0 for one in parts.groups())
        if day:
            return Days(datetime.date(year, month, day), datetime.date(year, month, day))
        if parts[3] or (parts[2] and not month):
            return None
        end = month or 12
        return Days(datetime.date(year, month or 1, 1), datetime.date(year, end, calendar.monthrange(year, end)[1]))
    except ValueError:
        return None
