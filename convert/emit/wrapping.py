"""Breaks the lines of a text at a width in columns, so that they can be put together again.

A line that was broken ends with a space, and any other does not: a reader joins it with the next one and takes that
space away. That is `format=flowed` with `DelSp=yes` (RFC 3676, section 4.1), made for text without spaces between
words; its quoting and stuffing, which mail needs, are left out. `convert.verify.unwrapping` is the inverse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache

from convert.typesetting import ADDRESS

# clreq (W3C, Requirements for Chinese Text Layout), "Prohibition rules for line start and line end" (6.1.1): marks of
# pause and stop, closing marks, connectors, interpuncts and solidi start no line, opening marks end none. From 6.1.2,
# "Prohibition rules for unbreakable marks": dashes and ellipses, what stands before a number and what stands behind it.
_NO_START = frozenset(
    "，。、；：？！．､｡﹐﹑﹒﹔﹕﹖﹗,.;:?!"
    "）】》〉」』〕〗〙〛｝］｠﹂﹄︶︼︾”’»›)]}"
    "…⋯—―–-‐～〜~·・‧•／/々〻ー"
    "％‰%℃℉°′″　"
)
_NO_END = frozenset("（【《〈「『〔〖〘〚｛［｟﹁﹃︵︻︽“‘«‹([{￥＄￡€$¥£№")
_QUOTES = frozenset("\"'")
"""These open and close: without a space beside them nobody can tell which."""
_GLUE = frozenset("\u00a0\u202f\u2060\ufeff\u200d")
"""No line is broken beside these: Unicode's classes GL, WJ and ZWJ (UAX #14)."""
_SKIN = frozenset(map(chr, range(0x1F3FB, 0x1F400)))

# The marker of a list's item, and what its further lines are indented by; the inverse reads the same.
_MARKER = re.compile(r" *(?:(?:-|[0-9]{1,10}\.) +)*")
_WIDE_WORD = re.compile("[０-９Ａ-Ｚａ-ｚ]")


@cache
def _columns(sign: str) -> int:
    """How many columns a character takes: two where it is wide (UAX #11), none where it stands on another one.

    Characters of ambiguous width take one, as that annex has it where nothing else is known.
    """
    if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def columns(text: str) -> int:
    """The columns that a text takes."""
    return sum(map(_columns, text))


def wrap(text: str, width: int, kept: Collection[str] = ()) -> str:
    """A text with no line wider than `width` columns, where that can be done.

    Words of Latin letters, numbers and addresses are not broken, nor is a line broken where a mark forbids it (clreq,
    6.1.1 and 6.1.2): it is rather too wide. kept: lines that stay as they are, as those of code; so do rows of tables,
    which have tabs in them. The further lines of a list's item are indented by its marker.
    """
    return "\n".join([written for line in text.split("\n") for written in _written(line, width, kept)])


def _written(line: str, width: int, kept: Collection[str]) -> list[str]:
    lines = [line]
    if len(line) * 2 > width and "\t" not in line and line.strip() not in kept and columns(line) > width:
        lines = _broken(line, width)
    *broken, last = lines
    # A space of the line's own at its end must not be taken for the sign: an empty line is joined to it.
    rest = [f"{last} ", ""] if last.endswith(" ") else [last]
    return [*(f"{one} " for one in broken), *rest]


def _broken(line: str, width: int) -> list[str]:
    """The pieces of a line; all but the first with the indent of the item before them."""
    marker = _MARKER.match(line)
    start = marker.end() if marker else 0
    if start * 2 > width:
        return [line]
    indent = " " * start
    addresses = [one.span() for one in ADDRESS.finditer(line)][::-1]
    pieces: list[str] = []
    first = 0
    used = start
    place = used_there = 0  # the last place for a break, and the columns up to it; nothing where there is none
    for at in range(start, len(line)):
        if addresses and addresses[-1][1] <= at:
            addresses.pop()
        inside = bool(addresses) and addresses[-1][0] < at
        if at > start and not inside and _may_break(line, at):
            place, used_there = at, used
        size = _columns(line[at])
        if used + size > width and place and line[at] != " ":
            pieces.append(line[first:place])
            first, used, place = place, start + used - used_there, 0
        used += size
    pieces.append(line[first:])
    return [piece if number == 0 else indent + piece for number, piece in enumerate(pieces)]


def _may_break(line: str, at: int) -> bool:
    """Whether a line may be broken before the character at a place."""
    after, before = line[at], line[at - 1]
    if after == " " or after in _NO_START or after in _GLUE or before in _GLUE or after in _SKIN:
        return False
    if not _columns(after):
        return False  # it stands on the one before
    base = at - 1
    while base > 0 and not _columns(line[base]):
        base -= 1
    if before == " ":
        while base > 0 and line[base] == " ":
            base -= 1
        return line[base] not in _NO_END
    before = line[base]
    if before in _NO_END or before in _QUOTES or after in _QUOTES:
        return False
    if _WIDE_WORD.match(before) and _WIDE_WORD.match(after):
        return False
    # Between two narrow characters stands no break but at a space: there are words, numbers, and pairs of dashes.
    return _is_wide(line, base, base - 1) or _is_wide(line, at, at + 1)


def _is_wide(line: str, at: int, inner: int) -> bool:
    """Whether a character is of Chinese text: wide, or a quotation mark with a wide character inside."""
    if line[at] in "“”‘’" and 0 <= inner < len(line):
        return _columns(line[inner]) == 2
    return _columns(line[at]) == 2
