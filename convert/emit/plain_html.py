"""Blocks of canonical HTML in Markdown as what they are: HTML on one line, whose text no dialect reads as marks."""

from __future__ import annotations

import html
import re

from convert.emit.escapes import numbered

_PIECE = re.compile(r"""<(?:"[^"]*"|[^">])*>|[^<]+""")
_MARKS = re.compile(r"[^\w\s,;/?()]", re.ASCII)
_PROJECTED = {"<figure>": "<p>", "</figure>": "</p>", "<figcaption>": "<br>", "</figcaption>": ""}
_SPACE = re.compile(r"\s*\n\s*")


def as_entities(text: str) -> str:
    """A text in which every sign that some dialect could read is written by its number; line ends too."""
    return _MARKS.sub(lambda match: numbered(match[0]) if match[0].isascii() else match[0], text).replace("\n", "&#10;")


def plain_html(written: str) -> str:
    """A block as the parser serialises it, on one line: pictures with captions under the projection, signs by number."""
    return "".join(map(_piece, _PIECE.findall(_SPACE.sub(" ", written))))


def _piece(piece: str) -> str:
    if piece[0] != "<":
        return as_entities(html.unescape(piece))
    # braces are read before Markdown and HTML are
    return _PROJECTED.get(piece) or ("" if piece in _PROJECTED else piece.replace("{", "&#123;").replace("%}", "&#37;}"))


def plain_code(text: str) -> str:
    """Code as a block of HTML."""
    return f"<pre><code>{as_entities(text)}</code></pre>"
