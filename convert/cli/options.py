"""Options that several commands have, and the config that they change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from convert.config import Config, InputOptions, load_config
from convert.errors import UsageError

ConfigFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The config file; ./config.yaml where there is one, else defaults."),
]
InputFolder: TypeAlias = Annotated[
    Path | None, typer.Option("--input", "-i", help="The mirror, or a folder of mirrors.")
]
OutputFolder: TypeAlias = Annotated[Path | None, typer.Option("--output", "-o", help="The folder to write to.")]
MadeFolder: TypeAlias = Annotated[Path | None, typer.Option("--output", "-o", help="The folder that a run wrote to.")]
Jobs: TypeAlias = Annotated[
    int | None, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 takes every core.")
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]


def settings_of(
    file: Path | None,
    input_: Path | None = None,
    output: Path | None = None,
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
        changes["input"] = InputOptions(path=input_)
    if output is not None:
        changes["output"] = output
    if verify not in (None, "off", "changed", "all"):
        raise UsageError("--verify", f"found {verify!r}", "off, changed or all")
    if engine not in (None, "local", "dask"):
        raise UsageError("--engine", f"found {engine!r}", "local or dask")
    if scheduler and (engine or config.batch.engine) != "dask":
        raise UsageError("--scheduler", "the engine is local", "an engine that has one", "say --engine dask as well")
    asked = {"jobs": jobs, "verify": verify, "engine": engine, "scheduler": scheduler}
    changes["batch"] = config.batch.model_copy(update={name: one for name, one in asked.items() if one is not None})
    return config.model_copy(update=changes)
