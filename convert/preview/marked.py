"""A source as a sample with every note marked at its place, and each mark leading to its note."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from convert.article import Note
from convert.preview.scanning import Stretch
from convert.report.hypertext import Child, Html, element, joined


def marked(source: str, notes: Sequence[Note], places: Mapping[int, Sequence[Stretch]], anchor: str) -> Html:
    """A source's text as HTML, whole and escaped, with the stretches of its notes marked.

    places: the stretches of each note by its number in `notes`. anchor: what the ids of this article begin with: the
    first mark of note 3 is `{anchor}p3`, and its marks lead to `{anchor}n3`. Text that was removed is struck through.
    """
    opened: set[int] = set()
    pieces: list[Child] = []
    for begin, end, numbers in _segments(len(source), places):
        text = source[begin:end]
        pieces.append(_mark(text, numbers, notes, anchor, opened) if numbers else text)
    return joined(*pieces)


def _segments(length: int, places: Mapping[int, Sequence[Stretch]]) -> list[tuple[int, int, list[int]]]:
    """The source cut at every edge of a stretch: where a piece begins and ends, and the notes that tell of it."""
    edges = sorted({0, length, *(edge for stretches in places.values() for one in stretches for edge in one)})
    inside: list[list[int]] = [[] for _ in edges]
    for number, stretches in sorted(places.items()):
        for begin, end in stretches:
            for at in range(bisect_right(edges, begin) - 1, bisect_right(edges, end) - 1):
                inside[at].append(number)
    return [(begin, end, inside[at]) for at, (begin, end) in enumerate(pairwise(edges))]


def _mark(text: str, numbers: list[int], notes: Sequence[Note], anchor: str, opened: set[int]) -> Html:
    """A piece of the source with the mark of its notes; the first mark of each note is where the note leads."""
    kinds = dict.fromkeys(notes[number].kind for number in numbers)
    content: Html | str = element("del", text) if "removed" in kinds else text
    new = [number for number in numbers if number not in opened]
    opened.update(new)
    for number in new:
        if number != numbers[0]:
            content = element("span", content, id=f"{anchor}p{number}")
    return element(
        "a",
        content,
        href=f"#{anchor}n{numbers[0]}",
        id=f"{anchor}p{numbers[0]}" if numbers[0] in new else None,
        class_=" ".join(["mark", *kinds]),
        data_note=" ".join(map(str, numbers)),
    )
