"""Rows as people and programs read them: a table for a terminal, lines with tabs, JSON, CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from convert.catalogue.asking import KINDS, Question
from convert.catalogue.words import Word, pattern_of
from convert.cli import screen

if TYPE_CHECKING:
    from rich.console import Console

_SAMPLE = 500  # rows that the widths of columns are taken from; a table may have many more than anyone looks at
_NARROWEST = 4
_BETWEEN = "  "
_AT_ONCE = 1000  # rows that are printed together

NUMBERS = frozenset(name for kind in KINDS.values() for name, sort in kind.columns.items() if sort == "number")


def show(format_: str, question: Question, rows: Iterator[tuple[Any, ...]], words: Sequence[Word]) -> int:
    """Print rows; returns how many. words: what was searched for, which a terminal shows marked."""
    if format_ == "json":
        return _put(_json_lines(question.columns, rows), "[\n", "\n]\n", "[]\n")
    if format_ == "csv":
        return _put(_csv_lines(rows), _csv_line(question.columns), "", _csv_line(question.columns))
    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=True)
    if not console.is_terminal:
        return _put("\t".join(map(cell, row)) + "\n" for row in rows)
    return _table(console, question.columns, rows, pattern_of(words))


def _put(lines: Iterable[str], head: str = "", tail: str = "", empty: str = "") -> int:
    """Print lines in UTF-8, whatever the terminal says, some at a time; returns how many."""
    count = 0
    coming = iter(lines)
    while some := list(islice(coming, _AT_ONCE)):
        screen.put(((head if not count else "") + "".join(some)).encode("utf-8", "backslashreplace"))
        count += len(some)
    screen.put((tail if count else empty).encode())
    return count


def _json_lines(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Objects, a line each, with commas between them."""
    comma = ""
    for row in rows:
        yield comma + json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
        comma = ",\n"


def _csv_lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    return (_csv_line(map(_flat, row)) for row in rows)


def _csv_line(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


def _flat(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def cell(value: object) -> str:
    """A value in one line, without a sign that a terminal would obey."""
    if value is None:
        return ""
    text = str(_flat(value))
    return text if text.isprintable() else " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _table(
    console: Console, columns: Sequence[str], rows: Iterator[tuple[Any, ...]], hits: re.Pattern[str] | None
) -> int:
    """A table as wide as the terminal; Chinese characters take two of its columns."""
    from rich.text import Text

    lines = ([cell(value) for value in row] for row in rows)
    sample = list(islice(lines, _SAMPLE))
    if not sample:
        return 0
    widths = fitting([columns, *sample], console.width)
    console.print(Text(_line(columns, columns, widths), style="bold"))
    count = 0
    for line in chain(sample, lines):
        text = Text(_line(line, columns, widths))
        if hits:
            text.highlight_regex(hits, "bold red")
        console.print(text)
        count += 1
    return count


def fitting(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The widths of columns: as wide as their widest value, the widest ones narrower where a line would be too long."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[place]) for row in rows) for place in range(len(rows[0]))]
    room = max(width - len(_BETWEEN) * (len(widths) - 1), _NARROWEST * len(widths))
    cap = max(widths)
    while sum(min(one, cap) for one in widths) > room and cap > _NARROWEST:
        cap -= 1
    spare = max(0, room - sum(min(one, cap) for one in widths))
    # what one step of the cap would take from several columns goes to the last one that can use it
    for place in reversed(range(len(widths))):
        more = min(spare, max(0, widths[place] - cap))
        widths[place] = min(widths[place], cap) + more
        spare -= more
    return widths


def _line(values: Sequence[str], columns: Sequence[str], widths: Sequence[int]) -> str:
    from rich.cells import cell_len, set_cell_size

    cells = []
    for value, name, width in zip(values, columns, widths, strict=True):
        spare = width - cell_len(value)
        if spare < 0:
            cells.append(set_cell_size(value, width - 1) + "…")
        else:
            cells.append(" " * spare + value if name in NUMBERS else value + " " * spare)
    return _BETWEEN.join(cells).rstrip()
