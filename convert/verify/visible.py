"""What a source shows: its text and addresses as a browser reads them, with nothing taken off."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from html import escape

import cmarkgfm
from cmarkgfm.cmark import Options
from turbohtml import Document, parse, parse_fragment

from convert.article import Source
from convert.parse.decode import decode
from convert.parse.envelope import open_envelope
from convert.profiles import Profile
from convert.verify.tokens import Tag, tokens

HIDDEN = "script, style, template, iframe, noembed, noframes"
_LOOKS_LIKE_HTML = re.compile(r"<(?:!doctype|html|body|p|div|table|h[1-6]|article|br)\b", re.I)
_MAY_HIDE = ("<script", "<style", "<template", "<iframe", "<noembed", "<noframes")
# Python counts these controls as white space; HTML and Unicode do not, so that losing one must show.
_SEPARATOR = re.compile("[\x1c-\x1f]")
_SEPARATORS = {code: chr(0x2400 + code) for code in range(0x1C, 0x20)}


def solid(text: str) -> str:
    """A text without its white space (Unicode's White_Space property)."""
    if not text.isprintable() and _SEPARATOR.search(text):
        text = text.translate(_SEPARATORS)
    return "".join(text.split())


_RAW = f"{HIDDEN}, plaintext, title, textarea, xmp, select, svg, math"
_MAY_BE_RAW = re.compile(rf"<(?:{_RAW.replace(', ', '|')})\b", re.I)
_MARK = "\ufdd0"  # a noncharacter that no text has


class Visible:
    """A source read whole, envelope included, with the HTML5 algorithm.

    hidden: the text of elements that no reader sees (scripts, styles, fallback of frames), in order.
    framed: the values of those elements' attributes, a line each.
    """

    def __init__(self, document: Document, hidden: str = "", addresses: str = "") -> None:
        self.document = document
        self.hidden = hidden
        self.framed = addresses

    @cached_property
    def text(self) -> str:
        """Every visible character that is no white space, in order."""
        return solid(self.document.text)

    @cached_property
    def tokens(self) -> list[Tag | str]:
        """The tags and texts, in order."""
        return tokens(self.document.html)

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


def _unmasked(text: str, masked: tuple[tuple[str, str], ...]) -> str:
    """The source with the names that its masked tags stand for: how `</a>` and `</ok>` close each other hangs on it."""
    for mask, name in masked:
        text = re.sub(rf"<(/?){re.escape(mask)}(?=[\s>/])", rf"<\1{name}", text)
    return text


@lru_cache(maxsize=1)
def _read(parts: tuple[str, ...], written_in: str, masked: tuple[tuple[str, str], ...]) -> Visible:
    parts = tuple(_unmasked(part, masked) for part in parts)
    if written_in == "html":
        markup = "".join(map(_ended, parts)) if len(parts) > 1 else parts[0]
    elif written_in == "text":
        markup = escape("".join(parts), quote=False)
    else:
        markup = "\n".join([_ended(_from_markdown(part)) for part in parts])
    # in the place where an article stands, a frameset is no tag at all
    document = parse(re.sub("(?i)(</?)frameset", r"\1span", markup), positions=False)
    hidden = framed = ""
    lower = markup.lower()
    if any(start in lower for start in _MAY_HIDE):
        elements = document.select(HIDDEN)
        hidden = solid("\n".join(element.text for element in elements))
        framed = "\n".join(solid(element.attr(name) or "") for element in elements for name in element.attrs)
        for element in elements:
            element.decompose()
    return Visible(document, hidden, framed)


def _from_markdown(text: str) -> str:
    html: str = cmarkgfm.markdown_to_html_with_extensions(
        text, options=Options.CMARK_OPT_UNSAFE, extensions=["table", "strikethrough"]
    )
    return html


def _look(source: Source, profile: Profile) -> str:
    """What a file that no profile knows is written in, by its suffix and the look of what its envelope holds."""
    suffix = source.path.rpartition(".")[2].lower()
    text = decode(source, max_bytes=len(source.data)).text
    if suffix in {"html", "htm", "xhtml"} or _LOOKS_LIKE_HTML.search(open_envelope(text, profile).body):
        return "html"
    return "text" if suffix == "txt" else "markdown"


def _parts(text: str, profile: Profile) -> tuple[str, ...]:
    """The pieces of the envelope and the body, in order: the mirror wrote them one by one."""
    envelope = open_envelope(text, profile)
    pieces = [piece.text for piece in envelope.pieces]
    if sum(map(len, pieces)) + len(envelope.body) != len(text):
        return (text,)
    head: list[str] = []
    at = 0
    while pieces and text.startswith(pieces[0], at):
        at += len(pieces[0])
        head.append(pieces.pop(0))
    return (*head, envelope.body, *pieces)


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


def visible(source: Source, profile: Profile) -> Visible:
    """Read a source for the checks: as the format that its profile names, with the tags that it masks unmasked.

    The last source is kept, so that several checks of one article read it once.
    """
    written_in = _look(source, profile) if profile.format == "auto" else profile.format
    text = decode(source, max_bytes=len(source.data)).text
    return _read(_parts(text, profile), written_in, tuple(profile.masked_tags.items()))
