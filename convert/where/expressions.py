"""Reads a condition from what people write: tokens, then what they mean."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Mapping
from typing import NamedTuple, NoReturn
from unicodedata import east_asian_width

from convert.errors import UsageError, nearest
from convert.where.conditions import FIELDS, Compare, Condition, Days, Every, Has, Kind, Not, Some, folded

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
            todo = nearest(name, FIELDS, "put the field first, as in `title ~ word`")
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
        return folded(text)

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
