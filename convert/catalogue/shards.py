"""What the catalogue knows of the files of the dataset."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from convert.article import Metadata
from convert.catalogue.catalogue import Catalogue
from convert.catalogue.rows import Output, fact


class Shard(NamedTuple):
    """A file of the dataset as it was last written.

    fingerprint: a digest of all that it was made from; empty where it has to be made again in any case.
    articles: how many rows it has.
    """

    file: str
    fingerprint: bytes
    articles: int


class Part(NamedTuple):
    """What the plan of a dataset needs to know of an article.

    content: a digest of its source's bytes. depends: what else it was made from. meta: as far as paths tell it.
    """

    path: str
    aliases: tuple[str, ...]
    content: bytes
    depends: str
    meta: Metadata


_TOLD = ("publisher", "lang", "channel", "date")


def parts(catalogue: Catalogue) -> Iterator[Part]:
    """Every article, in the order of their names. Nothing may be written meanwhile."""
    columns = ", ".join(["path", "aliases", "content", "depends", *_TOLD])
    for path, aliases, content, depends, *values in catalogue.connection.execute(
        f"SELECT {columns} FROM article ORDER BY name"
    ):
        facts = {name: fact(name, value) for name, value in zip(_TOLD, values, strict=True) if value is not None}
        copies = () if aliases == "[]" else tuple(json.loads(aliases))
        yield Part(path, copies, content, depends, Metadata(**facts))


def shards(catalogue: Catalogue) -> dict[str, Shard]:
    """Every file of the dataset, by its name."""
    return {row[0]: Shard._make(row) for row in catalogue.connection.execute("SELECT * FROM shard")}


def put_shard(catalogue: Catalogue, shard: Shard, output: Output) -> None:
    """Keep a file that was written."""
    catalogue.connection.execute("INSERT OR REPLACE INTO shard VALUES (?, ?, ?)", shard)
    catalogue.put_outputs(shard.file, [output])


def forget_shards(catalogue: Catalogue, files: Iterable[str]) -> None:
    """Forget files that the plan does not know any more; they are left over."""
    for file in files:
        catalogue.put_outputs(file, ())
        catalogue.connection.execute("DELETE FROM shard WHERE file = ?", (file,))
