"""The command `preview`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convert import __version__
from convert.article import Article
from convert.cli import screen, single
from convert.cli.options import ConfigFile, settings_of
from convert.config import Config
from convert.errors import SourceError, UsageError
from convert.messages import spoken, tr, trn

if TYPE_CHECKING:
    from convert.preview import Shown

PAGE = "preview.html"
MOST = 50


def preview(
    files: Annotated[
        list[str],
        typer.Argument(help="Sources, or folders of them; - is the standard input.", metavar="FILE|FOLDER...|-"),
    ],
    output: Annotated[str, typer.Option("--output", "-o", help="The page to write; - is the standard output.")] = PAGE,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show the first so many sources.")] = MOST,
    config: ConfigFile = None,
) -> int:
    """Show articles beside their sources, with every note at its place, as one page for a browser."""
    from convert.preview import Shown, page
    from convert.report.figures import articles as counted

    if show and output == single.STDIN:
        raise UsageError("--open", "the page goes to the standard output", "a file", "name one with -o")
    settings = settings_of(config)
    if output != single.STDIN:
        _refuse_among_sources(Path(output), files, settings)
    articles, total = _read(files, limit, settings)
    results = [_shown(one, settings) if isinstance(one, Article) else one for one in articles]
    single.write_result(page(results, _name_of(files), total, __version__, spoken()), output)
    failed = [one for one in results if isinstance(one, SourceError)]
    for error in failed:
        screen.say_error(error.message)
    if output != single.STDIN:
        shown = [one for one in results if isinstance(one, Shown)]
        of = tr("{some} of {total:,}", some=counted(len(shown)), total=total) if total > len(results) else ""
        notes = sum(len(one.notes) for one in shown)
        told = trn(
            "{articles}, {number:,} note", "{articles}, {number:,} notes", notes, articles=of or counted(len(shown))
        )
        screen.say(f"{output}: {told}")
    if show:
        import webbrowser

        webbrowser.open(Path(output).resolve().as_uri())
    return 1 if failed else 0


def _name_of(files: Sequence[str]) -> str:
    """What the page is about."""
    first = tr("standard input") if files[0] == single.STDIN else Path(files[0]).resolve().name or files[0]
    return tr("{names} and {count:,} more", names=first, count=len(files) - 1) if len(files) > 1 else first


def _refuse_among_sources(page: Path, files: Sequence[str], config: Config) -> None:
    """Refuse to write the page where the next run would take it for a source. Raises UsageError."""
    full, made = page.resolve(), config.output.path.resolve()
    inputs = [single.input_folder(config), *(Path(file).resolve() for file in files if Path(file).is_dir())]
    if made not in full.parents and any(one and one in full.parents for one in inputs):
        todo = f"name one elsewhere, as in -o {config.output.path / PAGE}"
        raise UsageError(str(page), "this is among the sources", "a file outside of the input", todo)


def _read(names: Sequence[str], limit: int, config: Config) -> tuple[Sequence[Article | SourceError], int]:
    """The articles of a file, or of the first sources in several files and folders, and how many sources there are."""
    if len(names) == 1 and not Path(names[0]).is_dir():
        return [single.read_article(names[0], config)], 1
    if single.STDIN in names:
        raise UsageError(single.STDIN, "the standard input beside other sources", "it alone", "name files only")
    reader = single.Reader(config)
    places = single.sources_of([Path(name) for name in names], reader, config)
    return list(single.converted(places[:limit], reader)), len(places)


def _shown(article: Article, config: Config) -> Shown:
    """An article with its outputs, as the config has them written."""
    from convert.preview import show

    markdown, text = (single.render(article, name, config).decode("utf-8") for name in ("markdown", "text"))
    return show(article, markdown, text)
