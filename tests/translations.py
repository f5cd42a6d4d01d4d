"""What differs between an English page and its Chinese one, in all that can be compared without knowing a language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.pages import ROOT, Block, blocks, named, slug

PAIRS = [(ROOT / "README.md", ROOT / "README.zh.md")] + [
    (ROOT / "docs" / page.name, page) for page in sorted((ROOT / "docs/zh").glob("*.md"))
]
"""Each English page that has a Chinese one, with it."""

COUNTED = {
    "paragraph_open": "paragraphs",
    "list_item_open": "items of lists",
    "table_open": "tables",
    "tr_open": "rows",
    "td_open": "cells",
    "fence": "code blocks",
    "html_block": "comments",
}
"""The parts of a section that must be as many in both languages."""

CODE = re.compile(r"`[^`]*`")
COMMENT = re.compile(r"(?:^|\s+)# .*$")
NUMBER = re.compile(r"(?<![A-Za-z\d])\d+(?:,\d{3})*(?:\.\d+)?")
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
SPACELESS = re.compile(rf"[{HAN}][A-Za-z0-9`]|[A-Za-z0-9`%][{HAN}]")
NARROW = re.compile(rf"[{HAN}][,.;:!?()]|[,;:!?()][{HAN}]")
DATE = re.compile(r"\d+年(?:\d+月)?")
"""A date as the books write it, which pages quote."""


@dataclass
class Piece:
    """A heading, a paragraph or a cell: its text, with code as in Markdown, and what must be the same in both."""

    text: str
    names: Counter[str]
    links: list[str]
    place: str = ""
    row: bool = False
    figures: bool = False
    broken: bool = False


@dataclass
class Section:
    """A heading with its level, and what stands below it, to the next heading."""

    level: int
    heading: str
    counts: Counter[str] = field(default_factory=Counter)
    pieces: list[Piece] = field(default_factory=list)


def sections(page: Path) -> list[Section]:
    """A page, read as CommonMark with tables, from its first heading on."""
    found: list[Section] = []
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    row, figures = "", False
    for at, token in enumerate(tokens):
        before = tokens[at - 1].type
        if token.type == "heading_open":
            found.append(Section(int(token.tag[1]), tokens[at + 1].content))
        elif token.type in COUNTED:
            found[-1].counts[COUNTED[token.type]] += 1
        if token.type == "html_block" and "figures -->" in token.content:
            figures = "/figures" not in token.content
        elif token.type == "tr_open":
            row = tokens[at + 2].content
        elif token.type == "inline":
            cell = before in {"td_open", "th_open"}
            piece = _piece(token)
            piece.row = cell
            piece.place = f"row “{row}”" if cell else f"“{piece.text[:40]}”"
            piece.figures = figures or (cell and token.content[:1].isdigit())
            found[-1].pieces.append(piece)
    return found


def _piece(token: Token) -> Piece:
    inside = token.children or []
    return Piece(
        text="".join(f"`{one.content}`" if one.type == "code_inline" else one.content for one in inside),
        names=Counter(one.content for one in inside if one.type == "code_inline"),
        links=[unquote(str(one.attrs["href"])) for one in inside if one.type == "link_open"],
        broken=any(one.type == "softbreak" for one in inside),
    )


def uneven(english: Path, chinese: Path) -> Iterator[str]:
    """Where headings differ in number or level, and parts of a section in number."""
    one, other = sections(english), sections(chinese)
    levels = [[section.level for section in page] for page in (one, other)]
    if levels[0] != levels[1]:
        yield f"{named(chinese)}: has headings of the levels {levels[1]}, {named(english)} {levels[0]}"
    for what in COUNTED.values():
        here, there = (sum(section.counts[what] for section in page) for page in (other, one))
        if here != there:
            yield f"{named(chinese)}: has {here} {what}, {named(english)} {there}"
    if levels[0] == levels[1]:
        for left, right in zip(one, other, strict=True):
            for what in COUNTED.values():
                if (here := right.counts[what]) != (there := left.counts[what]):
                    yield f"{named(chinese)}: has {here} {what} below “{right.heading}”, {named(english)} {there}"


def blocks_that_differ(english: Path, chinese: Path) -> Iterator[str]:
    """Code blocks that are not the same: what is done with them, and their lines, apart from comments.

    Where there are not as many in both, `uneven` says so.
    """
    pages = [list(blocks(page)) for page in (english, chinese)]
    if len(pages[0]) != len(pages[1]):
        return
    for number, (one, other) in enumerate(zip(*pages, strict=True), 1):
        where = f"{named(chinese)}: code block {number}"
        here, there = ((block.mark, block.name, block.code, block.kind) for block in (other, one))
        lines = [[_bare(line, block) for line in block.text.splitlines()] for block in (other, one)]
        if here != there:
            yield f"{where} is {here}, in {named(english)} {there}"
        elif len(lines[0]) != len(lines[1]):
            yield f"{where} has {len(lines[0])} lines, in {named(english)} {len(lines[1])}"
        else:
            for mine, theirs in zip(*lines, strict=True):
                if mine != theirs:
                    yield f"{where} says {mine!r}, in {named(english)} {theirs!r}"


def _bare(line: str, block: Block) -> str:
    """A line without what is there for people: what stands behind a made file's name, and comments of code."""
    if block.mark == "made":
        return line.split()[0]
    quoted = block.mark in {"excerpt", "errors"} or block.kind in {"", "text", "markdown", "html"}
    return line if quoted else COMMENT.sub(" #", line)


def pieces_of_both(english: Path, chinese: Path) -> Iterator[tuple[Piece, Piece]]:
    """The pieces of sections that have as many in both languages, side by side; `uneven` tells of the others."""
    one, other = sections(english), sections(chinese)
    if [section.level for section in one] == [section.level for section in other]:
        for left, right in zip(one, other, strict=True):
            if len(left.pieces) == len(right.pieces):
                yield from zip(left.pieces, right.pieces, strict=True)


def names_that_differ(english: Path, chinese: Path) -> Iterator[str]:
    """Names in code that one language has in a paragraph or cell, and the other has not."""
    for one, other in pieces_of_both(english, chinese):
        yield from _difference(one.names, other.names, one.place, other.place, english, chinese)


def links_that_differ(english: Path, chinese: Path) -> Iterator[str]:
    """Links that do not lead to the same place, in Chinese where that is there."""
    for one, other in pieces_of_both(english, chinese):
        if {one.text, other.text} != {"中文", "English"}:
            wanted = Counter(_counterpart(link, english) for link in one.links)
            found = Counter(_resolved(link, chinese) for link in other.links)
            yield from _difference(wanted, found, one.place, other.place, english, chinese)


def _resolved(link: str, page: Path) -> str:
    if link.startswith(("https:", "http:")):
        return link
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return f"{named(target)}{'#' * bool(fragment)}{fragment}"


def _counterpart(link: str, page: Path) -> str:
    """Where the Chinese page must lead, for a link of the English one."""
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    chinese = dict(PAIRS).get(target)
    if chinese is None:
        return _resolved(link, page)
    if not fragment:
        return named(chinese)
    headings = [slug(section.heading) for section in sections(target)]
    return f"{named(chinese)}#{slug(sections(chinese)[headings.index(fragment)].heading)}"


def figures_that_differ(english: Path, chinese: Path) -> Iterator[str]:
    """Numbers that differ, or their order in a cell, between the comments `figures` and where a cell begins so."""
    for one, other in pieces_of_both(english, chinese):
        if one.figures:
            wanted, found = (NUMBER.findall(CODE.sub("", piece.text)) for piece in (one, other))
            yield from _difference(Counter(wanted), Counter(found), one.place, other.place, english, chinese)
            if one.row and wanted != found and sorted(wanted) == sorted(found):
                yield f"{named(chinese)}: {other.place} says {', '.join(found)}, {named(english)} {', '.join(wanted)}"


def _difference(
    wanted: Counter[str], found: Counter[str], there: str, here: str, english: Path, chinese: Path
) -> Iterator[str]:
    if wanted != found:
        missing, besides = (
            ", ".join(sorted(one.elements())) or "nothing more" for one in (wanted - found, found - wanted)
        )
        yield f"{named(chinese)}: {here} says {besides}, where {named(english)} in {there} says {missing}"


def ill_set(chinese: Path) -> Iterator[str]:
    """Where Chinese is not set as it should be: narrow marks, no space beside Latin, line ends, marks of Markdown."""
    for piece in (piece for section in sections(chinese) for piece in section.pieces):
        text = DATE.sub("", piece.text)
        outside = CODE.sub("`x`", text)
        for match in (*SPACELESS.finditer(outside), *NARROW.finditer(outside)):
            yield f"{named(chinese)}: {piece.place} has “{match[0]}” without a space, or with a narrow mark"
        if piece.broken:
            yield f"{named(chinese)}: {piece.place} has a line end, which browsers show as a space"
        if "*" in outside:
            yield f"{named(chinese)}: {piece.place} has a mark of emphasis that stays text"
