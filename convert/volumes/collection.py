"""What config.yaml says of one collection of volumes, and whether it can be so."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal, NamedTuple

from convert.errors import ConfigError, nearest
from convert.typesetting import ScriptName, Spacing
from convert.volumes.keys import KEYS, SETTLES
from convert.where import FIELDS, Condition, fields_of

MOST_ARTICLES = 900
"""The highest `max_articles`: with section pages and split chapters a book keeps to 1,000 documents in its spine."""

MOST_SECTIONS = 3


class Window(NamedTuple):
    """The last so many days, weeks, months or years, counted back from the newest article of the input."""

    number: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read `7 days`, `4 weeks`, `3 months`, `1 year`. Raises ConfigError for anything else."""
        match = re.fullmatch(r"\s*(\d{1,6})\s*(day|week|month|year)s?\s*", text, re.ASCII)
        if match is None or not int(match[1]):
            expected = "a number of days, weeks, months or years, as in `7 days`"
            raise ConfigError("volumes: within", repr(text), expected, "mend it, or take it out for all articles")
        return cls(int(match[1]), match[2])

    def first(self, newest: datetime.date) -> datetime.date:
        """The first day of the window whose last day is `newest`."""
        try:
            if self.unit in ("day", "week"):
                return newest - datetime.timedelta(self.number * (7 if self.unit == "week" else 1) - 1)
            months = newest.year * 12 + newest.month - 1 - self.number * (12 if self.unit == "year" else 1)
            year, month = divmod(months, 12)
            day = min(newest.day, calendar.monthrange(year, month + 1)[1])
            return datetime.date(year, month + 1, day) + datetime.timedelta(1)
        except (OverflowError, ValueError):
            return datetime.date.min


@dataclass(frozen=True, slots=True)
class Collection:
    """What config.yaml says of one collection of volumes.

    title, file: templates over the group keys; `file` is relative to the output folder and ends in `.epub`. Where it
        does not name every key of `group_by`, each volume gets a mark that tells it from the others.
    where: only articles for which this holds; None for all.
    within: only articles of this window, which ends with the newest article of the input; None for all.
    group_by: articles with the same values share a volume; one with several values of a key is in several volumes.
    sections: keys that make the levels of the table of contents, outermost first; empty for a flat one.
    order_by: a field, with a leading `-` for the reverse.
    max_articles: a larger volume is split along the calendar.
    max_bytes: likewise, when smaller pictures do not help; 0 sets no limit.
    pictures: `mirror` takes them from the mirror's own files, `fetch` also from the web, `omit` keeps captions only.
    grayscale: store pictures without colour.
    style: `book` sets paragraphs as Chinese books do, `plain` leaves all that to the reading system.
    script: the configuration of OpenCC by which all that it says is turned, as `s2t` and `t2s`; `none` turns nothing.
    spacing: `pangu` puts a space between Han characters and Latin letters or digits.
    """

    title: str = "{publisher} {month}"
    file: str = "epub/{publisher}-{month}.epub"
    where: Condition | None = None
    within: Window | None = None
    group_by: tuple[str, ...] = ("publisher", "month")
    sections: tuple[str, ...] = ("channel",)
    order_by: str = "date"
    max_articles: int = 300
    max_bytes: int = 45_000_000
    pictures: Literal["mirror", "fetch", "omit"] = "mirror"
    grayscale: bool = False
    style: Literal["book", "plain"] = "book"
    script: ScriptName = "none"
    spacing: Spacing = "none"

    @property
    def fields(self) -> frozenset[str]:
        """The facts that a member of this collection needs."""
        keys = {name for key in (*self.group_by, *self.sections) if key in KEYS for name in KEYS[key].fields}
        asked = fields_of(self.where) if self.where else frozenset()
        return asked | keys | {"date", "id", self.order_by.removeprefix("-")}


def settled(group_by: Sequence[str]) -> list[str]:
    """The keys that have one value in each group."""
    return list(dict.fromkeys(key for name in group_by for key in (name, *SETTLES.get(name, ()))))


def check_collection(collection: Collection) -> None:
    """Check what config.yaml says of a collection.

    Raises ConfigError that names the value, what was expected, and what to do.
    """
    for name, keys in (("group_by", collection.group_by), ("sections", collection.sections)):
        for key in keys:
            if key not in KEYS:
                raise _unknown(name, key, KEYS)
    if len(collection.sections) > MOST_SECTIONS:
        found, todo = f"{len(collection.sections)} levels", "readers show two or three"
        raise ConfigError("volumes: sections", found, f"at most {MOST_SECTIONS}", todo)
    if collection.order_by.removeprefix("-") not in FIELDS:
        raise _unknown("order_by", collection.order_by, FIELDS, ", with - for the reverse")
    if not 1 <= collection.max_articles <= MOST_ARTICLES:
        found, expected = str(collection.max_articles), f"a number from 1 to {MOST_ARTICLES}"
        raise ConfigError("volumes: max_articles", found, expected, "readers become slow with larger books")
    if collection.max_bytes < 0:
        raise ConfigError("volumes: max_bytes", str(collection.max_bytes), "a number of bytes", "0 sets no limit")
    for name, template in (("title", collection.title), ("file", collection.file)):
        _check_template(name, template, settled(collection.group_by))
    parts = collection.file.split("/")
    if collection.file.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", collection.file):
        raise ConfigError("volumes: file", repr(collection.file), "a path inside the output folder", "take it back in")
    if not collection.file.endswith(".epub"):
        raise ConfigError("volumes: file", repr(collection.file), "a name that ends in .epub", "add the suffix")


def _unknown(name: str, key: str, known: Iterable[str], more: str = "") -> ConfigError:
    choices = list(known)
    expected = "one of " + ", ".join(choices) + more
    return ConfigError(f"volumes: {name}", repr(key), expected, nearest(key, choices, "name another"))


def _check_template(name: str, template: str, known: Sequence[str]) -> None:
    where = f"volumes: {name}"
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise ConfigError(where, f"{template!r} ({error})", "balanced braces", "write {{ for a brace") from None
    for _, field, spec, conversion in pieces:
        if field is None:
            continue
        if field not in KEYS or spec or conversion:
            bad = "{" + field + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
            raise ConfigError(where, f"the field {bad}", "one of " + ", ".join(KEYS), "name another field")
        if field not in known:
            todo = f"add {field} to group_by, or take it out of {name}"
            raise ConfigError(where, f"{{{field}}}, which differs within a volume", "a key of group_by", todo)
