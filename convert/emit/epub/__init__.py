"""EPUB 3: many articles in, one book out.

`write_book` is the way in; the modules beside it each make one part of the book.
"""

from __future__ import annotations

from convert.emit.epub.book import BookTooLargeError, write_book
from convert.emit.epub.metadata import About
from convert.emit.epub.options import BookOptions, Chapter, source_date_epoch

__all__ = ["About", "BookOptions", "BookTooLargeError", "Chapter", "source_date_epoch", "write_book"]
