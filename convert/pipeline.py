"""One source through the stages. No I/O: everything that a stage needs comes in its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from convert.article import Article, Context, Source
from convert.clean import clean
from convert.enrich import enrich
from convert.parse import parse


def convert(source: Source, context: Context) -> Article:
    """Take one source through parse, clean and enrich.

    Returns the article with canonical HTML as its body (docs/canonical.md), its metadata and every note.
    Raises SourceError for a source that cannot be converted, RuleError where a rule or step raises.
    """
    return enrich(clean(parse(source, context), context), context)


def stages(source: Source, context: Context) -> Iterator[tuple[str, Article]]:
    """The same, yielding (stage name, article) after each stage; the article is one object that goes on changing."""
    article = parse(source, context)
    yield "parse", article
    yield "clean", clean(article, context)
    yield "enrich", enrich(article, context)
