"""The pictures of one book: taken in once, stored once, and made smaller where the book would be too large."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from convert.emit.epub import addresses, wording
from convert.emit.epub.options import BookOptions, PictureSource
from convert.emit.epub.pictures import Level, Picture, PictureError, prepare


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture that is in the book: its file there."""

    file: str


@dataclass(frozen=True, slots=True)
class Lack:
    """A picture that the book has to do without, and why, in words for the reader."""

    reason: str


class TooManyBytesError(Exception):
    """The pictures alone are larger than the book may be; caught where another level is tried."""


@dataclass(slots=True)
class Gallery:
    """Takes in pictures for one book at one level.

    lacks: what the book has to do without, by source and address, and why.
    described: whether every picture so far has alternative text that says something of its own.
    """

    source: PictureSource
    options: BookOptions
    level: Level
    files: dict[str, Picture] = field(default_factory=dict)
    lacks: dict[tuple[str, str], str] = field(default_factory=dict)
    described: bool = True
    _known: dict[str, Shot | Lack] = field(default_factory=dict)
    _bytes: int = 0

    def get(self, path: str, src: str) -> Shot | Lack | None:
        """The picture that a source names; None where the book leaves pictures out.

        Raises TooManyBytesError when the pictures grow over the limit of the book.
        """
        if self.options.pictures == "omit":
            return None
        data = self.source(path, src)
        if data is None:
            # Not why it was not to be had: that may differ from hour to hour, and the book with it.
            fetched = self.options.pictures == "fetch" and addresses.outside(src) is not None
            self.lacks[path, src] = wording.NOT_FETCHED if fetched else wording.NOT_IN_MIRROR
            return Lack(self.lacks[path, src])
        digest = sha256(data).hexdigest()
        known = self._known.get(digest)
        if known is None:
            known = self._known[digest] = self._take(data)
        if isinstance(known, Lack):
            self.lacks[path, src] = known.reason
        return known

    def _take(self, data: bytes) -> Shot | Lack:
        try:
            picture = prepare(data, self.level, self.options.grayscale)
        except PictureError as error:
            return Lack(f"{wording.UNREADABLE}（{error}）")
        file = f"images/{sha256(picture.data).hexdigest()[:16]}.{picture.suffix}"
        if file not in self.files:
            self.files[file] = picture
            self._bytes += len(picture.data)
            if self.options.max_bytes and self._bytes > self.options.max_bytes:
                raise TooManyBytesError
        return Shot(file)

    def describe(self, alt: str, title: str, caption: str = "") -> None:
        """Take note of a picture's alternative text; the title or the caption repeated is none."""
        words = alt.strip()
        if not words or words in (title.strip(), caption.strip()):
            self.described = False
