"""Paths that lead from one file of the output to another, as Markdown has them."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from urllib.parse import quote

_NO_WIKI = re.compile(r"[\[\]|#^\\`]|%%")
"""What Obsidian takes in the path of a link for something else (its help, "Internal links"); backticks are for code."""


def relative(target: str, file: str) -> str:
    """The path from one file of the output to another, as an address; nothing where there is no target."""
    if not target:
        return ""
    aim, own = _quoted(target), _quoted(file)[:-1]
    same = 0
    for one, other in zip(aim[:-1], own, strict=False):
        if one != other:
            break
        same += 1
    return "/".join([*[".."] * (len(own) - same), *aim[same:]])


@lru_cache(maxsize=65_536)
def _quoted(path: str) -> list[str]:
    """The parts of a path as an address has them."""
    return quote(path).split("/")


def in_vault(target: str, vault: str) -> str:
    """A note's path in a vault, as a wiki link has it; nothing where no wiki link can say it."""
    path = posixpath.relpath(target, vault or ".").removesuffix(".md")
    return path if target.endswith(".md") and path.isprintable() and not _NO_WIKI.search(path) else ""
