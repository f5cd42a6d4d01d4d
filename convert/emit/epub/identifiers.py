"""Identifiers of a chapter: which document has which, and under what name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from turbohtml import Element, Node

# XML 1.0, *Name*, kept to ASCII and without the colon; EPUBCheck reports other identifiers as RSC-005.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
REFERENCE = "ref."
"""What identifiers that the book itself gives to references begin with."""


def new_ids(groups: Sequence[Sequence[Node]], reserved: Iterable[str]) -> dict[str, tuple[int, str]]:
    """For every identifier of a chapter the number of the group that holds it, and the name it has in the book.

    Names that XML refuses, and those that the chapter's own frame uses, are replaced; of equal ones the first counts.
    """
    found: dict[str, int] = {}
    for number, group in enumerate(groups):
        for block in group:
            if isinstance(block, Element):
                for element in (block, *block.select("[id]")):
                    if name := element.attr("id"):
                        found.setdefault(name, number)
    kept = frozenset(reserved)
    taken = {*kept, *(name for name in found if _is_fit(name, kept))}
    names: dict[str, tuple[int, str]] = {}
    for count, (name, number) in enumerate(found.items(), 1):
        fresh = name
        if not _is_fit(name, kept):
            fresh = f"id{count}"
            while fresh in taken:
                fresh += "_"
            taken.add(fresh)
        names[name] = (number, fresh)
    return names


def _is_fit(name: str, reserved: frozenset[str]) -> bool:
    return bool(_NAME.fullmatch(name)) and name not in reserved and not name.startswith(REFERENCE)
