"""What config.yaml may say of the dataset."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StrictStr

from convert.config.flavour import Flavour
from convert.config.section import Section
from convert.emit.dataset import SUFFIXES, suffix_of
from convert.errors import ConfigError
from convert.names import PathTemplate
from convert.reading import refused

SHARED = ("date", "publisher", "channel", "lang")
"""Fields of a path that many articles have the same value of."""


def _check_path(text: str) -> str:
    try:
        template = PathTemplate.parse(text)
    except ConfigError as error:
        raise refused(error.found, error.expected, error.todo) from None
    if not suffix_of(text):
        raise refused(f"{text!r} ends in no kind of file", f"one of {', '.join(SUFFIXES)}")
    for _, name, _ in template.pieces:
        if name and name not in SHARED:
            choices = ", ".join(f"{{{one}}}" for one in SHARED)
            raise refused(f"{{{name}}} gives every article a file", choices, "as in dataset/{date:%Y-%m}.jsonl")
    return text


class DatasetOptions(Section):
    """JSON Lines or Parquet, with many articles in each file.

    path: the template of the files' paths; its end says which kind they are. flavour: of the Markdown in them.
    """

    path: Annotated[StrictStr, AfterValidator(_check_path)] = "dataset/{date:%Y-%m}.jsonl"
    flavour: Flavour = "gfm"
