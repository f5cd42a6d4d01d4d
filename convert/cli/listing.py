"""The commands `list`, which asks the catalogue, and `index`, which makes it searchable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from convert.cli import screen
from convert.cli.completion import kinds
from convert.cli.options import ConfigFile, Jobs, MadeFolder, Quiet, settings_of
from convert.errors import UsageError, nearest
from convert.messages import tr, trn
from convert.where import parse_where

if TYPE_CHECKING:
    from convert.catalogue import Catalogue
    from convert.catalogue.asking import Question
    from convert.catalogue.words import Word

SNIPPET = "snippet"
"""The column that shows where a search found its words."""


def list_(
    what: Annotated[
        str,
        typer.Argument(
            help="articles, outputs, volumes, sources, failures, notes, leftovers or runs.",
            metavar="[WHAT]",
            autocompletion=kinds,
        ),
    ] = "articles",
    where: Annotated[
        str, typer.Option("--where", metavar="EXPR", help="Only articles that match, or what belongs to them.")
    ] = "",
    search: Annotated[
        str | None,
        typer.Option(
            "--search", metavar="WORDS", help='Only articles with all these words; "a phrase", -without this one.'
        ),
    ] = None,
    format_: Annotated[
        Literal["table", "json", "csv"], typer.Option("--format", "-f", help="How they are printed.")
    ] = "table",
    sort: Annotated[
        str, typer.Option("--sort", metavar="COLUMN", help="Sort by a column, with - before it the other way round.")
    ] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="The first so many only.")] = None,
    columns: Annotated[
        str, typer.Option("--columns", metavar="A,B,C", help="The columns, in this order; of json and csv all.")
    ] = "",
    config: ConfigFile = None,
    output: MadeFolder = None,
) -> None:
    """List what the catalogue of an output folder knows."""
    from convert.catalogue import CATALOGUE, read_catalogue
    from convert.catalogue.asking import choose
    from convert.catalogue.search import Index
    from convert.catalogue.words import parse_words
    from convert.cli import tabular

    question = _question(what, columns, sort, limit, format_, bool(where) or search is not None, search is not None)
    condition = parse_where(where, "--where") if where else None
    words = () if search is None else parse_words(search)
    with read_catalogue(settings_of(config, output=output).output.path / CATALOGUE) as catalogue:
        found = None
        if words:
            found = Index(catalogue).find(words)
            _tell_waiting(Index(catalogue).count_waiting())
        if question.chosen:
            choose(catalogue, condition, found)
        count = tabular.show(format_, question, _rows(catalogue, question, words), words)
    if not count:
        none = tr("no {what} match") if question.chosen else tr("there are no {what}")
        screen.say_error(none.format(what=tr(what)))


def _question(
    what: str, columns: str, sort: str, limit: int | None, format_: str, chosen: bool, searched: bool
) -> Question:
    """What is asked. Raises UsageError for kinds and columns that there are not."""
    from convert.catalogue.asking import KINDS, Question, check_columns

    if what not in KINDS:
        raise UsageError("mirrorpress list", f"found {what!r}", f"one of {', '.join(KINDS)}", nearest(what, KINDS))
    kind = KINDS[what]
    if chosen and not kind.name:
        able = ", ".join(name for name, one in KINDS.items() if one.name)
        option = "--search" if searched else "--where"
        raise UsageError(option, f"{what} cannot be chosen so", f"one of {able}", "leave it out, or list another kind")
    snippets = (SNIPPET,) if searched and what == "articles" else ()
    if columns:
        names = tuple(name.strip() for name in columns.split(",") if name.strip())
    elif format_ == "table":
        names = ("date", "title", "path", SNIPPET) if snippets else kind.shown
    else:
        names = (*kind.columns, *snippets)
    check_columns(what, (name for name in names if name not in snippets), "--columns")
    check_columns(what, (name for name in [sort.removeprefix("-")] if sort), "--sort")
    return Question(what, names, sort, limit, chosen)


def _rows(catalogue: Catalogue, question: Question, words: tuple[Word, ...]) -> Iterator[tuple[Any, ...]]:
    """The rows of the answer, with a piece of each article's text where that is a column."""
    from dataclasses import replace

    from convert.catalogue.asking import answers
    from convert.catalogue.search import Index
    from convert.catalogue.words import pattern_of, snippet

    if SNIPPET not in question.columns:
        yield from answers(catalogue, question)
        return
    index, pattern = Index(catalogue), pattern_of(words)
    asked = [name for name in question.columns if name != SNIPPET]
    for *values, name in answers(catalogue, replace(question, columns=(*asked, "name"))):
        known = dict(zip(asked, values, strict=True)) | {SNIPPET: snippet(index.body(name), pattern)}
        yield tuple(known[column] for column in question.columns)


def _tell_waiting(count: int) -> None:
    if count:
        told = trn(
            "{number:,} article is not in the index as of the last run; `mirrorpress index` takes it in",
            "{number:,} articles are not in the index as of the last run; `mirrorpress index` takes them in",
            count,
        )
        screen.say_error(f"--search: {told}")


def index(
    force: Annotated[bool, typer.Option("--force", help="Make it anew, with every article.")] = False,
    config: ConfigFile = None,
    output: MadeFolder = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> int:
    """Make the index that `list --search` asks, or bring it up to date."""
    from convert.batch.indexing import index as bring_up_to_date
    from convert.cli.stopping import stopping

    settings = settings_of(config, output=output, jobs=jobs)
    with screen.progress(quiet) as tell, stopping(quiet) as stop:
        result = bring_up_to_date(settings, force, tell, lambda: bool(stop()))
        signal = stop()
    for failure in result.failures:
        screen.say_error(failure.reason)
    if result.changed:
        told = trn(
            "{number:,} article has changed after the last run; `mirrorpress run`, then again",
            "{number:,} articles have changed after the last run; `mirrorpress run`, then again",
            result.changed,
        )
        screen.say_error(told)
    if not quiet:
        told = tr("indexed {articles:,} articles: {taken:,} taken in", articles=result.articles, taken=result.taken)
        screen.say(told + (tr(", {count:,} taken out", count=result.gone) if result.gone else ""))
    return 128 + signal if signal else int(bool(result.failures or result.changed))
