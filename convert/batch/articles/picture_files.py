"""Reads pictures, and copies them into the output, in a worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from convert.batch.engines.workers import Worker, reason, worker
from convert.batch.pictures.cache import PictureCache, web_address
from convert.batch.pictures.source import MAX_PICTURE
from convert.catalogue import Output
from convert.catalogue.references import PICTURE, Source
from convert.errors import NoRoomError, SourceError
from convert.files import digest_of

KINDS: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, ".jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, ".png"),
    (b"GIF87a", 0, ".gif"),
    (b"GIF89a", 0, ".gif"),
    (b"WEBP", 8, ".webp"),
    (b"ftypavif", 4, ".avif"),
    (b"BM", 0, ".bmp"),
)
"""What the files of pictures begin with, how far behind their start, and what their names end with."""

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp", ".svg"})
"""The suffixes that tools know pictures by."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture that is to be written: where it comes from, and its path below the output folder."""

    source: str
    path: str


@dataclass(slots=True)
class Copied:
    """What came of a chunk of pictures: files, and by their paths why there are none. ended: as of `Batch`."""

    outputs: list[Output] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    ended: str = ""


def suffix_of(data: bytes) -> str:
    """What files end with that hold such a picture; nothing where it is none that browsers show."""
    found = next((suffix for start, at, suffix in KINDS if data.startswith(start, at)), "")
    return found or (".svg" if b"<svg" in data[:1024] else "")


def read_pictures(sources: Sequence[str]) -> list[Source]:
    """Look at pictures; those that cannot be read are left out."""
    me = worker()
    found = []
    for source in sources:
        file = None if web_address(source) else me.store.about(source)
        data = read_picture(me, source)
        if data is not None:
            size, stamp = (file.size, file.stamp) if file else (0, None)
            found.append(Source(source, size, stamp, digest_of(data), suffix_of(data)))
    return found


def read_picture(me: Worker, source: str) -> bytes | None:
    """A picture's bytes, from the mirror or from those that were fetched; None where there is none."""
    if web_address(source):
        return PictureCache(me.config.picture_cache).get(source)
    try:
        return me.store.read(source, MAX_PICTURE) if me.store.about(source) else None
    except SourceError:
        return None


def copy_pictures(copies: Sequence[Copy]) -> Copied:
    """Write pictures as files."""
    me = worker()
    outbox = me.sink.outbox()
    result = Copied()
    for one in copies:
        data = read_picture(me, one.source)
        if data is None:
            result.failed[one.path] = f"{one.source}: cannot be read any more; the next run looks at it again"
            continue
        try:
            put = outbox.put(one.path, data)
        except NoRoomError as error:
            result.ended = reason(one.path, error)
            break
        except Exception as error:
            result.failed[one.path] = reason(one.path, error)
            continue
        result.outputs.append(Output(one.path, PICTURE, one.path, "", put.size, put.mtime, put.digest))
    for path, refused in outbox.publish().items():
        result.failed[path] = reason(path, refused)
    result.outputs = [
        one._replace(mtime=outbox.stamps.get(one.path, one.mtime))
        for one in result.outputs
        if one.path not in result.failed
    ]
    return result
