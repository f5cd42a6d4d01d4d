"""What a book says of itself: the package metadata, as data."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from convert.emit.epub import addresses
from convert.emit.epub.chapter import names_of, title_of
from convert.emit.epub.markup import one_line
from convert.emit.epub.options import BookOptions, Chapter
from convert.emit.epub.wording import Wording
from convert.volumes import Volume

_NAMESPACE = uuid.UUID("6f7b1f0e-5f0d-5c39-9c53-2f6d4f0f7a11")
_EARLIEST = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
_MOST_CREATORS = 6
"""With more authors than this the publisher stands for the book, and they are its contributors."""
_MOST_SUBJECTS = 30
_MOST_SOURCES = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a part in the book; role: a MARC relator code."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class About:
    """The metadata of one book; `described` says whether all its pictures have alternative text.

    summary: a sentence on who can read the book, and how.
    """

    identifier: str
    title: str
    language: str
    creators: tuple[Person, ...]
    contributors: tuple[Person, ...]
    publishers: tuple[str, ...]
    date: str
    sources: tuple[str, ...]
    subjects: tuple[str, ...]
    description: str
    series: str
    position: str
    modified: datetime.datetime
    pictures: bool
    described: bool
    conforms_to: str
    rights: str
    summary: str


def about(volume: Volume, chapters: Sequence[Chapter], options: BookOptions, pictures: bool, described: bool) -> About:
    """Gather a book's metadata from its volume and its chapters, which are in reading order."""
    dates = [chapter.meta.date for chapter in chapters if chapter.meta.date is not None]
    newest = max(dates, default=None)
    creators, contributors = _people(chapters)
    words = options.wording
    return About(
        identifier=f"urn:uuid:{uuid.uuid5(_NAMESPACE, volume.key)}",
        title=one_line(volume.title) or words.untitled,
        language=options.language,
        creators=creators,
        contributors=contributors,
        publishers=tuple(_by_frequency([chapter.meta.publisher for chapter in chapters])),
        date=newest.isoformat() if newest else "",
        sources=tuple(_by_frequency([_origin(chapter.meta.source) for chapter in chapters])[:_MOST_SOURCES]),
        subjects=tuple(_by_frequency([name for one in chapters for name in one.meta.categories])[:_MOST_SUBJECTS]),
        description=_description(chapters, words),
        series=one_line(volume.series),
        position=volume.position,
        modified=_modified(newest, options),
        pictures=pictures,
        described=described,
        conforms_to=options.conforms_to,
        rights=words.rights,
        summary=words.accessibility(pictures, described),
    )


def _modified(newest: datetime.date | None, options: BookOptions) -> datetime.datetime:
    """The last change: as the options say, else midnight of the newest article's day, both in UTC."""
    if options.modified is not None:
        return options.modified.astimezone(datetime.UTC)
    if newest is None:
        return _EARLIEST
    return datetime.datetime(newest.year, newest.month, newest.day, tzinfo=datetime.UTC)


def _people(chapters: Sequence[Chapter]) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Creators and contributors: a few authors are creators; of many, the publishers are.

    A publisher that stands for the authors has their role. As one with the role of publisher calibre passes it over and
    says that the author is unknown, and foliate-js 1.0.1 does not open the book.
    """
    authors = names_of([name for chapter in chapters for name in chapter.meta.authors])
    publishers = _by_frequency([chapter.meta.publisher for chapter in chapters])
    rest = [
        *(Person(name, "trl") for name in names_of([name for one in chapters for name in one.meta.translators])),
        *(Person(name, "edt") for name in names_of([name for one in chapters for name in one.meta.editors])),
    ]
    written = tuple(Person(name, "aut") for name in authors)
    if written and (len(written) <= _MOST_CREATORS or not publishers):
        return written[:_MOST_CREATORS], (*written[_MOST_CREATORS:], *rest)
    return tuple(Person(name, "aut") for name in publishers), (*written, *rest)


def _by_frequency(values: Sequence[str]) -> list[str]:
    """The values that are not empty, the commonest first, equally common ones as they sort."""
    counts = Counter(text for value in values if (text := one_line(value)))
    return sorted(counts, key=lambda text: (-counts[text], text))


def _origin(source: str) -> str:
    """The site that an article's address belongs to."""
    address = addresses.outside(source)
    if address is None or not address.startswith("http"):
        return ""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def _description(chapters: Sequence[Chapter], words: Wording) -> str:
    """How many articles there are, and the first headlines."""
    headlines = words.between_titles.join(title_of(chapter.meta, words) for chapter in chapters[:10])
    more = " …" if len(chapters) > 10 else ""
    return f"{words.articles(len(chapters))}{words.colon}{headlines}{more}"
