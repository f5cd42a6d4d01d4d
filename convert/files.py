"""Reading sources, writing outputs so that a half-written one is never seen, and naming outputs."""

from __future__ import annotations

import datetime
import difflib
import hashlib
import itertools
import os
import re
import stat
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from convert.article import Metadata, Source
from convert.errors import ConfigError, OutputError, SourceError

MAX_PART = 255
"""Bytes that one part of a path may have: the limit of ext4, APFS, and (in UTF-16 units, which are fewer) NTFS."""

_FIELDS = ("folder", "stem", "id", "slug", "title", "channel", "publisher", "lang", "date")
_FROM_PATH = frozenset({"folder", "stem"})
_DATE_CODES = "YymdjGVu%"

# Names and signs that Windows keeps to itself: "Naming Files, Paths, and Namespaces", Microsoft Learn.
_REFUSED = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=[. ]|\Z)")


# Paths are joined and opened as strings: over a hundred thousand files pathlib costs as much as the reading itself.


def read_source(root: Path, path: str, max_bytes: int, aliases: tuple[str, ...] = ()) -> Source:
    """Read one source.

    root: the input folder; path: the file's path below it, with slashes; max_bytes: the largest size that is read.
    Raises SourceError for a file that has vanished, is a folder, may not be read, or is too large.
    """
    return Source(path, read_limited(f"{root}/{path}", max_bytes, path), aliases)


def read_limited(file: str | Path, max_bytes: int, where: str) -> bytes:
    """A file's bytes; `where` is its name in messages. Raises SourceError as `read_source` does."""
    try:
        with open(file, "rb", buffering=0) as opened:  # noqa: PTH123 - see above
            size = os.fstat(opened.fileno()).st_size
            if size > max_bytes:
                raise _too_large(where, f"{size:,} bytes", max_bytes)
            data = opened.read(size + 1)
            # a pipe has no size, and a file may grow while it is read
            while data and (more := opened.read(1 << 16)):
                data += more
                if len(data) > max_bytes:
                    raise _too_large(where, f"more than {max_bytes:,} bytes", max_bytes)
            return data
    except FileNotFoundError:
        raise SourceError(
            where, "there is no such file", "", "it may have been moved while it was being read"
        ) from None
    except IsADirectoryError:
        raise SourceError(where, "this is a folder", "a file", "`mirrorpress run --input` reads folders") from None
    except PermissionError:
        raise SourceError(where, "may not be read", "", "change its permissions") from None
    except (OSError, ValueError) as error:
        raise SourceError(where, f"cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _too_large(where: str, found: str, max_bytes: int) -> SourceError:
    return SourceError(where, found, f"at most {max_bytes:,}", "raise parse.max_bytes to read it")


def write_file(root: Path, path: str, data: bytes) -> bool:
    """Write one output below `root`, making its folders; other programs see the old file or the whole new one.

    A file that holds these bytes already is left alone, with its time; returns whether anything was written. Raises
    OutputError where the output cannot be written; nothing half-written is left behind.
    """
    target = f"{root}/{path}"
    # The temporary name follows from the path, so that what a killed process left is overwritten by the next run.
    digest = hashlib.blake2s(os.fsencode(path), digest_size=8).hexdigest()
    temporary = f"{os.path.dirname(target)}/.{digest}.part"  # noqa: PTH120 - see above
    try:
        if _holds(target, data):
            return False
        try:
            handle = _create(temporary)
        except FileNotFoundError:
            Path(temporary).parent.mkdir(parents=True, exist_ok=True)
            handle = _create(temporary)
        try:
            with os.fdopen(handle, "wb", buffering=0) as opened:
                view = memoryview(data)
                while view:
                    view = view[opened.write(view) or 0 :]
            os.replace(temporary, target)  # noqa: PTH105 - see above
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(target, error) from None
    return True


def _holds(target: str, data: bytes) -> bool:
    """Whether a regular file holds just these bytes."""
    try:
        about = os.lstat(target)
        if not stat.S_ISREG(about.st_mode) or about.st_size != len(data):
            return False
        with open(target, "rb", buffering=0) as opened:  # noqa: PTH123 - see above
            return opened.read(len(data) + 1) == data
    except OSError:
        return False


def move_file(root: Path, path: str, target: str) -> None:
    """Give an output that was written below `root` its final path there. Raises OutputError where that fails."""
    try:
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        (root / path).replace(root / target)
    except OSError as error:
        raise _unwritable(str(root / target), error) from None


def _unwritable(target: str, error: OSError) -> OutputError:
    return OutputError(target, f"cannot be written ({error.strerror or error})", "", "check the output folder")


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o666)


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """An output path with fields in braces, as config.yaml gives it.

    text: as written; pieces: literal text and field with its date format, in order.
    """

    text: str
    pieces: tuple[tuple[str, str, str], ...]

    @classmethod
    def parse(cls, text: str) -> PathTemplate:
        """Read a template. Raises ConfigError for an unknown field, a wrong date format, or a path that leads out."""
        where = f"path {text!r}"
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError as error:
            raise ConfigError(where, f"the braces do not pair ({error})", "{field}", "write {{ for a brace") from None
        pieces = []
        for literal, name, form, conversion in parsed:
            if name is not None:
                _check_field(where, name, form or "", conversion)
            pieces.append((literal, name or "", form or ""))
        literals = "\0".join(literal for literal, _, _ in pieces)
        if not text.strip() or text.startswith("/") or "\\" in literals or re.match(r"[A-Za-z]:", literals):
            raise ConfigError(where, "no relative path", "a path below the output folder, with slashes")
        if ".." in re.split(r"[/\0]", literals):
            raise ConfigError(where, "`..` leads out of the output folder", "a path below it", "leave `..` out")
        return cls(text, tuple(pieces))

    @property
    def from_path(self) -> bool:
        """Whether the source's path alone decides, so that the output's name is known before the conversion."""
        return all(name in _FROM_PATH for _, name, _ in self.pieces if name)

    def fill(self, path: str, meta: Metadata | None = None) -> str:
        """The output path of an article: relative, with slashes, and a name that every file system takes.

        path: the source's path; meta: the article's metadata, needed unless `from_path` is true.
        Fields without a value read `undated`, `unknown`, or as the source's own name.
        """
        values = _values(path, meta or Metadata())
        date = meta.date if meta else None
        filled = (
            literal + (_format_date(date, form) if name == "date" else values[name] if name else "")
            for literal, name, form in self.pieces
        )
        return safe_path("".join(filled))


def _check_field(where: str, name: str, form: str, conversion: str | None) -> None:
    if name not in _FIELDS:
        near = difflib.get_close_matches(name, _FIELDS, 1)
        choices = " ".join(f"{{{field}}}" for field in _FIELDS)
        todo = f"did you mean {{{near[0]}}}?" if near else ""
        raise ConfigError(where, f"there is no field {{{name}}}", f"one of {choices}", todo)
    if conversion or (form and name != "date"):
        raise ConfigError(where, f"the field {{{name}}} takes no format", f"{{{name}}}")
    if form and not re.fullmatch(rf"(?:[^%{{}}]|%[{_DATE_CODES}])+", form):
        codes = " ".join(f"%{code}" for code in _DATE_CODES)
        raise ConfigError(where, f"the date format {form!r}", f"codes out of {codes}", "as in {date:%Y/%m}")


def _values(path: str, meta: Metadata) -> Mapping[str, str]:
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name

    def one(value: str) -> str:
        return value.replace("/", "_")

    return {
        "folder": folder,
        "stem": stem,
        "id": one(meta.id or stem),
        "slug": slug(meta.title) or stem,
        "title": one(meta.title or stem),
        "channel": one(meta.channel or folder.rpartition("/")[2] or "unknown"),
        "publisher": one(meta.publisher or "unknown"),
        "lang": one(meta.lang or "und"),
    }


def _format_date(date: datetime.date | None, form: str) -> str:
    if date is None:
        return "undated"
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
        self._files = {_fold(path) for path in reserved}
        self._folders: set[str] = set()

    def reserve_folders(self, paths: Iterable[str]) -> None:
        """Keep the folders of these outputs from being taken as the name of a file."""
        for folder in {path.rpartition("/")[0] for path in paths}:
            parts = folder.split("/")
            self._folders.update(_fold(above) for above in itertools.accumulate(parts, "{}/{}".format))

    def settle(self, wanted: str, owner: str) -> str:
        """The name that an output gets: the wanted one, or with a mark that follows from `owner`, its source's path."""
        path, length = wanted, 6
        while (key := _fold(path)) in self._files or key in self._folders:
            digest = hashlib.blake2s(os.fsencode(owner)).hexdigest()
            folder, slash, name = wanted.rpartition("/")
            path = folder + slash + _shorten(name, f"-{digest[:length]}")
            length += 2
            if length > len(digest):
                owner += "'"
                length = 6
        self._files.add(key)
        return path


def _fold(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
