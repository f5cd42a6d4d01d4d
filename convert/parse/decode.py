"""Bytes into text: every source is UTF-8 until it proves otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from convert.article import Note, Source
from convert.errors import SourceError
from convert.parse.binary import refuse_binary

RULE = "decode"
REPLACEMENT = "\ufffd"
# NUL, and the separators that Python takes for white space where HTML and Unicode do not
FORBIDDEN = "\x00\x1c\x1d\x1e\x1f"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A source's text, and what had to be done to get it."""

    text: str
    notes: tuple[Note, ...] = ()


def decode(source: Source, max_bytes: int) -> Decoded:
    """A source's bytes as text, with line feeds as line ends.

    Raises SourceError for a source of more than `max_bytes` bytes, and for one that is no text.
    """
    data = source.data
    if len(data) > max_bytes:
        raise SourceError(
            source.path,
            f"{len(data):,} bytes",
            f"at most {max_bytes:,} bytes",
            "raise parse.max_bytes in the config if this file is meant",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked(source, data.decode("utf-16", "replace"), "utf-16")
    refuse_binary(source.path, data)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return _damaged(source, data)
    return _checked(source, text, "")


def _damaged(source: Source, data: bytes) -> Decoded:
    """Text that is no UTF-8: GB 18030 where that reads all of it and UTF-8 fails often, else UTF-8 with holes."""
    text = data.decode("utf-8", "replace")
    holes = text.count(REPLACEMENT)
    beyond_ascii = sum(1 for character in text if character > "\x7f")
    if holes * 10 > beyond_ascii:
        try:
            return _checked(source, data.decode("gb18030"), "gb18030")
        except UnicodeDecodeError:
            pass
    found = f"{holes} byte sequence{'s' if holes > 1 else ''} outside UTF-8"
    note = Note(source.path, RULE, "changed", found, REPLACEMENT * holes, "element")
    decoded = _checked(source, text.removeprefix("\ufeff"), "")
    return Decoded(decoded.text, (note, *decoded.notes))


def _checked(source: Source, text: str, guessed: str) -> Decoded:
    """Line ends become line feeds; what no text has and HTML forbids is taken out."""
    notes = []
    if guessed:
        notes.append(Note(source.path, RULE, "guessed", guessed, "encoding"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for forbidden in FORBIDDEN:
        if forbidden in text:
            notes.append(Note(source.path, RULE, "removed", forbidden * text.count(forbidden), of="element"))
            text = text.replace(forbidden, "")
    return Decoded(text, tuple(notes))
