"""Where the spaces, line ends and marks of HTML stand, counted in characters that are no white space: one walk."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import TypeAlias

from convert.verify.tokens import VOID, tag_of
from convert.verify.visible import separators_shown

Stretch: TypeAlias = tuple[int, int]
"""A stretch of text: its first character, and the one behind its last."""

BLOCKS = frozenset(
    """address article aside blockquote body br caption center dd details dialog dir div dl dt embed fieldset audio
    figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li main menu nav object
    ol option p pre section select summary table tbody td tfoot th thead tr ul video""".split()
)
_MEANINGS = {
    "b": "strong", "i": "em", "cite": "em", "dfn": "em", "var": "em", "del": "s", "strike": "s", "tt": "code",
    "kbd": "code", "samp": "code", **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6"], "heading"),
}  # fmt: skip
_MARKS = frozenset({"strong", "em", "sup", "sub", "s", "code", "heading"})
_SPACE = re.compile(r"\s+")
_COMMENT = re.compile(r"<!--.*?-->", re.S)


@dataclass(slots=True)
class Layout:
    """What a walk over HTML found.

    gaps: number of characters before it, and what stands there: `end` for a block's edge, a line break or a line
        separator; `space` for white space in a line; `wrap` where that holds a newline, which a mirror's pretty-printer
        may have put there; `picture` where a picture stands in a line.
    marks: the stretches that each mark covers; a link's mark is `a` and its address as it is written, a heading's
        `heading`.
    """

    gaps: dict[int, str] = field(default_factory=dict)
    marks: dict[str, list[Stretch]] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def kind_of(markup: str) -> tuple[str, bool, str, str]:
    """A tag's name, whether it closes, what its place is (`end`, `picture` or nothing), and its mark."""
    tag = tag_of(f"<{markup}>")
    place = "end" if tag.name in BLOCKS else "picture" if tag.name == "img" else ""
    name = _MEANINGS.get(tag.name, tag.name)
    mark = name if name in _MARKS else ""
    # Whatever a mirror called the tag, what has an address is a link.
    if address := tag.get("href"):
        mark = f"a {address}"
    return tag.name, tag.closes, place, mark


def layout(html: str) -> Layout:
    """Walk over serialised HTML."""
    found: defaultdict[str, list[Stretch]] = defaultdict(list)
    gaps: dict[int, str] = {}
    opened: list[tuple[str, str, int]] = []
    html = separators_shown(html)
    if "<!--" in html:
        html = _COMMENT.sub("", html)
    at = 0
    # Everything before the first tag is text; the pieces behind it are a tag and the text that follows.
    for piece in f">{html}".split("<"):
        markup, _, text = piece.partition(">")
        if markup:
            name, closes, place, mark = kind_of(markup)
            if place == "end":
                gaps[at] = "end"
            elif place:
                gaps.setdefault(at, place)
            if not closes:
                if name not in VOID:
                    opened.append((name, mark, at))
            else:
                while opened:  # serialised HTML closes what it opens, so that the first one is the one
                    last, mark, start = opened.pop()
                    if mark and at > start:
                        found[mark].append((start, at))
                    if last == name:
                        break
        if text:
            at = _read_text(gaps, at, unescape(text) if "&" in text else text)
    return Layout(gaps, dict(found))


def _read_text(gaps: dict[int, str], at: int, text: str) -> int:
    """Note the white space of a text that begins at a place; returns the place where it ends."""
    words = text.split()
    if not words:
        # Most of it is a pretty-printer's, between blocks, where it says nothing.
        if (before := gaps.get(at)) is None or before == "space":
            gaps[at] = _white(text)
        return at
    inner = text.strip()
    edged = len(inner) < len(text)
    if edged:
        lead = text.index(inner)
        if lead and ((before := gaps.get(at)) is None or before == "space"):
            gaps[at] = _white(text[:lead])
    if len(words) == 1:
        at += len(inner)
    elif inner.isprintable():  # the only white space that can be printed is the space
        for word in words:
            at += len(word)
            gaps[at] = "space"
        del gaps[at]
    else:
        at = _read_odd(gaps, at, inner)
    if edged and lead + len(inner) < len(text):
        gaps[at] = _white(text[lead + len(inner) :])
    return at


def _read_odd(gaps: dict[int, str], at: int, text: str) -> int:
    """The same for a text without white space at its edges, but with any kind of it inside."""
    last = 0
    for white in _SPACE.finditer(text):
        start, stop = white.span()
        at += start - last
        last = stop
        gaps[at] = _white(white[0])
    return at + len(text) - last


def _white(text: str) -> str:
    """What white space is."""
    if "\u2028" in text or "\u2029" in text:
        return "end"
    return "wrap" if "\n" in text else "space"
