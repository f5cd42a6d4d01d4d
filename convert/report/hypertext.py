"""Elements of an HTML page as text: whatever is put into one is escaped, once, in one place.

What comes out is HTML that an XML parser reads as well: every element is closed, every attribute quoted.
"""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import groupby
from typing import TypeAlias
from urllib.parse import quote

from convert.messages import spoken


class Html(str):
    """Finished HTML, which `element` does not escape again."""

    __slots__ = ()


Child: TypeAlias = str | None
"""Text, which is escaped; finished `Html`, which is not; or None, for nothing."""

# HTML, "Void elements", and those of SVG that never hold anything here.
_EMPTY = frozenset({"meta", "link", "br", "col", "rect", "line"})

# What no document may hold (XML 1.0, production [2] Char), C1 controls, halves of surrogate pairs, and what turns the
# direction of the words behind it (UAX 9, "Explicit Directional Embeddings", "Overrides" and "Isolates").
_TOLD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# such a character, and what follows up to the last one: further ones, and the signs of CJK and full-width blocks
_CHINESE = re.compile(f"({_HAN.pattern}(?:[\u3000-\u303f\uff00-\uffef]*{_HAN.pattern})*)")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})


def element(tag: str, /, *children: Child, **attributes: str | None) -> Html:
    """An element.

    attributes: `class_` stands for `class` and `aria_label` for `aria-label`; one that is None is left out.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in _EMPTY:
        return Html(f"<{tag}{said}/>")
    return Html(f"<{tag}{said}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Html:
    """Several things one after the other, without an element round them."""
    return Html("".join(one if isinstance(one, Html) else _escaped(one) for one in children if one is not None))


def named(text: str, tag: str = "span", /, **attributes: str | None) -> Html:
    """A name or other words of the articles in an element; Chinese is marked as such, for typefaces and voices."""
    return element(tag, text, lang="zh" if _HAN.search(text) else None, **attributes)


def mixed(text: str, tag: str, /, **attributes: str | None) -> Html:
    """A sentence in English in an element, and marked as such in other pages; the Chinese that it quotes is marked."""
    pieces = [named(piece) if _HAN.match(piece) else piece for piece in _CHINESE.split(text)]
    return element(tag, *pieces, lang=None if spoken() == "en" else "en", **attributes)


def quoted(text: str) -> Html:
    """Text of a source, as a sample in which nothing is unseen: a no-break space stands there as U+00A0."""
    pieces: list[Child] = []
    for unseen, run in groupby(text, lambda char: char != " " and unicodedata.category(char) in _UNSEEN):
        piece = "".join(run)
        pieces += [element("i", f"U+{ord(char):04X}") for char in piece] if unseen else [piece]
    return element("samp", *pieces, lang="zh" if _HAN.search(text) else None)


def href(path: str) -> str:
    """A relative reference to a file from a page beside it (RFC 3986, 4.2).

    path: the file's path below the page's folder, with slashes; bytes in it that are no UTF-8 are escaped as
    surrogates (PEP 383), and become those bytes again.
    """
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair that stands for no byte
        data = path.encode("utf-8", "surrogatepass")
    address = quote(data, safe="/")
    # one that began with two slashes would lead to another machine
    return f".{address}" if address.startswith("/") else address


def _escaped(text: str) -> str:
    return html.escape(_TOLD.sub(_told, text))


def _told(found: re.Match[str]) -> str:
    """What stands for a character that is not put into a page: the escape that a terminal gets."""
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
