"""The index of all words: what articles say, in pieces of three characters, so that every script can be searched.

FTS5's tokenizer `trigram` cuts a text into every three characters that stand one after another. Words of three are
such pieces; longer ones are all of theirs, and the text says whether they stand together; shorter ones are every piece
that begins so. Texts end in two line breaks, so that something begins with their last characters too.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from convert.catalogue.catalogue import Catalogue
from convert.catalogue.schema import INDEX
from convert.catalogue.words import Word, composed
from convert.errors import MissingToolError, NothingToReadError

PIECE = 3
"""Characters of a piece."""

_END = "\n\n"
_LAST = "\U0010ffff"  # sorts behind whatever a text holds

TITLE = 10
"""How many times in the body a word counts for that stands in the title once."""

_WAITS = "NOT EXISTS (SELECT 1 FROM text WHERE text.name = article.name AND text.digest = article.digest)"

# of BM25, as usual (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, 3.4)
_K1, _B = 1.2, 0.75


class Waiting(NamedTuple):
    """An article whose text is not in the index, or not as it is now; the fields are those of the table `article`."""

    name: str
    path: str
    aliases: tuple[str, ...]
    digest: bytes


class Text(NamedTuple):
    """What the index holds of an article. digest: as that of the article."""

    name: str
    digest: bytes
    title: str
    body: str


def check_search() -> None:
    """Look whether SQLite can do it. Raises MissingToolError where not."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE search USING fts5 (body, tokenize='trigram')")
    except sqlite3.OperationalError as error:
        expected = "SQLite 3.34 or newer, built with FTS5"
        todo = "install a Python with such a one; everything but the search works without"
        raise MissingToolError("search", f"SQLite {sqlite3.sqlite_version}: {error}", expected, todo) from None
    finally:
        connection.close()


class Index:
    """The index of a catalogue. Whoever writes to it does so in a transaction of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._ask = catalogue.connection.execute

    def exists(self) -> bool:
        """Whether there is one."""
        return self._ask("SELECT 1 FROM sqlite_master WHERE name = 'search'").fetchone() is not None

    # --- writing

    def make(self, anew: bool = False) -> None:
        """Make it where there is none, or an empty one in its place. Raises MissingToolError."""
        check_search()
        if anew and self.exists():
            self._ask("DROP TABLE search")
        if not self.exists():
            self._ask("DELETE FROM text")
            self._ask(INDEX)

    def waiting(self) -> Iterator[Waiting]:
        """The articles that are not in it as they are now, sorted by name."""
        rows = self._ask(f"SELECT name, path, aliases, digest FROM article WHERE {_WAITS} ORDER BY name")
        for name, path, aliases, digest in rows.fetchall():
            yield Waiting(name, path, tuple(json.loads(aliases)), digest)

    def count_waiting(self) -> int:
        """How many articles are not in it as they are now."""
        return int(self._ask(f"SELECT count(*) FROM article WHERE {_WAITS}").fetchone()[0])

    def count(self) -> int:
        """How many articles are in it."""
        return int(self._ask("SELECT count(*) FROM text").fetchone()[0])

    def put(self, texts: Iterable[Text]) -> None:
        """Take in texts, in place of those that it has of the same articles."""
        for one in texts:
            self._remove(self._ask("SELECT number FROM text WHERE name = ?", (one.name,)).fetchall())
            row = (composed(one.title) + _END, composed(one.body) + _END)
            number = self._ask(
                "INSERT INTO text (name, digest, title, body) VALUES (?, ?, ?, ?)", (one.name, one.digest, *row)
            ).lastrowid
            self._ask("INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)", (number, *row))

    def forget_gone(self) -> int:
        """Forget articles that are no more; returns how many."""
        gone = self._ask("SELECT number FROM text WHERE name NOT IN (SELECT name FROM article)").fetchall()
        self._remove(gone)
        return len(gone)

    def _remove(self, numbers: Iterable[tuple[int]]) -> None:
        for number in numbers:
            # an index without texts of its own has to be told what it takes out
            row = self._ask("SELECT number, title, body FROM text WHERE number = ?", number).fetchone()
            self._ask("INSERT INTO search (search, rowid, title, body) VALUES ('delete', ?, ?, ?)", row)
            self._ask("DELETE FROM text WHERE number = ?", number)

    # --- asking

    def find(self, words: Sequence[Word]) -> dict[str, int]:
        """The names of the articles that have every word and none of the excluded ones, each with its place.

        The best is in place 0, and those that are as good as each other share a place.
        Raises NothingToReadError where there is no index, MissingToolError where SQLite cannot read it.
        """
        check_search()
        if not self.exists():
            raise NothingToReadError("--search", "there is no index", "", "make it with `mirrorpress index`")
        wanted = [word.text.lower() for word in words if not word.excluded]
        excluded = [word.text.lower() for word in words if word.excluded]
        sets = [self._candidates(word) for word in wanted]
        numbers = set.intersection(*sets) if sets else {number for (number,) in self._ask("SELECT number FROM text")}
        every = self.count()
        rarity = [math.log(1 + (every - len(one) + 0.5) / (len(one) + 0.5)) for one in sets]
        hits = list(self._hits(sorted(numbers), wanted, excluded))
        average = sum(hit.length for hit in hits) / (len(hits) or 1)
        scores = {hit.name: round(hit.score(rarity, average), 6) for hit in hits}
        places = {score: place for place, score in enumerate(sorted(set(scores.values()), reverse=True))}
        return {name: places[score] for name, score in scores.items()}

    def body(self, name: str) -> str:
        """The text of an article, as the index has it, or nothing."""
        row = self._ask("SELECT body FROM text WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _candidates(self, word: str) -> set[int]:
        """The numbers of all texts that may have a word, and for words of at most three characters of no others."""
        if len(word) < PIECE:
            self._ask("CREATE VIRTUAL TABLE IF NOT EXISTS temp.piece USING fts5vocab (main, search, instance)")
            rows = self._ask("SELECT DISTINCT doc FROM temp.piece WHERE term >= ? AND term < ?", (word, word + _LAST))
        else:
            pieces = dict.fromkeys(word[at : at + PIECE] for at in range(len(word) - PIECE + 1))
            # in quotation marks nothing of a word is a sign of FTS5's own language
            query = " AND ".join('"' + one.replace('"', '""') + '"' for one in pieces)
            rows = self._ask("SELECT rowid FROM search WHERE search MATCH ?", (query,))
        return {number for (number,) in rows}

    def _hits(self, numbers: Sequence[int], wanted: Sequence[str], excluded: Sequence[str]) -> Iterator[_Hit]:
        for number in numbers:
            row = self._ask("SELECT name, title, body FROM text WHERE number = ?", (number,)).fetchone()
            title, body = row[1].lower(), row[2].lower()
            counts = tuple(title.count(word) * TITLE + body.count(word) for word in wanted)
            if all(counts) and not any(word in title or word in body for word in excluded):
                yield _Hit(row[0], len(body), counts)


class _Hit(NamedTuple):
    """An article that has the words: the length of its text, and how often each word occurs."""

    name: str
    length: int
    counts: tuple[int, ...]

    def score(self, rarity: Sequence[float], average: float) -> float:
        """How well it fits, by BM25. rarity: of each word; average: length of a text."""
        scale = _K1 * (1 - _B + _B * self.length / (average or 1))
        return sum(rare * count * (_K1 + 1) / (count + scale) for rare, count in zip(rarity, self.counts, strict=True))
