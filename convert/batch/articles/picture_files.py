"""Reads pictures, and copies them into the output, in a worker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from convert.batch.articles.publishing import unpublished
from convert.batch.engines.pool import chunked
from convert.batch.engines.workers import Worker, reason, worker
from convert.batch.pictures.cache import PictureCache, web_address
from convert.batch.pictures.source import MAX_PICTURE, OwnPictures
from convert.catalogue import Output
from convert.catalogue.references import PICTURE, Source
from convert.emit.epub.pictures import sniff
from convert.errors import NoRoomError, SourceError
from convert.files import digest_of

KINDS = MappingProxyType(
    {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "AVIF": ".avif", "BMP": ".bmp"}
)
"""The formats that browsers show besides SVG, as `sniff` names them, and what the names of such files end with."""

SUFFIXES = frozenset({*KINDS.values(), ".jpeg", ".svg"})
"""The suffixes that tools know pictures by."""

_BEFORE_SVG = re.compile(
    rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+(?:[\w.-]+:)?svg\b[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_SVG = re.compile(rb"<(?:[\w.-]+:)?svg[\s/>]")


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture that is to be written: where it comes from, and its path below the output folder.

    size: its bytes. digest: theirs. held: another file of the output with just these; nothing where there is none.
    """

    source: str
    path: str
    size: int = 0
    digest: bytes = b""
    held: str = ""


@dataclass(slots=True)
class Copied:
    """What came of a chunk of pictures: files, and by their paths why there are none. ended: as of `Batch`."""

    outputs: list[Output] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    ended: str = ""


def portions(copies: Sequence[Copy], jobs: int) -> Iterator[Sequence[Copy]]:
    """Cut pictures into chunks, none with more bytes than one picture may have.

    Where the output is at an address, a worker holds a whole chunk.
    """
    for chunk in chunked(copies, jobs):
        some: list[Copy] = []
        size = 0
        for one in chunk:
            if some and size + one.size > MAX_PICTURE:
                yield some
                some, size = [], 0
            some.append(one)
            size += one.size
        yield some


def suffix_of(data: bytes) -> str:
    """What files end with that hold such a picture; nothing where it is none that browsers show."""
    if name := sniff(data):
        return KINDS.get(name, "")
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while found := _BEFORE_SVG.match(data, at):
        at = found.end()
    return ".svg" if _SVG.match(data, at) else ""


def read_pictures(sources: Sequence[str]) -> list[Source]:
    """Look at pictures; those that are not there are left out, and those that cannot be read have no digest."""
    me = worker()
    own, cache = OwnPictures(me.store, me.config.output), PictureCache(me.config.picture_cache)
    found = []
    for source in sources:
        if web_address(source):
            size, stamp, data = 0, None, cache.get(source)
        else:
            file = own.about(source)
            if file is None:
                continue
            _, size, stamp = file
            try:
                data = own.read(source)
            except SourceError:
                found.append(Source(source, size, stamp, b"", ""))
                continue
        if data is not None:
            found.append(Source(source, size or len(data), stamp, digest_of(data), suffix_of(data)))
    return found


def aside(address: str, digest: bytes) -> str:
    """Under which address the cache keeps a picture as it was first had, when that is about to be written over.

    No picture has such an address: nobody is asked for fragments.
    """
    return f"{address}#{digest.hex()}"


def copy_pictures(copies: Sequence[Copy]) -> Copied:
    """Write pictures as files."""
    me = worker()
    outbox = me.sink.outbox()
    result = Copied()
    for one in copies:
        try:
            data = _read(me, one)
            if data is None:
                result.failed[one.path] = f"{one.source}: cannot be read any more; the next run looks at it again"
                continue
            put = outbox.put(one.path, data)
        except NoRoomError as error:
            result.ended = reason(one.path, error)
            break
        except Exception as error:
            result.failed[one.path] = reason(one.path, error)
            continue
        result.outputs.append(Output(one.path, PICTURE, one.path, "", put.size, put.mtime, put.digest))
    lacking, ended = unpublished(outbox.publish(), ((one.path, [one.path]) for one in result.outputs))
    result.ended = result.ended or ended
    result.failed.update({path: told for path, told in lacking.items() if told})
    result.outputs = [
        one._replace(mtime=outbox.stamps.get(one.path, one.mtime)) for one in result.outputs if one.path not in lacking
    ]
    return result


def _read(me: Worker, one: Copy) -> bytes | None:
    """A picture's bytes; one from the web as it was first had, wherever that is; None where there is none.

    Raises SourceError.
    """
    if not web_address(one.source):
        return OwnPictures(me.store, me.config.output).read(one.source)
    cache = PictureCache(me.config.picture_cache)
    for address in (one.source, aside(one.source, one.digest)):
        data = cache.get(address)
        if data is not None and digest_of(data) == one.digest:
            return data
    data = me.sink.read(one.held, MAX_PICTURE) if one.held else None
    return data if data is not None and digest_of(data) == one.digest else None
