"""Inline content as Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from turbohtml import Element, Node, Text

from convert.emit.dialect import STARS, Pen
from convert.emit.plain_html import as_entities, plain_picture
from convert.flanking import closes, opens

DELIMITERS = STARS | {"s": "~~"}
RAW = frozenset({"sup", "sub"})
# without what an escape or a cell would touch, and without `%`, which some readers decode in the text they show
AUTOLINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[!#$&-;=?-Z^-z~]*\Z")
UNSAFE = re.compile(r"[\[\]{}|\"\\^`<>]")
UNSAID = re.compile(r"[\[\]|]")  # what ends a wiki link, or its path
ENTITY = re.compile(r"&(?=#?\w+;)")


class _Mark:
    """One edge of an emphasis. shown: what is written for it; `raw` once no delimiter run can say it."""

    __slots__ = ("opening", "partner", "raw", "shown", "tag")

    def __init__(self, tag: str, opening: bool, partner: _Mark | None = None) -> None:
        self.tag, self.opening, self.raw, self.shown = tag, opening, False, DELIMITERS[tag]
        self.partner = partner or self
        self.partner.partner = self

    def give_up(self, struck: str = "s") -> None:
        """Say the emphasis in HTML. struck: the name of the element for text that is struck out."""
        name = struck if self.tag == "s" else self.tag
        for edge in (self, self.partner):
            edge.raw, edge.shown = True, f"<{name}>" if edge.opening else f"</{name}>"


def write_inline(nodes: Sequence[Node], pen: Pen, line_break: str = "") -> str:
    """Inline nodes of canonical HTML as Markdown.

    line_break: what stands for a `br` where a line may not end; the dialect's hard break where it is empty.
    """
    if len(nodes) == 1:
        only = nodes[0]
        if type(only) is Text:
            return pen.line_start(pen.escape(only.data))
    parts: list[str | _Mark] = []
    _write(nodes, parts, pen, line_break or pen.dialect.hard_break)
    if _Mark in map(type, parts):
        _settle(parts, pen)
        written = "".join(map(_said, parts))
    else:
        written = "".join(parts)  # type: ignore[arg-type]  # no mark among them
    if "\n" not in written:
        return pen.line_start(written)
    return "\n".join([pen.line_start(line) for line in written.split("\n")])


def _write(nodes: Sequence[Node], parts: list[str | _Mark], pen: Pen, line_break: str) -> None:
    escape = pen.escape
    for node in nodes:
        if type(node) is Text:
            parts.append(escape(node.data))
            continue
        if type(node) is not Element:
            continue
        tag = node.tag
        if tag == "a":
            _link(node, parts, pen, line_break)
        elif tag in DELIMITERS:
            opening = _Mark(tag, True)
            parts.append(opening)
            _write(node.children, parts, pen, line_break)
            parts.append(_Mark(tag, False, opening))
        elif tag == "br":
            parts.append(line_break)
        elif tag == "img":
            parts.append(write_image(node, pen))
        elif tag == "code":
            parts.append(_code(node.text, parts[-1] if parts else "", pen))
        elif tag in RAW:
            parts.append(f"<{tag}>")
            _write(node.children, parts, pen, line_break)
            parts.append(f"</{tag}>")


def _link(node: Element, parts: list[str | _Mark], pen: Pen, line_break: str) -> None:
    href = node.attr("href")
    if (href is None or len(node.attrs) > 1) and (name := node.attr("id")):
        parts.append(write_target(name))
    if href is None:
        _write(node.children, parts, pen, line_break)
        return
    children = node.children
    target = pen.rewrites.links.get(href)
    if target is not None:
        if wiki := _wiki_link(href, children, pen):
            parts.append(wiki)
            return
        href = target
    if len(children) == 1 and type(children[0]) is Text:  # what nearly all links are
        text = children[0].data
        if text == href and pen.dialect.pointed and AUTOLINK.match(href):
            parts.append(f"<{href}>")
        else:
            parts.append(f"[{pen.escape(text)}]({destination(href, pen.dialect.signs)})")
        return
    parts.append("[")
    _write(children, parts, pen, line_break)
    parts.append(f"]({destination(href, pen.dialect.signs)})")


def _wiki_link(address: str, children: Sequence[Node], pen: Pen) -> str:
    """A link as Obsidian writes its own, or nothing where that form does not say all of it.

    Between its brackets is no Markdown, and no backslash counts but that of a bar in a table (Obsidian's help,
    "Internal links"; "Advanced formatting syntax", "Format content within a table").
    """
    path = pen.rewrites.wiki.get(address)
    if path is None or len(children) != 1 or type(children[0]) is not Text:
        return ""
    text = children[0].data
    if not text.isprintable() or text != text.strip() or not text or UNSAID.search(text) or pen.escape(text) != text:
        return ""
    return f"[[{path}{chr(92) if pen.cells else ''}|{text}]]"


def write_target(name: str) -> str:
    """An empty anchor that a `#` link leads to."""
    return f'<a id="{html.escape(name)}"></a>'


def write_image(image: Element, pen: Pen) -> str:
    """A picture with its alternative text."""
    told = image.attr("alt") or ""
    source = image.attr("src") or ""
    source = pen.rewrites.pictures.get(source, source)
    alt = pen.escape(told)
    if alt != told and not pen.dialect.descriptions:
        return plain_picture(source, told)
    if alt[:1] == "^":
        alt = f"\\{alt}"  # GFM would begin a footnote
    return f"![{alt}]({destination(source, pen.dialect.signs)})"


@lru_cache(maxsize=8192)  # links to tag pages repeat within an article and over the mirror
def destination(address: str, encode: bool = False) -> str:
    """A link's destination (CommonMark 0.31.2, section 6.3): in pointed brackets where its brackets do not match.

    encode: write signs by their percent code that no address should have, and some dialect reads.
    """
    if encode:
        address = UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", address)
    address = ENTITY.sub("&amp;", address)  # cmark takes a backslash for itself before an entity
    if "(" not in address and ")" not in address and address:
        return address
    depth = 0
    for character in address:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    return address if depth == 0 and address else f"<{address}>"


def _code(text: str, before: str | _Mark, pen: Pen) -> str:
    """A code span; raw HTML where a span would be read otherwise: beside another, all blank, or with a table's bar.

    HTML, too, is what some reader looks into before it knows of code spans.
    """
    if "|" in text or text.isspace() or _said(before).endswith("`") or pen.dialect.reads_code(text):
        return f"<code>{as_entities(text) if pen.dialect.signs else pen.escape(text)}</code>"
    runs = [len(run) for run in re.findall(r"`+", text)]
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _settle(parts: list[str | _Mark], pen: Pen) -> None:
    """Decide for each emphasis whether delimiter runs can say it; where they cannot, HTML does."""
    depth = 0
    for part in parts:
        if type(part) is _Mark:
            depth -= not part.opening
            if part.tag not in pen.dialect.delimiters or (depth and not pen.dialect.nested):
                part.give_up(pen.dialect.struck)
            depth += part.opening
    shown = ["", *[part for part in parts if part != ""], ""]
    changed = True
    while changed:
        changed = False
        for place, mark in enumerate(shown):
            if type(mark) is _Mark and not mark.raw and not _holds(mark, shown[place - 1], shown[place + 1]):
                mark.give_up(pen.dialect.struck)
                changed = True


def _holds(mark: _Mark, before: str | _Mark, after: str | _Mark) -> bool:
    """Whether a delimiter run between two parts is read as what it means."""
    for neighbour in (before, after):
        # two runs of one character side by side would be read as one, and cmark-gfm judges a run beside `~~` by what
        # stands on the other side of the `~~`
        if type(neighbour) is _Mark and not neighbour.raw:
            own, other = DELIMITERS[mark.tag][0], DELIMITERS[neighbour.tag][0]
            if other == own or "~" in (other, own):
                return False
    left, right = _said(before)[-1:], _said(after)[:1]
    if left == "\n":
        left = ""
    return opens(left, right) if mark.opening else closes(left, right)


def _said(part: str | _Mark) -> str:
    return part if isinstance(part, str) else part.shown
