"""What every part of the config is made of: a frozen model, and the values that several parts have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import ValidationInfo as Info

from convert.reading import refused


class Section(BaseModel):
    """A part of the config: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def base_of(info: Info) -> Path:
    """The folder that relative paths start from: that of the config file."""
    base = (info.context or {}).get("base")
    return base if isinstance(base, Path) else Path()


def _as_path(value: object, info: Info) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise refused("", "a path")
    return base_of(info) / Path(value).expanduser()


def _as_path_or_none(value: object, info: Info) -> Path | None:
    return None if value is None else _as_path(value, info)


def empty_section(value: object) -> object:
    """The defaults for a section with every line below it commented out, which says nothing."""
    return {} if value is None else value


FilePath: TypeAlias = Annotated[Path, BeforeValidator(_as_path), Field(validate_default=True)]

NoFilePath: TypeAlias = Annotated[Path | None, BeforeValidator(_as_path_or_none)]
"""The same, where there may be nothing."""
