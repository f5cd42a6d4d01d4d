"""Which articles make which volume.

A pure plan: it looks at what grouping needs of each article and says which books there are, what they are called, and
in which order their articles stand. The same articles give the same plan, whatever order they come in.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from string import Formatter
from typing import Any, Literal, TypeAlias
from unicodedata import normalize

from convert.errors import ConfigError
from convert.files import safe_path

MOST_ARTICLES = 900
"""The highest `max_articles`: with section pages and split chapters a book keeps to 1,000 documents in its spine."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What config.yaml says of one collection of volumes.

    title, file: templates over the group keys; `file` is relative to the output folder and ends in `.epub`. Where it
        does not name every key of `group_by`, each volume gets a mark that tells it from the others.
    group_by: articles with the same values share a volume.
    sections: keys that make the levels of the table of contents, outermost first; empty for a flat one.
    order_by: `date`, `title`, `id` or `path`, with a leading `-` for the reverse.
    max_articles: a larger volume is split along the calendar.
    pictures: `mirror` takes them from the mirror's own files, `fetch` also from the web, `omit` keeps captions only.
    grayscale: store pictures without colour.
    """

    title: str = "{publisher} {month}"
    file: str = "epub/{publisher}-{month}.epub"
    group_by: tuple[str, ...] = ("publisher", "month")
    sections: tuple[str, ...] = ("channel",)
    order_by: str = "date"
    max_articles: int = 300
    pictures: Literal["mirror", "fetch", "omit"] = "mirror"
    grayscale: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """What grouping needs to know of one article.

    path: the source's path relative to the input. category: the channel's name. mirror: the mirror folder's name.
    """

    path: str
    title: str = ""
    date: datetime.date | None = None
    publisher: str = ""
    channel: str = ""
    category: str = ""
    mirror: str = ""
    id: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volume:
    """One book.

    file: path relative to the output folder, with slashes, fit for Windows and FAT.
    key: says which book of which collection this is, and stays while the book grows.
    members: paths of the articles in reading order.
    labels: for each member the names of its sections, outermost first; as long as `members`, or empty.
    series, position: the row of books that this one belongs to, and its place there, which follows from the calendar
        alone; both empty where the volumes of a collection have no order in time.
    first, last: the dates of the oldest and newest article.
    part: its number, where a day (or what has no date) had to be split.
    """

    title: str
    file: str
    key: str
    members: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...] = ()
    series: str = ""
    position: str = ""
    first: datetime.date | None = None
    last: datetime.date | None = None
    part: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """What a group key says of an article: for file names, for people, and for sorting."""

    name: str
    label: str


_UNDATED = Value("undated", "日期不详")
_OTHER = Value("other", "其他")

# The calendar from coarse to fine. A week is an ISO 8601 week; one that belongs to a month is cut off at its ends.
_CALENDAR = ("", "year", "month", "week", "day")
_DIGITS = {"year": 4, "month": 6, "week": 8, "day": 8}  # of a date as YYYYMMDD
_LONGEST = 200
"""Bytes of UTF-8 in a file name, suffix included; file systems take 255, and temporary names are longer."""


def _period(level: str) -> Callable[[Member], Value]:
    def value(member: Member) -> Value:
        if member.date is None:
            return _UNDATED
        iso = member.date.isoformat()
        if level == "week":
            year, week, _ = member.date.isocalendar()
            return Value(f"{year:04}-W{week:02}", f"{year:04} 第{week}周")
        text = iso[: {"year": 4, "month": 7, "day": 10}[level]]
        return Value(text, text)

    return value


def _plain(read: Callable[[Member], tuple[str, str]]) -> Callable[[Member], Value]:
    def value(member: Member) -> Value:
        name, label = read(member)
        return Value(name, label) if name else _OTHER

    return value


_KEYS: Mapping[str, Callable[[Member], Value]] = {
    "channel": _plain(lambda m: (m.channel or m.category, m.category or m.channel)),
    "category": _plain(lambda m: (m.category or m.channel, m.category or m.channel)),
    "publisher": _plain(lambda m: (m.publisher or m.mirror, m.publisher or m.mirror)),
    "mirror": _plain(lambda m: (m.mirror, m.mirror)),
    "author": _plain(lambda m: (m.authors[0], m.authors[0]) if m.authors else ("", "")),
    "year": _period("year"),
    "month": _period("month"),
    "week": _period("week"),
    "day": _period("day"),
}

# Besides itself, what a key of the calendar settles: all articles of a day share its month, but not all of a week do.
_SETTLES: Mapping[str, tuple[str, ...]] = {
    "day": ("week", "month", "year"),
    "month": ("year",),
    "channel": ("category",),
}

_Natural: TypeAlias = tuple[tuple[str, int], ...]
_Sortable: TypeAlias = tuple[Any, ...]


def _natural(text: str) -> _Natural:
    """A sort key that puts n9 before n10."""
    pieces = re.findall(r"(\D*)(\d*)", text, re.ASCII)
    return tuple((words, int(digits[:4000] or -1)) for words, digits in pieces)


def _chronology(member: Member) -> _Sortable:
    return (member.date is None, member.date or datetime.date.min, _natural(member.id), member.path)


_ORDERS: Mapping[str, Callable[[Member], _Sortable]] = {
    "date": _chronology,
    "title": lambda m: (m.title, *_chronology(m)),
    "id": lambda m: (_natural(m.id), m.path),
    "path": lambda m: (_natural(m.path), m.path),
}


def plan_volumes(collection: Collection, members: Iterable[Member]) -> list[Volume]:
    """Say which volumes a collection has.

    collection: what config.yaml says; it is checked first.
    members: the articles, in any order, each path once.
    Returns the volumes, sorted by file. A group over `max_articles` is split along the calendar: a month into the ISO
    weeks within it, a week into days, and a day into numbered parts. Articles without a date are a group of their own,
    which has no calendar and goes into parts at once.
    No two volumes have the same file name. Where `file` names every group key, names can only meet where case does
    not count, or where signs were replaced that file systems refuse: then each gets eight hexadecimal digits of its
    key's SHA-256 before the suffix. Where it does not, all volumes get them, from the first on, so that no book is
    renamed when a second one of its name turns up.
    Raises ConfigError for an unknown key or template field, or one that is not the same all over a volume.
    """
    check_collection(collection)
    groups: dict[tuple[str, ...], list[Member]] = {}
    for member in members:
        name = tuple(_KEYS[key](member).name for key in collection.group_by)
        groups.setdefault(name, []).append(member)
    start = _finest(collection.group_by)
    shelves: list[_Shelf] = []
    for name in sorted(groups):
        shelf = _Shelf(collection, tuple(sorted(groups[name], key=_chronology)), start, ())
        shelves.extend(_within_limit(shelf))
    return _without_clashes([shelf.volume() for shelf in shelves])


def split_volume(collection: Collection, members: Iterable[Member], volume: Volume) -> list[Volume]:
    """Split one volume of the plan one step further along the calendar, for a book whose file became too large.

    collection, members: as given to `plan_volumes`; members outside the volume are passed over.
    Returns at least two volumes, or an empty list where the volume holds one article only.
    """
    wanted = set(volume.members)
    inside = tuple(sorted((one for one in members if one.path in wanted), key=_chronology))
    shelf = _Shelf(collection, inside, _finest(collection.group_by), ())
    for candidate in _descend(shelf, volume.part):
        if len(candidate) > 1:
            return _without_clashes([one.volume() for one in candidate])
    return []


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A group of members on its way to be a volume. level: how fine its period is; part: its numbers within a day."""

    collection: Collection
    members: tuple[Member, ...]
    level: int
    part: tuple[int, ...]

    @property
    def started(self) -> int:
        """The level of the calendar that the collection groups by."""
        return _finest(self.collection.group_by)

    def values(self) -> dict[str, Value]:
        """The values of the fields that templates can name."""
        first = self.members[0]
        settled = _settled(self.collection.group_by)
        return {key: _KEYS[key](first) for key in settled}

    def narrowed(self) -> Value | None:
        """The period (and part) that this shelf was narrowed down to by splitting; None where it was not split."""
        if self.level == self.started and not self.part:
            return None
        first = self.members[0]
        if first.date is None:
            name, label = _UNDATED.name, _UNDATED.label
        elif _CALENDAR[self.level] == "":
            name, label = "", ""
        else:
            value = _KEYS[_CALENDAR[self.level]](first)
            name, label = value.name, value.label
            if _CALENDAR[self.level] == "week" and _CALENDAR[self.started] != "week":
                week = first.date.isocalendar().week
                month = first.date.isoformat()[:7]
                name, label = f"{month}-W{week:02}", f"{month} 第{week}周"
        number = "-".join(str(one) for one in self.part)
        return Value(
            "-".join(piece for piece in (name, number) if piece),
            label + "".join(f"（{one}）" for one in self.part),
        )

    def volume(self) -> Volume:
        """The finished volume."""
        collection, narrowed = self.collection, self.narrowed()
        ordered = _in_reading_order(collection, self.members)
        dates = [one.date for one in self.members if one.date is not None]
        values = self.values()
        group = [f"{key}={values[key].name}" for key in collection.group_by]
        key = "|".join([collection.file, *group, *([narrowed.name] if narrowed else [])])
        names = {name: value.name.replace("/", "_") for name, value in values.items()}
        file = safe_path(_fill(collection.file, names, narrowed.name if narrowed else "", "-"))
        named = {field for _, field, _, _ in Formatter().parse(collection.file)}
        if len(file.rpartition("/")[2].encode()) > _LONGEST or not named.issuperset(collection.group_by):
            file = _marked(file, key)
        position = self.position()
        return Volume(
            title=_fill(
                collection.title, {k: v.label for k, v in values.items()}, narrowed.label if narrowed else "", " "
            ),
            file=file,
            key=key,
            members=tuple(one.path for one in ordered),
            labels=tuple(tuple(_KEYS[key](one).label for key in collection.sections) for one in ordered),
            series=_series(collection, values) if position else "",
            position=position,
            first=min(dates, default=None),
            last=max(dates, default=None),
            part=self.part,
        )

    def position(self) -> str:
        """The place in the series: digits of the period that the series goes by, then those of a finer period."""
        first = self.members[0].date
        number = "".join(f"{one:02}" for one in self.part)
        if self.level == 0:
            return ""
        if first is None:
            return f"0.{number}".rstrip(".")
        base = _CALENDAR[self.started or 1]
        level = _CALENDAR[self.level]
        year, week, weekday = first.isocalendar()
        iso = first.isoformat().replace("-", "")
        whole, rest = iso[: _DIGITS[base]], iso[_DIGITS[base] :]
        if base == "week":
            whole, rest = f"{year:04}{week:02}", f"{weekday:02}"
        elif level == "week":
            # The week's first day within the month, not the first article's: the place must not move as a book grows.
            rest = rest[:-2] + f"{max(first.day - weekday + 1, 1):02}"
        elif level == "month":
            rest = rest[:2]
        return f"{whole}.{rest if level != base else ''}{number}".rstrip(".")


def _finest(group_by: Sequence[str]) -> int:
    return max((_CALENDAR.index(key) for key in group_by if key in _CALENDAR), default=0)


def _settled(group_by: Sequence[str]) -> list[str]:
    """The keys that have one value in each group."""
    settled = [key for name in group_by for key in (name, *_SETTLES.get(name, ()))]
    return list(dict.fromkeys(settled))


def _within_limit(shelf: _Shelf) -> list[_Shelf]:
    limit = shelf.collection.max_articles
    if len(shelf.members) <= limit:
        return [shelf]
    finer = _finer(shelf)
    if finer:
        return [piece for one in finer for piece in _within_limit(one)]
    return _parts(shelf, limit)


def _finer(shelf: _Shelf) -> list[_Shelf]:
    """The shelf, divided by the next finer period; empty at the end of the calendar."""
    level = shelf.level + 1
    if shelf.part or level >= len(_CALENDAR) or (shelf.members[0].date is None and shelf.level):
        return []
    periods: dict[str, list[Member]] = {}
    for member in shelf.members:
        periods.setdefault(_KEYS[_CALENDAR[level]](member).name, []).append(member)
    # In the order of time; members are sorted by date, so that the first of each period decides.
    return [_Shelf(shelf.collection, tuple(inside), level, ()) for inside in periods.values()]


def _parts(shelf: _Shelf, size: int) -> list[_Shelf]:
    ordered = _in_reading_order(shelf.collection, shelf.members)
    chunks = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return [
        _Shelf(shelf.collection, tuple(chunk), shelf.level, (*shelf.part, number))
        for number, chunk in enumerate(chunks, 1)
    ]


def _descend(shelf: _Shelf, part: tuple[int, ...]) -> Iterator[list[_Shelf]]:
    """A shelf in ever finer pieces, as long as it stays one piece; at last in two halves."""
    while finer := _finer(shelf):
        yield finer
        shelf = finer[0]
    shelf = replace(shelf, part=part)
    if len(shelf.members) > 1:
        yield _parts(shelf, -(-len(shelf.members) // 2))


def _in_reading_order(collection: Collection, members: Sequence[Member]) -> list[Member]:
    name = collection.order_by
    ordered = sorted(members, key=_ORDERS[name.removeprefix("-")], reverse=name.startswith("-"))
    # Sorting is stable: the sections from the innermost to the outermost, each over the order within.
    for key in reversed(collection.sections):
        ordered.sort(key=lambda member: _section_order(_KEYS[key](member)))
    return ordered


def _section_order(value: Value) -> _Sortable:
    return (value in (_OTHER, _UNDATED), _natural(value.name), value.name)


def check_collection(collection: Collection) -> None:
    """Check what config.yaml says of a collection.

    Raises ConfigError that names the value, what was expected, and what to do.
    """
    for name, keys in (("group_by", collection.group_by), ("sections", collection.sections)):
        for key in keys:
            if key not in _KEYS:
                raise ConfigError(f"volumes: {name}", repr(key), "one of " + ", ".join(_KEYS), "name another key")
    if collection.order_by.removeprefix("-") not in _ORDERS:
        found, expected = repr(collection.order_by), "one of " + ", ".join(_ORDERS)
        raise ConfigError("volumes: order_by", found, f"{expected}, with - for the reverse", "name another order")
    if not 1 <= collection.max_articles <= MOST_ARTICLES:
        found, expected = str(collection.max_articles), f"a number from 1 to {MOST_ARTICLES}"
        raise ConfigError("volumes: max_articles", found, expected, "readers become slow with larger books")
    for name, template in (("title", collection.title), ("file", collection.file)):
        _check_template(name, template, _settled(collection.group_by))
    parts = collection.file.split("/")
    if collection.file.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", collection.file):
        raise ConfigError("volumes: file", repr(collection.file), "a path inside the output folder", "take it back in")
    if not collection.file.endswith(".epub"):
        raise ConfigError("volumes: file", repr(collection.file), "a name that ends in .epub", "add the suffix")


def _check_template(name: str, template: str, settled: Sequence[str]) -> None:
    where = f"volumes: {name}"
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise ConfigError(where, f"{template!r} ({error})", "balanced braces", "write {{ for a brace") from None
    for _, field, spec, conversion in pieces:
        if field is None:
            continue
        if field not in _KEYS or spec or conversion:
            bad = "{" + field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
            raise ConfigError(where, f"the field {bad}", "one of " + ", ".join(_KEYS), "name another field")
        if field not in settled:
            todo = f"add {field} to group_by, or take it out of {name}"
            raise ConfigError(where, f"{{{field}}}, which differs within a volume", "a key of group_by", todo)


def _fill(template: str, values: Mapping[str, str], narrowed: str, glue: str) -> str:
    """Fill a template in; the narrowed period takes the place of the finest period named, or is put at the end."""
    values = dict(values)
    if narrowed:
        fields = {field for _, field, _, _ in Formatter().parse(template) if field in _CALENDAR[1:]}
        if fields:
            values[max(fields, key=lambda field: _CALENDAR.index(str(field))) or ""] = narrowed
        else:
            stem, dot, suffix = template.rpartition(".epub") if template.endswith(".epub") else (template, "", "")
            template = f"{stem}{glue}{narrowed}{dot}{suffix}"
    return template.format_map(values).strip()


def _series(collection: Collection, values: Mapping[str, Value]) -> str:
    """The title without its periods, or what else the volumes are grouped by."""
    labels = {key: "" if key in _CALENDAR else value.label for key, value in values.items()}
    bare = re.sub(r"\s+", " ", collection.title.format_map(labels)).strip(" -–—·:：,，（）()[]【】/|")
    return bare or " ".join(labels[key] for key in collection.group_by if labels[key])


def _without_clashes(volumes: Sequence[Volume]) -> list[Volume]:
    by_name: dict[str, list[Volume]] = {}
    for volume in volumes:
        by_name.setdefault(normalize("NFC", volume.file).casefold(), []).append(volume)
    result: list[Volume] = []
    for group in by_name.values():
        if len(group) > 1:
            group = [replace(one, file=_marked(one.file, one.key)) for one in group]
        result.extend(group)
    return sorted(result, key=lambda volume: (volume.file, volume.key))


def _marked(file: str, key: str) -> str:
    """A file name with a mark that follows from the volume's key, cut so that every file system takes it."""
    folder, slash, name = file.rpartition("/")
    stem = name.removesuffix(".epub").encode()[:_LONGEST].decode(errors="ignore")
    return f"{folder}{slash}{stem}-{sha256(key.encode()).hexdigest()[:8]}.epub"
