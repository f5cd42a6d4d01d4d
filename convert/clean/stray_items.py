"""Items that stand outside a list: each run of them gets one of its own, and lists that were made so are joined."""

from __future__ import annotations

from collections.abc import Sequence

from turbohtml import Element, Node, Text

from convert.tree import INLINE, move, new


def with_lists(parent: Element) -> list[Node]:
    """An element's children, with items that stand there without their list put into one."""
    result: list[Node] = []
    for node in list(parent.children):
        if type(node) is not Element or node.tag != "li":
            if type(node) is not Text or node.data.strip() or not _is_made(result):
                result.append(node)
        elif _is_made(result):
            result[-1].append(node)  # type: ignore[attr-defined]  # _is_made says that it is an element
        else:
            result.append(move([node], new(parent, "ul", {"data-made": ""})))
    return result


def join_made(result: list[Element], blocks: list[Element]) -> None:
    """Add blocks; lists that were made for stray items, one behind the other, become one list."""
    if blocks and _is_made(blocks[:1]) and _is_made(result):
        made = result[-1]
        inline = {_is_inline(one[0]) for one in (made, blocks[0]) if isinstance(one[0], Element)}
        made.extend(list(blocks[0].children))
        if len(inline) > 1:
            for item in made.children:
                _loosen(item)
        blocks = blocks[1:]
    result.extend(blocks)


def _is_inline(item: Element) -> bool:
    """Whether an item holds inline content, not blocks."""
    first = item[0]
    return type(first) is not Element or first.tag in INLINE


def _loosen(item: Node) -> None:
    """Put an item's inline content into a paragraph, so that it holds blocks only."""
    if isinstance(item, Element) and _is_inline(item):
        line = [node for node in item.children if type(node) is not Element or node.tag in INLINE]
        item.insert(0, move(line, new(item, "p")))


def _is_made(nodes: Sequence[Node]) -> bool:
    return bool(nodes) and type(nodes[-1]) is Element and "data-made" in nodes[-1].attrs
