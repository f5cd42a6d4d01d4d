"""One book from one volume: chapters, contents, pictures and cover, put together and made to fit."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import TypeAlias

from convert.emit.epub.chapter import Document, language_of_most, name_chapters, title_of, write_chapter
from convert.emit.epub.cover import CoverText, draw_cover
from convert.emit.epub.gallery import Gallery, TooManyBytesError
from convert.emit.epub.markup import attribute, document
from convert.emit.epub.metadata import About, about
from convert.emit.epub.navigation import NAV, Entry, contents, nav_document, ncx, section_page
from convert.emit.epub.options import BookOptions, Chapter, PictureReport, PictureSource
from convert.emit.epub.part import CSS, NCX, XHTML, Part
from convert.emit.epub.pictures import LEVELS, Level
from convert.emit.epub.typeset import set_about, set_cover, set_document
from convert.errors import OutputError
from convert.volumes import Volume

_STYLES = {"book": "style.css", "plain": "plain.css"}
_COVER, _COVER_PAGE = "cover.jpg", "cover.xhtml"
_MOST_HEADLINES = 8
_LEAST_COVER_PICTURE = 500
"""Pixels on the long edge of a picture that is shown on the cover."""


BookReport: TypeAlias = Callable[[About, bytes], None]
"""Takes what a finished book says of itself, and its cover as a JPEG; no bytes where it has none."""


class BookTooLargeError(OutputError):
    """A book is over `max_bytes` even with its pictures at their smallest; its volume has to be split."""


def write_book(
    volume: Volume,
    chapters: Sequence[Chapter],
    pictures: PictureSource,
    options: BookOptions | None = None,
    *,
    missing: PictureReport | None = None,
    told: BookReport | None = None,
) -> bytes:
    """Make the EPUB of one volume.

    volume: as `plan_volumes` gives it. chapters: its articles, in any order; one that could not be converted may be
    left out. pictures: gives the bytes of a picture of the mirror's own files, or None. missing: is told of every
    picture that the book has to do without. told: is told of the book that is returned.
    Returns the file's bytes, the same for the same arguments. Pictures are made smaller until the book fits.
    Raises OutputError where there is no chapter, BookTooLargeError where the book fits at no level, MissingToolError
    where `script` needs OpenCC and it is not installed.
    """
    options = options or BookOptions()
    if not chapters:
        raise OutputError(volume.file, "no articles", "at least one", "see the report for what went wrong with them")
    if not options.language:
        options = replace(options, language=language_of_most(chapters))
    place = {path: number for number, path in enumerate(volume.members)}
    ordered = sorted(chapters, key=lambda chapter: place.get(chapter.path, len(place)))
    for level in LEVELS:
        gallery = Gallery(pictures, options, level)
        try:
            data, said, cover = _write(volume, ordered, gallery, options)
        except TooManyBytesError:
            continue
        if not options.max_bytes or len(data) <= options.max_bytes:
            if missing is not None:
                for (path, src), reason in sorted(gallery.lacks.items()):
                    missing(path, src, reason)
            if told is not None:
                told(said, cover)
            return data
    expected, todo = f"at most {options.max_bytes:,} bytes", "split the volume, or leave pictures out"
    raise BookTooLargeError(volume.file, f"a larger book, with pictures of {_smallest(LEVELS)} px", expected, todo)


def _smallest(levels: Sequence[Level]) -> int:
    return min(level.edge for level in levels)


def _write(
    volume: Volume, chapters: Sequence[Chapter], gallery: Gallery, options: BookOptions
) -> tuple[bytes, About, bytes]:
    """The book at one level of its pictures, what it says of itself, and its cover."""
    from convert.emit.epub.package import pack

    gallery.take_in((chapter.path, src) for chapter in chapters for src in chapter.pictures)
    stems = name_chapters(chapters)
    first_files = {path: f"{stem}.xhtml" for path, stem in stems.items()}
    written = {
        chapter.path: write_chapter(chapter, stems[chapter.path], first_files, gallery, options) for chapter in chapters
    }
    sections = dict(zip(volume.members, volume.labels, strict=False))
    lines = [
        (sections.get(chapter.path, ()), Entry(title_of(chapter.meta, options.wording), first_files[chapter.path]))
        for chapter in chapters
    ]
    entries = contents(lines, options.wording.untitled)
    said = about(volume, chapters, options, bool(gallery.files), gallery.described)
    parts = _parts(volume, chapters, options, gallery, said, entries, written)
    if setting := options.typesetting:
        # The last thing: nothing is turned twice, and what the book itself says is turned too.
        said = set_about(said, setting)
        parts = [
            replace(one, data=set_document(one.data, setting)) if one.media_type in (XHTML, NCX) else one
            for one in parts
        ]
    cover = next((part.data for part in parts if part.file == _COVER), b"")
    return pack(said, parts), said, cover


def _parts(
    volume: Volume,
    chapters: Sequence[Chapter],
    options: BookOptions,
    gallery: Gallery,
    said: About,
    entries: Sequence[Entry],
    written: dict[str, list[Document]],
) -> list[Part]:
    """Every file of the book, those of the spine in reading order."""
    lang = options.language
    style = files(__package__).joinpath(_STYLES[options.style]).read_bytes()
    parts = [Part("style", "style.css", CSS, style)]
    if options.cover:
        parts.extend(_cover(volume, chapters, gallery, said, entries, options))
    nav = nav_document(entries, entries[0].href, _COVER_PAGE if options.cover else "", lang)
    parts.append(Part("nav", NAV, XHTML, nav, spine=True, properties=("nav",)))
    parts.append(Part("ncx", "toc.ncx", NCX, ncx(entries, said.identifier, said.title, lang)))
    documents = {group[0].file: group for group in written.values()}
    for entry in (one for top in entries for one in top.walk()):
        group = documents.get(entry.href) or [Document(entry.href, entry.label, section_page(entry, lang))]
        parts.extend(Part(_uid(one.file), one.file, XHTML, one.data, spine=True) for one in group)
    parts.extend(
        Part(_uid(file), file, picture.media_type, picture.data) for file, picture in sorted(gallery.files.items())
    )
    return parts


def _uid(file: str) -> str:
    """An identifier in the manifest that follows from a file's name, which is ASCII and stands there once."""
    return "x-" + file.replace("/", "-")


def _headlines(entries: Sequence[Entry]) -> list[str]:
    """Headlines for the cover: the first article of each section, then the second of each, and so on."""
    sections = [[entry.label for entry in top.walk() if not entry.is_section] for top in entries]
    rows = itertools.zip_longest(*sections)
    return list(dict.fromkeys(label for row in rows for label in row if label))[:_MOST_HEADLINES]


def _cover(
    volume: Volume,
    chapters: Sequence[Chapter],
    gallery: Gallery,
    said: About,
    entries: Sequence[Entry],
    options: BookOptions,
) -> list[Part]:
    title = said.series or said.title
    words = options.wording
    footer = [words.articles(len(chapters)), *(name for name in said.publishers[:1] if name != title)]
    text = CoverText(
        title=title,
        dates=words.span(volume.first, volume.last),
        headlines=tuple(headline for headline in _headlines(entries) if headline != title),
        footer=words.between_notes.join(footer),
    )
    picture = next((one for one in gallery.files.values() if max(one.width, one.height) >= _LEAST_COVER_PICTURE), None)
    shown = set_cover(text, options.typesetting) if options.typesetting else text
    drawn = draw_cover(shown, title, picture.data if picture else None)
    image = f'<img src="{_COVER}" alt="{attribute(text.alternative)}" role="doc-cover"/>'
    page = document(words.cover, f'<div class="cover">{image}</div>', said.language, ' epub:type="cover"')
    return [
        Part("cover", _COVER, "image/jpeg", drawn, properties=("cover-image",)),
        Part("cover-page", _COVER_PAGE, XHTML, page, spine=True),
    ]
