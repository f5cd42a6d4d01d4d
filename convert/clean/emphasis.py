"""Emphasis: no empty marks, none inside its own kind, neighbours joined, white space at its edges outside."""

from __future__ import annotations

from turbohtml import Element, Text

from convert.article import Article, Context
from convert.tree import only_child

MARKS = "strong, em, s, sup, sub, code"
BOLD = "h1, h2, h3, h4, h5, h6, th"
NESTED = "strong strong, em em, s s, sup sup, sub sub, code code"


def tidy_emphasis(article: Article, context: Context) -> None:
    """Tidy the marks of the body; no text changes."""
    body = article.body
    if body.select_one(MARKS) is None:
        return
    for mark in body.select(NESTED):
        mark.unwrap()
    for mark in body.select("code"):
        _bare_code(mark)
    for mark in body.select(MARKS):
        text = mark.text
        if text and not text.isspace():
            continue
        if not text and mark.select_one("img, br, [id]") is None:
            mark.extract()
        elif mark.select_one("img") is None:
            mark.unwrap()
    body.normalize()  # drops the empty texts that would stand between neighbours
    for mark in body.select(MARKS):
        if mark.parent is not None:
            _join(mark)
    body.normalize()
    free_edges(body)
    for heading in body.select(BOLD):
        free_heading(heading)
    body.normalize()


def free_heading(heading: Element) -> None:
    """A heading or header cell is bold by itself: a mark round all of it goes."""
    only = only_child(heading)
    if type(only) is Element and only.tag == "strong":
        only.unwrap()


def _bare_code(code: Element) -> None:
    """Code holds text only: marks in it go, and it gives way to what is more than a mark."""
    if code.select_one("a, br, img") is not None:
        code.unwrap()
    else:
        for mark in code.select("strong, em, s, sup, sub"):
            mark.unwrap()
        code.normalize()


def _join(mark: Element) -> None:
    """Join a mark with the marks of its kind that follow it immediately."""
    while True:
        following = mark.next_sibling
        if type(following) is not Element or following.tag != mark.tag:
            return
        mark.extend(list(following.children))
        following.extract()


def free_edges(body: Element) -> None:
    """Move white space and line breaks at the edges of all marks out of them, from the inside."""
    broken = body.select_one("br") is not None
    for mark in reversed(body.select(MARKS)):
        text = mark.text
        loose = not text or text[0].isspace() or text[-1].isspace()
        if loose or (broken and mark.select_one("br") is not None):
            free_edge(mark)


def free_edge(mark: Element) -> None:
    """Move white space and line breaks at the edges of one mark or link out of it."""
    if mark.tag == "code" and isinstance(mark.parent, Element) and mark.parent.tag == "pre":
        return
    for place, insert in ((0, mark.insert_before), (-1, mark.insert_after)):
        while len(mark):
            at_edge = mark[place]
            if type(at_edge) is Element and at_edge.tag == "br":
                insert(at_edge)
            elif type(at_edge) is Text and not at_edge.data.strip():
                at_edge.extract()
                if at_edge.data:
                    insert(Text(" "))
            else:
                break
    if not len(mark):
        mark.extract()
        return
    first, last = _edge(mark, 0), _edge(mark, -1)
    if first is not None and first.data[:1].isspace():
        first.data = first.data.lstrip()
        mark.insert_before(Text(" "))
    if last is not None and last.data[-1:].isspace():
        last.data = last.data.rstrip()
        mark.insert_after(Text(" "))


def _edge(mark: Element, index: int) -> Text | None:
    """The text at an edge of a mark, also inside a link there."""
    node = mark[index]
    while type(node) is Element and node.tag == "a" and len(node):
        node = node[index]
    return node if type(node) is Text else None
