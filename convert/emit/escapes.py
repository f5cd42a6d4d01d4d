"""What must be escaped so that a text's own characters are never read as Markdown: one table, applied in one place.

Every flavour escapes what `gfm` does, so that a reader of CommonMark reads each of them, and `verify` needs no other.
What a tool takes for syntax besides is said by its documentation: Hugo's (shortcodes, Goldmark's typographer and
extensions), kramdown's syntax page and Liquid's for Jekyll, Obsidian's help, Python-Markdown's and PyMdown's for
MkDocs, pandoc's manual.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

_MARKS = (
    r"[\\`*\[\]<~|]",
    r"_(?![^\W_])|(?<![^\W_])_",  # inside a word an underscore is never a mark
    r"&(?=#?\w+;)",
    r"!\Z",  # a link may follow
)
_GFM = (
    *_MARKS,
    r"(?i:(?<=http)|(?<=https)|(?<=ftp)):(?=//)|(?i:(?<=mailto)|(?<=xmpp)):",  # GFM links bare addresses
    r"(?i:(?<=www))\.",
)
_EMOJI = r":(?=(?:[+-]1|100|1234|(?=[0-9_+-]{0,60}[a-z])[a-z0-9_+-]{1,60}):)"
_TYPOGRAPHY = r"[\"']|-(?=-)|\.(?=\.\.)"
# behind these pandoc puts a space that does not break (`pandoc --print-default-data-file abbreviations`)
_ABBREVIATED = (
    "aet aetat al Apr Aug bk Bros c Capt cf ch chap chs Co col Corp cp d Dec Dr e.g ed eds esp f fasc Feb ff fig fl "
    "fol fols Fr Gen Gov Hon i.e ill Inc incl Jan Jr Jul Jun Ltd M.A M.D Mar Mr Mrs Ms n n.b nn No Nov Oct p Ph.D "
    "pp Pres Prof pt q.v Rep Rev s.v s.vv saec sec Sen Sep Sept Sgt Sr St univ viz vol vs"
)
_NO_BREAK = "|".join(rf"(?<=\b{re.escape(word)}\.)" for word in _ABBREVIATED.split())
# attributes, math, superscripts, citations; a heading's end
_PANDOC = (r"[{$^@]", _TYPOGRAPHY, rf"\.(?=\s|\Z)(?:{_NO_BREAK})", r"#\Z")

# For each flavour patterns of one sign each, which are tried together, from left to right.
INLINE: dict[str, tuple[str, ...]] = {
    "gfm": _GFM,
    # shortcodes and attributes, mail addresses; passthrough, mark and superscript of Goldmark's extras; emoji names
    "hugo": (*_GFM, r"[{$^@]", _TYPOGRAPHY, r">(?=>)", r"=(?==)", r"\+(?=\+)", _EMOJI),
    # Liquid and attribute lists; headings, math; names of links; underscores beside digits are marks to kramdown
    "jekyll": (*_GFM, r"[{#$^_]", _TYPOGRAPHY, r">(?=>)", r"(?<=\]):"),
    # tags, math, block names and footnotes; highlights, comments
    "obsidian": (*_GFM, r"[#$^]", r"=(?==)|(?<==)=", r"%(?=%)|(?<=%)%"),
    # attribute lists and macros; headings without a space; carets, math; highlights, insertions, emoji of PyMdown
    "mkdocs": (*_GFM, r"[{#$^]", r"=(?==)", r"\+(?=\+)", _EMOJI),
    "pandoc": (*_GFM, *_PANDOC),
}

# The signs that a backslash takes the meaning from; of others the character's number in HTML does. A brace behind a
# backslash is still one to Liquid and to macros, which know nothing of Markdown; Hugo looks for emoji before it, too.
# Two backslashes at a line's end are a break to kramdown.
_ALL = frozenset(string.punctuation)
BACKSLASH: dict[str, frozenset[str]] = {
    "gfm": _ALL,
    "hugo": _ALL - {":"},
    "jekyll": frozenset(".*_+`>()[]#!:|\"'$=-"),
    "obsidian": _ALL,
    "mkdocs": frozenset("\\`*_[]()>#+-.!"),
    "pandoc": _ALL,
}
NAMED = {"&": "&amp;", "<": "&lt;", '"': "&quot;"}

# Every text that a pattern of a flavour matches has one of these characters or words; most articles have none at all.
MARKS: dict[str, bytes] = {
    "gfm": b"\\`*[]<~|_&!",
    "hugo": b"\\`*[]<~|_&!{$^@\"'-.>=+:",
    "jekyll": b"\\`*[]<~|_&!{#$^\"'-.>:",
    "obsidian": b"\\`*[]<~|_&!#$^=%",
    "mkdocs": b"\\`*[]<~|_&!{#$^=+:",
    "pandoc": b"\\`*[]<~|_&!#{$^@\"'-.",
}
HARMLESS = {flavour: bytes(code for code in range(128) if code not in marks) for flavour, marks in MARKS.items()}
ADDRESSES = (b"://", b"www.", b"mailto:", b"xmpp:")

# At the start of a line (CommonMark 0.31.2, sections 4 and 5; GFM 4.10 for a table's delimiter row)
_LINE_START = (
    r"(?P<mark>#{1,6})(?=\s|\Z)|(?P<bullet>[-+])(?=\s|\Z)|(?P<rule>[-=:])(?=[-= \t]*:?\s*\Z)|(?P<quote>>)"
    r"|(?P<number>\d{1,9})(?P<point>[.)])(?=\s|\Z)"
)
_DEFINITION = r"(?P<definition>:)(?=\s)"
_ANY_NUMBER = r"(?P<long>\d{10,})(?P<stop>\.)(?=\s|\Z)"
LINE_START: dict[str, re.Pattern[str]] = {
    "gfm": re.compile(_LINE_START),
    "hugo": re.compile(f"{_LINE_START}|{_DEFINITION}"),
    "jekyll": re.compile(f"{_LINE_START}|{_DEFINITION}|{_ANY_NUMBER}"),
    "obsidian": re.compile(_LINE_START),
    # admonitions, details, tabs, blocks and math of PyMdown, and what mkdocstrings looks for
    "mkdocs": re.compile(
        rf"{_LINE_START}|{_DEFINITION}|{_ANY_NUMBER}|(?P<block>!(?=!!)|\?(?=\?\?)|/(?=//)|:(?=::))|(?P<math>\\\[)"
    ),
    # a title block, captions, fenced divisions, grid tables; lists with letters, Roman numbers and brackets
    "pandoc": re.compile(
        rf"{_LINE_START}|{_ANY_NUMBER}|(?P<caption>[Tt]able)(?P<ended>:)|(?P<block>%|:|\+(?=[-=+])|#(?=\.(?:\s|\Z))|\((?=\w+\)(?:\s|\Z)))"
        r"|(?P<letters>(?i:[a-z]|[ivxlcdm]+))(?P<behind>[.)])(?=\s|\Z)"
    ),
}
_FIRST = "#-+=:>0123456789"
FIRST: dict[str, frozenset[str]] = {
    "gfm": frozenset(_FIRST),
    "hugo": frozenset(_FIRST),
    "jekyll": frozenset(_FIRST),
    "obsidian": frozenset(_FIRST),
    "mkdocs": frozenset(_FIRST + "!?/\\"),
    "pandoc": frozenset(_FIRST + "%(" + string.ascii_letters),
}
HEADING_END = re.compile(r"(?:(?<=[ \t])|\A)#(?=#*\s*\Z)")

_METADATA = re.compile("|".join(f"(?:{pattern})" for pattern in (*_MARKS, *_PANDOC)))
TABLES = {flavour: re.compile("|".join(f"(?:{pattern})" for pattern in rows)) for flavour, rows in INLINE.items()}

Escape: TypeAlias = Callable[[str], str]
"""Escapes a text, or the start of a line, for one flavour."""


def _escaped(sign: str, flavour: str) -> str:
    return f"\\{sign}" if sign in BACKSLASH[flavour] else numbered(sign)


def numbered(sign: str) -> str:
    """A sign as HTML names it, which every reader of Markdown takes for the sign itself."""
    return NAMED.get(sign) or f"&#{ord(sign)};"


_ESCAPED = {flavour: {sign: _escaped(sign, flavour) for sign in _ALL} for flavour in INLINE}


def escaper(flavour: str, text: str) -> Escape:
    """What escapes the pieces of a text: where nothing in all of it could be read as a mark, it leaves them alone."""
    return partial(escape, flavour=flavour) if may_need_escapes(text, flavour) else str


def may_need_escapes(text: str, flavour: str = "gfm") -> bool:
    """Whether a pattern of the flavour may match in a text; two scans in C tell it of a whole article."""
    ascii_ = text.encode("ascii", "ignore")
    if ascii_.translate(None, HARMLESS[flavour]):
        return True
    lower = ascii_.lower()
    return any(word in lower for word in ADDRESSES)


def escape(text: str, flavour: str = "gfm") -> str:
    """A text with every character escaped that the flavour could read as a mark, wherever in a line it stands."""
    known = _ESCAPED[flavour]
    return TABLES[flavour].sub(lambda match: known[match[0]], text)


def escape_metadata(text: str) -> str:
    """A text in metadata that pandoc reads as Markdown; it makes no links of addresses."""
    known = _ESCAPED["pandoc"]
    return escape_line_start(_METADATA.sub(lambda match: known[match[0]], text), "pandoc")


def escape_line_start(line: str, flavour: str = "gfm") -> str:
    """An escaped text at the start of a line, with what would open a block there escaped as well."""
    if line[:1] not in FIRST[flavour]:
        return line
    match = LINE_START[flavour].match(line)
    if match is None:
        return line
    if match.lastgroup == "math":
        return numbered("[") + line[2:]
    at = match.start() if len(match[0]) == 1 or match["mark"] else match.end() - 1
    return line[:at] + _ESCAPED[flavour][line[at]] + line[at + 1 :]


def escape_heading_end(line: str) -> str:
    """A heading's text whose last `#` would be read as the heading's closing marks."""
    return HEADING_END.sub(r"\\#", line) if line.rstrip().endswith("#") else line
