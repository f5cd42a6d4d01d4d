"""The catalogue that e-readers subscribe to: volumes as OPDS 1.2 acquisition feeds.

An OPDS feed is an Atom feed (RFC 4287) whose entries are books. All links are relative, so that a feed and its books
work from any web server and from a plain folder.
"""

from __future__ import annotations

import datetime
import posixpath
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from lxml import etree  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own

from convert.emit.epub import wording
from convert.emit.epub.markup import one_line
from convert.emit.epub.metadata import About

FEED_TYPE = "application/atom+xml;profile=opds-catalog;kind=acquisition"
"""OPDS 1.2, 7.1.3: the media type of a link to an acquisition feed."""

PER_PAGE = 100
"""Entries on one page of a feed; small readers take a page at a time (OPDS 1.2, 2.4)."""

_ATOM, _TERMS = "http://www.w3.org/2005/Atom", "http://purl.org/dc/terms/"
# Anybody may have the book, without paying or registering (OPDS 1.2, 5.2.1).
_BOOK, _IMAGE, _THUMBNAIL = (
    "http://opds-spec.org/acquisition/open-access",
    "http://opds-spec.org/image",
    "http://opds-spec.org/image/thumbnail",
)
_NAMESPACE = uuid.UUID("0d2c1f3a-7a55-5b0e-8f49-6a1de0f2c5b3")
_EARLIEST = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
_NAME = "Mirrorpress"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed says of one volume.

    file: its path below the output folder; size: its bytes; about: what it says of itself.
    image, thumbnail: the paths of its cover, large and small, below the output folder; empty where there is none.
    """

    file: str
    size: int
    about: About
    image: str = ""
    thumbnail: str = ""


def pages(title: str, files: Sequence[str], listings: Sequence[Listing]) -> list[tuple[str, bytes]]:
    """The pages of a feed, the newest volumes first: the path of each below the output folder, and its bytes.

    title: the feed's title. files: paths of the pages, at least `pages_needed`; readers subscribe to the first.
    listings: the volumes, in any order. The same volumes always give the same bytes.
    """
    by_file = sorted(listings, key=lambda one: one.file)
    newest_first = sorted(by_file, key=lambda one: (one.about.modified, one.about.date), reverse=True)
    chunks = [newest_first[start : start + PER_PAGE] for start in range(0, len(newest_first), PER_PAGE)] or [[]]
    updated = max((one.about.modified for one in listings), default=_EARLIEST)
    names = files[: len(chunks)]
    return [
        (name, _page(one_line(title) or _NAME, names, number, updated, chunk))
        for number, (name, chunk) in enumerate(zip(names, chunks, strict=True))
    ]


def pages_needed(listings: int) -> int:
    """How many pages a feed of so many volumes has."""
    return max(1, -(-listings // PER_PAGE))


def _page(title: str, files: Sequence[str], number: int, updated: datetime.datetime, some: Sequence[Listing]) -> bytes:
    """One page. Paged feeds are one feed, and so have one id (RFC 5005, 3)."""
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM, "dc": _TERMS})
    _text(feed, "id", f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{title}|{files[0]}')}")
    _text(feed, "title", title)
    _text(feed, "updated", _timestamp(updated))
    # An entry may have no author: then the feed must have one (RFC 4287, 4.1.1).
    _text(etree.SubElement(feed, f"{{{_ATOM}}}author"), "name", _NAME)
    _text(feed, "generator", _NAME)
    here = files[number]
    links = {"self": here, "start": files[0]}
    if len(files) > 1:
        links |= {"first": files[0], "last": files[-1]}
    if number:
        links["previous"] = files[number - 1]
    if number + 1 < len(files):
        links["next"] = files[number + 1]
    for relation, target in links.items():
        _link(feed, relation, _relative(target, here), FEED_TYPE)
    for listing in some:
        _entry(feed, listing, here)
    etree.indent(feed)
    data: bytes = etree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _entry(feed: etree._Element, listing: Listing, here: str) -> None:
    """One volume (OPDS 1.2, 5.1.1): Atom's own elements go before those of Dublin Core."""
    about = listing.about
    entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
    _text(entry, "id", about.identifier)
    _text(entry, "title", about.title)
    _text(entry, "updated", _timestamp(about.modified))
    for person in about.creators:
        _text(etree.SubElement(entry, f"{{{_ATOM}}}author"), "name", person.name)
    terms = [("language", about.language), *(("publisher", name) for name in about.publishers), ("issued", about.date)]
    for name, value in terms:
        if value:
            etree.SubElement(entry, f"{{{_TERMS}}}{name}").text = value
    for subject in about.subjects:
        etree.SubElement(entry, f"{{{_ATOM}}}category", term=subject, label=subject)
    _text(entry, "rights", wording.RIGHTS)
    _text(entry, "summary", about.description, type="text")
    _link(entry, _BOOK, _relative(listing.file, here), "application/epub+zip", length=str(listing.size))
    for relation, file in ((_IMAGE, listing.image), (_THUMBNAIL, listing.thumbnail)):
        if file:
            _link(entry, relation, _relative(file, here), "image/jpeg")


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text


def _link(parent: etree._Element, relation: str, href: str, media_type: str, **more: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "href": href, "type": media_type, **more})


def _relative(target: str, page: str) -> str:
    """A relative reference from a page to a file (RFC 3986, 4.2), both below the output folder."""
    return quote(posixpath.relpath(target, posixpath.dirname(page) or "."), safe="/")


def _timestamp(moment: datetime.datetime) -> str:
    """A date construct of Atom (RFC 3339), in UTC."""
    return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
