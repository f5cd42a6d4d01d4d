"""Where books get their pictures: from the mirror's own files, and for those who ask for it from the web."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from convert.batch.pictures.cache import PictureCache, web_address
from convert.config import Config, OutputOptions
from convert.emit.epub.options import Chapter, PictureReport, PictureSource
from convert.emit.epub.wording import UNREADABLE
from convert.errors import SourceError
from convert.messages import later
from convert.stores import Entry, Sieve, Store
from convert.stores.store import Stamp

if TYPE_CHECKING:
    from convert.batch.pictures.fetch import Fetched

NO_PICTURE = later("a file that is no picture, or damaged")
"""Why a picture that is there is not shown."""

MAX_PICTURE = 64 * 1024 * 1024
"""Bytes of a picture's file; a larger one is left out."""


class OwnFile(NamedTuple):
    """A file of the mirror that a book asked for: its path below the input, its size and its stamp.

    The last two are 0 for a file that is not there.
    """

    path: str
    size: int = 0
    stamp: Stamp = 0

    @classmethod
    def at(cls, store: Store, path: str) -> OwnFile:
        """How a file is now."""
        about = store.about(path)
        return cls(*about) if about else cls(path)


class OwnPictures:
    """The pictures of a mirror that files beside articles may show: none that is hidden, or that a run has made.

    output: where runs write to.
    """

    def __init__(self, store: Store, output: OutputOptions) -> None:
        self.store = store
        self.made = store.output_in(Sieve((), output.path, output.remote.told if output.remote else ""))

    def settle(self, path: str) -> str | None:
        """The path of what a path leads to by now, `..` and links resolved; None where that is none of them."""
        place = self.store.settle(path)
        if place is None or place.startswith(".") or "/." in place:
            return None
        return None if self.made and place.startswith(f"{self.made}/") else place

    def about(self, path: str) -> Entry | None:
        """How a settled path's picture is now; None where there is none, or the path leads elsewhere by now."""
        return self.store.about(path) if self.settle(path) == path else None

    def read(self, path: str) -> bytes | None:
        """The bytes of that picture. Raises SourceError for one that is too large, or cannot be read."""
        return self.store.read(path, MAX_PICTURE) if self.about(path) else None


def picture_path(path: str, address: str) -> str | None:
    """Where an article's picture is looked for in the mirror, as `settle` takes it; None for an address elsewhere.

    path: of the article's source.
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that hold no address of IPv6
        return None
    if parts.scheme or parts.netloc or not parts.path or "\0" in (name := unquote(parts.path)):
        return None
    return posixpath.join(posixpath.dirname(path), name)


def pictures_in(store: Store, asked: dict[str, OwnFile] | None = None) -> PictureSource:
    """What gives a picture's bytes by its article's path and its address: from a file of the mirror, or not at all.

    asked: takes in, by path, the files that were asked for.
    """

    def read(path: str, address: str) -> bytes | None:
        place = picture_path(path, address)
        name = store.settle(place) if place else None
        if name is None:
            return None
        file = store.about(name)
        if asked is not None:
            asked[name] = OwnFile(*file) if file else OwnFile(name)
        try:
            return store.read(name, MAX_PICTURE) if file else None
        except SourceError:
            return None  # a file that may not be read: the book says that the picture is missing

    return read


def picture_source(store: Store, cache: PictureCache | None, asked: dict[str, OwnFile] | None = None) -> PictureSource:
    """The mirror's own files first, then what was fetched into the cache, if there is one; asked: see pictures_in."""
    own = pictures_in(store, asked)
    if cache is None:
        return own

    def read(path: str, address: str) -> bytes | None:
        data = own(path, address)
        web = web_address(address) if data is None else None
        return cache.get(web) if web else data

    return read


def web_pictures(chapter: Chapter) -> Iterator[str]:
    """The addresses on the web of an article's pictures."""
    return filter(None, map(web_address, chapter.pictures))


def fetch_pictures(
    config: Config, addresses: Iterable[str], progress: Callable[[int, int], None] = lambda done, total: None
) -> Fetched:
    """Fetch pictures into the config's cache. Raises OutputError for a cache that cannot be written to."""
    # Only who fetches needs the network's modules; they take a tenth of a second to load.
    from convert.batch.pictures.fetch import Fetcher

    return Fetcher(config.pictures, PictureCache(config.picture_cache)).fetch_all(addresses, progress)


def tally_missing(failed: dict[str, str], reasons: Counter[str]) -> PictureReport:
    """What counts, by reason, the pictures that a book has to do without. failed: why addresses were not fetched."""

    def note(path: str, address: str, told: str) -> None:
        why = NO_PICTURE if told.startswith(UNREADABLE) else later("not in the mirror")
        reasons[failed.get(web_address(address) or "", why)] += 1

    return note
