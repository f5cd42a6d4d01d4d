"""Verify: holds outputs against their source. Shares nothing with the writers but the parsers."""

from __future__ import annotations

from convert.article import Article
from convert.verify.addresses import addresses
from convert.verify.canonical import canonical
from convert.verify.conservation import conservation, descriptions, han_spaces, invention
from convert.verify.difference import Difference
from convert.verify.marks import marks
from convert.verify.metadata import front_matter
from convert.verify.plain import plain_text
from convert.verify.reading import cmark_gfm, reads_back
from convert.verify.residue import left_over, residue
from convert.verify.spacing import spacing
from convert.verify.view import View

__all__ = [
    "Difference",
    "View",
    "addresses",
    "against_source",
    "canonical",
    "cmark_gfm",
    "conservation",
    "descriptions",
    "front_matter",
    "han_spaces",
    "invention",
    "markdown_file",
    "marks",
    "plain_text",
    "reads_back",
    "residue",
    "spacing",
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


def against_source(view: View) -> list[Difference]:
    """Body and notes against the source: text, addresses, descriptions, spaces, line ends, marks; and the form."""
    profile = view.article.profile
    return [
        *conservation(view),
        *invention(view),
        *addresses(view),
        *descriptions(view),
        *han_spaces(view),
        *spacing(view),
        *marks(view),
        *canonical(view),
        *residue(view.path, view.html, hosts=profile.trackers, masked=profile.masked_tags),
    ]


def markdown_file(markdown: str, view: View, *, title: bool = False, front: bool = True) -> list[Difference]:
    """A Markdown file against its article: what an independent reader reads, the front matter, the mirror's residue.

    title: whether the file repeats the title as its first heading. front: whether it has front matter.
    """
    found = reads_back(markdown, view, title=title, front=front)[0]
    if front:
        found += front_matter(markdown, view.article)
    # What else the mirror put there is no part of the body, and so would have been read back as a difference.
    return found + left_over(view.path, markdown, view.article.profile.trackers)
