"""Punctuation at the edge of a bold or italic run is moved outside it where CommonMark could not read the run.

In Chinese text no space stands round a mark, and `**“词”**` is then read as stars. With the quotes outside it is read
as it was meant. Leave this rule out of the list to keep every mark where it stood; the writer then falls back to HTML.
"""

from __future__ import annotations

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.flanking import closes, may_be_punctuation, opens

RULE = "punctuation"
PAIRS = {"”": "“", "’": "‘", "」": "「", "』": "『", "》": "《", "】": "【", "）": "（", ")": "("}


def free_punctuation(article: Article, context: Context) -> None:
    """Move punctuation out of the edges of strong and em runs that could not be read back otherwise."""
    for mark in article.body.select("strong, em"):
        text = mark.text
        if not text or not (_is_loose(text[0]) or _is_loose(text[-1])):
            continue  # what nearly all marks are: read wherever they stand
        if all(map(_is_loose, text)):
            continue
        before, after = _neighbour(mark, -1), _neighbour(mark, 1)
        first, last = mark[0], mark[-1]
        if type(last) is Text and not closes(text[-1], after):
            _move(article, mark, last, last_edge=True)
            if type(first) is Text and PAIRS.get(text[-1], "\0") == text[0]:
                _move(article, mark, first, last_edge=False)  # quotes leave together
                continue
        if type(first) is Text and not opens(before, text[0]):
            if type(last) is Text and PAIRS.get(text[-1], "\0") == text[0]:
                _move(article, mark, last, last_edge=True)
            _move(article, mark, first, last_edge=False)


def _is_loose(character: str) -> bool:
    """Whether a mark whose edge is this character may not be read as one."""
    return character.isspace() or may_be_punctuation(character)


def _neighbour(mark: Element, step: int) -> str:
    """The character before or after a mark in its block; empty at the block's edge or at a line break."""
    node: Node = mark
    while True:
        sibling = node.next_sibling if step > 0 else node.previous_sibling
        while (
            sibling is not None and not sibling.text and not (type(sibling) is Element and sibling.tag in {"br", "img"})
        ):
            sibling = sibling.next_sibling if step > 0 else sibling.previous_sibling
        if sibling is not None:
            if type(sibling) is Element and sibling.tag in {"br", "img", "ul", "ol"}:
                return ""
            text = sibling.data if type(sibling) is Text else sibling.text
            return text[0] if step > 0 else text[-1]
        parent = node.parent
        if not isinstance(parent, Element) or parent.tag not in {"a", "strong", "em", "s", "sup", "sub"}:
            return ""
        node = parent


def _move(article: Article, mark: Element, node: Text, last_edge: bool) -> None:
    data = node.data
    start, end = 0, len(data)
    if last_edge:
        while end and _is_loose(data[end - 1]):
            end -= 1
        moved = data[end:]
    else:
        while start < end and _is_loose(data[start]):
            start += 1
        moved = data[:start]
    rest = data[start:end]
    if not rest or not moved:
        return  # the run's edge lies inside another element: the writer falls back to HTML
    node.data = rest
    (mark.insert_after if last_edge else mark.insert_before)(Text(moved))
    article.note(RULE, "changed", moved, f"outside <{mark.tag}>", of="element")
