"""What a source shows: its text and addresses as a browser reads them, with nothing taken off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from html import escape

from turbohtml import Document, parse

from convert.article import Source
from convert.gfm import markdown_to_html
from convert.parse.decode import decode
from convert.profiles import Profile

HIDDEN = "script, style, template, iframe, noembed, noframes"
_LOOKS_LIKE_HTML = re.compile(rb"<(?:!doctype|html|body|p|div|table|h[1-6]|article|br)\b", re.I)
# Python counts these controls as white space; HTML and Unicode do not, so that losing one must show.
_SEPARATORS = {code: chr(0x2400 + code) for code in range(0x1C, 0x20)}


def separators_shown(text: str) -> str:
    """A text in which the four controls that only Python takes for white space are visible signs."""
    if "\x1c" in text or "\x1d" in text or "\x1e" in text or "\x1f" in text:
        return text.translate(_SEPARATORS)
    return text


def solid(text: str) -> str:
    """A text without its white space (Unicode's White_Space property)."""
    return "".join(separators_shown(text).split())


class Visible:
    """A source read whole, envelope included, with the HTML5 algorithm.

    hidden: the text of elements that no reader sees (scripts, styles, fallback of frames), in order.
    """

    def __init__(self, document: Document, hidden: str) -> None:
        self.document = document
        self.hidden = hidden

    @cached_property
    def text(self) -> str:
        """Every visible character that is no white space, in order."""
        return solid(self.document.text)

    @cached_property
    def nodes(self) -> list[str]:
        """The text nodes, in order."""
        return list(self.document.strings)

    @cached_property
    def values(self) -> str:
        """The values of all attributes, without white space, a line each."""
        found = self.document.xpath("//@*")
        return "\n".join(solid(str(value)) for value in found) if isinstance(found, list) else ""

    @cached_property
    def addresses(self) -> list[str]:
        """The values of all `href` and `src`, in order."""
        found = self.document.xpath("//@href|//@src")
        return [str(value) for value in found] if isinstance(found, list) else []


def _unmasked(text: str, masked: Mapping[str, str]) -> str:
    """The source with the names that its masked tags stand for: how `</a>` and `</ok>` close each other hangs on it."""
    for mask, name in masked.items():
        text = re.sub(rf"<(/?){re.escape(mask)}(?=[\s>/])", rf"<\1{name}", text)
    return text


def _look(source: Source) -> str:
    """What a file that no profile knows is written in, by its suffix and its look."""
    suffix = source.path.rpartition(".")[2].lower()
    if suffix in {"html", "htm", "xhtml"} or _LOOKS_LIKE_HTML.search(source.data):
        return "html"
    return "text" if suffix == "txt" else "markdown"


def visible(source: Source, profile: Profile) -> Visible:
    """Read a source for the checks: as the format that its profile names, with the tags that it masks unmasked."""
    written_in = _look(source) if profile.format == "auto" else profile.format
    text = _unmasked(decode(source, max_bytes=len(source.data)).text, profile.masked_tags)
    if written_in != "html":
        text = escape(text, quote=False) if written_in == "text" else markdown_to_html(text, "table", "strikethrough")
    document = parse(text, positions=False)
    hidden = ""
    if elements := document.select(HIDDEN):
        hidden = solid("\n".join(element.text for element in elements))
        for element in elements:
            element.decompose()
    return Visible(document, hidden)
