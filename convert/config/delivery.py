"""What config.yaml says of the way to a reader: the feed, and the folders that volumes are delivered to."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StrictBool, StrictStr

from convert.config.section import FilePath, Section, empty_section
from convert.names import safe_path
from convert.reading import refused


def _check_feed_file(file: str) -> str:
    if safe_path(file) != file or not file.endswith(".xml"):
        raise refused("", "a path below the output folder that ends in .xml", "as in epub/feed.xml")
    return file


def on_or_off(value: object) -> object:
    """`feed: false` switches it off; a section without a line in it says nothing."""
    return None if value is False else empty_section(value)


class FeedOptions(Section):
    """file: the path of the OPDS feed below the output folder, ending in `.xml`. title: what readers call it."""

    file: Annotated[StrictStr, AfterValidator(_check_feed_file)] = "epub/feed.xml"
    title: StrictStr = "Mirrorpress"


def just_a_folder(value: object) -> object:
    """An entry of `deliver` that is a path has no further options."""
    return {"to": value} if isinstance(value, str) else value


class DeliverOptions(Section):
    """to: a folder that volumes are copied into. only: a glob pattern of their paths. flat: without their folders."""

    to: FilePath
    only: StrictStr = "*"
    flat: StrictBool = True
