"""Opening the catalogue: its version, what was damaged, and what other programs do with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convert.catalogue.catalogue import Catalogue
from convert.catalogue.schema import APPLICATION, MIGRATIONS, PAGE_SIZE
from convert.errors import MirrorpressError, NothingToReadError, OutputError, UsageError

CATALOGUE = "catalogue.sqlite"
"""The catalogue's name in the output folder; SQLite keeps two more files beside it while it is open."""

PATIENCE = 10.0
"""Seconds to wait for another program that is writing to the catalogue."""


class DamagedError(OutputError):
    """The catalogue cannot be read: it was cut off, or something else was written over it."""


@contextmanager
def open_catalogue(file: Path, *, rehearsal: bool = False) -> Iterator[Catalogue]:
    """Open a catalogue to write to it; one that is not there is made, one of an older version is brought up to date.

    rehearsal: leave everything as it was; what is written is forgotten when the block ends.
    Raises UsageError for a catalogue of a newer version, or a file that is none; DamagedError for one that cannot be
    read, and from the block where that shows later; OutputError where it cannot be written.
    """
    with _told(file):
        if rehearsal and not file.exists():
            connection = sqlite3.connect(":memory:", isolation_level=None)
        else:
            _make_folder(file.parent)
            connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
        try:
            _prepare(connection, file, rehearsal)
            yield Catalogue(connection)
            if rehearsal:
                connection.execute("ROLLBACK")
        finally:
            connection.close()


@contextmanager
def read_catalogue(file: Path) -> Iterator[Catalogue]:
    """Open a catalogue to ask it. Raises NothingToReadError where there is none, and what `open_catalogue` raises."""
    if not file.exists():
        raise NothingToReadError(str(file), "there is no catalogue", "what a run leaves there", "`mirrorpress run`")
    with _told(file):
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", timeout=PATIENCE, uri=True)
        try:
            version = _version(connection, file)
            if version < len(MIGRATIONS):
                raise UsageError(str(file), f"version {version}", f"version {len(MIGRATIONS)}", "`mirrorpress run`")
            yield Catalogue(connection)
        finally:
            connection.close()


def _prepare(connection: sqlite3.Connection, file: Path, rehearsal: bool) -> None:
    version = _version(connection, file)
    if version == 0:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    if not rehearsal:
        # Readers go on while a run writes; what a power failure undoes of the last second is made again.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute("BEGIN IMMEDIATE")
    if version == 0:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
    for migration in MIGRATIONS[version:]:
        for statement in _statements(migration):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    if not rehearsal:
        connection.execute("COMMIT")


def _statements(script: str) -> list[str]:
    # `executescript` would commit before it begins
    return [one for one in script.split(";") if one.strip()]


def _version(connection: sqlite3.Connection, file: Path) -> int:
    """The number of migrations that a file has gone through. Raises UsageError for one that this program cannot use."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application not in (0, APPLICATION) or (tables and application == 0):
        raise UsageError(str(file), "a file of another program", "a catalogue", "move it away, or name another output")
    if version > len(MIGRATIONS):
        todo = "upgrade Mirrorpress, or name another output folder"
        raise UsageError(str(file), f"version {version}", f"at most version {len(MIGRATIONS)}", todo)
    return int(version)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Errors of SQLite as errors of ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _refused(file, error) from None
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # faults of this program
    except sqlite3.DatabaseError as error:
        found = f"cannot be read ({error})"
        raise DamagedError(str(file), found, "a catalogue", "delete it; the next run makes a new one") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(str(folder), f"cannot be made ({error.strerror})", "a folder", "check the path") from None


def _refused(file: Path, error: sqlite3.OperationalError) -> MirrorpressError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        found, todo = "another program is writing to it", "end that program, and run again"
        return OutputError(str(file), found, "a catalogue that nobody else writes to", todo)
    # a plain SQLITE_ERROR says that tables or columns are not there
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")) or name == "SQLITE_ERROR":
        return DamagedError(str(file), f"cannot be read ({error})", "a catalogue", "delete it")
    return OutputError(str(file), f"cannot be written ({error})", "", "make room, or make it writable; then run again")


def set_aside(file: Path) -> Path:
    """Move a damaged catalogue out of the way; returns where it lies. Raises OutputError where that fails."""
    aside = file.with_name(f"{file.stem}.damaged{file.suffix}")
    try:
        file.replace(aside)
        for end in ("-wal", "-shm"):
            file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(str(file), f"cannot be moved away ({error.strerror})", "", "delete it") from None
    return aside
