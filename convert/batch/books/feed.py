"""The OPDS feed beside the volumes, and the covers that it shows."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from convert.batch.summary import Failure, Summary
from convert.catalogue import Output
from convert.config import Config
from convert.emit.epub import About
from convert.emit.epub.cover import HEIGHT
from convert.emit.epub.metadata import Person
from convert.emit.epub.pictures import Level, prepare
from convert.emit.opds import Listing, pages, pages_needed
from convert.errors import NoRoomError, OutputError
from convert.names import OutputNames
from convert.sinks import Sink, write

COVERS = "covers"
"""The folder beside a volume that its cover lies in; the small one is in `small` below it."""

# A quarter and an eighth of the cover: a JPEG decoder gives these sizes without decoding the whole (DCT scaling).
_IMAGE, _THUMBNAIL = Level(HEIGHT // 4, 80), Level(HEIGHT // 8, 75)


def list_volume(sink: Sink, file: str, data: bytes, about: About, cover: bytes) -> tuple[Listing, tuple[Output, ...]]:
    """Write a volume's cover in two sizes, and say what a feed needs to know of the volume; returns the files too.

    sink: the output. file: the volume's path there; data: its bytes; cover: a JPEG, or no bytes.
    Raises OutputError where a picture cannot be written.
    """
    outputs = []
    # Volumes' names differ, so that these do too.
    folder, slash, name = file.rpartition("/")
    for form, inner, level in (("cover", COVERS, _IMAGE), ("thumbnail", f"{COVERS}/small", _THUMBNAIL)):
        if cover:
            path = f"{folder}{slash}{inner}/{name.removesuffix('.epub')}.jpg"
            written = write(sink, path, prepare(cover, level).data)
            outputs.append(Output(file, form, path, "", written.size, written.mtime, written.digest))
    return Listing(file, len(data), about, *(one.path for one in outputs)), tuple(outputs)


def listing_to(listing: Listing | None) -> str:
    """What the catalogue keeps of a listing: JSON, or nothing."""
    return json.dumps(asdict(listing), ensure_ascii=False, default=str) if listing else ""


def listing_from(text: str) -> Listing | None:
    """The listing that `listing_to` wrote."""
    if not text:
        return None
    data = json.loads(text)
    about: dict[str, Any] = data.pop("about")
    about = {key: tuple(value) if isinstance(value, list) else value for key, value in about.items()}
    for key in ("creators", "contributors"):
        about[key] = tuple(Person(**one) for one in about[key])
    about["modified"] = datetime.datetime.fromisoformat(about["modified"])
    return Listing(about=About(**about), **data)


def write_feed(
    config: Config, sink: Sink, listings: Sequence[Listing], taken: Callable[[], OutputNames], summary: Summary
) -> list[Output]:
    """Write the feed of these volumes, where the config has one and there are volumes; what fails is in `summary`.

    Returns its files.

    taken: gives the names that other outputs have taken, for the further pages of a long feed; that of the first was
    reserved.
    """
    outputs: list[Output] = []
    if config.feed is None or not listings:
        return outputs
    first = config.feed.file
    stem = first.removesuffix(".xml")
    count = pages_needed(len(listings))
    files = [first, *(taken().settle(f"{stem}-{number}.xml", first) for number in range(2, count + 1))]
    try:
        # From the last page to the first: no page ever names one that is not there yet.
        for path, data in reversed(pages(config.feed.title, files, listings)):
            written = write(sink, path, data)
            outputs.append(Output("", path, path, "", written.size, written.mtime, written.digest))
    except NoRoomError as error:
        summary.stopped = error.message.replace(f"{sink.told}/", "")
    except OutputError as error:
        summary.failures.append(Failure(first, error.message))
    return outputs
