"""What goes into a book besides its volume: the chapters and the options."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from turbohtml import parse_fragment

from convert.article import Metadata
from convert.emit.epub import wording
from convert.emit.epub.wording import Wording
from convert.errors import UsageError
from convert.typesetting import ScriptName, Spacing, Typesetting

PictureSource: TypeAlias = Callable[[str, str], bytes | None]
"""Takes a source's path and a picture's address as it stands there; gives the picture's bytes, or None."""

PictureReport: TypeAlias = Callable[[str, str, str], None]
"""Takes a source's path, the address of a picture that the book has to do without, and the reason."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One article of a book.

    path: the source's path relative to the input. body: canonical HTML (docs/canonical.md), without a wrapper.
    """

    path: str
    meta: Metadata
    body: str = field(repr=False)

    @property
    def pictures(self) -> list[str]:
        """The addresses of the pictures, as they stand there, in their order."""
        if "<img" not in self.body:
            return []
        return [image.attr("src") or "" for image in parse_fragment(self.body, positions=False).select("img[src]")]


@dataclass(frozen=True, slots=True)
class BookOptions:
    """How books are made.

    language: BCP 47 tag of the book, and of chapters that name none; empty takes that of most chapters.
    style: `book` sets paragraphs as Chinese books do; `plain` leaves all that to the reading system.
    script: a configuration of OpenCC by which all that a reader sees is turned.
    spacing: `pangu` puts a space between Han characters and Latin letters or digits.
    pictures: `mirror` and `fetch` take in what the picture source gives, and differ in what they say of a picture that
        it does not give; `omit` leaves every picture out and keeps its caption.
    grayscale: store pictures without colour, for electronic paper.
    cover: draw a cover.
    max_bytes: the largest book; pictures are made smaller until it fits, 0 sets no limit.
    chapter_bytes: the largest document in a book; a longer article is split.
    modified: the time that the book gives as its last change, in UTC; None takes the newest article's date.
    threads: how many pictures are prepared side by side; the book is the same.
    conforms_to: an accessibility claim for `dcterms:conformsTo`; a generator cannot certify itself, so none is made.
    """

    language: str = ""
    style: Literal["book", "plain"] = "book"
    script: ScriptName = "none"
    spacing: Spacing = "none"
    pictures: Literal["mirror", "fetch", "omit"] = "mirror"
    grayscale: bool = False
    cover: bool = True
    max_bytes: int = 45_000_000
    chapter_bytes: int = 260_000
    modified: datetime.datetime | None = None
    threads: int = 1
    conforms_to: str = ""

    @property
    def typesetting(self) -> Typesetting:
        """What becomes of the text of the book."""
        return Typesetting(self.script, self.spacing)

    @property
    def wording(self) -> Wording:
        """The words that the book itself says."""
        return wording.of(self.language)


def source_date_epoch(environment: Mapping[str, str]) -> datetime.datetime | None:
    """The time that SOURCE_DATE_EPOCH asks for (reproducible-builds.org, *SOURCE_DATE_EPOCH*), or None.

    Raises UsageError where its value is no time in whole seconds since 1970.
    """
    value = environment.get("SOURCE_DATE_EPOCH", "")
    if not value:
        return None
    try:
        return datetime.datetime.fromtimestamp(int(value), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError("SOURCE_DATE_EPOCH", repr(value), "whole seconds since 1970", "unset it or mend it") from None
