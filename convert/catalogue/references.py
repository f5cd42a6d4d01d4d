"""What the catalogue knows of links between articles, of pictures, and of what stands in their place in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from convert.catalogue.catalogue import Catalogue
from convert.catalogue.rows import Outcome, Output, Reference, storable

PICTURE = "picture"
"""The format of the files that pictures are copied to; the owner of each is its own path."""


class Source(NamedTuple):
    """A picture as it was last read.

    source: its path below the input, or its address on the web. size, stamp: how that file was, 0 and nothing for one
    from the web. digest: of its bytes. suffix: what files of its kind end with; empty where it is no picture.
    """

    source: str
    size: int
    stamp: int | str | None
    digest: bytes
    suffix: str


class Place(NamedTuple):
    """An article as links see it: its own name, its source, its Markdown file."""

    name: str
    path: str
    file: str


_REFERENCE = ", ".join(Reference._fields)


def put_references(catalogue: Catalogue, outcomes: Sequence[Outcome]) -> None:
    """Keep what the bodies of articles refer to in place of what was known of it."""
    ask = catalogue.connection
    ask.executemany("DELETE FROM reference WHERE name = ?", ((one.name,) for one in outcomes))
    rows = (tuple(map(storable, row)) for one in outcomes for row in one.references)
    ask.executemany(f"INSERT OR REPLACE INTO reference ({_REFERENCE}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def references(catalogue: Catalogue, *kinds: str) -> Iterator[Reference]:
    """What articles refer to, of these kinds, sorted by the articles' names. Nothing may be written meanwhile."""
    marks = ", ".join("?" * len(kinds))
    rows = catalogue.connection.execute(
        f"SELECT {_REFERENCE} FROM reference WHERE kind IN ({marks}) ORDER BY name, kind, address", kinds
    )
    return map(Reference._make, rows)


def pictures_shown(catalogue: Catalogue) -> set[str]:
    """The pictures that articles show: their paths below the input, or addresses on the web."""
    rows = catalogue.connection.execute("SELECT DISTINCT id FROM reference WHERE kind = ?", (PICTURE,))
    return {source for (source,) in rows}


def rewritten(catalogue: Catalogue, names: Iterable[str]) -> dict[str, list[Reference]]:
    """Of some articles, by their names, the references that are written otherwise than they stand in the body."""
    found: dict[str, list[Reference]] = {}
    for name in names:
        rows = catalogue.connection.execute(
            f"SELECT {_REFERENCE} FROM reference WHERE name = ? AND target <> ''", (name,)
        ).fetchall()
        if rows:
            found[name] = [Reference._make(row) for row in rows]
    return found


def count_rewritten(catalogue: Catalogue, kind: str) -> int:
    """How many references of a kind are written otherwise than they stand in the body."""
    rows = catalogue.connection.execute("SELECT count(*) FROM reference WHERE kind = ? AND target <> ''", (kind,))
    return int(rows.fetchone()[0])


def forget_references(catalogue: Catalogue, *, all_of_them: bool = False) -> None:
    """Forget the references of articles that are no more, or of all."""
    where = "" if all_of_them else " WHERE name NOT IN (SELECT name FROM article)"
    catalogue.connection.execute(f"DELETE FROM reference{where}")


def put_rewritten(catalogue: Catalogue, written: Sequence[Reference], output: Output) -> None:
    """Keep what an article's Markdown file says now. written: all of its references that are links or pictures."""
    catalogue.connection.executemany(
        "UPDATE reference SET target = ?, wiki = ? WHERE name = ? AND kind = ? AND address = ?",
        ((one.target, one.wiki, one.name, one.kind, one.address) for one in written),
    )
    catalogue.connection.execute(
        "UPDATE output SET size = ?, mtime = ?, digest = ? WHERE owner = ? AND format = ?",
        (output.size, output.mtime, output.digest, output.owner, output.format),
    )


_PLACES = (
    "SELECT article.name, article.path, output.path FROM article"
    " JOIN output ON output.owner = article.name AND output.format = 'markdown'"
)


def places(catalogue: Catalogue) -> dict[str, Place]:
    """Every article that refers to something, by its name."""
    rows = catalogue.connection.execute(f"{_PLACES} WHERE article.name IN (SELECT name FROM reference)")
    return {row[0]: Place._make(row) for row in rows}


def place_of(catalogue: Catalogue, name: str) -> Place | None:
    """An article by its name, whether it refers to something or not."""
    row = catalogue.connection.execute(f"{_PLACES} WHERE article.name = ?", (name,)).fetchone()
    return Place._make(row) if row else None


def leads(catalogue: Catalogue) -> dict[tuple[str, str], list[Place]]:
    """The articles that links lead to, by publisher and id, those of one sorted by name: where copies are kept.

    Which article it is, its source says: the metadata may have another id.
    """
    found: dict[tuple[str, str], list[Place]] = {}
    rows = catalogue.connection.execute(
        "SELECT source.publisher, source.id, article.name, article.path, output.path FROM article"
        " JOIN source ON source.path = article.path"
        " JOIN output ON output.owner = article.name AND output.format = 'markdown'"
        " WHERE source.id <> '' AND (source.publisher, source.id) IN"
        " (SELECT publisher, id FROM reference WHERE kind = 'link') ORDER BY article.name"
    )
    for publisher, id_, *place in rows:
        found.setdefault((publisher, id_), []).append(Place._make(place))
    return found


def owners(catalogue: Catalogue) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every Markdown file of an article whose address is known, with its publisher and id."""
    rows = catalogue.connection.execute(
        "SELECT output.path, source.publisher, source.id FROM output JOIN article ON article.name = output.owner"
        " JOIN source ON source.path = article.path WHERE output.format = 'markdown' AND source.id <> ''"
    )
    return ((path, (publisher, id_)) for path, publisher, id_ in rows)


def job_row(catalogue: Catalogue, name: str) -> tuple[str, str, bytes, str]:
    """Source, copies as JSON, digest of the source, and what else it was made from, of an article."""
    row = catalogue.connection.execute("SELECT path, aliases, content, depends FROM article WHERE name = ?", (name,))
    found: tuple[str, str, bytes, str] = row.fetchone()
    return found


def put_differing(catalogue: Catalogue, name: str, count: int, told: str) -> None:
    """Keep that an article's file is not what its source says, so that the next run makes it again."""
    catalogue.connection.execute("UPDATE article SET differs = ?, differences = ? WHERE name = ?", (count, told, name))


# --- pictures


def sources(catalogue: Catalogue) -> dict[str, Source]:
    """Every picture that was read."""
    return {row[0]: Source._make(row) for row in catalogue.connection.execute("SELECT * FROM picture")}


def put_sources(catalogue: Catalogue, read: Iterable[Source], gone: Iterable[str]) -> None:
    """Keep pictures that were read, and forget those that are not there, or that nothing shows."""
    catalogue.connection.executemany("DELETE FROM picture WHERE source = ?", ((one,) for one in gone))
    catalogue.connection.executemany("INSERT OR REPLACE INTO picture VALUES (?, ?, ?, ?, ?)", read)


def copies(catalogue: Catalogue) -> dict[str, Output]:
    """The files that pictures were copied to, by their paths."""
    return {one.path: one for one in catalogue.outputs() if one.format == PICTURE}
