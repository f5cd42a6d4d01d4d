"""Rules of the package: the archive, sizes, metadata, style sheets, cover and pictures."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from PIL import Image

from convert.lint.book import NAMES, Book, Finding

MOST_BYTES = 45_000_000  # Send-to-Kindle by mail takes 50 MB
MOST_CHAPTER = 260_000  # bytes; e-ink readers split or choke on more
MOST_SPINE = 1_000
LONG_EDGE = 1_600  # pixels of a picture
COVER_EDGE = 2_400  # pixels
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG"}
# what takes the reader's own choices away, or breaks on older engines
STYLE = {
    "a font family": re.compile(r"font-family\s*:"),
    "a colour": re.compile(r"(?<![-\w])color\s*:|background(?:-color)?\s*:"),
    "!important": re.compile(r"!\s*important"),
    "a variable": re.compile(r"var\(\s*--|(?:^|[;{\s])--[\w-]+\s*:"),
}


def check_archive(book: Book) -> Iterator[Finding]:
    """The type comes first and stored; pictures are stored; one time; nothing that a manifest does not name."""
    first = book.entries[0]
    if (first.filename, first.compress_type) != ("mimetype", zipfile.ZIP_STORED):
        yield Finding("archive", book.name, "mimetype as the first entry, stored", first.filename)
    if book.files.get("mimetype") != b"application/epub+zip":
        yield Finding("archive", book.place("mimetype"), "application/epub+zip", repr(book.files.get("mimetype")))
    times = {entry.date_time for entry in book.entries}
    if len(times) > 1:
        yield Finding("archive", book.name, "one time for every entry", f"{len(times)} times")
    named = {item.file for item in book.items}
    for entry in book.entries:
        picture = entry.filename.endswith((".jpg", ".jpeg", ".png", ".gif"))
        if picture and entry.compress_type != zipfile.ZIP_STORED:
            yield Finding("archive", book.place(entry.filename), "a stored picture", "a compressed one")
        known = entry.filename in named or entry.filename == "mimetype" or entry.filename.startswith("META-INF/")
        if not known and not entry.filename.endswith(".opf"):
            yield Finding("archive", book.place(entry.filename), "a file of the manifest", "one that it does not name")


def check_size(book: Book) -> Iterator[Finding]:
    """Neither the book, nor a document, nor the number of documents is more than readers take."""
    if book.size > MOST_BYTES:
        yield Finding("size", book.name, f"at most {MOST_BYTES:,} bytes", f"{book.size:,}")
    if len(book.spine) > MOST_SPINE:
        yield Finding("size", book.name, f"at most {MOST_SPINE:,} documents", f"{len(book.spine):,}")
    for file in book.pages:
        size = len(book.files[file])
        navigation = book.item("nav")
        if size > MOST_CHAPTER and (navigation is None or file != navigation.file):
            yield Finding("size", book.place(file), f"at most {MOST_CHAPTER:,} bytes", f"{size:,}")


def check_metadata(book: Book) -> Iterator[Finding]:
    """What readers sort, group and find books by is there, in every form that they look for."""
    package = book.package
    if not package.get("{http://www.w3.org/XML/1998/namespace}lang"):
        yield Finding("metadata", book.name, "xml:lang on the package", "none")
    identifier = package.findtext(".//dc:identifier", "", NAMES)
    if not identifier.startswith("urn:uuid:"):
        yield Finding("metadata", book.name, "an identifier urn:uuid:…", repr(identifier))
    for name in ("title", "language", "identifier"):
        if not package.findtext(f".//dc:{name}", "", NAMES).strip():
            yield Finding("metadata", book.name, f"a dc:{name}", "none")
    modified = package.findtext(".//opf:meta[@property='dcterms:modified']", "", NAMES)
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", modified):
        yield Finding("metadata", book.name, "dcterms:modified in UTC", repr(modified))
    series = package.findtext(".//opf:meta[@property='belongs-to-collection']", "", NAMES)
    calibre = package.find(".//opf:meta[@name='calibre:series']", NAMES)
    if series != (calibre.get("content") if calibre is not None else ""):
        yield Finding("metadata", book.name, "one series in both forms", repr(series))
    place = package.findtext(".//opf:meta[@property='group-position']", "", NAMES)
    index = package.find(".//opf:meta[@name='calibre:series_index']", NAMES)
    if place != (index.get("content") if index is not None else ""):
        yield Finding("metadata", book.name, "one position in the series in both forms", repr(place))


def check_style(book: Book) -> Iterator[Finding]:
    """No style sheet takes the reader's own choices away."""
    for item in book.items:
        if item.type != "text/css":
            continue
        text = re.sub(r"/\*.*?\*/", "", book.files[item.file].decode("utf-8", "replace"), flags=re.DOTALL)
        for what, pattern in STYLE.items():
            if pattern.search(text):
                yield Finding("style", book.place(item.file), f"no {what.removeprefix('a ')}", what)


def check_cover(book: Book) -> Iterator[Finding]:
    """A book that has a cover tells so in both forms, and it is large enough for a shelf."""
    named = book.package.find(".//opf:meta[@name='cover']", NAMES)
    cover = book.item("cover-image")
    if cover is None:
        if named is not None:
            yield Finding("cover", book.name, "an item with the property cover-image", "a meta of the old form alone")
        return
    if named is None or named.get("content") != cover.id:
        yield Finding(
            "cover", book.name, "a meta of the name cover, for older readers", "none that leads to the picture"
        )
    with Image.open(io.BytesIO(book.files[cover.file])) as image:
        width, height = image.size
    if height < 1_400 or width >= height or height > COVER_EDGE:
        yield Finding("cover", book.place(cover.file), "upright, 1,400 to 2,400 pixels high", f"{width} × {height}")


def check_pictures(book: Book) -> Iterator[Finding]:
    """Every picture is what its type says, of a kind that every reader shows, and no larger than a screen can use."""
    cover = book.item("cover-image")
    for item in book.items:
        if not item.type.startswith("image/"):
            continue
        place = book.place(item.file)
        form = PICTURES.get(item.type)
        if form is None:
            yield Finding("pictures", place, "image/jpeg or image/png", item.type)
            continue
        try:
            with Image.open(io.BytesIO(book.files[item.file])) as image:
                found, size, progressive, mode = image.format, image.size, image.info.get("progressive"), image.mode
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            yield Finding("pictures", place, "a picture", str(error))
            continue
        if found != form:
            yield Finding("pictures", place, form, str(found))
        if progressive:
            yield Finding("pictures", place, "baseline JPEG", "a progressive one")
        if mode == "CMYK":
            yield Finding("pictures", place, "grey or RGB", mode)
        if max(size) > (COVER_EDGE if item is cover else LONG_EDGE):
            yield Finding("pictures", place, f"a long edge of at most {LONG_EDGE} pixels", f"{size[0]} × {size[1]}")
