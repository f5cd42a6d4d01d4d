"""Mirrorpress: mirrored news articles into Markdown, EPUB and plain text; nothing lost, nothing invented."""

from __future__ import annotations

from convert.article import Article, Context, Metadata, Note, Source
from convert.errors import MirrorpressError
from convert.pipeline import convert
from convert.profiles import load_profiles

__version__ = "0.1.0"

__all__ = ["Article", "Context", "Metadata", "MirrorpressError", "Note", "Source", "convert", "load_profiles"]
