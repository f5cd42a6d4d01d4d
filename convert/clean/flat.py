"""Blocks as lines of one text, for what may hold no blocks: headings, captions, cells, short items."""

from __future__ import annotations

from collections.abc import Sequence

from turbohtml import Element, Node, Text

from convert.tree import INLINE, new

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def in_line(blocks: Sequence[Element]) -> list[Node]:
    """Blocks as inline nodes, a line each."""
    result: list[Node] = []
    pending = False
    for block in blocks:
        if pending:
            result.append(new(block, "br"))
        pending = block.tag != "hr"
        if block.tag in {"p", *HEADINGS}:
            result.extend(block.children)
        elif block.tag == "figure":
            result.extend(figure_inline(block))
        elif block.tag == "pre":
            result.append(Text(" ".join(block.text.split())))
        elif block.tag != "hr":
            result.extend(_lines_of(block))
    return result


def figure_inline(figure: Element) -> list[Node]:
    """A figure's picture, and its caption as the next line."""
    result: list[Node] = []
    for part in figure.children:
        if type(part) is Element and part.tag == "figcaption":
            result.extend([new(figure, "br"), *part.children])
        else:
            result.append(part)
    return result


def _lines_of(block: Element) -> list[Node]:
    """A list's, quote's or table's content as lines: what is in line makes one, each block in it its own."""
    parts: list[list[Node]] = [[]]
    for child in block.children:
        if type(child) is not Element or child.tag in INLINE:
            parts[-1].append(child)
        else:
            parts += [in_line([child]), []]
    result: list[Node] = []
    for part in parts:
        if any(type(node) is not Text or node.data.strip() for node in part):
            if result:
                result.append(new(block, "br"))
            result.extend(part)
    return result
