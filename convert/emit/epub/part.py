"""The files that a book is made of."""

from __future__ import annotations

from dataclasses import dataclass

XHTML, CSS, NCX = "application/xhtml+xml", "text/css", "application/x-dtbncx+xml"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the book.

    uid: its identifier in the manifest. spine: whether it stands in the reading order. properties: of the manifest.
    """

    uid: str
    file: str
    media_type: str
    data: bytes
    spine: bool = False
    properties: tuple[str, ...] = ()
