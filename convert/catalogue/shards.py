"""What the catalogue knows of the files of the dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from sys import intern
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
    """What the plan of a dataset keeps of an article; they sort in the order of the rows.

    day: its date, behind all others where it has none. aliases: its copies, as JSON. content: a digest of its source's
    bytes. depends: what else it was made from.
    """

    day: str
    path: str
    aliases: str
    content: bytes
    depends: str


_TOLD = ("publisher", "lang", "channel", "date")


def parts(catalogue: Catalogue) -> Iterator[tuple[Part, Metadata]]:
    """Every article, with as much of its metadata as paths may name. Nothing may be written meanwhile."""
    columns = ", ".join(["path", "aliases", "content", "depends", *_TOLD])
    for path, aliases, content, depends, *values in catalogue.connection.execute(
        f"SELECT {columns} FROM article ORDER BY name"
    ):
        facts = {name: fact(name, value) for name, value in zip(_TOLD, values, strict=True) if value is not None}
        yield (
            Part(str(facts.get("date", "undated")), path, intern(aliases), content, intern(depends)),
            Metadata(**facts),
        )


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
