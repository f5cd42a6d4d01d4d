"""Inline content as Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from turbohtml import Element, Node, Text

from convert.emit.escapes import Escape, escape_line_start
from convert.flanking import closes, opens

DELIMITERS = {"strong": "**", "em": "*", "s": "~~"}
RAW = frozenset({"sup", "sub"})
# without what an escape or a cell would touch, and without `%`, which some readers decode in the text they show
AUTOLINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[!#$&-;=?-Z^-z~]*\Z")
ENTITY = re.compile(r"&(?=#?\w+;)")


class _Mark:
    """One edge of an emphasis. shown: what is written for it; `raw` once no delimiter run can say it."""

    __slots__ = ("opening", "partner", "raw", "shown", "tag")

    def __init__(self, tag: str, opening: bool, partner: _Mark | None = None) -> None:
        self.tag, self.opening, self.raw, self.shown = tag, opening, False, DELIMITERS[tag]
        self.partner = partner or self
        self.partner.partner = self

    def give_up(self) -> None:
        """Say the emphasis in HTML."""
        for edge in (self, self.partner):
            edge.raw, edge.shown = True, f"<{edge.tag}>" if edge.opening else f"</{edge.tag}>"


def write_inline(nodes: Sequence[Node], escape: Escape, line_break: str = "\\\n") -> str:
    """Inline nodes of canonical HTML as Markdown.

    line_break: what stands for a `br`: a hard break, or `<br>` where a line may not end.
    """
    if len(nodes) == 1:
        only = nodes[0]
        if type(only) is Text:
            return escape_line_start(escape(only.data))
    parts: list[str | _Mark] = []
    _write(nodes, parts, escape, line_break)
    if _Mark in map(type, parts):
        _settle(parts)
        written = "".join(map(_said, parts))
    else:
        written = "".join(parts)  # type: ignore[arg-type]  # no mark among them
    if "\n" not in written:
        return escape_line_start(written)
    return "\n".join([escape_line_start(line) for line in written.split("\n")])


def _write(nodes: Sequence[Node], parts: list[str | _Mark], escape: Escape, line_break: str) -> None:
    for node in nodes:
        if type(node) is Text:
            parts.append(escape(node.data))
            continue
        if type(node) is not Element:
            continue
        tag = node.tag
        if tag == "a":
            _link(node, parts, escape, line_break)
        elif tag in DELIMITERS:
            opening = _Mark(tag, True)
            parts.append(opening)
            _write(node.children, parts, escape, line_break)
            parts.append(_Mark(tag, False, opening))
        elif tag == "br":
            parts.append(line_break)
        elif tag == "img":
            parts.append(write_image(node, escape))
        elif tag == "code":
            parts.append(_code(node.text, parts[-1] if parts else "", escape))
        elif tag in RAW:
            parts.append(f"<{tag}>")
            _write(node.children, parts, escape, line_break)
            parts.append(f"</{tag}>")


def _link(node: Element, parts: list[str | _Mark], escape: Escape, line_break: str) -> None:
    href = node.attr("href")
    if (href is None or len(node.attrs) > 1) and (name := node.attr("id")):
        parts.append(write_target(name))
    if href is None:
        _write(node.children, parts, escape, line_break)
        return
    children = node.children
    if len(children) == 1 and type(children[0]) is Text:  # what nearly all links are
        text = children[0].data
        if text == href and AUTOLINK.match(href):
            parts.append(f"<{href}>")
        else:
            parts.append(f"[{escape(text)}]({destination(href)})")
        return
    parts.append("[")
    _write(children, parts, escape, line_break)
    parts.append(f"]({destination(href)})")


def write_target(name: str) -> str:
    """An empty anchor that a `#` link leads to."""
    return f'<a id="{html.escape(name)}"></a>'


def write_image(image: Element, escape: Escape) -> str:
    """A picture with its alternative text."""
    alt = escape(image.attr("alt") or "")
    if alt[:1] == "^":
        alt = f"\\{alt}"  # GFM would begin a footnote
    return f"![{alt}]({destination(image.attr('src') or '')})"


@lru_cache(maxsize=8192)  # links to tag pages repeat within an article and over the mirror
def destination(address: str) -> str:
    """A link's destination (CommonMark 0.31.2, section 6.3): in pointed brackets where its brackets do not match."""
    address = ENTITY.sub("&amp;", address)  # cmark takes a backslash for itself before an entity
    if "(" not in address and ")" not in address and address:
        return address
    depth = 0
    for character in address:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    return address if depth == 0 and address else f"<{address}>"


def _code(text: str, before: str | _Mark, escape: Escape) -> str:
    """A code span; raw HTML where a span would be read otherwise: beside another, all blank, or with a table's bar."""
    if "|" in text or text.isspace() or _said(before).endswith("`"):
        return f"<code>{escape(text)}</code>"
    runs = [len(run) for run in re.findall(r"`+", text)]
    fence = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _settle(parts: list[str | _Mark]) -> None:
    """Decide for each emphasis whether delimiter runs can say it; where they cannot, HTML does."""
    shown = ["", *[part for part in parts if part != ""], ""]
    changed = True
    while changed:
        changed = False
        for place, mark in enumerate(shown):
            if type(mark) is _Mark and not mark.raw and not _holds(mark, shown[place - 1], shown[place + 1]):
                mark.give_up()
                changed = True


def _holds(mark: _Mark, before: str | _Mark, after: str | _Mark) -> bool:
    """Whether a delimiter run between two parts is read as what it means."""
    for neighbour in (before, after):
        # two runs of one character side by side would be read as one, and cmark-gfm judges a run beside `~~` by what
        # stands on the other side of the `~~`
        if type(neighbour) is _Mark and not neighbour.raw:
            own, other = DELIMITERS[mark.tag][0], DELIMITERS[neighbour.tag][0]
            if other == own or "~" in (other, own):
                return False
    left, right = _said(before)[-1:], _said(after)[:1]
    if left == "\n":
        left = ""
    return opens(left, right) if mark.opening else closes(left, right)


def _said(part: str | _Mark) -> str:
    return part if isinstance(part, str) else part.shown
