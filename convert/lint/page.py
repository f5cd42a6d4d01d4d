"""Rules of a document: its form, title, headings, links and blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped,unused-ignore]  # its stubs are a package of their own

from convert.lint.book import XHTML, Book, Finding, text_of

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DECLARATION = re.compile(rb"<\?xml version=[\"']1\.0[\"'] encoding=[\"'](?:utf-8|UTF-8)[\"']\?>")
HEADING = re.compile(rf"{re.escape(XHTML)}h([1-6])\Z")
# C0 and C1 controls, soft hyphens, zero-width and direction marks (not ZWJ and ZWNJ, which some scripts need)
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u206f\ufeff]"
)
HAN = "\u3001-\u3003\u3005-\u3011\u3400-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20"
BROKEN = re.compile(f"[{HAN}][ \t]*\n\\s*[{HAN}]")
SHOWN = 12  # characters round a place
# what may stand in a block and divides its text by itself
NESTED = frozenset(f"{XHTML}{tag}" for tag in ("p", "ol", "ul", "pre", "table", "figure", "blockquote"))
BLOCKS = frozenset(f"{XHTML}{tag}" for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "figcaption"))


def check_form(book: Book) -> Iterator[Finding]:
    """Declared as UTF-8, with one language in both forms, without comments and styles of its own."""
    for file, tree in book.pages.items():
        place = book.place(file)
        if not DECLARATION.match(book.files[file]):
            yield Finding("form", place, "an XML declaration with utf-8", repr(book.files[file][:40]))
        if not tree.get("lang") or tree.get("lang") != tree.get(LANG):
            yield Finding("form", place, "lang and xml:lang, the same", f"{tree.get('lang')}, {tree.get(LANG)}")
        if any(True for _ in tree.iter(etree.Comment)):
            yield Finding("form", place, "no comment", "one")
        for element in tree.iter(etree.Element):
            if "style" in element.attrib:
                yield Finding("form", place, "no style attribute", f"style={element.get('style')!r}")


def check_titles(book: Book) -> Iterator[Finding]:
    """Each document has a title of its own; an empty one blanks the page on some readers."""
    for file, tree in book.pages.items():
        title = tree.findtext(f"{XHTML}head/{XHTML}title", "").strip()
        if not title:
            yield Finding("titles", book.place(file), "a title", "none")


def check_headings(book: Book) -> Iterator[Finding]:
    """One h1 in each document but the cover; no level is skipped; none is empty."""
    cover = book.item("cover-image")
    for item in book.spine:
        tree = book.pages[item.file]
        headings = [(int(match[1]), one) for one in tree.iter() if (match := _heading(one))]
        place = book.place(item.file)
        firsts = sum(1 for level, _ in headings if level == 1)
        if firsts != 1 and not (cover is not None and item is book.spine[0] and firsts == 0):
            yield Finding("headings", place, "one h1", str(firsts))
        before = 0
        for level, element in headings:
            if level > before + 1:
                yield Finding("headings", place, f"at most h{before + 1}", f"h{level} {_shown(element)}")
            if not text_of(element).strip() and element.find(f".//{XHTML}img") is None:
                yield Finding("headings", place, "a heading with text", f"an empty h{level}")
            before = level


def _heading(element: Any) -> re.Match[str] | None:
    return HEADING.match(element.tag) if isinstance(element.tag, str) else None


def check_links(book: Book) -> Iterator[Finding]:
    """No link that shows nothing."""
    for file, tree in book.pages.items():
        for link in tree.iter(f"{XHTML}a"):
            shows = text_of(link).strip() or link.find(f".//{XHTML}img") is not None
            if link.get("href") is not None and not shows:
                yield Finding("links", book.place(file), "a link with text", f"an empty one to {link.get('href')}")


def check_blanks(book: Book) -> Iterator[Finding]:
    """No character that is unseen, and no line end between Han characters."""
    for file, tree in book.pages.items():
        place = book.place(file)
        text = text_of(tree)
        for match in UNSEEN.finditer(text):
            yield Finding("blanks", place, "no unseen character", f"U+{ord(match[0]):04X} {_near(text, match.start())}")
        for block in tree.iter(*BLOCKS):
            told = text_of(block)
            if "\n" in told and next(block.iterdescendants(*NESTED), None) is None:
                for match in BROKEN.finditer(told):
                    where = _near(told, match.start())
                    yield Finding("blanks", place, "no line end between Han characters", where)


def _near(text: str, at: int) -> str:
    return repr(" ".join(text[max(0, at - SHOWN) : at + SHOWN].split()))


def _shown(element: Any) -> str:
    return repr(" ".join(text_of(element).split())[:SHOWN])
