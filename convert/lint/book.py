"""A book taken apart: its files, its package document, its pages as trees."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped,unused-ignore]  # its stubs are a package of their own

from convert.errors import SourceError

XHTML = "{http://www.w3.org/1999/xhtml}"
NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ncx": "http://www.daisy.org/z3986/2005/ncx/",
    "epub": "http://www.idpf.org/2007/ops",
    "c": "urn:oasis:names:tc:opendocument:xmlns:container",
}
LARGEST = 400_000_000  # bytes that a book may unpack to; beyond any real one


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a book: the rule, where, what was expected and what was found."""

    rule: str
    place: str
    expected: str
    found: str

    def __str__(self) -> str:
        """The finding on one line."""
        return f"{self.place}: {self.rule}: found {self.found}; expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the manifest: its id, the file in the archive, its type, and its properties."""

    id: str
    file: str
    type: str
    properties: frozenset[str]


@dataclass(frozen=True)
class Book:
    """An opened book.

    name: what messages call it. size: of the archive, in bytes. entries: the archive's own directory.
    files: the unpacked files by name. package: the package document. items: the manifest. spine: its pages in order.
    pages: every XHTML document by file, as a tree.
    """

    name: str
    size: int
    entries: list[zipfile.ZipInfo]
    files: dict[str, bytes]
    package: Any
    items: list[Item]
    spine: list[Item]
    pages: dict[str, Any]

    def place(self, file: str) -> str:
        """How messages call one of the book's files."""
        return f"{self.name}: {file}"

    def item(self, property_: str) -> Item | None:
        """The first item with a property."""
        return next((one for one in self.items if property_ in one.properties), None)


def open_book(data: bytes, name: str) -> Book:
    """Take a book apart. Raises SourceError for what is no EPUB, or one with a document that is not well-formed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise SourceError(name, "more than 400 MB unpacked", "a book", "look at it with other means")
            files = {entry.filename: archive.read(entry) for entry in entries}
        container = _tree(files["META-INF/container.xml"])
        root = container.find(".//c:rootfile", NAMES).get("full-path")
        package = _tree(files[root])
        items = [_item(one, root) for one in package.iterfind(".//opf:manifest/opf:item", NAMES)]
        by_id = {one.id: one for one in items}
        spine = [by_id[one.get("idref")] for one in package.iterfind(".//opf:spine/opf:itemref", NAMES)]
        pages = {one.file: _tree(files[one.file]) for one in items if one.type == "application/xhtml+xml"}
    except (zipfile.BadZipFile, KeyError, AttributeError, etree.XMLSyntaxError, NotImplementedError, EOFError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise SourceError(name, f"no readable EPUB ({reason})", "an EPUB file", "make it again") from None
    return Book(name, len(data), entries, files, package, items, spine, pages)


def _tree(data: bytes) -> Any:
    # a book is somebody's file: no entities, no network
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def _item(element: Any, root: str) -> Item:
    file = posixpath.normpath(posixpath.join(posixpath.dirname(root), unquote(element.get("href"))))
    properties = frozenset((element.get("properties") or "").split())
    return Item(element.get("id"), file, element.get("media-type"), properties)


def text_of(element: Any) -> str:
    """All text of an element."""
    return "".join(element.itertext())
