"""Where the spaces, line ends and marks of HTML stand, counted in characters that are no white space: one walk."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import TypeAlias

from convert.verify.tokens import VOID
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
        separator; `space` for white space in a line; `soft` for a line end inside a text, or on one side of a tag;
        `wrap` for line ends on both sides of tags, as a mirror's pretty-printer puts them there; `picture` where a
        picture stands in a line.
    marks: the stretches that each mark covers; a link's mark is `a` and its address as it is written, a heading's
        `heading`.
    """

    gaps: dict[int, str] = field(default_factory=dict)
    marks: dict[str, list[Stretch]] = field(default_factory=dict)


_NOTHING, _END, _PICTURE, _OPENS, _CLOSES = range(5)
# elements that may mark their text; of others those with an address do
_MARKING = frozenset({*_MEANINGS, *_MARKS, "a"})


@lru_cache(maxsize=4096)
def kind_of(markup: str) -> tuple[int, str, str]:
    """What a tag does (`_END` also where it begins or ends a block), its name, and its mark."""
    closes = markup[0] == "/"
    name = markup[1:] if closes else markup.partition(" ")[0]
    meaning = _MEANINGS.get(name, name)
    mark = meaning if meaning in _MARKS else ""
    # Whatever a mirror called the tag, what has an address is a link.
    _, there, rest = markup.partition(' href="')
    if there and (address := rest.partition('"')[0]):
        mark = f"a {unescape(address) if '&' in address else address}"
    if (name in _MARKING or mark) and name not in VOID:
        return (_CLOSES if closes else _OPENS), name, mark
    return (_END if name in BLOCKS else _PICTURE if name == "img" else _NOTHING), name, ""


def layout(html: str) -> Layout:
    """Walk over serialised HTML."""
    found: defaultdict[str, list[Stretch]] = defaultdict(list)
    gaps: dict[int, str] = {}
    opened: list[tuple[str, str, int]] = []
    rare: set[str] = set()  # names of elements that mark nothing as a rule, but once had an address
    html = separators_shown(html)
    if "<!--" in html:
        html = _COMMENT.sub("<!>", html)  # a pretty-printer breaks the line at one, as at a tag
    at = 0
    # Everything before the first tag is text; the pieces behind it are a tag and the text that follows.
    for piece in f">{html}".split("<"):
        markup, _, text = piece.partition(">")
        if markup:
            does, name, mark = kind_of(markup)
            if does == _END:
                gaps[at] = "end"
            elif does == _PICTURE:
                gaps.setdefault(at, "picture")
            if does < _PICTURE and name in rare:
                does = _CLOSES if markup[0] == "/" else _OPENS
            if does >= _OPENS:
                if name in BLOCKS:
                    gaps[at] = "end"
                if does == _OPENS:
                    opened.append((name, mark, at))
                    if name not in _MARKING:
                        rare.add(name)
                elif opened and opened[-1][0] == name:
                    _, mark, start = opened.pop()
                    if mark and at > start:
                        found[mark].append((start, at))
        if text and not (gaps.get(at) == "end" and text.isspace()):  # a pretty-printer's, between blocks
            at = _read_text(gaps, at, unescape(text) if "&" in text else text)
    return Layout(gaps, dict(found))


def _read_text(gaps: dict[int, str], at: int, text: str) -> int:
    """Note the white space of a text that begins at a place; returns the place where it ends."""
    words = text.split()
    if not words:
        _beside_tag(gaps, at, text)
        return at
    inner = text.strip()
    edged = len(inner) < len(text)
    if edged:
        lead = text.index(inner)
        if lead:
            _beside_tag(gaps, at, text[:lead])
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


def _beside_tag(gaps: dict[int, str], at: int, white: str) -> None:
    """Note white space behind a tag, beside what may stand before it."""
    before = gaps.get(at)
    if before is None or before == "space":
        gaps[at] = _white(white)
    elif before == "soft" and "\n" in white:
        gaps[at] = "wrap"


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
    return "soft" if "\n" in text else "space"
