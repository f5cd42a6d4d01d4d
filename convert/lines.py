"""The lines of a block: what stands between the line breaks directly in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from turbohtml import Element, Node, Text

from convert.tree import drop_if_blank, trim

# Han, kana, bopomofo, CJK symbols and punctuation, full-width forms, and the marks that Chinese shares with Latin
CJK = re.compile(
    "[\u2e80-\u2fff\u3001-\u303f\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3200-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\u2014\u2018-\u201d\u2022\u2026\u2027\u00b7\u3000\U00020000-\U0003ffff]"
)
# those of them that only their neighbours tell to be Chinese
SHARED = "\u2014\u2018\u2019\u201a\u201b\u201c\u201d\u2022\u2026\u2027\u00b7"


def lines(block: Element) -> list[list[Node]]:
    """A block's children, taken apart at the line breaks that stand directly in it; the breaks are left out."""
    children = list(block.children)
    ends = [place for place, node in enumerate(children) if type(node) is Element and node.tag == "br"]
    starts = [0, *[place + 1 for place in ends]]
    return [children[start:end] for start, end in zip(starts, [*ends, len(children)], strict=True)]


def line_text(line: Sequence[Node]) -> str:
    """The text of one line, without white space at its edges."""
    if len(line) == 1:
        only = line[0]
        return (only.data if type(only) is Text else only.text).strip()
    return "".join([node.data if type(node) is Text else node.text for node in line]).strip()


def told_lines(block: Element, longest: int) -> list[tuple[Sequence[Node], str]]:
    """A block's lines with their texts; empty ones, and those of more than `longest` characters, are left out."""
    text = block.text
    if block.select_one("br") is None:
        text = text.strip()
        return [(block.children, text)] if 0 < len(text) <= longest else []
    told = ((line, line_text(line)) for line in lines(block))
    return [(line, text) for line, text in told if 0 < len(text) <= longest]


def remove_lines(block: Element, doomed: Sequence[Sequence[Node]]) -> None:
    """Remove lines (as `lines` gave them) and one line break with each; a block that is left blank goes too."""
    for line in doomed:
        before = line[0].previous_sibling if line else None
        after = line[-1].next_sibling if line else None
        for node in line:
            node.extract()
        edge = before if before is not None else after
        if type(edge) is Element and edge.tag == "br":
            edge.extract()
    trim(block)
    drop_if_blank(block)


def broken_text(block: Element) -> str:
    """A block's text, with a newline for every line break in it."""
    return "".join(
        [
            node.data if type(node) is Text else "\n" if type(node) is Element and node.tag == "br" else ""
            for node in block.descendants
        ]
    )


def joined(pieces: Iterable[str]) -> str:
    """Lines as running text: a space between two, but none beside Chinese."""
    text = ""
    for piece in pieces:
        text += f" {piece}" if text and piece and not beside_chinese(text, piece) else piece
    return text


def beside_chinese(before: str, after: str) -> bool:
    """Whether one of two texts has a Han character or full-width sign where they meet.

    Marks that Chinese and Latin share belong to what they stand beside.
    """
    return CJK.match(before.rstrip(SHARED)[-1:]) is not None or CJK.match(after.lstrip(SHARED)[:1]) is not None
