"""Verify: holds outputs against their source. Shares nothing with the writers but the parsers."""

from __future__ import annotations

from convert.article import Article
from convert.verify.addresses import addresses
from convert.verify.canonical import canonical
from convert.verify.conservation import alignment, conservation, descriptions, han_spaces, invention
from convert.verify.difference import Difference
from convert.verify.marks import marks
from convert.verify.metadata import front_matter
from convert.verify.plain import plain_text
from convert.verify.reading import cmark_gfm, reads_back
from convert.verify.residue import residue
from convert.verify.spacing import spacing

__all__ = [
    "Difference",
    "addresses",
    "alignment",
    "canonical",
    "cmark_gfm",
    "conservation",
    "descriptions",
    "front_matter",
    "han_spaces",
    "invention",
    "marks",
    "plain_text",
    "reads_back",
    "residue",
    "spacing",
    "verify",
]


def verify(
    article: Article, *, markdown: str | None = None, text: str | None = None, thorough: bool = True
) -> list[Difference]:
    """Every check of one article: body and notes against the source, and the given files against the body.

    markdown, text: the files that were written from the article with the default options, where there are any.
    thorough: also hold spaces, line ends, marks and picture descriptions against the source, which takes as long again.
    Returns every difference that was found; none where all is well.
    """
    source = article.source
    laid = alignment(source, article)
    profile = article.profile
    found = [
        *conservation(source, article, laid),
        *invention(source, article, laid),
        *addresses(source, article),
        *han_spaces(source, article),
        *canonical(article.path, article.body),
        *residue(article.path, article.body.inner_html, hosts=profile.trackers, masked=profile.masked_tags),
    ]
    if thorough:
        found += descriptions(source, article)
        found += spacing(source, article, laid)
        found += marks(source, article, laid)
    if markdown is not None:
        found += reads_back(markdown, article)[0]
        found += front_matter(markdown, article)
        found += residue(article.path, markdown, hosts=profile.trackers)
    if text is not None:
        found += plain_text(text, article)
    return found
