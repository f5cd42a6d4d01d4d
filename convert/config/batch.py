"""What config.yaml says of how a run is done."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt

from convert.config.section import Section
from convert.messages import Language
from convert.reading import refused


def _off(value: object) -> object:
    # to YAML a bare `off` is `false`
    return "off" if value is False else value


LEAST_MEMORY = 512
"""Megabytes below which a worker cannot do its ordinary work: Python, the packages, a dozen trees, a book's font."""


_ADDRESS = re.compile(r"[a-z]+://(?:[^\s/:\[\]]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}")


def _check_scheduler(address: object) -> object:
    if address is None or address == "":
        return None
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise refused("", "the address of a Dask scheduler, as in tcp://10.0.0.5:8786, or nothing for a local cluster")
    return address


def _check_memory(megabytes: int) -> int:
    if 0 < megabytes < LEAST_MEMORY:
        raise refused("", f"0, for no limit, or {LEAST_MEMORY} MB or more", "a worker needs that much for its own code")
    return megabytes


class BatchOptions(Section):
    """jobs: worker processes; 0 takes every core. engine: what they belong to, this machine (`local`) or `dask`.

    scheduler: the address of a Dask cluster; None starts one on this machine.
    duplicates: `merge` copies of an article, or `keep` each.
    verify: hold outputs against their sources: those of articles that are converted (`changed`), `all`, none (`off`).
    memory: megabytes of address space that a worker may take; seconds: how long a worker may work on one source.
    0 is no limit for both. prune: whether a run deletes files of earlier runs that nothing asks for any more.
    search: whether a run ends with bringing the index of words up to date.
    lang: the language of the report, and of what a command says that reads this config; None for the locale's.
    """

    jobs: Annotated[StrictInt, Field(ge=0)] = 0
    engine: Literal["local", "dask"] = "local"
    scheduler: Annotated[str | None, BeforeValidator(_check_scheduler)] = None
    duplicates: Literal["merge", "keep"] = "merge"
    verify: Annotated[Literal["off", "changed", "all"], BeforeValidator(_off)] = "changed"
    memory: Annotated[StrictInt, Field(ge=0), AfterValidator(_check_memory)] = 2048
    seconds: Annotated[StrictInt, Field(ge=0)] = 60
    prune: StrictBool = False
    search: StrictBool = False
    lang: Language | None = None
