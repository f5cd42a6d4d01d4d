"""Which articles make which volume.

A pure plan: it looks at what grouping needs of each article and says which books there are, what they are called, and
in which order their articles stand. The same articles give the same plan, whatever order they come in.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from string import Formatter
from unicodedata import normalize

from convert.names import safe_path
from convert.volumes.collection import Collection, check_collection, settled
from convert.volumes.keys import CALENDAR, KEYS, LEVELS, UNDATED, Member, Value, chronology, in_order, in_sections
from convert.where import matches

_DIGITS = {"year": 4, "month": 6, "week": 8, "day": 8}  # of a date as YYYYMMDD
_LONGEST = 200
"""Bytes of UTF-8 in a file name, suffix included; file systems take 255, and temporary names are longer."""


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
    group: the names of its values of the collection's group keys.
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
    group: tuple[str, ...] = ()


def plan_volumes(collection: Collection, members: Iterable[Member]) -> list[Volume]:
    """Say which volumes a collection has.

    collection: what config.yaml says; it is checked first.
    members: the articles, in any order, each path once. One that has several values of a group key is in several
    volumes; one that `where` or `within` leaves out is in none.
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
    for member in chosen(collection, members):
        names = ([value.name for value in KEYS[key].values(member)] for key in collection.group_by)
        for group in itertools.product(*names):
            groups.setdefault(group, []).append(member)
    start = _finest(collection.group_by)
    shelves: list[_Shelf] = []
    for group in sorted(groups):
        shelf = _Shelf(collection, tuple(sorted(groups[group], key=chronology)), group, start, ())
        shelves.extend(_within_limit(shelf))
    return _without_clashes([shelf.volume() for shelf in shelves])


def chosen(collection: Collection, members: Iterable[Member]) -> list[Member]:
    """The members that a collection takes: those in its window, which ends with the newest of all, and its `where`."""
    members = list(members)
    newest = max((one.date for one in members if one.date is not None), default=None)
    if collection.within is not None:
        first = collection.within.first(newest) if newest else datetime.date.max
        members = [one for one in members if one.date is not None and one.date >= first]
    if collection.where is not None:
        members = [one for one in members if matches(collection.where, one.facts)]
    return members


def split_volume(collection: Collection, members: Iterable[Member], volume: Volume) -> list[Volume]:
    """Split one volume of the plan one step further along the calendar, for a book whose file became too large.

    collection, members: as given to `plan_volumes`; members outside the volume are passed over.
    Returns at least two volumes, or an empty list where the volume holds one article only.
    """
    wanted = set(volume.members)
    inside = tuple(sorted((one for one in members if one.path in wanted), key=chronology))
    shelf = _Shelf(collection, inside, volume.group, _finest(collection.group_by), ())
    for candidate in _descend(shelf, volume.part):
        if len(candidate) > 1:
            return _without_clashes([one.volume() for one in candidate])
    return []


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A group of members on its way to be a volume. level: how fine its period is; part: its numbers within a day."""

    collection: Collection
    members: tuple[Member, ...]
    group: tuple[str, ...]
    level: int
    part: tuple[int, ...]

    @property
    def started(self) -> int:
        """The level of the calendar that the collection groups by."""
        return _finest(self.collection.group_by)

    def values(self) -> dict[str, Value]:
        """The values of the fields that templates can name."""
        first = self.members[0]
        values = {key: KEYS[key].values(first)[0] for key in settled(self.collection.group_by)}
        for key, name in zip(self.collection.group_by, self.group, strict=True):
            values[key] = next(value for value in KEYS[key].values(first) if value.name == name)
        return values

    def narrowed(self) -> Value | None:
        """The period (and part) that this shelf was narrowed down to by splitting; None where it was not split."""
        if self.level == self.started and not self.part:
            return None
        first = self.members[0]
        if first.date is None:
            name, label = UNDATED.name, UNDATED.label
        elif CALENDAR[self.level] == "":
            name, label = "", ""
        else:
            (value,) = KEYS[CALENDAR[self.level]].values(first)
            name, label = value.name, value.label
            if CALENDAR[self.level] == "week" and CALENDAR[self.started] != "week":
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
            labels=tuple(tuple(KEYS[key].values(one)[0].heading for key in collection.sections) for one in ordered),
            series=_series(collection, values) if position else "",
            position=position,
            first=min(dates, default=None),
            last=max(dates, default=None),
            part=self.part,
            group=self.group,
        )

    def position(self) -> str:
        """The place in the series: digits of the period that the series goes by, then those of a finer period."""
        first = self.members[0].date
        number = "".join(f"{one:02}" for one in self.part)
        if self.level == 0:
            return ""
        if first is None:
            return f"0.{number}".rstrip(".")
        base = CALENDAR[self.started or 1]
        level = CALENDAR[self.level]
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
    return max((LEVELS.get(key, 0) for key in group_by), default=0)


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
    if shelf.part or level >= len(CALENDAR) or (shelf.members[0].date is None and shelf.level):
        return []
    periods: dict[str, list[Member]] = {}
    for member in shelf.members:
        periods.setdefault(KEYS[CALENDAR[level]].values(member)[0].name, []).append(member)
    # In the order of time; members are sorted by date, so that the first of each period decides.
    return [replace(shelf, members=tuple(inside), level=level) for inside in periods.values()]


def _parts(shelf: _Shelf, size: int) -> list[_Shelf]:
    ordered = _in_reading_order(shelf.collection, shelf.members)
    chunks = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return [replace(shelf, members=tuple(chunk), part=(*shelf.part, number)) for number, chunk in enumerate(chunks, 1)]


def _descend(shelf: _Shelf, part: tuple[int, ...]) -> Iterator[list[_Shelf]]:
    """A shelf in ever finer pieces, as long as it stays one piece; at last in two halves."""
    while finer := _finer(shelf):
        yield finer
        shelf = finer[0]
    shelf = replace(shelf, part=part)
    if len(shelf.members) > 1:
        yield _parts(shelf, -(-len(shelf.members) // 2))


def _in_reading_order(collection: Collection, members: Sequence[Member]) -> list[Member]:
    return in_sections(collection.sections, in_order(collection.order_by, members))


def _fill(template: str, values: Mapping[str, str], narrowed: str, glue: str) -> str:
    """Fill a template in; the narrowed period takes the place of the finest period named, or is put at the end."""
    values = dict(values)
    if narrowed:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field and field in LEVELS]
        if fields:
            values[max(fields, key=lambda field: LEVELS[field])] = narrowed
        else:
            stem, dot, suffix = template.rpartition(".epub") if template.endswith(".epub") else (template, "", "")
            template = f"{stem}{glue}{narrowed}{dot}{suffix}"
    return template.format_map(values).strip()


def _series(collection: Collection, values: Mapping[str, Value]) -> str:
    """The title without its periods, or what else the volumes are grouped by."""
    labels = {key: "" if key in LEVELS else value.label for key, value in values.items()}
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
