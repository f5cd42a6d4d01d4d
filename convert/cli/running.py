"""The command `run`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from convert import __version__
from convert.cli import outcome, screen
from convert.cli.completion import engines, verifications
from convert.cli.options import ConfigFile, InputFolder, Jobs, OutputFolder, Quiet, settings_of
from convert.cli.stopping import stopping
from convert.config import Config
from convert.errors import MirrorpressError

if TYPE_CHECKING:
    from convert.batch.run import Options


def run(
    config: ConfigFile = None,
    input_: InputFolder = None,
    output: OutputFolder = None,
    jobs: Jobs = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="local|dask", autocompletion=engines, help="Where the workers are."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="The Dask cluster to work on; without it, a local one."),
    ] = None,
    notes: Annotated[Path | None, typer.Option("--notes", help="Write every note to this file, as JSON Lines.")] = None,
    verify: Annotated[
        str | None,
        typer.Option(
            "--verify",
            metavar="off|changed|all",
            autocompletion=verifications,
            help="Which outputs are held against the source.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Take the first so many sources only.")] = None,
    only: Annotated[str, typer.Option("--only", metavar="GLOB", help="Take sources whose path matches only.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Convert and build everything, changed or not.")] = False,
    prune: Annotated[
        bool | None,
        typer.Option("--prune/--no-prune", help="Delete files of earlier runs that nothing asks for any more."),
    ] = None,
    no_deliver: Annotated[
        bool, typer.Option("--no-deliver", help="Copy no volume into a folder of `deliver`.")
    ] = False,
    log: Annotated[
        Literal["plain", "json"], typer.Option("--log", help="How the run tells what it does: as JSON, for programs.")
    ] = "plain",
    quiet: Quiet = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Count the notes of every rule, name volumes.")
    ] = False,
) -> int:
    """Convert what has changed in the input folder, and make the volumes."""
    from convert.batch.run import Options
    from convert.batch.run import run as run_batch

    started = time.monotonic()
    settings = settings_of(config, input_, output, jobs, verify, engine, scheduler)
    pruned = settings.batch.prune if prune is None else prune
    options = Options(notes, only, limit, dry_run, force, pruned)
    if no_deliver:
        settings = settings.model_copy(update={"deliver": ()})
    if log == "json":
        return _logged(settings, options, quiet)
    with screen.progress(quiet) as tell, stopping(quiet) as stop:
        summary = run_batch(settings, options, tell, stop, (lambda _: None) if quiet else screen.say_error)
    outcome.show_summary(summary, time.monotonic() - started, quiet, verbose)
    return summary.exit_code


def _logged(config: Config, options: Options, quiet: bool) -> int:
    """A run that tells what it does in lines of JSON on the standard error."""
    from convert.batch.run import run as run_batch
    from convert.cli import journal

    started = time.monotonic()
    journal.write("begin", input=config.input.told, output=config.output.told, version=__version__)
    try:
        with stopping(quiet=True) as stop:
            if quiet:
                summary = run_batch(config, options, stop=stop)
            else:
                summary = run_batch(config, options, journal.progress(), stop, journal.updating)
    except MirrorpressError as error:
        journal.error(error)
        return error.exit_code
    journal.summary(summary, time.monotonic() - started)
    return summary.exit_code
