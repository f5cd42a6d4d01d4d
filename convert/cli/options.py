"""Options that several commands have, and the config that they change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import typer
from pydantic import ValidationError

from convert.cli.language import settle
from convert.config import Config, InputOptions, OutputOptions, load_config
from convert.errors import UsageError
from convert.stores import is_address

ConfigFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The config file; ./config.yaml where there is one, else defaults."),
]
InputFolder: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--input", "-i", metavar="DIR", help="The mirror, or a folder of mirrors; an address, as s3://…, too."
    ),
]
OutputFolder: TypeAlias = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="DIR", help="The folder to write to; an address, as s3://…, too."),
]
MadeFolder: TypeAlias = Annotated[Path | None, typer.Option("--output", "-o", help="The folder that a run wrote to.")]
Jobs: TypeAlias = Annotated[
    int | None, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 takes every core.")
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]


def settings_of(
    file: Path | None,
    input_: str | None = None,
    output: str | Path | None = None,
    jobs: int | None = None,
    verify: str | None = None,
    engine: str | None = None,
    scheduler: str | None = None,
) -> Config:
    """The config file named, or ./config.yaml where there is one, or the defaults; with a command's own options.

    Paths of options are relative to the working folder. Raises ConfigError for the file, UsageError for an option.
    """
    beside = Path("config.yaml")
    config = load_config(file or (beside if beside.is_file() else None))
    changes: dict[str, object] = {}
    if input_ is not None:
        changes["input"] = _place("--input", input_, config.input)
    if output is not None:
        changes["output"] = _place("--output", str(output), config.output)
    if verify not in (None, "off", "changed", "all"):
        raise UsageError("--verify", f"found {verify!r}", "off, changed or all")
    if engine not in (None, "local", "dask"):
        raise UsageError("--engine", f"found {engine!r}", "local or dask")
    if scheduler and (engine or config.batch.engine) != "dask":
        raise UsageError("--scheduler", "the engine is local", "an engine that has one", "say --engine dask as well")
    asked = {"jobs": jobs, "verify": verify, "engine": engine, "scheduler": scheduler}
    changes["batch"] = config.batch.model_copy(update={name: one for name, one in asked.items() if one is not None})
    return settle(config.model_copy(update=changes))


Place = TypeVar("Place", InputOptions, OutputOptions)


def _place(option: str, given: str, before: Place) -> Place:
    """What an option says of the input or output, in place of the config: a path, or an address.

    An address is opened as the config's own, where that is of the same kind; and the config's folder stays what the
    catalogue of an output lies in.
    """
    said: dict[str, object] = {"path": given}
    if is_address(given):
        same = before.remote is not None and given.startswith(f"{before.remote.protocol}://")
        said = {"address": given, "options": before.options if same else {}}
        if isinstance(before, OutputOptions):
            said["path"] = before.path
    try:
        return type(before).model_validate(said)
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        raise UsageError(option, f"found {given!r}", context.get("expected", ""), context.get("todo", "")) from None
