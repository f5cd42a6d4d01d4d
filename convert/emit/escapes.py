"""What must be escaped so that a text's own characters are never read as Markdown: one table, applied in one place."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

# (pattern, what stands for a match). The patterns are tried together, from left to right.
INLINE: dict[str, tuple[tuple[str, str], ...]] = {
    "gfm": (
        (r"[\\`*\[\]<~|]", r"\\\g<0>"),
        (r"_(?![^\W_])|(?<![^\W_])_", r"\\_"),  # inside a word an underscore is never a mark
        (r"&(?=#?\w+;)", r"\\&"),
        (r"!\Z", r"\\!"),  # a link may follow
        (r"(?i:(?<=http)|(?<=https)|(?<=ftp)):(?=//)|(?i:(?<=mailto)|(?<=xmpp)):", r"\\:"),  # GFM links bare addresses
        (r"(?i:(?<=www))\.", r"\\."),
    ),
}

# Every text that a row of a table matches has one of these characters or words; most articles have none at all.
MARKS = frozenset(b"\\`*[]<~|_&!")
HARMLESS = bytes(code for code in range(128) if code not in MARKS)
ADDRESSES = (b"://", b"www.", b"mailto:", b"xmpp:")

# At the start of a line (CommonMark 0.31.2, sections 4 and 5; GFM 4.10 for a table's delimiter row)
LINE_START = re.compile(
    r"(?P<mark>#{1,6})(?=\s|\Z)|(?P<bullet>[-+])(?=\s|\Z)|(?P<rule>[-=:])(?=[-= \t]*:?\s*\Z)|(?P<quote>>)"
    r"|(?P<number>\d{1,9})(?P<point>[.)])(?=\s|\Z)"
)
HEADING_END = re.compile(r"(?:(?<=[ \t])|\A)#(?=#*\s*\Z)")
LINE_START_CHARACTERS = frozenset("#-+=:>0123456789")


def _table(flavour: str) -> tuple[re.Pattern[str], list[str]]:
    rows = INLINE[flavour]
    joined = "|".join(f"(?P<r{index}>{pattern})" for index, (pattern, _) in enumerate(rows))
    return re.compile(joined), [replacement for _, replacement in rows]


TABLES = {flavour: _table(flavour) for flavour in INLINE}


Escape: TypeAlias = Callable[[str], str]
"""Escapes a text for one flavour."""


def escaper(flavour: str, text: str) -> Escape:
    """What escapes the pieces of a text: where nothing in all of it could be read as a mark, it leaves them alone."""
    return partial(escape, flavour=flavour) if may_need_escapes(text) else str


def may_need_escapes(text: str) -> bool:
    """Whether a row of some table may match in a text; two scans in C tell it of a whole article."""
    ascii_ = text.encode("ascii", "ignore")
    if ascii_.translate(None, HARMLESS):
        return True
    lower = ascii_.lower()
    return any(word in lower for word in ADDRESSES)


def escape(text: str, flavour: str = "gfm") -> str:
    """A text with every character escaped that the flavour could read as a mark, wherever in a line it stands."""
    pattern, replacements = TABLES[flavour]

    def replace(match: re.Match[str]) -> str:
        name = match.lastgroup or "r0"
        replacement = replacements[int(name[1:])]
        return replacement.replace("\\\\", "\\").replace("\\g<0>", match[0])

    return pattern.sub(replace, text)


def escape_line_start(line: str) -> str:
    """An escaped text at the start of a line, with what would open a block there escaped as well."""
    if line[:1] not in LINE_START_CHARACTERS:
        return line
    match = LINE_START.match(line)
    if match is None:
        return line
    if match["number"]:
        return f"{match['number']}\\{line[match.start('point') :]}"
    return f"\\{line}"


def escape_heading_end(line: str) -> str:
    """A heading's text whose last `#` would be read as the heading's closing marks."""
    return HEADING_END.sub(r"\\#", line) if line.rstrip().endswith("#") else line
