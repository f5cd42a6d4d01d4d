"""Many articles in one file, a row each, for programs: JSON Lines, compressed or not, and Parquet (docs/json.md)."""

from __future__ import annotations

import datetime
import gzip
import importlib
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

from convert.article import Article, Metadata
from convert.emit import markdown, text
from convert.errors import MissingToolError

Row: TypeAlias = dict[str, Any]
"""Texts, whole numbers, lists of texts, or None; a date is a text of ISO 8601."""

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
"""The kinds of files, by the ends of their names."""

PACKAGES = {".jsonl.zst": "zstandard", ".parquet": "pyarrow"}
"""What some of them are written with, out of the extra `dataset`."""

ROWS = 1000
"""Rows of a group in Parquet: what is held in memory before it is compressed."""

LISTS = frozenset({"aliases", "authors", "translators", "editors", "categories", "tags"})
COLUMNS = ("path", "aliases", "digest", "profile", *Metadata.__slots__, "text", "markdown")
"""Every column, in order; a row has all of them."""


def row(article: Article, flavour: str) -> Row:
    """What is known of an article, a value or None for each of COLUMNS; a list without values is empty.

    flavour: the dialect of its Markdown, which has neither front matter nor title.
    """
    meta = article.meta
    values: Row = {
        "path": article.path,
        "aliases": list(article.source.aliases),
        "digest": article.source.digest,
        "profile": article.profile.name,
        **{name: getattr(meta, name) for name in Metadata.__slots__},
        "text": "\n\n".join(text.blocks(article.body.children)),
        "markdown": markdown.write_body(article.body, flavour),
    }
    return {name: _value(values[name]) for name in COLUMNS}


def _value(value: Any) -> Any:
    if isinstance(value, str):
        # bytes of a file's name that are no Unicode, which neither JSON nor Parquet has
        return value.encode("utf-8", "backslashreplace").decode() or None
    if isinstance(value, list):
        return [_value(one) for one in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def suffix_of(file: str) -> str:
    """Which of SUFFIXES a name ends in; empty where it is none."""
    return next((one for one in SUFFIXES if file.endswith(one)), "")


def check_packages(suffix: str) -> None:
    """Look for what a kind of file is written with. Raises MissingToolError where it is not installed."""
    name = PACKAGES.get(suffix)
    try:
        importlib.import_module(name) if name else None
    except ImportError:
        where, found = f"emit.dataset.path: *{suffix}", f"the package {name} is not installed"
        todo = "install the extra dataset: pip install 'mirrorpress[dataset]'"
        raise MissingToolError(where, found, "", todo) from None


class Writer(Protocol):
    """Takes rows in; the same rows give the same bytes."""

    def add(self, row: Row) -> None:
        """Take a row in."""
        ...

    def finish(self) -> bytes:
        """The whole file."""
        ...


def writer(suffix: str) -> Writer:
    """A writer of one of SUFFIXES. Raises MissingToolError where its package is not installed."""
    check_packages(suffix)
    return Parquet() if suffix == ".parquet" else JsonLines(suffix)


class JsonLines:
    """A JSON object a line, in UTF-8."""

    def __init__(self, suffix: str) -> None:
        self._parts: list[bytes] = []
        self._packer = _packer(suffix)

    def add(self, row: Row) -> None:
        """Take a row in."""
        line = (json.dumps(row, ensure_ascii=False) + "\n").encode()
        self._parts.append(self._packer.compress(line) if self._packer else line)

    def finish(self) -> bytes:
        """The whole file."""
        return b"".join([*self._parts, self._packer.flush() if self._packer else b""])


def _packer(suffix: str) -> Any:
    """What compresses bytes as they come, and has no time of its own in what it writes; None for plain lines."""
    if suffix == ".jsonl.gz":
        return zlib.compressobj(wbits=16 + zlib.MAX_WBITS)  # with gzip's head, in which zlib leaves the time at 0
    if suffix == ".jsonl.zst":
        import zstandard

        return zstandard.ZstdCompressor().compressobj()
    return None


class Parquet:
    """Parquet with a schema of its own, whatever columns the rows have values for; compressed with zstd."""

    def __init__(self) -> None:
        import pyarrow
        import pyarrow.parquet

        kinds = {"words": pyarrow.int32(), "date": pyarrow.date32()}
        kinds |= dict.fromkeys(LISTS, pyarrow.list_(pyarrow.string()))
        self._schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in COLUMNS])
        self._table = pyarrow.Table
        self._file = io.BytesIO()
        self._writer = pyarrow.parquet.ParquetWriter(self._file, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Take a row in."""
        date = datetime.date.fromisoformat(row["date"]) if row["date"] else None
        self._rows.append({**row, "date": date})
        if len(self._rows) == ROWS:
            self._group()

    def finish(self) -> bytes:
        """The whole file."""
        if self._rows:
            self._group()
        self._writer.close()
        return self._file.getvalue()

    def _group(self) -> None:
        self._writer.write_table(self._table.from_pylist(self._rows, self._schema))
        self._rows = []


def read_rows(data: bytes, suffix: str) -> Iterator[Row]:
    """The rows of a file, as `row` gave them."""
    if suffix == ".parquet":
        import pyarrow.parquet

        for batch in pyarrow.parquet.ParquetFile(io.BytesIO(data)).iter_batches(ROWS):
            yield from ({**one, "date": _value(one["date"])} for one in batch.to_pylist())
        return
    if suffix == ".jsonl.gz":
        data = gzip.decompress(data)
    elif suffix == ".jsonl.zst":
        import zstandard

        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    yield from map(json.loads, io.BytesIO(data))
