"""The table of contents: its tree, the navigation document, the NCX for older readers, and pages for its sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from convert.emit.epub import wording
from convert.emit.epub.markup import attribute, document, escape, one_line

NAV = "nav.xhtml"
"""The file name of the navigation document."""


@dataclass(slots=True)
class Entry:
    """One line of the contents: a label, where it leads, and the lines below it."""

    label: str
    href: str = ""
    children: list[Entry] = field(default_factory=list)

    def walk(self) -> Iterator[Entry]:
        """This entry and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_section(self) -> bool:
        """Whether this is a section of articles."""
        return bool(self.children)

    def leaves(self) -> int:
        """How many articles there are here."""
        return sum(child.leaves() for child in self.children) if self.children else 1


def contents(articles: Sequence[tuple[tuple[str, ...], Entry]], untitled: str) -> list[Entry]:
    """The tree of contents.

    articles: for each its sections, outermost first, and its own line, in reading order.
    untitled: the label of a section that has none.
    A level on which all articles share one section says nothing and is left out. Each section gets a page of its own,
    since a line without a page is an error in EPUB (EPUBCheck, RSC-010).
    """
    depth = min((len(labels) for labels, _ in articles), default=0)
    kept = [level for level in range(depth) if len({labels[level] for labels, _ in articles}) > 1]
    root = Entry("")
    sections: dict[tuple[str, ...], Entry] = {(): root}
    for labels, entry in articles:
        way = tuple(one_line(labels[level]) or untitled for level in kept)
        for end in range(1, len(way) + 1):
            if way[:end] not in sections:
                section = Entry(way[end - 1], f"section{len(sections)}.xhtml")
                sections[way[:end]] = section
                sections[way[: end - 1]].children.append(section)
        sections[way].children.append(entry)
    return root.children


def depth(entries: Sequence[Entry]) -> int:
    """How many levels the contents have."""
    return max((1 + depth(entry.children) for entry in entries), default=0)


def section_page(section: Entry, lang: str) -> bytes:
    """The page of a section: its name, and what it holds."""
    links = "".join(
        f'<li><a href="{attribute(child.href)}">{escape(child.label)}</a></li>\n' for child in section.children
    )
    body = (
        '<section epub:type="part" role="doc-part" aria-labelledby="title">\n'
        f'<h1 id="title">{escape(section.label)}</h1>\n'
        f'<p class="about">{wording.of(lang).articles(section.leaves())}</p>\n'
        f'<ol class="contents">\n{links}</ol>\n</section>'
    )
    return document(section.label, body, lang)


def nav_document(entries: Sequence[Entry], first: str, cover: str, lang: str) -> bytes:
    """The navigation document (EPUB 3.3, *EPUB navigation document*), which readers also see as a page.

    first: where the text begins. cover: the cover's document, empty where there is none.
    """
    words = wording.of(lang)
    marks = [
        *([("cover", cover, words.cover)] if cover else []),
        # With its file: epub.js takes a bare fragment for one of the page that is shown.
        ("toc", f"{NAV}#toc", words.contents),
        ("bodymatter", first, words.body),
    ]
    landmarks = "".join(
        f'<li><a epub:type="{kind}" href="{attribute(to)}">{name}</a></li>\n' for kind, to, name in marks
    )
    body = (
        '<nav epub:type="toc" role="doc-toc" id="toc" aria-labelledby="title">\n'
        f'<h1 id="title">{words.contents}</h1>\n{_list(entries)}</nav>\n'
        f'<nav epub:type="landmarks" id="landmarks" aria-label="{words.landmarks}" hidden="hidden">\n'
        f"<ol>\n{landmarks}</ol>\n</nav>"
    )
    return document(words.contents, body, lang)


def _list(entries: Sequence[Entry]) -> str:
    lines = ["<ol>\n"]
    for entry in entries:
        below = f"\n{_list(entry.children)}" if entry.children else ""
        lines.append(f'<li><a href="{attribute(entry.href)}">{escape(entry.label)}</a>{below}</li>\n')
    lines.append("</ol>\n")
    return "".join(lines)


def ncx(entries: Sequence[Entry], identifier: str, title: str, lang: str) -> bytes:
    """The NCX (OPF 2.0.1, section 2.4.1) with the same lines as the navigation document."""
    order = {id(entry): number for number, entry in enumerate((one for top in entries for one in top.walk()), 1)}

    def points(level: Sequence[Entry]) -> str:
        return "".join(
            f'<navPoint id="n{order[id(entry)]}" playOrder="{order[id(entry)]}">'
            f"<navLabel><text>{escape(entry.label)}</text></navLabel>"
            f'<content src="{attribute(entry.href)}"/>\n{points(entry.children)}</navPoint>\n'
            for entry in level
        )

    head = {"uid": identifier, "depth": str(depth(entries)), "totalPageCount": "0", "maxPageNumber": "0"}
    metas = "".join(f'<meta name="dtb:{name}" content="{attribute(value)}"/>\n' for name, value in head.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="{attribute(lang)}">\n'
        f"<head>\n{metas}</head>\n<docTitle><text>{escape(title)}</text></docTitle>\n"
        f"<navMap>\n{points(entries)}</navMap>\n</ncx>\n"
    ).encode()
