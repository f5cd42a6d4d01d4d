"""Serialised HTML as a flat list of tokens: the view of a tree that the checks share.

A tree's serialisation shows its shape exactly, and reading it costs a tenth of walking the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

_PIECE = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.S)
_TAG = re.compile(r"<(/?)([^\s>/]+)")
_ATTRIBUTE = re.compile(r"""([^\s=<>"']+)="([^"]*)\"""")
VOID = frozenset({"br", "hr", "img", "wbr", "input", "source", "track", "embed", "col", "area", "base", "link", "meta"})

INLINE = frozenset({"a", "strong", "em", "sup", "sub", "code", "s", "img", "br"})
_INLINE_TAG = re.compile(r"</?(?:a|strong|em|sup|sub|code|s)(?: [^>]*)?>")
_PICTURE = re.compile(r"<img [^>]*>")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of serialised HTML: its name, whether it opens or closes, its attributes in order."""

    name: str
    closes: bool
    attributes: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """The value of an attribute, or nothing."""
        for key, value in self.attributes:
            if key == name:
                return value
        return None

    def __str__(self) -> str:
        """The tag as it is written."""
        attributes = "".join(f' {key}="{value}"' for key, value in self.attributes)
        return f"</{self.name}>" if self.closes else f"<{self.name}{attributes}>"


@lru_cache(maxsize=4096)
def tag_of(markup: str) -> Tag:
    """A tag as it is written in serialised HTML."""
    found = _TAG.match(markup)
    if found is None or found[2].startswith("!"):  # a comment or a doctype: named so that no element set holds it
        return Tag("<!--", False)
    values = _ATTRIBUTE.findall(markup) if " " in markup else []
    return Tag(found[2], bool(found[1]), tuple((key, unescape(value)) for key, value in values))


def tokens(html: str) -> list[Tag | str]:
    """The tags and texts of serialised HTML, in order; entities in texts and values are resolved."""
    return [
        tag_of(piece) if piece[0] == "<" else (unescape(piece) if "&" in piece else piece)
        for piece in _PIECE.findall(html)
    ]


def without_inline_tags(html: str) -> str:
    """Serialised HTML without the tags inside a line, so that each block's text is whole; pictures are one mark."""
    return _PICTURE.sub("\ufffc", _INLINE_TAG.sub("", html))
