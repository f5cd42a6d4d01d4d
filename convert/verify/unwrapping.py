"""Puts the lines of a wrapped text together again."""

from __future__ import annotations

import re

_ITEM = re.compile(r" *(?:(?:-|[0-9]{1,10}\.) +)*")


def unwrapped(text: str) -> str:
    """A text whose lines were broken, as it was before.

    A line that ends with a space goes on in the next one (RFC 3676, section 4.1, with `DelSp=yes`): the space goes, and
    so does the indent of the next line, as wide as the spaces and the marker of an item that the first one begins with.
    """
    lines = text.split("\n")
    whole: list[str] = []
    at = 0
    while at < len(lines):
        parts = [lines[at]]
        indent = ""
        while parts[-1].endswith(" ") and at + 1 < len(lines):
            parts[-1] = parts[-1][:-1]
            if len(parts) == 1 and (item := _ITEM.match(parts[0])):
                indent = " " * item.end()
            at += 1
            parts.append(lines[at].removeprefix(indent))
        whole.append("".join(parts))
        at += 1
    return "\n".join(whole)
