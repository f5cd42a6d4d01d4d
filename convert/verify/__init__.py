"""Verify: holds outputs against their source. Shares nothing with the writers but the parsers."""

from __future__ import annotations

from convert.article import Article
from convert.front_matter import OWN, FrontMatter
from convert.verify.addresses import addresses
from convert.verify.book import Book, BookChapter, read_book
from convert.verify.canonical import canonical
from convert.verify.chapter import chapter_body
from convert.verify.conservation import conservation, descriptions, han_spaces, invention
from convert.verify.difference import Difference
from convert.verify.foreign import foreign_file
from convert.verify.marks import marks
from convert.verify.metadata import front_matter
from convert.verify.page import html_file
from convert.verify.plain import plain_text
from convert.verify.reading import Reader, cmark_gfm, reads_back
from convert.verify.record import json_file, texts_of_record
from convert.verify.residue import left_over, residue
from convert.verify.rewritten import Claim, Rewritten
from convert.verify.spacing import spacing
from convert.verify.typeset import typeset_copy
from convert.verify.view import View

__all__ = [
    "Book",
    "BookChapter",
    "Claim",
    "Difference",
    "Rewritten",
    "View",
    "addresses",
    "against_source",
    "canonical",
    "chapter_body",
    "cmark_gfm",
    "conservation",
    "descriptions",
    "foreign_file",
    "front_matter",
    "han_spaces",
    "html_file",
    "invention",
    "json_file",
    "markdown_file",
    "marks",
    "plain_text",
    "read_book",
    "reads_back",
    "residue",
    "spacing",
    "texts_of_record",
    "typeset_copy",
    "verify",
]


def verify(article: Article, *, markdown: str | None = None, text: str | None = None) -> list[Difference]:
    """Every check of one article: body and notes against the source, and the given files against the body.

    markdown, text: the files that were written from the article with the default options, where there are any.
    Returns every difference that was found; none where all is well.
    """
    view = View(article)
    found = against_source(view)
    if markdown is not None:
        found += markdown_file(markdown, view)
    if text is not None:
        found += plain_text(text, view)
    return found


def against_source(view: View, *, thorough: bool = True) -> list[Difference]:
    """Body and notes against the source: text and addresses, and the body against docs/canonical.md.

    thorough: the source's spaces, line ends, marks and picture descriptions as well.
    """
    profile = view.article.profile
    found = [
        *conservation(view),
        *invention(view),
        *addresses(view),
        *han_spaces(view),
        *canonical(view),
        *residue(view.path, view.html, hosts=profile.trackers, masked=profile.masked_tags),
    ]
    return [*found, *descriptions(view), *spacing(view), *marks(view)] if thorough else found


def markdown_file(
    markdown: str,
    view: View,
    *,
    title: bool = False,
    front: bool = True,
    layout: FrontMatter = OWN,
    reader: Reader = cmark_gfm,
) -> list[Difference]:
    """A Markdown file against its article: what an independent reader reads, the front matter, the mirror's residue.

    Every flavour is CommonMark besides what else it is, so that one reader does for all.
    title: whether the file repeats the title as its first heading. front: whether it has front matter, in this layout.
    reader: `Rewritten` for a file whose links and pictures may lead to other files.
    """
    found = reads_back(markdown, view, reader, title=title, front=front)[0]
    if front:
        article = reader.article if isinstance(reader, Rewritten) else view.article
        found += front_matter(markdown, article, layout=layout)
    # What else the mirror put there is no part of the body, and so would have been read back as a difference.
    return found + left_over(view.path, markdown, view.article.profile.trackers)
