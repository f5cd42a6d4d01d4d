"""Line breaks that stand for paragraphs become paragraphs; a poem's lines, and those of an address, stay lines."""

from __future__ import annotations

import itertools
import re
from statistics import median

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.clean.emphasis import free_edge
from convert.lines import line_text, lines
from convert.tree import is_blank, move, new, replace, trim

LONG = 40  # characters; a line longer than that is no verse
SENTENCE_END = re.compile(r"[。！？!?.…”’』」）)：:；;]$")


def split_at_breaks(article: Article, context: Context) -> None:
    """Split paragraphs at runs of line breaks, and at every one where long sentences stand on the lines."""
    body = article.body
    if body.select_one("br") is None:
        return
    for code in body.select("code"):
        if code.select_one("br") is not None and code.closest("pre") is None:
            code.unwrap()  # code holds text only
    for mark in reversed(body.select("a, strong, em, s, sup, sub")):  # the inner ones first
        if mark.tag != "a":
            _lift(mark)
        elif mark.select_one("br") is not None:
            free_edge(mark)
    for paragraph in body.select(":scope > p, blockquote > p"):
        if paragraph.select_one("br") is not None:
            _split(paragraph)


def _lift(outer: Element) -> None:
    """Split an emphasis at the line breaks that stand directly in it, so that they stand outside."""
    if outer.select_one(":scope > br") is None:
        return
    result: list[Node] = []
    part: list[Node] = []
    for node in [*outer.children, None]:
        if node is not None and not (type(node) is Element and node.tag == "br"):
            part.append(node)
            continue
        if part:
            result.append(move(part, new(outer, outer.tag)))
            part = []
        if node is not None:
            result.append(node)
    replace(outer, result)


def _split(paragraph: Element) -> None:
    """Put the paragraphs that a paragraph's lines make in its place."""
    parts = lines(paragraph)
    told = [line_text(line) for line in parts]
    groups: list[list[list[Node]]] = []
    for blank, some in itertools.groupby(zip(parts, told, strict=True), lambda one: not one[1] and not _shows(one[0])):
        if blank:
            continue
        stanza = list(some)
        if _are_sentences([text for _, text in stanza if text]):
            groups += [[line] for line, _ in stanza]
        else:
            groups.append([line for line, _ in stanza])
    if len(groups) > 1:
        replace(paragraph, [_paragraph(paragraph, group) for group in groups])
    else:
        trim(paragraph)


def _shows(line: list[Node]) -> bool:
    return any(not is_blank(node) for node in line if type(node) is not Text) or any(
        type(node) is Element and node.tag == "img" for node in line
    )


def _are_sentences(told: list[str]) -> bool:
    """Whether a block's lines are paragraphs: three or more, long, and most of them ending as a sentence does."""
    if len(told) < 3 or median(len(text) for text in told) <= LONG:
        return False
    return sum(1 for text in told if SENTENCE_END.search(text)) * 5 >= len(told) * 4


def _paragraph(home: Element, group: list[list[Node]]) -> Element:
    paragraph = new(home, "p")
    for line in group:
        if len(paragraph):
            paragraph.append(Element("br"))
        move(line, paragraph)
    trim(paragraph)
    return paragraph
