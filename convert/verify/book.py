"""Reads an EPUB volume back: which chapters it has, and their documents as tokens."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from convert.verify.difference import Difference, around, short
from convert.verify.tokens import VOID, Tag

_PART = re.compile(r"_\d+(?=\.xhtml\Z)")
_CONTAINER, _PACKAGE = "{urn:oasis:names:tc:opendocument:xmlns:container}", "{http://www.idpf.org/2007/opf}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"


@dataclass(slots=True)
class BookChapter:
    """One article in a book. file: its first document. title: its heading.

    files, documents: its documents, each as tokens without heading and line of origin.
    """

    file: str
    title: str = ""
    files: list[str] = field(default_factory=list)
    documents: list[list[Tag | str]] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """What was read of a volume.

    chapters: in reading order. language: that of the package. faults: documents that could not be read.
    """

    chapters: list[BookChapter] = field(default_factory=list)
    files: frozenset[str] = frozenset()
    language: str = ""
    faults: list[Difference] = field(default_factory=list)


def read_book(name: str, data: bytes) -> Book:
    """Read a volume; `name` is its path, for the report. What cannot be read is a fault of the book."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(name, archive)
    except (
        zipfile.BadZipFile,
        KeyError,
        ElementTree.ParseError,
        EOFError,
        OSError,
        ValueError,
        AttributeError,
    ) as error:
        return Book(faults=[Difference("book", name, "an EPUB", short(f"{type(error).__name__}: {error}", 120))])


def _read(name: str, archive: zipfile.ZipFile) -> Book:
    container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
    package = next(container.iter(f"{_CONTAINER}rootfile")).attrib["full-path"]
    folder = posixpath.dirname(package)
    opf = ElementTree.fromstring(archive.read(package))
    hrefs = {item.attrib["id"]: item.attrib["href"] for item in opf.iter(f"{_PACKAGE}item")}
    book = Book(files=frozenset(posixpath.relpath(one, folder or ".") for one in archive.namelist()))
    book.language = opf.findtext(f".//{_DUBLIN_CORE}language", "")
    by_file: dict[str, BookChapter] = {}
    for itemref in opf.iter(f"{_PACKAGE}itemref"):
        href = hrefs[itemref.attrib["idref"]]
        try:
            tokens = xml_tokens(archive.read(posixpath.join(folder, href)))
        except expat.ExpatError as error:
            text = archive.read(posixpath.join(folder, href)).decode("utf-8", "replace").split("\n")
            line = text[min(error.lineno, len(text)) - 1]
            why, near = f"line {error.lineno}: {expat.ErrorString(error.code)}", around(line, error.offset)
            book.faults.append(Difference("book", f"{name}, {href}", "well-formed XHTML", why, near))
            continue
        except KeyError:
            book.faults.append(Difference("book", f"{name}, {href}", "a document", "nothing"))
            continue
        chapter = _chapter(tokens)
        if chapter is None:
            continue
        file = _PART.sub("", href)
        one = by_file.setdefault(file, BookChapter(file))
        if not one.documents:
            one.title = chapter[0]
            book.chapters.append(one)
        one.files.append(href)
        one.documents.append(chapter[1])
    return book


def xml_tokens(data: bytes) -> list[Tag | str]:
    """XML as tags and texts in order. Raises expat.ExpatError where it is not well-formed."""
    found: list[Tag | str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: found.append(Tag(name, False, tuple(attributes.items())))
    parser.EndElementHandler = lambda name: None if name in VOID else found.append(Tag(name, True))
    parser.CharacterDataHandler = found.append
    parser.Parse(data, True)
    return found


def ends_of(tokens: list[Tag | str]) -> dict[int, int]:
    """For each tag that opens an element the place of the one that closes it."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if isinstance(token, Tag) and token.name not in VOID:
            if not token.closes:
                opened.append(at)
            elif opened:
                found[opened.pop()] = at
    return found


def text_of(tokens: list[Tag | str]) -> str:
    """The text of some tokens."""
    return "".join(token for token in tokens if isinstance(token, str))


def _chapter(tokens: list[Tag | str]) -> tuple[str, list[Tag | str]] | None:
    """A chapter's heading, and what follows heading and line of origin; None for a document that is no chapter."""
    start = next((at for at, one in enumerate(tokens) if isinstance(one, Tag) and one.get("role") == "doc-chapter"), -1)
    if start < 0:
        return None
    inside = tokens[start + 1 : ends_of(tokens)[start]]
    title = ""
    frames: tuple[Callable[[Tag], bool], ...] = (
        lambda tag: tag.name == "h1" and tag.get("id") == "title",
        lambda tag: tag.name == "p" and tag.get("class") == "about",
    )
    for is_frame in frames:
        at = 0
        while at < len(inside) and isinstance(blank := inside[at], str) and not blank.strip():
            at += 1
        tag = inside[at] if at < len(inside) else ""
        if isinstance(tag, Tag) and is_frame(tag):
            end = ends_of(inside)[at] + 1
            title = title or text_of(inside[at:end])
            inside = inside[end:]
    return title, inside
