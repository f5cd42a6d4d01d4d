"""The command `init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from convert.cli import screen
from convert.cli.single import STDIN, write_result
from convert.errors import NothingToReadError, UsageError
from convert.messages import tr

CONFIG = "config.yaml"
_MADE = "out"


def init(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the articles.", metavar="[FOLDER]")] = Path(),
    output: Annotated[
        str, typer.Option("--output", "-o", help="The config to write; - is the standard output.")
    ] = CONFIG,
    force: Annotated[bool, typer.Option("--force", help="Write over a config that is there.")] = False,
) -> None:
    """Look at a folder of articles, and write a config that fits it."""
    from convert.starting.config import findings, starting_config
    from convert.starting.surveying import survey

    if folder.is_file():
        raise UsageError(str(folder), "this is a file", "a folder", "`mirrorpress convert` takes single files")
    if not folder.exists():
        raise NothingToReadError(str(folder), "there is no such file or folder", "a folder", "check the path")
    file = Path(CONFIG if output == STDIN else output)
    if output != STDIN and file.exists() and not force:
        raise UsageError(output, "there is such a file", "a name that is free", "name another with -o, or say --force")
    made = file.parent / _MADE
    seen = survey(folder, made)
    write_result(starting_config(seen, folder, made, file).encode(), output)
    if output == STDIN:
        return
    screen.say_table(f"{folder.resolve()}", {tr(what): told for what, told in findings(seen).items()})
    config = "" if file.resolve() == Path(CONFIG).resolve() else f" --config {output}"
    screen.say("\n" + tr("{file} is written: look at it, then", file=output))
    screen.say(tr("  {command}   says what a run would do", command=f"mirrorpress run{config} --dry-run"))
    screen.say(f"  mirrorpress run{config}")
