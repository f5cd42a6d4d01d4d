"""What a run writes to the catalogue and reads from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from convert.catalogue.rows import FACTS, Facts, Known, Leftover, Look, Outcome, Output, Shelved, Value, storable

PAGE = 5000
"""Rows that are read at a time: long results are never held in memory, and what is read may be written meanwhile."""

RUNS = 1000
"""Runs that are remembered."""

_LOOK = "path, publisher, id, length, body, content, profile, size, stamp"
_OWN = "name, path, aliases, content, depends, digest, milliseconds, differs, differences, mirror, rules"
_ARTICLE = f"{_OWN}, {', '.join(FACTS)}"
_OUTPUT, _LEFTOVER = ", ".join(Output._fields), ", ".join(Leftover._fields)
_SHELVED = ", ".join(Shelved._fields)


class Catalogue:
    """An open catalogue. Errors are sqlite3's; whoever opened it makes errors of ours of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written in the block, or nothing of it."""
        if self.connection.in_transaction:  # a rehearsal is one transaction
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:  # some errors, as a full disk, have rolled it back already
                self.connection.execute("ROLLBACK")
            raise

    def _pages(self, columns: str, table: str, key: str) -> Iterator[list[tuple[Any, ...]]]:
        """Rows in the order of a unique key, which is the first column."""
        last = ""
        while rows := self.connection.execute(
            f"SELECT {columns} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT {PAGE}", (last,)
        ).fetchall():
            yield rows
            last = rows[-1][0]

    def _all(self, columns: str, table: str, key: str) -> Iterator[tuple[Any, ...]]:
        return chain.from_iterable(self._pages(columns, table, key))

    # --- settings

    def setting(self, key: str) -> str:
        """A setting's value, or nothing."""
        row = self.connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def set(self, **settings: str) -> None:
        """Keep settings."""
        self.connection.executemany("INSERT OR REPLACE INTO setting VALUES (?, ?)", settings.items())

    # --- sources

    def stamps(self) -> Iterator[list[tuple[str, int, int | str | None]]]:
        """Path, size and stamp of every source, sorted by path, a page at a time; no page is empty."""
        return self._pages("path, size, stamp", "source", "path")

    def digests(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The digests of some sources, by their paths."""
        ask = self.connection.execute
        found = (ask("SELECT path, content FROM source WHERE path = ?", (path,)).fetchone() for path in paths)
        return dict(row for row in found if row)

    def looks(self) -> Iterator[Look]:
        """What is known of every source, sorted by publisher, id and path. Nothing may be written meanwhile."""
        columns = ", ".join("''" if name == "failure" else name for name in Look._fields)
        rows = self.connection.execute(f"SELECT {columns} FROM source ORDER BY publisher, id, path")
        return map(Look._make, rows)

    def put_looks(self, looks: Iterable[Look]) -> None:
        """Keep what looks at sources told; those that failed are forgotten."""
        rows = []
        for look in looks:
            if look.failure:
                self.forget_sources([look.path])
            else:
                rows.append((*look[:5], *look[6:]))
        self.connection.executemany(f"INSERT OR REPLACE INTO source ({_LOOK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def put_stamps(self, stamps: Iterable[tuple[int, int | str | None, str]]) -> None:
        """Keep size and stamp, by path, of sources whose bytes are what they were."""
        self.connection.executemany("UPDATE source SET size = ?, stamp = ? WHERE path = ?", stamps)

    def forget_sources(self, paths: Iterable[str]) -> None:
        """Forget sources that have gone."""
        self.connection.executemany("DELETE FROM source WHERE path = ?", ((path,) for path in paths))

    def count_sources(self) -> int:
        """How many sources are known."""
        return int(self.connection.execute("SELECT count(*) FROM source").fetchone()[0])

    def compared(self) -> dict[str, tuple[bytes, bool]]:
        """Of each copy whose text was held against its article's, the digest of that body, and whether they differ."""
        rows = self.connection.execute("SELECT path, compared, variant FROM source WHERE compared IS NOT NULL")
        return {path: (digest, bool(variant)) for path, digest, variant in rows}

    def put_compared(self, rows: Iterable[tuple[bytes, bool, str]]) -> None:
        """Keep what came of holding copies against their articles: digest, whether they differ, path of the copy."""
        self.connection.executemany("UPDATE source SET compared = ?, variant = ? WHERE path = ?", rows)

    # --- articles and their outputs

    def articles(self) -> Iterator[Known]:
        """What is known of every article, sorted by name."""
        return map(Known._make, self._all(", ".join(Known._fields), "article", "name"))

    def outputs(self) -> Iterator[Output]:
        """Every file that a run wrote and that is still asked for, sorted by owner."""
        last: tuple[str, str] = ("", "")
        while True:
            rows = self.connection.execute(
                f"SELECT {_OUTPUT} FROM output WHERE (owner, format) > (?, ?) ORDER BY owner, format LIMIT {PAGE}", last
            ).fetchall()
            yield from map(Output._make, rows)
            if len(rows) < PAGE:
                return
            last = rows[-1][:2]

    def files(self) -> Iterator[tuple[str, int, int]]:
        """Path, size and time of change of every output, in any order. Nothing may be written meanwhile."""
        return iter(self.connection.execute("SELECT path, size, mtime FROM output"))

    def outputs_of(self, owner: str) -> list[Output]:
        """The files of an article or a volume."""
        rows = self.connection.execute(f"SELECT {_OUTPUT} FROM output WHERE owner = ? ORDER BY format", (owner,))
        return [Output._make(row) for row in rows]

    def put_outcomes(self, outcomes: Sequence[Outcome]) -> bool:
        """Keep what came of articles in place of what was known of them; returns whether a volume could tell."""
        for one in outcomes:
            self._forget_notes(one.name)
        told = any(self._book_facts(one.name) != (*one.row[1:3], one.row[5], one.row[9]) for one in outcomes)
        marks = ", ".join("?" * (11 + len(FACTS)))
        self.connection.executemany(
            f"INSERT OR REPLACE INTO article ({_ARTICLE}) VALUES ({marks})", (one.row for one in outcomes)
        )
        self.put_notes(row for one in outcomes for row in one.notes)
        for one in outcomes:
            self.put_outputs(one.name, one.outputs)
        return told

    def _book_facts(self, name: str) -> tuple[Value, ...] | None:
        """What a volume is made from of an article."""
        row = self.connection.execute("SELECT path, aliases, digest, mirror FROM article WHERE name = ?", (name,))
        found: tuple[Value, ...] | None = row.fetchone()
        return found

    def put_notes(self, rows: Iterable[tuple[Value, ...]]) -> None:
        """Keep notes, as `note_rows` makes them."""
        self.connection.executemany("INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def replace_notes(self, rules: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> None:
        """Keep notes of some rules in place of all that are known of these rules."""
        self.connection.executemany("DELETE FROM note WHERE rule = ?", ((rule,) for rule in rules))
        self.put_notes(rows)

    def put_outputs(self, owner: str, outputs: Sequence[Output]) -> None:
        """Keep the files of an article or a volume; those that are no longer among them are left over."""
        before = {one.path: one for one in self.outputs_of(owner)}
        if before:
            now = {one.path for one in outputs}
            self._leave(one for path, one in before.items() if path not in now)
            self.connection.execute("DELETE FROM output WHERE owner = ?", (owner,))
        self.connection.executemany(f"INSERT OR REPLACE INTO output ({_OUTPUT}) VALUES (?, ?, ?, ?, ?, ?, ?)", outputs)
        self.connection.executemany("DELETE FROM leftover WHERE path = ?", ((one.path,) for one in outputs))

    def touch_outputs(self, outputs: Iterable[Output]) -> None:
        """Keep the time of change of files whose bytes are what they were."""
        self.connection.executemany(
            "UPDATE output SET mtime = ? WHERE owner = ? AND format = ?",
            ((one.mtime, one.owner, one.format) for one in outputs),
        )

    def move_outputs(self, outputs: Iterable[Output]) -> None:
        """Keep the paths of files that were given other names."""
        for one in outputs:
            self.connection.execute(
                "UPDATE output SET path = ? WHERE owner = ? AND format = ?", (one.path, one.owner, one.format)
            )
            self.connection.execute("DELETE FROM leftover WHERE path = ?", (one.path,))

    def forget_articles(self, names: Iterable[str]) -> None:
        """Forget articles that are no more, and their notes; their outputs are left over."""
        for name in names:
            self.put_outputs(name, ())
            self._forget_notes(name)
            self.connection.execute("DELETE FROM article WHERE name = ?", (name,))

    def _forget_notes(self, name: str) -> None:
        row = self.connection.execute("SELECT path, rules FROM article WHERE name = ?", (name,)).fetchone()
        if row:
            # by now, notes on the same source may be those of an article with another name
            keys = ((*key, row[0], name) for key in json.loads(row[1]))
            self.connection.executemany("DELETE FROM note WHERE rule = ? AND kind = ? AND path = ? AND name = ?", keys)

    def count_articles(self) -> int:
        """How many articles are known."""
        return int(self.connection.execute("SELECT count(*) FROM article").fetchone()[0])

    def members(self, names: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...], bytes, Mapping[str, Any]]]:
        """Of every article the path of its source, those of its copies, its digest, and some of its facts."""
        places = {name: place for place, name in enumerate(names)}
        for _, path, aliases, digest, *values in self._all(
            ", ".join(["name", "path", "aliases", "digest", *names]), "article", "name"
        ):
            yield path, () if aliases == "[]" else tuple(json.loads(aliases)), digest, Facts(places, values)

    # --- files that nothing asks for

    def _leave(self, outputs: Iterable[Output]) -> None:
        self.connection.executemany(
            f"INSERT OR REPLACE INTO leftover ({_LEFTOVER}) VALUES (?, ?, ?, ?, ?)",
            ((one.path, one.owner, one.size, one.mtime, one.digest) for one in outputs),
        )

    def leftovers(self) -> list[Leftover]:
        """Files that runs wrote and that nothing asks for any more, sorted by path.

        Not those that another output has taken the place of, maybe before their own moved away.
        """
        rows = self.connection.execute(
            f"SELECT {_LEFTOVER} FROM leftover WHERE path NOT IN (SELECT path FROM output) ORDER BY path"
        )
        return [Leftover._make(row) for row in rows]

    def move_leftover(self, path: str, target: str) -> None:
        """Keep the path of a file that was given another name."""
        self.connection.execute("UPDATE OR REPLACE leftover SET path = ? WHERE path = ?", (target, path))

    def forget_leftovers(self, paths: Iterable[str]) -> None:
        """Forget files that were deleted."""
        self.connection.executemany("DELETE FROM leftover WHERE path = ?", ((path,) for path in paths))

    # --- volumes

    def volumes(self) -> dict[str, Shelved]:
        """Every volume as it was last built, by its file."""
        rows = self.connection.execute(f"SELECT {_SHELVED} FROM volume")
        return {row[0]: Shelved._make(row) for row in rows}

    def put_volume(self, shelved: Shelved, members: Sequence[str], outputs: Sequence[Output]) -> None:
        """Keep a volume that was built, or that has to be split: then it has neither members nor files."""
        marks = ", ".join("?" * len(Shelved._fields))
        self.connection.execute(f"INSERT OR REPLACE INTO volume ({_SHELVED}) VALUES ({marks})", shelved)
        self.connection.execute("DELETE FROM member WHERE volume = ?", (shelved.file,))
        self.connection.executemany(
            "INSERT INTO member VALUES (?, ?, ?)", ((shelved.file, at, path) for at, path in enumerate(members, 1))
        )
        self.put_outputs(shelved.file, outputs)

    def forget_volumes(self, files: Iterable[str]) -> None:
        """Forget volumes that the plan does not know any more; their files are left over."""
        for file in files:
            self.put_outputs(file, ())
            self.connection.execute("DELETE FROM volume WHERE file = ?", (file,))
            self.connection.execute("DELETE FROM member WHERE volume = ?", (file,))

    # --- failures and runs

    def failing(self) -> frozenset[str]:
        """The paths of the sources and volumes that failed when they were last tried."""
        return frozenset(path for (path,) in self.connection.execute("SELECT path FROM failure"))

    def put_failures(self, failures: Iterable[tuple[str, str]], tried: Iterable[str] | None) -> None:
        """Keep why sources and volumes failed. tried: those that earlier failures are forgotten of; None for all."""
        if tried is None:
            self.connection.execute("DELETE FROM failure")
        else:
            self.connection.executemany("DELETE FROM failure WHERE path = ?", ((path,) for path in tried))
        rows = (tuple(map(storable, failure)) for failure in failures)
        self.connection.executemany("INSERT OR REPLACE INTO failure VALUES (?, ?)", rows)

    def begin_run(self, started: str, version: str) -> tuple[int, bool]:
        """Write down that a run begins; returns its number, and whether the one before it came to its end."""
        last = self.connection.execute("SELECT exit_code FROM run ORDER BY id DESC LIMIT 1").fetchone()
        cursor = self.connection.execute("INSERT INTO run (started, version) VALUES (?, ?)", (started, version))
        self.connection.execute("DELETE FROM run WHERE id <= ?", ((cursor.lastrowid or 0) - RUNS,))
        return cursor.lastrowid or 0, last is None or last[0] is not None

    def end_run(self, number: int, **columns: int | float) -> None:
        """Write down what a run came to."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self.connection.execute(f"UPDATE run SET {names} WHERE id = ?", (*columns.values(), number))
