"""Holds a plain text file against its article: the body's characters, nothing else between title and address."""

from __future__ import annotations

import re

from convert.article import Article
from convert.verify.alignment import align
from convert.verify.difference import Difference, around, short
from convert.verify.visible import solid

# What the text writer puts at the start of a line that the body does not have: list markers and the rule.
_START = re.compile(r"^[ \t]*((?:(?:-|\d{1,10}\.) [ \t]*)*(?:\* \* \*)?)", re.M)
_MARKER = re.compile(r"-|\d+\.|\* \* \*")


def plain_text(text: str, article: Article) -> list[Difference]:
    """Compare a text file with its article, white space aside.

    text: title line, line of date and authors, body, address. List markers and rules at the start of a line are the
    writer's own; a body that has such characters itself keeps them. Lost and invented characters are told by place.
    """
    meta = article.meta
    head = solid(f"{meta.title}{meta.date or ''}{''.join(meta.authors)}")
    body = solid(article.body.text)
    expected = head + body + solid(meta.source)
    if solid(text) == expected:
        return []
    markers = [("", solid(marker)) for start in _START.findall(text) for marker in _MARKER.findall(start)]
    between = [("", "、")] * (len(meta.authors) - 1)
    laid = align(expected, solid(text), between, markers)
    found = [
        Difference("plain text", article.path, short(run.text), "", around(expected, run.at, run.at + len(run.text)))
        for run in laid.lost
    ]
    found += [
        Difference("plain text", article.path, "", short(run.text), around(solid(text), run.at))
        for run in laid.invented
    ]
    return found
