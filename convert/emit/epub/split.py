"""Cuts the body of a long article into documents that every reading system can open."""

from __future__ import annotations

import itertools
import re

from turbohtml import Element, Node, Text, parse_fragment

# A piece of one of these would no longer say the same.
_WHOLE = frozenset({"figure", "img", "br", "hr", "tr", "td", "th", "li", "thead"})
_HEADINGS = frozenset({"h2", "h3", "h4"})
_DEEPEST = 40
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]*[”’」』）)]*")


def split_body(body: str, limit: int) -> list[list[Node]]:
    """The blocks of a body, in groups of at most `limit` bytes of HTML where that can be done.

    A block that is too large alone is divided: a list between items, a table between rows, a quotation between
    blocks, a paragraph between sentences. A heading goes with what follows it. Returns at least one group.
    """
    root = parse_fragment(body, positions=False)
    blocks = list(root.children)
    if len(body) * 3 <= limit or len(body.encode()) <= limit:
        return [blocks]
    groups = _grouped([piece for block in blocks for piece in _divided(block, limit, 0)], limit)
    for before, after in itertools.pairwise(groups):
        while len(before) > 1 and isinstance(before[-1], Element) and before[-1].tag in _HEADINGS:
            after.insert(0, before.pop())
    return groups


def _size(node: Node) -> int:
    return len(node.html.encode())


def _grouped(nodes: list[Node], limit: int) -> list[list[Node]]:
    groups: list[list[Node]] = [[]]
    filled = 0
    for node in nodes:
        size = _size(node)
        if groups[-1] and filled + size > limit:
            groups.append([])
            filled = 0
        groups[-1].append(node)
        filled += size
    return groups


def _divided(node: Node, limit: int, depth: int) -> list[Node]:
    """A node in pieces under the limit, each in a shell of the same kind."""
    if _size(node) <= limit or depth > _DEEPEST:
        return [node]
    if type(node) is Text:
        return list(_sentences(node.data, limit))
    if not isinstance(node, Element) or node.tag in _WHOLE or not len(node):
        return [node]
    children = [piece for child in list(node.children) for piece in _divided(child, limit, depth + 1)]
    attributes = dict(node.attrs)
    first = node.attr("start") or ""
    start = int(first) if re.fullmatch(r"-?[0-9]{1,9}", first) else 1
    pieces: list[Node] = []
    for group in _grouped(children, limit):
        if pieces:
            attributes.pop("id", None)
            if node.tag == "ol":
                attributes["start"] = str(start)
        start += len(group)
        pieces.append(Element(node.tag, dict(attributes), group))
    return pieces


def _sentences(text: str, limit: int) -> list[Text]:
    """Text, cut after sentences; a sentence that is too long by itself is cut where it has to be."""
    pieces = [""]
    for sentence in _SENTENCE.findall(text):
        # A character has at most four bytes, and as an entity five.
        for start in range(0, len(sentence), max(limit // 5, 1)):
            chunk = sentence[start : start + max(limit // 5, 1)]
            if pieces[-1] and len((pieces[-1] + chunk).encode()) > limit:
                pieces.append("")
            pieces[-1] += chunk
    return [Text(piece) for piece in pieces if piece]
