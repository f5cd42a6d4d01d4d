"""Names of outputs: templates, what every file system takes, and a name of its own for each."""

from __future__ import annotations

import datetime
import difflib
import hashlib
import itertools
import os
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from convert.article import Metadata
from convert.errors import ConfigError

MAX_PART = 255
"""Bytes that one part of a path may have: the limit of ext4, APFS, and (in UTF-16 units, which are fewer) NTFS."""

_FIELDS = ("folder", "stem", "id", "slug", "title", "channel", "publisher", "lang", "date")
_PICTURE_FIELDS = ("folder", "stem", "name")
_FROM_PATH = frozenset({"folder", "stem"})
_DATE_CODES = "YymdjGVu%"

# Names and signs that Windows keeps to itself: "Naming Files, Paths, and Namespaces", Microsoft Learn.
_REFUSED = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_PLAIN = re.compile(
    r"(?i:(?:(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|\Z))[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_-]+)*(?:/(?!\Z)|\Z))+)"
)
"""Paths that every file system takes as they are, and nearly all are like that; none of its signs is replaced."""
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=[. ]|\Z)")


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """An output path with fields in braces, as config.yaml gives it.

    text: as written; pieces: literal text and field with its date format, in order.
    undated: the template for articles without a date, where they have one of their own.
    """

    text: str
    pieces: tuple[tuple[str, str, str], ...]
    undated: PathTemplate | None = None

    @classmethod
    def parse(cls, text: str) -> PathTemplate:
        """Read a template. Raises ConfigError for an unknown field, a wrong date format, or a path that leads out."""
        where = f"path {text!r}"
        pieces = parse_fields(where, text)
        literals = "\0".join(literal for literal, _, _ in pieces)
        if not text.strip() or text.startswith("/") or "\\" in literals or re.match(r"[A-Za-z]:", literals):
            raise ConfigError(where, "no relative path", "a path below the output folder, with slashes")
        if ".." in re.split(r"[/\0]", literals):
            raise ConfigError(where, "`..` leads out of the output folder", "a path below it", "leave `..` out")
        return cls(text, tuple(pieces))

    @property
    def from_path(self) -> bool:
        """Whether the source's path alone decides, so that the output's name is known before the conversion."""
        return self.undated is None and all(name in _FROM_PATH for _, name, _ in self.pieces if name)

    def fill(self, path: str, meta: Metadata | None = None) -> str:
        """The output path of an article: relative, with slashes, and a name that every file system takes.

        path: the source's path; meta: the article's metadata, needed unless `from_path` is true.
        Fields without a value read `undated`, `unknown`, or as the source's own name.
        """
        if meta is None:  # of nearly all templates, for every source that there is
            return safe_path(self.text.format_map(_from_path(path)))
        if self.undated is not None and meta.date is None:
            return self.undated.fill(path, meta)
        values = _values(path, meta)
        filled = (
            literal + (write_date(meta.date, form) or "undated" if name == "date" else values[name] if name else "")
            for literal, name, form in self.pieces
        )
        return safe_path("".join(filled))


@dataclass(frozen=True, slots=True)
class PictureTemplate:
    """The path of a picture's file, as config.yaml gives it.

    text: as written, without the `./` of one that starts from the folder of the article's own file (`beside`).
    """

    text: str
    beside: bool

    @classmethod
    def parse(cls, text: str) -> PictureTemplate:
        """Read a template. Raises ConfigError for one that is no path below the output folder, or without `{name}`."""
        where = f"path {text!r}"
        beside = text.startswith("./")
        bare = text[2:] if beside else text
        found = {name for _, name, _ in parse_fields(where, bare, _PICTURE_FIELDS)}
        PathTemplate.parse(bare.replace("{name}", "{stem}"))
        if "name" not in found:
            raise ConfigError(where, "no field {name}", "one, since every picture has its own", "add it")
        return cls(bare, beside)

    def fill(self, path: str, file: str, name: str) -> str:
        """The path of a picture below the output folder.

        path: the article's source; file: its own file, below the output folder; name: the picture's.
        """
        filled = self.text.format_map({**_from_path(path), "name": name.replace("/", "_")})
        return safe_path(f"{file.rpartition('/')[0]}/{filled}" if self.beside else filled)


def parse_fields(where: str, text: str, fields: Sequence[str] = _FIELDS) -> list[tuple[str, str, str]]:
    """A text with fields in braces as literal text, field and date format, in order.

    where: what an error names as its place. fields: those that there are.
    Raises ConfigError for an unknown field or a wrong date format.
    """
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ConfigError(where, f"the braces do not pair ({error})", "{field}", "write {{ for a brace") from None
    pieces = []
    for literal, name, form, conversion in parsed:
        if name is not None:
            _check_field(where, name, form or "", conversion, fields)
        pieces.append((literal, name or "", form or ""))
    return pieces


def _check_field(where: str, name: str, form: str, conversion: str | None, fields: Sequence[str]) -> None:
    if name not in fields:
        near = difflib.get_close_matches(name, fields, 1)
        choices = " ".join(f"{{{field}}}" for field in fields)
        todo = f"did you mean {{{near[0]}}}?" if near else ""
        raise ConfigError(where, f"there is no field {{{name}}}", f"one of {choices}", todo)
    if conversion or (form and name != "date"):
        raise ConfigError(where, f"the field {{{name}}} takes no format", f"{{{name}}}")
    check_date_format(where, form)


def check_date_format(where: str, form: str) -> None:
    """Look whether a date format has only codes that mean a day; an empty one is right. Raises ConfigError."""
    if form and not re.fullmatch(rf"(?:[^%{{}}]|%[{_DATE_CODES}])+", form):
        codes = " ".join(f"%{code}" for code in _DATE_CODES)
        raise ConfigError(where, f"the date format {form!r}", f"codes out of {codes}", "as in {date:%Y/%m}")


def _from_path(path: str) -> dict[str, str]:
    folder, _, name = path.rpartition("/")
    return {"folder": folder, "stem": name.rpartition(".")[0] or name}


def _values(path: str, meta: Metadata) -> Mapping[str, str]:
    known = _from_path(path)
    folder, stem = known["folder"], known["stem"]

    def one(value: str) -> str:
        return value.replace("/", "_")

    return {
        **known,
        "id": one(meta.id or stem),
        "slug": slug(meta.title) or stem,
        "title": one(meta.title or stem),
        "channel": one(meta.channel or folder.rpartition("/")[2] or "unknown"),
        "publisher": one(meta.publisher or "unknown"),
        "lang": one(meta.lang or "und"),
    }


def text_values(path: str, meta: Metadata) -> Mapping[str, str]:
    """What the fields but `date` hold in a text: the article's own values, empty where it has none."""
    names = ("id", "title", "channel", "publisher", "lang")
    return {**_from_path(path), "slug": slug(meta.title), **{name: getattr(meta, name) for name in names}}


def write_date(date: datetime.date | None, form: str) -> str:
    """A day in a form, as in `%Y/%m`; as 2021-07-14 where there is none; nothing for no day."""
    if date is None:
        return ""
    week = date.isocalendar()
    codes = {
        "Y": f"{date.year:04}",
        "y": f"{date.year % 100:02}",
        "m": f"{date.month:02}",
        "d": f"{date.day:02}",
        "j": f"{date.timetuple().tm_yday:03}",
        "G": f"{week.year:04}",
        "V": f"{week.week:02}",
        "u": str(week.weekday),
        "%": "%",
    }
    return re.sub(r"%(.)", lambda match: codes[match[1]], form or "%Y-%m-%d")


def slug(title: str) -> str:
    """A title as a part of an address: letters and digits of any script in lower case, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", title).lower()
    return "-".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def safe_path(path: str) -> str:
    """A relative path, each of whose parts every file system takes (`safe_part`); empty parts are left out."""
    if len(path) <= MAX_PART and _PLAIN.fullmatch(path):
        return path
    parts = [part for part in path.split("/") if part]
    return "/".join(map(safe_part, parts)) or "_"


def safe_part(name: str) -> str:
    """One part of a path so that ext4, APFS, NTFS and FAT all take it and no listing hides it.

    Signs and device names that Windows refuses are replaced or marked by `_`, dots and spaces at the edges too;
    a part of more than 255 bytes in UTF-8 is cut before its suffix.
    """
    name = unicodedata.normalize("NFC", _REFUSED.sub("_", name)).strip(" ")
    if name.startswith("."):
        name = "_" + name[1:]
    bare = name.rstrip(". ")
    if bare != name or not bare:
        name = bare + "_"
    if match := _DEVICES.match(name):
        name = f"{match[0]}_{name[match.end() :]}"
    return _shorten(name, "")


def _shorten(name: str, mark: str) -> str:
    """A name with `mark` before its suffix, cut to 255 bytes between two code points."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or len(suffix) > 16:
        stem, dot, suffix = name, "", ""
    end = f"{mark}{dot}{suffix}"
    room = MAX_PART - len(end.encode())
    if len(name) * 4 > room:  # a code point has at most four bytes
        stem = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return stem + end


class OutputNames:
    """Gives every output a name of its own, the same whatever the order of the work.

    Names that differ only in case or in Unicode normalisation are one name to many file systems, and so here.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._files = {fold(path) for path in reserved}
        self._folders: set[str] = set()
        self._kept: dict[str, str] = {}
        self._settled: dict[str, str] = {"": ""}  # folders

    def keep(self, path: str, owner: str) -> None:
        """Keep the name of a file that is there already for its owner; no other output gets it."""
        self._kept[fold(path)] = owner

    def reserve_folders(self, paths: Iterable[str]) -> None:
        """Keep the folders of these outputs from being taken as the name of a file."""
        for folder in {path.rpartition("/")[0] for path in paths}:
            parts = folder.split("/")
            self._folders.update(fold(above) for above in itertools.accumulate(parts, "{}/{}".format))

    def avoid(self, paths: Iterable[str]) -> None:
        """Keep these names from being taken by any file."""
        self._folders.update(map(fold, paths))

    def settle(self, wanted: str, owner: str) -> str:
        """The name that an output gets: the wanted one, or with a mark that follows from `owner`, its source's path.

        A folder that has the name of a file gets a mark that follows from its own path.
        """
        folder, slash, name = wanted.rpartition("/")
        wanted = f"{self._folder(folder)}{slash}{name}"
        path, length = wanted, 6
        while (key := fold(path)) in self._files or key in self._folders or self._kept.get(key, owner) != owner:
            digest = hashlib.blake2s(os.fsencode(owner)).hexdigest()
            folder, slash, name = wanted.rpartition("/")
            path = folder + slash + _shorten(name, f"-{digest[:length]}")
            length += 2
            if length > len(digest):
                owner += "'"
                length = 6
        self._files.add(key)
        return path

    def _folder(self, wanted: str) -> str:
        """The folder that stands for one that is wanted: no part of its path is a file's."""
        if (known := self._settled.get(wanted)) is not None:
            return known
        above, slash, name = wanted.rpartition("/")
        above = self._folder(above)
        path, length = f"{above}{slash}{name}", 6
        digest = hashlib.blake2s(os.fsencode(wanted)).hexdigest()
        while (key := fold(path)) in self._files or key in self._kept:
            path = f"{above}{slash}{_shorten(name, f'-{digest[:length]}')}"
            length += 2
        self._folders.add(key)
        self._settled[wanted] = path
        return path


def fold(path: str) -> str:
    """A path as file systems compare it that know no upper and lower case, and no forms of Unicode."""
    if path.isascii():
        lower = path.lower()
        return path if lower == path else lower  # one string takes half the memory of two
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
