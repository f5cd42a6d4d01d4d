"""What the preview knows of one article: its source, what was made of it, and where its notes have their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from convert.article import Article, Note
from convert.parse.decode import decode
from convert.preview.places import places
from convert.preview.scanning import Stretch


@dataclass(frozen=True, slots=True)
class Shown:
    """One article for the page.

    source: its text, as the parser decoded it. markdown, text: what was written of it.
    notes: in the order of their places, those without a place last. places: the stretches of the source that a note
    tells of, by its number in `notes`.
    """

    article: Article
    source: str
    markdown: str
    text: str
    notes: Sequence[Note]
    places: Mapping[int, Sequence[Stretch]]

    @property
    def title(self) -> str:
        """Its title; without one, the name of its file."""
        return self.article.meta.title or self.article.path.rpartition("/")[2]

    def line(self, note: int) -> int | None:
        """The line of the source, from one on, in which a note has its place; None where it has none."""
        return self.source.count("\n", 0, self.places[note][0][0]) + 1 if note in self.places else None


def show(article: Article, markdown: str, text: str) -> Shown:
    """Look up where an article's notes have their places. markdown, text: its outputs."""
    source = decode(article.source, max_bytes=len(article.source.data)).text
    found = places(article, source)
    order = sorted(range(len(article.notes)), key=lambda one: (one not in found, found.get(one, [(0, 0)])[0], one))
    notes = [article.notes[number] for number in order]
    placed = {new: found[old] for new, old in enumerate(order) if old in found}
    return Shown(article, source, markdown, text, notes, placed)
