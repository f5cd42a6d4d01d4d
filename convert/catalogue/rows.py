"""What goes into the catalogue and comes out of it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple, TypeAlias

from convert.article import Metadata, Note

Value: TypeAlias = str | int | float | bytes | None


class Look(NamedTuple):
    """What a first look at a source told.

    publisher, id: which article it holds. length, body: of its body the number of characters, and a digest.
    failure: why it cannot be read, or empty. content: a digest of its bytes. profile: the profile that recognised it.
    size: bytes; stamp: what changes when the file does (for files on disk the time of change in nanoseconds), None
    where that cannot be told: then its bytes are looked at again.
    """

    path: str
    publisher: str = ""
    id: str = ""
    length: int = 0
    body: bytes = b""
    failure: str = ""
    content: bytes = b""
    profile: str = ""
    size: int = 0
    stamp: int | str | None = None


class Output(NamedTuple):
    """A file of the output folder.

    owner: the name of the article, or the file of the volume, that it belongs to; empty for those of the whole run.
    format: which of the owner's files it is. path: below the output folder. wanted: the path that it would have had if
    no other output had taken it. size: bytes; mtime: its time of change in nanoseconds; digest: of its bytes.
    """

    owner: str
    format: str
    path: str
    wanted: str
    size: int
    mtime: int
    digest: bytes


class Leftover(NamedTuple):
    """A file that a run wrote once, and that nothing asks for any more; otherwise as `Output`."""

    path: str
    owner: str
    size: int
    mtime: int
    digest: bytes


class Known(NamedTuple):
    """What a run needs to know of an article that was converted earlier; the fields are those of the table."""

    name: str
    path: str
    aliases: str
    content: bytes
    depends: str
    differs: int


class Reference(NamedTuple):
    """Something that an article's body refers to, and what stands for it in the Markdown file.

    name: the article's. kind: `link` to what may be an article of the mirror, `picture`, or `anchor`: a place in the
    article itself that links lead to. address: as it stands in the body. publisher, id: the article that a link leads
    to; of a picture, `id` is its path below the input or its address on the web.
    target: what stands in the file, or nothing for the address itself. wiki: the same as a note's path in a vault.
    """

    name: str
    kind: str
    address: str
    publisher: str = ""
    id: str = ""
    target: str = ""
    wiki: str = ""


class Shelved(NamedTuple):
    """A volume as it was last built; the fields are those of the table, lists and mappings as JSON.

    fingerprint: a digest of all that it was made from. split: whether it was too large, so that there is no such file.
    pictures: the mirror's own files that it asked for, with their size and time of change.
    """

    file: str
    title: str
    key: str
    collection: int
    fingerprint: bytes
    split: int = 0
    articles: int = 0
    digest: str = ""
    identifier: str = ""
    listing: str = ""
    missing: str = "{}"
    pictures: str = "[]"
    differs: int = 0
    differences: str = "[]"


FACTS = tuple(Metadata.__slots__)
"""The columns of an article's metadata; those that are lists hold JSON."""

_LISTS = frozenset({"authors", "translators", "editors", "categories", "tags"})
_SHARED = frozenset({"publisher", "via", "lang", "channel", "mirror"})


def facts_row(meta: Metadata) -> tuple[Value, ...]:
    """An article's metadata as the values of its columns."""
    row: list[Value] = []
    for name in FACTS:
        value = getattr(meta, name)
        if isinstance(value, list):
            row.append(as_json(value) if value else None)
        elif isinstance(value, datetime.date):
            row.append(value.isoformat())
        else:
            row.append(None if value == "" else value)
    return tuple(row)


def fact(name: str, value: Any) -> Any:
    """The value of a column as `convert.where.facts_of` gives it; equal ones of many articles are one object."""
    if name in _LISTS:
        return _list(value)
    if name == "date":
        return _date(value)
    return intern(value) if name in _SHARED else value


@lru_cache(maxsize=20_000)
def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(maxsize=20_000)
def _date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One article that was converted, as the catalogue keeps it.

    row: the values of the table `article`. outputs: its files. notes: rows of the table `note`. references: what its
    body refers to, where the config asks for that.
    """

    name: str
    row: tuple[Value, ...]
    outputs: tuple[Output, ...] = ()
    notes: tuple[tuple[Value, ...], ...] = ()
    references: tuple[Reference, ...] = ()


LONGEST = 120
"""Characters of a note's text in the catalogue; the whole of it is what `mirrorpress notes` prints."""


def rules_of(rows: Iterable[tuple[Value, ...]]) -> str:
    """The rule and the kind of each of an article's notes, as the column `rules` of the article holds them."""
    return as_json([row[:2] for row in rows])


def note_rows(name: str, notes: Iterable[Note]) -> tuple[tuple[Value, ...], ...]:
    """Notes as rows: of those of one rule and kind about one source the first one and their number."""
    first: dict[tuple[str, str, str], Note] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for note in notes:
        key = (note.rule, note.kind, note.path)
        counts[key] = counts.get(key, 0) + 1
        if key not in first or note < first[key]:
            first[key] = note
    return tuple((*key, name, counts[key], _fit(first[key].text), _fit(first[key].to)) for key in first)


def _fit(text: str) -> str:
    return storable(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def storable(text: str) -> str:
    """A text as SQLite takes it: what is no Unicode in it (bytes of a file's name) is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode()


_ENCODER = json.JSONEncoder(ensure_ascii=False)  # `json.dumps` makes one at each call


def as_json(value: Any) -> str:
    """JSON as the columns hold it."""
    return _ENCODER.encode(value)


class Facts(Mapping[str, Any]):
    """Facts of an article, as `facts_of_row` gives them, to be held of every article: a dict takes twice the memory.

    places: of each fact its place among the values; all articles share it. values: None where there is none.
    """

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: Iterable[Any]) -> None:
        self._places = places
        self._values = tuple([
            value if value is None else fact(name, value) for name, value in zip(places, values, strict=True)
        ])  # fmt: skip

    def __getitem__(self, name: str) -> Any:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """A fact, or the default."""
        place = self._places.get(name)
        value = None if place is None else self._values[place]
        return default if value is None else value

    def __iter__(self) -> Iterator[str]:
        return (name for name, place in self._places.items() if self._values[place] is not None)

    def __len__(self) -> int:
        return len(self._values) - self._values.count(None)


def facts_of_row(names: Iterable[str], values: Iterable[Any]) -> Mapping[str, Any]:
    """The facts of an article from some of its columns; those without a value are left out."""
    return {name: fact(name, value) for name, value in zip(names, values, strict=True) if value is not None}
