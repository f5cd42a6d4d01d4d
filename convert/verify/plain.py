"""Holds a plain text file against its article: the body's characters and lines, between title and address."""

from __future__ import annotations

import re
from itertools import islice

from convert.verify.alignment import Alignment, align
from convert.verify.difference import Difference, around, short
from convert.verify.unwrapping import unwrapped
from convert.verify.view import View
from convert.verify.visible import separators_shown, solid

# What the text writer puts at the start of a line that the body does not have: list markers and the rule.
_START = re.compile(r"^[ \t]*((?:(?:-|\d{1,10}\.) [ \t]*)*(?:\* \* \*)?)", re.M)
_MARKER = re.compile(r"-|\d+\.|\* \* \*")
_TABLE = re.compile(r"<t[dh]")


def plain_text(text: str, view: View, *, wrapped: bool = False) -> list[Difference]:
    """Compare a text file with its article.

    text: title line, line of date and authors, body, address. List markers and rules at the start of a line are the
    writer's own; a body that has such characters itself keeps them. Lost and invented characters are told by place;
    so are spaces and line ends of the body that the text does not have, and those that it has besides.
    wrapped: whether the lines were broken at a width; they are joined again before anything is compared.
    """
    text = unwrapped(text) if wrapped else text
    meta = view.article.meta
    head = solid(f"{meta.title}{meta.date or ''}{''.join(meta.authors)}")
    names = "、" * (len(meta.authors) - 1)
    expected = head + view.text + solid(meta.source)
    found, gaps = _read(text)
    laid = Alignment(kept=[(0, 0, len(expected))])
    if found != expected:
        markers = [("", solid(marker)) for start in _START.findall(text) for marker in _MARKER.findall(start)]
        laid = align(expected, found, [("", name) for name in names], markers)
    differences = [
        Difference("plain text", view.path, short(run.text), "", around(expected, run.at, run.at + len(run.text)))
        for run in laid.lost
    ]
    differences += [
        Difference("plain text", view.path, "", short(run.text), around(found, run.at)) for run in laid.invented
    ]
    return differences or _spacing(gaps, found, view, laid, len(head))


def _read(text: str) -> tuple[str, dict[int, str]]:
    """A text without white space, and where it has some: number of characters before it, `end` of a line or `space`."""
    words: list[str] = []
    gaps: dict[int, str] = {}
    at = 0
    for line in separators_shown(text).split("\n"):
        if parts := line.split():
            for part in parts:
                at += len(part)
                gaps[at] = "space"
            gaps[at] = "end"
            words += parts
    return "".join(words), gaps


def _spacing(there: dict[int, str], found: str, view: View, laid: Alignment, head: int) -> list[Difference]:
    """White space that is not the body's, inside what both have."""
    here, end = view.here.gaps, head + len(view.text)
    if len(laid.kept) == 1:  # what most articles come to
        wanted = {at + head: gap for at, gap in here.items() if head < at + head < end and gap != "picture"}
        if wanted == {at: gap for at, gap in there.items() if head < at < end}:
            return []
    tabular = bool(_TABLE.search(view.html))
    differences = []
    for begin, twin, length in laid.kept:
        low, high = max(begin, head), min(begin + length, end)
        places = {at + head for at in here if low < at + head < high}
        places |= {at - twin + begin for at in there if low < at - twin + begin < high}
        for at in sorted(places):
            want, got = here.get(at - head), there.get(at - begin + twin)
            want = "end" if want == "soft" else want  # a line of code
            if want == got or want == "picture" or (tabular and want == "end" and got):
                continue
            place = at - begin + twin
            if len(laid.kept) > 1 and (found[place - 1] in "-.*" or found[place] in "-*0123456789"):
                continue  # it cannot be told which of these signs are markers, and which the body's own
            context = f"{found[max(0, place - 12) : place]}¦{found[place : place + 12]}"
            differences.append(Difference("plain text", view.path, want or "", got or "", context))
    return list(islice(differences, 20))
