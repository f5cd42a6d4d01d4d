"""The commands and their options.

What only one of them needs is imported in it: a command on a single file starts in half the time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from convert import __version__
from convert.batch.books.one_book import chapter_of, make_book
from convert.cli import outcome, screen, single
from convert.cli.choosing import choose_articles
from convert.cli.completion import InstallCompletion, ShowCompletion, flavours
from convert.cli.completion import formats as known_formats
from convert.cli.examples import show_examples
from convert.cli.init import init
from convert.cli.language import offer
from convert.cli.listing import index, list_
from convert.cli.options import ConfigFile, InputFolder, Jobs, MadeFolder, OutputFolder, Quiet, settings_of
from convert.cli.preview import preview
from convert.cli.running import run
from convert.cli.schedule import schedule
from convert.cli.there import formats, profiles, rules
from convert.errors import SourceError, UsageError
from convert.messages import tr
from convert.stores import Folder
from convert.typesetting import ScriptName, Spacing

app = typer.Typer(
    help="Mirrored news articles into Markdown with YAML front matter, EPUB collections and plain text.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

OutputFile = Annotated[str | None, typer.Option("--output", "-o", help="The file to write; - is the standard output.")]


def _version(wanted: bool) -> None:
    if wanted:
        screen.say(f"mirrorpress {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
    show_completion: ShowCompletion = None,
    install_completion: InstallCompletion = None,
) -> None:
    """Options of the command itself."""


app.command()(run)


@app.command()
def watch(
    config: ConfigFile = None,
    input_: InputFolder = None,
    output: OutputFolder = None,
    jobs: Jobs = None,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look at all files now and then, where no change is told of.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Run, and run again whenever something in the input has changed."""
    from convert.cli.watch import keep_running

    return keep_running(settings_of(config, input_, output, jobs), poll, quiet)


@app.command()
def convert(
    file: Annotated[str, typer.Argument(help="The source; - is the standard input.", metavar="FILE|-")],
    to: Annotated[
        str | None,
        typer.Option("--to", "-t", autocompletion=known_formats, help="The format (`mirrorpress formats` lists them)."),
    ] = None,
    output: OutputFile = None,
    flavour: Annotated[
        str | None,
        typer.Option(
            "--flavour",
            autocompletion=flavours,
            help="The Markdown for a tool: gfm, hugo, jekyll, obsidian, mkdocs, pandoc.",
        ),
    ] = None,
    width: Annotated[int | None, typer.Option("--width", help="Columns of a line of text; 0 breaks none.")] = None,
    script: Annotated[
        ScriptName | None, typer.Option("--script", help="Turn the characters by this configuration of OpenCC.")
    ] = None,
    spacing: Annotated[
        Spacing | None, typer.Option("--spacing", help="pangu puts a space between Han and Latin.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Convert one article."""
    wanted = single.choose_format(to, output)
    given: dict[str, object] = {"width": width, "script": script, "spacing": spacing}
    asked = {name: one for name, one in given.items() if one is not None}
    single.check_asked(asked, wanted)
    settings = single.in_flavour(settings_of(config), wanted, flavour)
    article = single.read_article(file, settings)
    if wanted == "epub":
        root = Path().resolve() if file == single.STDIN else single.Reader(settings).place(Path(file)).root
        data, _ = make_book([chapter_of(article)], article.meta.title or article.source.stem, Folder(root), settings)
    else:
        data = single.render(article, wanted, settings, asked)
    single.write_result(data, output)


@app.command()
def epub(
    output: Annotated[str, typer.Option("--output", "-o", help="The book to write; - is the standard output.")],
    files: Annotated[
        list[str] | None,
        typer.Argument(help="The sources, or patterns of them, in the order of the book.", metavar="FILES"),
    ] = None,
    where: Annotated[
        str,
        typer.Option("--where", metavar="EXPR", help="Only articles that match; without FILES, of the whole input."),
    ] = "",
    title: Annotated[str, typer.Option("--title", help="The book's title; by default the name of its file.")] = "",
    pictures: Annotated[
        Literal["mirror", "fetch", "omit"],
        typer.Option("--pictures", help="From the mirror's own files, from the web too, or none."),
    ] = "mirror",
    config: ConfigFile = None,
) -> int:
    """Make a book of some articles on the spot."""
    settings = settings_of(config)
    chosen = choose_articles(files or [], where, settings)
    name = title or (Path(output).stem if output != "-" else chosen.chapters[0].meta.title)
    data, missing = make_book(chosen.chapters, name, chosen.store, settings, pictures)
    single.write_result(data, output)
    for failure in chosen.failures:
        screen.say_error(failure.reason)
    if pictures == "fetch":
        for line in outcome.missing_lines(missing):
            screen.say_error(line)
    return 1 if chosen.failures else 0


@app.command()
def inspect(
    file: Annotated[str, typer.Argument(help="The source; - is the standard input.", metavar="FILE|-")],
    config: ConfigFile = None,
) -> None:
    """Show an article after every stage, its metadata and its notes."""
    settings = settings_of(config)
    for stage, html, article in single.stages_of(file, settings):
        screen.say(tr("# {stage} (profile {name})", stage=stage, name=article.profile.name))
        screen.say(html)
        screen.say()
    screen.say(f"# {tr('metadata')}")
    for name, value in article.meta.items():
        origin = article.origin.get(name)
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        screen.say(f"{name}: {shown}" + (f"   ({origin})" if origin else ""))
    screen.say(f"\n# {tr('notes')}")
    for note in sorted(article.notes):
        arrow = f" -> {note.to!r}" if note.to else ""
        screen.say(f"{note.kind:<8} {note.rule:<14} {note.text!r}{arrow}")


@app.command()
def notes(
    paths: Annotated[list[Path], typer.Argument(help="Sources, or folders of them.", metavar="PATH...")],
    config: ConfigFile = None,
) -> int:
    """Print every note of some sources, as JSON Lines."""
    from convert.batch.report import note_line

    code = 0
    for article in single.notes_of(paths, settings_of(config)):
        if isinstance(article, SourceError):
            code = 1
            screen.say_error(article.message)
        else:
            screen.put(b"".join(note_line(note) for note in sorted(article.notes)))
    return code


@app.command()
def verify(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Sources, outputs or volumes, folders of them, or any BOOK.epub.", metavar="[PATHS...]"),
    ] = None,
    against: Annotated[
        str, typer.Option("--against", metavar="source", help="What outputs are held against.")
    ] = "source",
    config: ConfigFile = None,
    input_: InputFolder = None,
    output: MadeFolder = None,
    jobs: Jobs = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print differences and errors only.")] = False,
) -> int:
    """Hold the outputs of a run against their sources, or lint a book, and say what differs."""
    from convert.batch.verifying.verification import verify_books, verify_outputs

    if against != "source":
        raise UsageError("--against", f"found {against!r}", "source")
    settings = settings_of(config, input_, output, jobs)
    books, others = single.loose_books(paths or (), settings)
    if books and not others:
        verdict = verify_books(books)
        outcome.show_verdict(verdict, quiet)
        return verdict.exit_code
    if books:
        raise UsageError(str(books[0]), "a book outside of the output folder", "", "verify such books by themselves")
    with screen.progress(quiet) as tell:
        verdict = verify_outputs(settings, paths or (), tell)
    outcome.show_verdict(verdict, quiet)
    return verdict.exit_code


@app.command()
def check(
    config: ConfigFile = None,
    schema: Annotated[
        Literal["config", "profile"] | None,
        typer.Option("--schema", help="Print the JSON Schema of configs or profiles, for editors, and end."),
    ] = None,
) -> None:
    """Check the config and the profiles that it names, and say what is wrong with them."""
    if schema:
        from convert.config.json_schema import as_text

        screen.say(as_text(schema, packaged=True))
        return
    from convert.cli.checking import check_config

    check_config(settings_of(config))


app.command()(init)
app.command()(preview)
app.command()(schedule)
app.command("list")(list_)
app.command()(index)


app.command()(rules)
app.command()(profiles)
app.command()(formats)

show_examples(app)
offer(app)
