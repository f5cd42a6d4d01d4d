"""Plain text: title, date and authors, the body's text, the address."""

from __future__ import annotations

from collections.abc import Iterable

from turbohtml import Element, Node, Text

from convert.article import Article
from convert.emit.options import EmitOptions
from convert.emit.wrapping import wrap

LISTS = frozenset({"ul", "ol"})
BLOCKS = frozenset({"p", "h2", "h3", "h4", "figure", "blockquote", "table", "pre", "hr"})
RULE = "* * *"


def write(article: Article, options: EmitOptions) -> bytes:
    """The article as UTF-8 text without any mark; a blank line stands between paragraphs.

    A paragraph is a line; with a width it is broken so that its lines can be joined again (`convert.emit.wrapping`).
    """
    meta = article.meta
    by_line = "  ".join(part for part in (meta.date.isoformat() if meta.date else "", "、".join(meta.authors)) if part)
    head = "\n".join(line for line in (meta.title, by_line) if line)
    parts = [head, *blocks(article.body.children), meta.source]
    text = "\n\n".join(part for part in parts if part) + "\n"
    if options.width:
        code = {line.strip() for block in article.body.select("pre") for line in block.text.split("\n")}
        text = wrap(text, options.width, code)
    return text.encode("utf-8")


def blocks(nodes: Iterable[Node]) -> list[str]:
    """Blocks of canonical HTML as text, one string a block."""
    return [text for node in nodes if type(node) is Element and (text := _block(node))]


def _block(node: Element) -> str:
    tag = node.tag
    if tag == "figure":
        caption = node.select_one("figcaption")
        return _block(caption) if caption is not None else ""
    if tag in LISTS:
        return _list(node)
    if tag == "blockquote":
        return "\n\n".join(blocks(node.children))
    if tag == "table":
        return "\n".join(_row(row) for row in node.select("tr"))
    if tag == "hr":
        return RULE
    return node.text if tag == "pre" or node.select_one("br") is None else _inline(node.children)


def _inline(nodes: Iterable[Node]) -> str:
    parts = []
    for node in nodes:
        if type(node) is Text:
            parts.append(node.data)
        elif type(node) is Element:
            parts.append("\n" if node.tag == "br" else _inline(node.children))
    return "".join(parts)


def _row(row: Element) -> str:
    cells = [cell for cell in row.children if type(cell) is Element]
    if row.select_one("br") is None:
        return "\t".join([cell.text for cell in cells]).rstrip()
    return "\t".join([_inline(cell.children).replace("\n", " ") for cell in cells]).rstrip()


def _list(node: Element) -> str:
    number = int(node.attr("start") or 1)
    written = []
    items = (item for item in node.children if type(item) is Element)
    for offset, item in enumerate(items):
        marker = f"{number + offset}. " if node.tag == "ol" else "- "
        children = item.children
        tags = {child.tag for child in children if type(child) is Element}
        if tags & BLOCKS:
            content = "\n".join(blocks(children))
        elif tags & LISTS:
            inline = [child for child in children if type(child) is not Element or child.tag not in LISTS]
            nested = [child for child in children if type(child) is Element and child.tag in LISTS]
            content = "\n".join([_inline(inline), *blocks(nested)])
        else:
            content = _inline(children)
        first, *rest = content.split("\n")
        written.append("\n".join([marker + first, *(" " * len(marker) + line for line in rest)]))
    return "\n".join(written)
