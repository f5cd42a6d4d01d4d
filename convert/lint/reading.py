"""Rules of navigation: contents in both forms, and landmarks."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped,unused-ignore]  # its stubs are a package of their own

from convert.lint.book import NAMES, XHTML, Book, Finding, text_of

DEEPEST = 3  # levels; Kindle shows two, and Kobo flattens them
TYPE = "{http://www.idpf.org/2007/ops}type"
LANDMARKS = ("cover", "toc", "bodymatter")


def _entries(lists: Any, level: int = 1) -> Iterator[tuple[int, str, str]]:
    """The entries of a nav list with their levels, labels and addresses."""
    for item in lists.iterfind(f"{XHTML}li"):
        link = item.find(f"{XHTML}a")
        if link is not None:
            yield level, " ".join(text_of(link).split()), link.get("href") or ""
        below = item.find(f"{XHTML}ol")
        if below is not None:
            yield from _entries(below, level + 1)


def _points(parent: Any, level: int = 1) -> Iterator[tuple[int, str, str]]:
    """The same of an NCX."""
    for point in parent.iterfind("ncx:navPoint", NAMES):
        label = " ".join(point.findtext("ncx:navLabel/ncx:text", "", NAMES).split())
        yield level, label, point.find("ncx:content", NAMES).get("src")
        yield from _points(point, level + 1)


def check_contents(book: Book) -> Iterator[Finding]:
    """Both contents have the same labels, in reading order, at most three levels deep, and lead to the book's pages."""
    item = book.item("nav")
    if item is None:
        yield Finding("contents", book.name, "a navigation document", "none")
        return
    place = book.place(item.file)
    lists = next((nav for nav in book.pages[item.file].iter(f"{XHTML}nav") if nav.get(TYPE) == "toc"), None)
    entries = list(_entries(lists.find(f"{XHTML}ol"))) if lists is not None else []
    if not entries:
        yield Finding("contents", place, "a table of contents", "none")
        return
    deepest = max(level for level, _, _ in entries)
    if deepest > DEEPEST:
        yield Finding("contents", place, f"at most {DEEPEST} levels", str(deepest))
    for _, label, href in entries:
        if not label:
            yield Finding("contents", place, "a label", f"none at {href}")
    order = {one.file: number for number, one in enumerate(book.spine)}
    folder = posixpath.dirname(item.file)
    targets = [posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0]))) for *_, href in entries]
    for target in targets:
        if target not in order:
            yield Finding("contents", place, "links to pages of the spine", target)
    numbers = [order[target] for target in targets if target in order]
    if numbers != sorted(numbers):
        yield Finding("contents", place, "the order of the spine", "another one")
    yield from _check_ncx(book, entries)


def _check_ncx(book: Book, entries: list[tuple[int, str, str]]) -> Iterator[Finding]:
    ncx = next((one for one in book.items if one.type == "application/x-dtbncx+xml"), None)
    if ncx is None:
        yield Finding("contents", book.name, "an NCX, for older readers", "none")
        return
    tree = etree.fromstring(book.files[ncx.file])
    points = list(_points(tree.find("ncx:navMap", NAMES)))
    if [one[:2] for one in points] != [one[:2] for one in entries]:
        yield Finding("contents", book.place(ncx.file), "the labels and levels of the navigation document", "others")
    depth = tree.find(".//ncx:meta[@name='dtb:depth']", NAMES)
    deepest = max((level for level, _, _ in points), default=0)
    if depth is None or depth.get("content") != str(deepest):
        yield Finding("contents", book.place(ncx.file), f"dtb:depth {deepest}", "another one")


def check_landmarks(book: Book) -> Iterator[Finding]:
    """A reading system finds cover, contents and the start of the text; there is no list of pages that are none."""
    item = book.item("nav")
    if item is None:
        return
    navs = {nav.get(TYPE): nav for nav in book.pages[item.file].iter(f"{XHTML}nav")}
    place = book.place(item.file)
    if "page-list" in navs:
        yield Finding("landmarks", place, "no page list", "one")
    marks = navs.get("landmarks")
    found = {link.get(TYPE) for link in marks.iter(f"{XHTML}a")} if marks is not None else set()
    for name in LANDMARKS:
        if name not in found and not (name == "cover" and book.item("cover-image") is None):
            yield Finding("landmarks", place, f"the landmark {name}", "none")
