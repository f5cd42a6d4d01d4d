"""What `mirrorpress list` asks: kinds of rows with their columns, and which articles are meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from convert.catalogue.catalogue import Catalogue
from convert.catalogue.rows import facts_of_row
from convert.errors import UsageError, nearest
from convert.messages import later
from convert.where import FIELDS, Condition, fields_of, matches

Sort: TypeAlias = Literal["text", "list", "number"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows.

    table: where they come from. columns: by name, what they hold, and the SQL expression where that is not the name.
    shown: the columns of a table on the screen. order: how they are sorted where nobody says it.
    name: the SQL expression of the name of the article that a row belongs to, or empty.
    """

    table: str
    columns: Mapping[str, Sort]
    shown: tuple[str, ...]
    order: str
    name: str = ""
    sql: Mapping[str, str] = field(default_factory=dict)

    def expression(self, column: str) -> str:
        """The SQL expression of a column."""
        return self.sql.get(column, f'row."{column}"')


_FACTS: Mapping[str, Sort] = {name: "text" if kind == "date" else kind for name, kind in FIELDS.items()}

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        later("articles"): Kind(
            "article",
            {**_FACTS, "name": "text", "aliases": "list", "differs": "number"},
            ("date", "title", "channel", "words", "path"),
            "row.date IS NULL, row.date DESC, row.name",
            "row.name",
        ),
        later("outputs"): Kind(
            "output",
            {"path": "text", "format": "text", "owner": "text", "size": "number"},
            ("path", "format", "size"),
            "row.owner, row.format",
            "row.owner",
        ),
        later("volumes"): Kind(
            "volume",
            {"file": "text", "title": "text", "articles": "number", "size": "number", "identifier": "text",
             "differs": "number"},
            ("file", "title", "articles", "size"),
            "row.file",
            sql={"size": "(SELECT sum(size) FROM output WHERE owner = row.file)"},
        ),
        later("sources"): Kind(
            "source",
            {"path": "text", "publisher": "text", "id": "text", "profile": "text", "length": "number",
             "size": "number", "variant": "number"},
            ("path", "publisher", "id", "profile", "size"),
            "row.path",
        ),
        later("failures"): Kind("failure", {"path": "text", "reason": "text"}, ("path", "reason"), "row.path"),
        later("notes"): Kind(
            "note",
            {"rule": "text", "kind": "text", "path": "text", "count": "number", "text": "text", "to": "text",
             "name": "text"},
            ("rule", "kind", "path", "count", "text", "to"),
            "row.rule, row.kind, row.path",
            "row.name",
        ),
        later("leftovers"): Kind(
            "leftover", {"path": "text", "owner": "text", "size": "number"}, ("path", "owner", "size"), "row.path"
        ),
        later("runs"): Kind(
            "run",
            {"id": "number", "started": "text", "seconds": "number", "version": "text", "exit_code": "number",
             "sources": "number", "converted": "number", "unchanged": "number", "failed": "number",
             "volumes": "number"},
            ("id", "started", "seconds", "exit_code", "sources", "converted", "unchanged", "failed", "volumes"),
            "row.id DESC",
        ),
    }
)  # fmt: skip
"""What can be listed; all but files that nothing asks for and runs is of the articles that there are now."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be asked.

    kind: what is listed. columns: their names, in order. sort: a column, with a leading `-` for the reverse, or empty.
    limit: the first so many rows, None for all. chosen: only rows of articles that `choose` chose.
    """

    kind: str
    columns: tuple[str, ...]
    sort: str = ""
    limit: int | None = None
    chosen: bool = False


def check_columns(kind: str, names: Iterable[str], where: str) -> None:
    """Refuse columns that a kind of rows does not have. where: the option that they come from. Raises UsageError."""
    known = KINDS[kind].columns
    for name in names:
        if name not in known:
            raise UsageError(where, f"there is no column {name!r}", f"one of {', '.join(known)}", nearest(name, known))


def choose(catalogue: Catalogue, condition: Condition | None, found: Mapping[str, int] | None) -> int:
    """Choose articles for the questions that follow; returns how many.

    condition: that they are held against, or None. found: the names of the only ones that may be chosen, each with its
    place, or None for all.
    """
    ask = catalogue.connection.execute
    # below the connection, not in the file: nothing of the catalogue is written
    ask("CREATE TEMP TABLE chosen (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID")
    if condition is None:
        rows = [*(found or {}).items()]
    elif found is None:
        rows = [(name, 0) for name in _holding(catalogue, condition)]
    else:
        rows = [(name, found[name]) for name in _holding(catalogue, condition) if name in found]
    catalogue.connection.executemany("INSERT INTO temp.chosen VALUES (?, ?)", rows)
    return len(rows)


def _holding(catalogue: Catalogue, condition: Condition) -> Iterator[str]:
    """The names of the articles that a condition holds for; no more is read of them than it asks for."""
    names = sorted(fields_of(condition))
    columns = "".join(f', "{name}"' for name in names)
    for name, *values in catalogue.connection.execute(f"SELECT name{columns} FROM article"):
        if matches(condition, facts_of_row(names, [None if value == "" else value for value in values])):
            yield name


def answers(catalogue: Catalogue, question: Question) -> Iterator[tuple[Any, ...]]:
    """The rows that a question asks for: the values of its columns, lists as such; whatever is sorted, 9 before 10.

    What has no value comes last, whichever way the rows are sorted.
    """
    kind = KINDS[question.kind]
    catalogue.connection.create_function("natural_key", 1, natural_key, deterministic=True)
    expressions = ", ".join(kind.expression(name) for name in question.columns)
    join = f" JOIN temp.chosen ON chosen.name = {kind.name}" if question.chosen else ""
    rows = catalogue.connection.execute(
        f"SELECT {expressions} FROM {kind.table} AS row{join} ORDER BY {_order(kind, question)} LIMIT ?",
        (-1 if question.limit is None else question.limit,),
    )
    lists = [place for place, name in enumerate(question.columns) if kind.columns[name] == "list"]
    for row in rows:
        if not lists:
            yield row
            continue
        values = list(row)
        for place in lists:
            values[place] = json.loads(values[place] or "[]")
        yield tuple(values)


def _order(kind: Kind, question: Question) -> str:
    if not question.sort:
        # places are all the same but in what a search found, which is sorted by them
        return f"chosen.position, {kind.order}" if question.chosen else kind.order
    column = kind.expression(question.sort.removeprefix("-"))
    key = (
        f"natural_key(coalesce({column}, ''))" if kind.columns[question.sort.removeprefix("-")] != "number" else column
    )
    way = " DESC" if question.sort.startswith("-") else ""
    return f"coalesce({column}, '') = '', {key}{way}, {kind.order}"


def natural_key(text: str) -> str:
    """A text that sorts where people look for it: 9 before 10, letters in any case."""
    return re.sub(r"[0-9]+", _counted, text.casefold())


def _counted(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0")
    return f"{len(number):04}{number}"
