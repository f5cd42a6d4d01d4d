"""How wide the lines of plain text may be."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, StrictInt

from convert.reading import refused

LEAST_WIDTH = 10
"""Columns; narrower lines would be all exceptions."""


def is_width(columns: int) -> bool:
    """Whether lines can be broken at so many columns; at 0 they are not broken at all."""
    return columns == 0 or columns >= LEAST_WIDTH


def _check_width(width: int) -> int:
    if not is_width(width):
        raise refused("", f"0, or at least {LEAST_WIDTH} columns", "0 breaks no line")
    return width


Width: TypeAlias = Annotated[StrictInt, AfterValidator(_check_width)]
