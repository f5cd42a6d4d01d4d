"""The package and the zip, made by EbookLib from finished bytes.

EbookLib writes the package document and the container; chapters, navigation and NCX are handed to it as they are,
because its own versions re-parse, indent and date what they write. Whoever has no book to make does not import this
module: EbookLib comes with all of lxml.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from ebooklib import epub
from lxml import etree  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own

from convert.emit.epub.metadata import About, Person
from convert.emit.epub.part import Part

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_STORED = (".jpg", ".png")


def pack(about: About, parts: Sequence[Part]) -> bytes:
    """Put a book together.

    parts: in manifest order; those of the spine in reading order.
    Returns the EPUB file: the same bytes for the same arguments, whatever the machine.
    """
    book = epub.EpubBook()
    # The constructor leaves a random identifier and the library's version there.
    book.metadata = {}
    book.items = []
    _describe(book, about)
    book.set_direction("ltr")
    for part in parts:
        item = epub.EpubItem(uid=part.uid, file_name=part.file, media_type=part.media_type, content=part.data)
        item.properties = list(part.properties)
        book.add_item(item)
        if part.spine:
            book.spine.append(item)
        if "cover-image" in part.properties:
            book.add_metadata(None, "meta", "", {"name": "cover", "content": part.uid})
    stream = io.BytesIO()
    writer = _Writer(stream, book, {"mtime": about.modified, "epub3_pages": False, "raise_exceptions": True})
    writer.process()
    writer.write()
    return stream.getvalue()


class _Writer(epub.EpubWriter):  # type: ignore[misc,unused-ignore] # EbookLib has no types
    """EbookLib's writer with a zip that knows no clock, and the language on the package."""

    def write(self) -> None:
        """Write the container; mimetype comes first and is stored (OCF 3.3, *zip container*)."""
        with _Zip(self.file_name, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as self.out:
            self.out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
            self._write_container()
            self._write_opf()
            self._write_items()

    def _write_opf_file(self, root: Any) -> None:
        root.set(_XML_LANG, self.book.language)
        data = etree.tostring(root, pretty_print=True, encoding="utf-8", xml_declaration=True)
        self.out.writestr(f"{self.book.FOLDER_NAME}/content.opf", data)


class _Zip(zipfile.ZipFile):
    """A zip whose entries have one date, one system and one mode; pictures are stored, which are compressed already."""

    def writestr(  # type: ignore[override] # names only, as EbookLib calls it
        self, name: str, data: bytes | str, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        """Add one file."""
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.create_system = 3
        entry.external_attr = 0o100644 << 16
        stored = compress_type == zipfile.ZIP_STORED or name.endswith(_STORED)
        super().writestr(entry, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, 6)


def _describe(book: Any, about: About) -> None:
    """Hand the metadata to EbookLib (EPUB 3.3, *Metadata section*)."""
    book.set_identifier(about.identifier)
    book.language = about.language
    book.title = about.title
    book.add_metadata("DC", "title", about.title, {"id": "booktitle"})
    _refine(book, "booktitle", "title-type", "main")
    book.add_metadata("DC", "language", about.language)
    for kind, people in (("creator", about.creators), ("contributor", about.contributors)):
        for number, person in enumerate(people, 1):
            _add_person(book, kind, f"{kind}{number}", person)
    for name, values in (
        ("publisher", about.publishers),
        ("date", (about.date,)),
        ("source", about.sources),
        ("subject", about.subjects),
        ("description", (about.description,)),
        ("rights", (about.rights,)),
    ):
        for value in values:
            if value:
                book.add_metadata("DC", name, value)
    if about.series:
        _add_series(book, about)
    _add_accessibility(book, about)
    book.add_metadata(None, "meta", "", {"name": "generator", "content": "Mirrorpress"})


def _add_person(book: Any, kind: str, uid: str, person: Person) -> None:
    book.add_metadata("DC", kind, person.name, {"id": uid})
    _refine(book, uid, "role", person.role, scheme="marc:relators")
    _refine(book, uid, "file-as", person.name)


def _add_series(book: Any, about: About) -> None:
    """The series, as EPUB 3 says it and as calibre, and readers that follow it, look for it."""
    _property(book, "belongs-to-collection", about.series, id="series")
    _refine(book, "series", "collection-type", "series")
    book.add_metadata(None, "meta", "", {"name": "calibre:series", "content": about.series})
    if about.position:
        _refine(book, "series", "group-position", about.position)
        book.add_metadata(None, "meta", "", {"name": "calibre:series_index", "content": about.position})


def _add_accessibility(book: Any, about: About) -> None:
    """What EPUB Accessibility 1.1 asks for, and nothing that was not looked at."""
    textual = not about.pictures or about.described
    modes = ["textual", "visual"] if about.pictures else ["textual"]
    features = ["tableOfContents", "readingOrder", "structuralNavigation", "displayTransformability"]
    if textual:
        features.append("alternativeText")
    for mode in modes:
        _property(book, "schema:accessMode", mode)
    if textual:
        _property(book, "schema:accessModeSufficient", "textual")
    if about.pictures:
        _property(book, "schema:accessModeSufficient", "textual,visual")
    for feature in features:
        _property(book, "schema:accessibilityFeature", feature)
    _property(book, "schema:accessibilityHazard", "none")
    _property(book, "schema:accessibilitySummary", about.summary)
    if about.conforms_to:
        _property(book, "dcterms:conformsTo", about.conforms_to)


def _property(book: Any, name: str, value: str, **attributes: str) -> None:
    book.add_metadata(None, "meta", value, {"property": name, **attributes})


def _refine(book: Any, uid: str, name: str, value: str, **attributes: str) -> None:
    _property(book, name, value, refines=f"#{uid}", **attributes)
