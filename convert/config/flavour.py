"""Which dialects of Markdown there are."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, StrictStr

from convert.emit.escapes import INLINE as FLAVOURS
from convert.errors import nearest
from convert.reading import refused


def _check_flavour(name: str) -> str:
    if name not in FLAVOURS:
        raise refused("", f"one of {', '.join(FLAVOURS)}", nearest(name, FLAVOURS))
    return name


Flavour: TypeAlias = Annotated[StrictStr, AfterValidator(_check_flavour)]
