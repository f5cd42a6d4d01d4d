"""A book on the spot: of articles that are there already, in their order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from convert.article import Article
from convert.batch.engines.machine import cores
from convert.batch.pictures.cache import PictureCache
from convert.batch.pictures.source import fetch_pictures, picture_source, tally_missing, web_pictures
from convert.config import Config
from convert.emit.epub import BookOptions, Chapter, source_date_epoch, write_book
from convert.stores import Store
from convert.volumes import Volume

if TYPE_CHECKING:
    from convert.batch.summary import Failure


@dataclass(slots=True)
class Chosen:
    """The articles of a book, in their order.

    store: what their paths are relative to. failures: sources of which nobody can tell whether they belong to it.
    """

    store: Store
    chapters: list[Chapter] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def make_book(
    chapters: Sequence[Chapter],
    title: str,
    store: Store,
    config: Config,
    pictures: Literal["mirror", "fetch", "omit"] = "mirror",
) -> tuple[bytes, Counter[str]]:
    """A book of these articles in their order, with pictures from the files of a store, and if asked from the web.

    Returns the book, and the number of pictures that it has to do without, by reason.
    Raises BookTooLargeError where it would be larger than readers take, OutputError for a cache that cannot be written.
    """
    missing: Counter[str] = Counter()
    failed: dict[str, str] = {}
    cache = PictureCache(config.picture_cache) if pictures == "fetch" else None
    if cache:
        failed = fetch_pictures(config, (one for chapter in chapters for one in web_pictures(chapter))).failed
    dates = [chapter.meta.date for chapter in chapters if chapter.meta.date]
    volume = Volume(
        title=title,
        file="book.epub",
        key="|".join([title, *(chapter.meta.source or chapter.path for chapter in chapters)]),
        members=tuple(chapter.path for chapter in chapters),
        first=min(dates, default=None),
        last=max(dates, default=None),
    )
    options = BookOptions(pictures=pictures, modified=source_date_epoch(os.environ), threads=cores())
    source = picture_source(store, cache)
    return write_book(volume, chapters, source, options, missing=tally_missing(failed, missing)), missing


def chapter_of(article: Article) -> Chapter:
    """What a book needs of an article: its tree is not, which takes many times the memory."""
    return Chapter(article.path, article.meta, article.body.inner_html)
