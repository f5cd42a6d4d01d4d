"""What a source shows: its text and addresses as a browser reads them, with nothing taken off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from html import escape

from turbohtml import Document, Element, Text, parse, parse_fragment

from convert.article import Source
from convert.gfm import markdown_to_html
from convert.parse.body import looks_like_html
from convert.parse.decode import decode
from convert.parse.envelope import open_envelope
from convert.profiles import Profile

HIDDEN = "script, style, template, iframe, noembed, noframes"
# Characters that take no room: a space beside one stands between its neighbours.
UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
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


_RAW = f"{HIDDEN}, plaintext, title, textarea, xmp, select, svg, math"
_MAY_BE_RAW = re.compile(rf"<(?:{_RAW.replace(', ', '|')})\b", re.I)
_MARK, _SIGN = "\ufdd0", "\ufdd1"  # noncharacters that no text has


class Visible:
    """A source read whole, envelope included, with the HTML5 algorithm.

    hidden: the text of elements that no reader sees (scripts, styles, fallback of frames), in order.
    framed: the values of those elements' attributes, a line each.
    """

    def __init__(self, document: Document, hidden: str = "", framed: str = "") -> None:
        self.document = document
        self.hidden = hidden
        self.framed = framed

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
        shown = "\n".join(solid(str(value)) for value in found) if isinstance(found, list) else ""
        return f"{shown}\n{self.framed}" if self.framed else shown

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


def _look(source: Source, text: str, profile: Profile) -> str:
    """What a file that no profile knows is written in, by its suffix and the look of what its envelope holds."""
    suffix = source.path.rpartition(".")[2].lower()
    if suffix in {"html", "htm", "xhtml"} or looks_like_html(open_envelope(text, profile).body):
        return "html"
    return "text" if suffix == "txt" else "markdown"


def _parts(text: str, profile: Profile) -> tuple[str, ...]:
    """The pieces of the envelope and the body, in order, each unmasked: the mirror wrote them one by one."""
    envelope = open_envelope(text, profile)
    pieces = [piece.text for piece in envelope.pieces]
    if sum(map(len, pieces)) + len(envelope.body) != len(text):
        return (_unmasked(text, profile.masked_tags),)
    head: list[str] = []
    at = 0
    while pieces and text.startswith(pieces[0], at):
        at += len(pieces[0])
        head.append(pieces.pop(0))
    # only the body's tags are masked: what looks like one in the mirror's own lines is text
    return (*head, _unmasked(envelope.body, profile.masked_tags), *pieces)


def _ended(part: str) -> str:
    """One part of a source as a parser that reads nothing else sees it; as it is, where it leaves nothing open.

    A damaged part may leave open what only the end of the file ends: a tag, a comment, an element of raw text.
    """
    if "<" not in part:
        return part
    tree = parse_fragment(part + _MARK, positions=False)
    raw = tree.select(_RAW) if _MAY_BE_RAW.search(part) else []
    if _MARK in tree.text and not any(_MARK in element.text for element in raw):
        return part
    tree = parse_fragment(part, positions=False)
    for element in tree.select("plaintext"):
        element.tag = "div"  # nothing ends a plaintext
    return tree.inner_html


def _markup(parts: tuple[str, ...], written_in: str) -> str:
    """The parts of a source as one HTML document."""
    if written_in == "text":
        return escape("".join(parts), quote=False).replace("\n", "<br>\n")  # each of its lines is one
    if written_in == "markdown":
        rendered = [markdown_to_html(part, "table", "strikethrough") for part in parts]
        return "\n".join(map(_ended, rendered)) if len(parts) > 1 else rendered[0]
    return "".join(map(_ended, parts)) if len(parts) > 1 else parts[0]


def _document(markup: str) -> Document:
    """A document as a browser reads it that stands inside an article, where a frameset is no tag at all."""
    if "frameset" not in markup.lower():
        return parse(markup, positions=False)
    # What only looks like a tag, in a script or a picture's description, gets its name back.
    document = parse(re.sub("(?i)(</?frameset)", rf"\1{_SIGN}", markup), positions=False)
    for node in list(document.descendants):
        if isinstance(node, Text):
            node.data = node.data.replace(_SIGN, "")
        elif isinstance(node, Element):
            for name in [one for one in node.attrs if _SIGN in (node.attr(one) or "")]:
                if name.isalpha():  # a damaged tag may have others, which cannot be written again
                    node.attrs[name] = (node.attr(name) or "").replace(_SIGN, "")
    return document


def visible(source: Source, profile: Profile, *, apart: bool = False) -> Visible:
    """Read a source for the checks: as the format that its profile names, with the tags that it masks unmasked.

    apart: read the envelope's pieces and the body each by itself, so that what one of them leaves open does not
        swallow the next: damaged pages need it, sound ones are the same either way.
    """
    text = decode(source, max_bytes=len(source.data)).text
    written_in = _look(source, text, profile) if profile.format == "auto" else profile.format
    parts = _parts(text, profile) if apart else (_unmasked(text, profile.masked_tags),)
    markup = _markup(parts, written_in)
    document = _document(markup)
    hidden = framed = ""
    if elements := document.select(HIDDEN):
        hidden = solid("\n".join(element.text for element in elements))
        framed = "\n".join(solid(element.attr(name) or "") for element in elements for name in element.attrs)
        for element in elements:
            if element.tag == "iframe":
                element.clear()  # what it frames has an address
            else:
                element.decompose()
    return Visible(document, hidden, framed)
