"""The pictures of one book: taken in once, stored once, and made smaller where the book would be too large."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256

from convert.emit.epub import addresses
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


AHEAD = 4
"""Pictures that are read for each thread before they are prepared: more would only take memory."""


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
    _digests: dict[tuple[str, str], str] = field(default_factory=dict)
    _ready: dict[str, Picture | Lack] = field(default_factory=dict)
    _bytes: int = 0

    def take_in(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Prepare pictures side by side, before `get` is asked for them one by one.

        wanted: sources and addresses, in the order of the book. Raises TooManyBytesError as `get` does.
        """
        threads = self.options.threads
        if threads < 2 or self.options.pictures == "omit":
            return
        waiting = list(dict.fromkeys(wanted))
        total = 0
        with ThreadPoolExecutor(threads) as pool:
            for start in range(0, len(waiting), threads * AHEAD):
                read: dict[str, bytes] = {}
                for path, src in waiting[start : start + threads * AHEAD]:
                    if (data := self.source(path, src)) is not None:
                        digest = self._digests[path, src] = sha256(data).hexdigest()
                        if digest not in self._ready:
                            read[digest] = data
                for digest, made in zip(read, pool.map(self._prepared, read.values()), strict=True):
                    self._ready[digest] = made
                    total += len(made.data) if isinstance(made, Picture) else 0
                if self.options.max_bytes and total > self.options.max_bytes:
                    raise TooManyBytesError

    def get(self, path: str, src: str) -> Shot | Lack | None:
        """The picture that a source names; None where the book leaves pictures out.

        Raises TooManyBytesError when the pictures grow over the limit of the book.
        """
        if self.options.pictures == "omit":
            return None
        digest, data = self._digests.get((path, src)), None
        if digest is None:
            data = self.source(path, src)
            if data is None:
                # Not why it was not to be had: that may differ from hour to hour, and the book with it.
                fetched = self.options.pictures == "fetch" and addresses.outside(src) is not None
                words = self.options.wording
                self.lacks[path, src] = words.not_fetched if fetched else words.not_in_mirror
                return Lack(self.lacks[path, src])
            digest = sha256(data).hexdigest()
        known = self._known.get(digest)
        if known is None:
            made = self._prepared(data) if data is not None else self._ready.pop(digest)
            known = self._known[digest] = self._kept(made)
        if isinstance(known, Lack):
            self.lacks[path, src] = known.reason
        return known

    def _prepared(self, data: bytes) -> Picture | Lack:
        try:
            return prepare(data, self.level, self.options.grayscale)
        except PictureError as error:
            return Lack(self.options.wording.unreadable.format(reason=error))

    def _kept(self, made: Picture | Lack) -> Shot | Lack:
        if isinstance(made, Lack):
            return made
        file = f"images/{sha256(made.data).hexdigest()[:16]}.{made.suffix}"
        if file not in self.files:
            self.files[file] = made
            self._bytes += len(made.data)
            if self.options.max_bytes and self._bytes > self.options.max_bytes:
                raise TooManyBytesError
        return Shot(file)

    def describe(self, alt: str, title: str, caption: str = "") -> None:
        """Take note of a picture's alternative text; the title or the caption repeated is none."""
        words = alt.strip()
        if not words or words in (title.strip(), caption.strip()):
            self.described = False
