"""Markdown with YAML front matter: a walk over canonical HTML (docs/canonical.md, The projection)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from turbohtml import Element, Node, Text

from convert.article import Article
from convert.emit.dialect import DIALECTS, RULE, Pen
from convert.emit.escapes import escape, escape_heading_end
from convert.emit.front_matter import write_front_matter
from convert.emit.inline import destination, write_inline, write_target
from convert.emit.options import AS_THEY_ARE, EmitOptions, Rewrites
from convert.emit.plain_html import plain_code, plain_html, plain_table

CELL_BREAK = "<br>"
LISTS = frozenset({"ul", "ol"})
# two blocks of one kind that would be read as one when only a blank line divides them
DIVIDER = "<!-- -->"
TASK = re.compile(r"\A\\\[[ xX](?=\\\])")
NESTED_RULE = "***"  # behind an item's marker a rule of hyphens would be read together with it


def write(article: Article, options: EmitOptions) -> bytes:
    """The article as Markdown in UTF-8: front matter, the title if asked for, the body."""
    parts = []
    layout = options.layout
    if layout.written:
        parts.append(write_front_matter(_with_picture(article, options.rewrites), layout))
    elif DIALECTS[options.flavour].reads_first_lines:
        parts.append("")
    if options.title and article.meta.title:
        parts.append(f"# {escape_heading_end(escape(article.meta.title, options.flavour))}\n")
    body = write_body(article.body, options.flavour, options.rewrites)
    if body:
        parts.append(body + "\n")
    return "\n".join(parts).encode("utf-8")


def _with_picture(article: Article, rewrites: Rewrites) -> Article:
    """The article whose lead picture lies where the body has it from."""
    image = rewrites.pictures.get(article.meta.image)
    return article if image is None else replace(article, meta=replace(article.meta, image=image))


def write_body(body: Element, flavour: str = "gfm", rewrites: Rewrites = AS_THEY_ARE) -> str:
    """A body of canonical HTML as Markdown, without a line end behind it.

    rewrites: what stands in place of addresses. What is written as HTML, as tables with spanned cells, keeps its own:
    tools that follow the paths of Markdown files do not look there.
    """
    told = body.text + "".join([image.attr("alt") or "" for image in body.select("img")])
    return "\n\n".join(_blocks(body.children, Pen.of(flavour, told, rewrites)))


def _blocks(nodes: Iterable[Node], pen: Pen) -> list[str]:
    written: list[str] = []
    before = ""
    for node in nodes:
        if type(node) is not Element:
            continue
        tag = node.tag
        if before in pen.dialect.divided.get(tag, ()):
            written.append(DIVIDER)
        written.append(_block(node, tag, pen))
        before = tag
    return written


def _block(node: Element, tag: str, pen: Pen) -> str:
    if tag == "p":
        written = _line(node.children, pen)
        return _target(node) + written if node.attrs else written
    if tag in {"h2", "h3", "h4"}:
        text = write_inline(node.children, pen, CELL_BREAK)
        return f"{'#' * int(tag[1])} {_target(node)}{escape_heading_end(text)}"
    if tag == "figure":
        return _target(node) + _figure(node, pen)
    if tag in LISTS:
        return _list(node, pen)
    if tag == "blockquote":
        quoted = "\n\n".join(_blocks(node.children, pen.below)).split("\n")
        return "\n".join([f"> {line}" if line else ">" for line in quoted])
    if tag == "table":
        return _table(node, pen)
    if tag == "pre":
        return _code_block(node.text, pen)
    if tag == "hr":
        return pen.dialect.rule
    raise ValueError(f"<{tag}> is no block of canonical HTML (docs/canonical.md): a rule left it there")


def _target(node: Element) -> str:
    name = node.attr("id") if node.attrs else None
    return write_target(name) if name else ""


def _figure(node: Element, pen: Pen) -> str:
    picture = node[0]
    if len(node) == 1:
        return _line([picture], pen)
    written = write_inline([picture], pen)
    caption = node[1]
    return f"{written}{pen.dialect.hard_break}{write_inline(caption.children, pen)}"


def _list(node: Element, pen: Pen) -> str:
    """A list, loose where its items hold blocks. The items of a tight list hold inline content, then lists."""
    if pen.dialect.plain_lists and not pen.looked:
        if _differs(node):
            return plain_html(node.html)
        pen = replace(pen.below, looked=True)
    number = int(node.attr("start") or 1) if node.tag == "ol" else 0
    items = [item for item in node.children if type(item) is Element]
    loose = any(_holds_blocks(item) for item in items)
    silent = loose and not _is_told_loose(items)
    written = []
    for offset, item in enumerate(items):
        marker = f"{number + offset}. " if node.tag == "ol" else "- "
        parts = _blocks(item.children, pen) if loose else _tight(item, pen)
        parts = [NESTED_RULE if part == RULE else part for part in parts]
        if silent and (place := _first_paragraph(item)) >= 0:
            parts.insert(place + 1, DIVIDER)
            silent = False
        content = ("\n\n" if loose else "\n").join(parts)
        if pen.dialect.tasks:
            content = TASK.sub(rf"\g<0>{DIVIDER}", content)
        written.append(_hung(marker.ljust(pen.dialect.width), _target(item) + content))
    return ("\n\n" if loose else "\n").join(written)


def _differs(node: Element) -> bool:
    """Whether a list holds what the older dialects do not read as CommonMark does."""
    return (node.attr("start") or "1") != "1" or (
        node.select_one("ol[start], blockquote, table, pre, hr, h2, h3, h4, figure") is not None
    )


def _holds_blocks(item: Element) -> bool:
    return any(
        type(child) is Element and child.tag in {"p", "h2", "h3", "h4", "figure", "blockquote", "table", "pre", "hr"}
        for child in item.children
    )


def _is_told_loose(items: Sequence[Element]) -> bool:
    """Whether a reader sees that a list is loose: by a blank line behind a paragraph; behind a rule it says nothing."""
    for place, item in enumerate(items):
        tags = [child.tag for child in item.children if type(child) is Element]
        told = tags if place + 1 < len(items) else tags[:-1]
        if "p" in told or "figure" in told:
            return True
    return False


def _first_paragraph(item: Element) -> int:
    """The place among an item's blocks of the first paragraph, or -1."""
    tags = [child.tag for child in item.children if type(child) is Element]
    return next((place for place, tag in enumerate(tags) if tag in {"p", "figure"}), -1)


def _tight(item: Element, pen: Pen) -> list[str]:
    inline = [
        child for child in item.children if type(child) is Text or (type(child) is Element and child.tag not in LISTS)
    ]
    lists = [child for child in item.children if type(child) is Element and child.tag in LISTS]
    written = [_line(inline, pen)] if inline else []
    for nested in lists:
        # only a list that starts with 1 may follow a line of text (CommonMark 0.31.2, section 5.2)
        if len(written) > 1 or (written and (not inline or (nested.attr("start") or "1") != "1")):
            written.append(DIVIDER)
        written.append(_list(nested, pen))
    return written


def _hung(marker: str, content: str) -> str:
    """An item's lines, all but the first indented to stand below the text behind its marker."""
    first, *rest = content.split("\n")
    indent = " " * len(marker)
    return "\n".join([marker + first, *(indent + line if line else "" for line in rest)])


def _table(node: Element, pen: Pen) -> str:
    """A pipe table; one with spanned cells stays HTML, on one line."""
    if node.select_one("[colspan], [rowspan]") is not None:
        return plain_html(node.html) if pen.dialect.signs else re.sub(r"\s*\n\s*", " ", node.html)
    if pen.dialect.simple_cells and (node.select_one("sup, sub, s, code, img") or _has_marks(node, pen)):
        return plain_table(node)
    head = node.select_one("thead tr")
    if pen.rewrites.wiki:
        pen = replace(pen, cells=True)
    rows = [_row(row, pen) for row in node.select("tbody tr")]
    width = max([len(row) for row in rows] + ([len(head)] if head is not None else []))
    header = _row(head, pen) if head is not None else [""] * width
    lines = [header, ["---"] * width, *rows]
    return "\n".join([_cells(cells, width) for cells in lines])


def _has_marks(node: Element, pen: Pen) -> bool:
    """Whether something in a table would be escaped."""
    return any(pen.escape(text) != text for text in node.strings) or any(
        destination(link.attr("href") or "").startswith("<") for link in node.select("a")
    )


def _row(row: Element, pen: Pen) -> list[str]:
    return [
        _target(cell) + write_inline(cell.children, pen, CELL_BREAK) for cell in row.children if type(cell) is Element
    ]


def _cells(cells: Sequence[str], width: int) -> str:
    filled = [*cells, *[""] * (width - len(cells))]
    return "| " + " | ".join(filled) + " |"


def _line(nodes: Sequence[Node], pen: Pen) -> str:
    """The content of a paragraph or of an item."""
    written = write_inline(nodes, pen)
    if pen.dialect.lone_picture and len(nodes) == 1 and type(nodes[0]) is Element and nodes[0].tag == "img":
        return written + pen.dialect.lone_picture
    return written


def _code_block(text: str, pen: Pen) -> str:
    """Code between fences; as HTML where the dialect does not take it there."""
    if pen.fences and not pen.dialect.reads_code(text):
        return _fenced(text)
    return plain_code(text)


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
