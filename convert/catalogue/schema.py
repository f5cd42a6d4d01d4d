"""The tables of the catalogue, as a list of migrations; docs/catalogue.md explains them.

An open catalogue has gone through all of them. To change the tables, add a migration: a published one stays as it is.
"""

from __future__ import annotations

APPLICATION = 0x4D505243
"""`PRAGMA application_id` of a catalogue, so that no other program's file is taken for one: MPRC."""

_FIRST = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE source (
    path TEXT PRIMARY KEY,
    publisher TEXT NOT NULL,
    id TEXT NOT NULL,
    length INTEGER NOT NULL,
    body BLOB NOT NULL,
    content BLOB NOT NULL,
    profile TEXT NOT NULL,
    size INTEGER NOT NULL,
    stamp,
    compared BLOB,
    variant INTEGER
) WITHOUT ROWID;

CREATE TABLE article (
    name TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    aliases TEXT NOT NULL,
    content BLOB NOT NULL,
    depends TEXT NOT NULL,
    digest BLOB NOT NULL,
    milliseconds REAL NOT NULL,
    differs INTEGER NOT NULL,
    differences TEXT NOT NULL,
    mirror TEXT NOT NULL,
    rules TEXT NOT NULL,
    title TEXT, date TEXT, authors TEXT, translators TEXT, editors TEXT, publisher TEXT, via TEXT, source TEXT,
    id TEXT, lang TEXT, channel TEXT, categories TEXT, tags TEXT, description TEXT, image TEXT, image_caption TEXT,
    image_credit TEXT, dateline TEXT, byline TEXT, words INTEGER
) WITHOUT ROWID;

CREATE TABLE output (
    owner TEXT NOT NULL,
    format TEXT NOT NULL,
    path TEXT NOT NULL,
    wanted TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (owner, format)
) WITHOUT ROWID;

CREATE TABLE leftover (
    path TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE note (
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    text TEXT NOT NULL,
    "to" TEXT NOT NULL,
    PRIMARY KEY (rule, kind, path)
) WITHOUT ROWID;

CREATE TABLE volume (
    file TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    key TEXT NOT NULL,
    collection INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    split INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    digest TEXT NOT NULL,
    identifier TEXT NOT NULL,
    listing TEXT NOT NULL,
    missing TEXT NOT NULL,
    pictures TEXT NOT NULL,
    differs INTEGER NOT NULL,
    differences TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE member (
    volume TEXT NOT NULL,
    position INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (volume, position)
) WITHOUT ROWID;

CREATE TABLE failure (path TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    seconds REAL,
    version TEXT NOT NULL,
    exit_code INTEGER,
    sources INTEGER, converted INTEGER, unchanged INTEGER, failed INTEGER, volumes INTEGER
);
"""

PAGE_SIZE = 8192
"""Bytes of a page: a row of an article fits into a quarter of it; SQLite keeps such a row together."""

_SEARCH = """
CREATE TABLE text (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE UNIQUE INDEX text_name ON text (name, digest);
"""

INDEX = """
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, content="text", content_rowid="number", tokenize="trigram", detail=none
)
"""
"""The index of `text`. It is no migration: where SQLite was built without FTS5, everything else goes on."""

_DATASET = """
CREATE TABLE shard (
    file TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    articles INTEGER NOT NULL
) WITHOUT ROWID;
"""

_REFERENCES = """
CREATE TABLE reference (
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    publisher TEXT NOT NULL,
    id TEXT NOT NULL,
    target TEXT NOT NULL,
    wiki TEXT NOT NULL,
    PRIMARY KEY (name, kind, address)
) WITHOUT ROWID;

CREATE TABLE picture (
    source TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    stamp,
    digest BLOB NOT NULL,
    suffix TEXT NOT NULL
) WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _SEARCH, _DATASET, _REFERENCES)
"""SQL scripts; the version of a catalogue (`PRAGMA user_version`) is the number of those that it has gone through."""
