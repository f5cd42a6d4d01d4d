"""Marks: what was bold, raised, struck out or a link in the source is so in the body, and nothing else is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from convert.verify.bare import bare
from convert.verify.difference import Difference, around, short
from convert.verify.layout import Stretch
from convert.verify.view import View

_LOUD = frozenset({"strong", "em"})


def _moved(ranges: list[Stretch], kept: list[tuple[int, int, int]]) -> list[Stretch]:
    """Stretches of the source, where they stand in the output."""
    return [
        (max(start, begin) - begin + twin, min(end, begin + length) - begin + twin)
        for start, end in ranges
        for begin, twin, length in kept
        if start < begin + length and end > begin
    ]


def _without(ranges: list[Stretch], others: list[Stretch]) -> list[Stretch]:
    """What of some stretches the others do not cover."""
    rest = []
    others = sorted(others)
    for start, end in sorted(ranges):
        for low, high in others:
            if high <= start or low >= end:
                continue
            if low > start:
                rest.append((start, low))
            start = high
        if start < end:
            rest.append((start, end))
    return rest


def marks(view: View) -> list[Difference]:
    """Emphasis, scripts, code, strikethrough and links of the source cover the same text in the body.

    `mark lost`: a stretch that the body kept lost its mark; `mark invented`: the reverse. In headings bold and emphasis
    may go, punctuation alone may stand outside of them, and a link may go of whose address a note tells; one may come
    whose address stood in the text.
    """
    if view.laid.size:
        return []
    kept = view.laid.kept
    old, new = view.there.marks, view.here.marks
    differing = {mark for mark in {*old, *new} if _moved(old.get(mark, []), kept) != new.get(mark, [])} - {"heading"}
    if not differing:
        return []
    old, new = _bared(old), _bared(new)
    whole = [(twin, twin + length) for _, twin, length in kept]
    found = []
    for mark in sorted({_bare_mark(mark) for mark in differing}):
        mine, theirs = _moved(old.get(mark, []), kept), new.get(mark, [])
        quiet = new.get("heading", []) if mark in _LOUD else []
        for check, ranges in (
            ("mark lost", _without(_without(mine, theirs), quiet)),
            ("mark invented", _without(theirs, [*mine, *_without(theirs, whole)])),
        ):
            for start, end in ranges:
                if _counts(view, check, mark, view.text[start:end], old):
                    pair = (mark, "") if check == "mark lost" else ("", mark)
                    place = f"{short(view.text[start:end])}: {around(view.text, start, end)}"
                    found.append(Difference(check, view.path, *pair, place))
    return found


def _counts(view: View, check: str, mark: str, text: str, old: Mapping[str, list[Stretch]]) -> bool:
    """Whether a stretch whose mark differs is a fault."""
    if not mark.startswith("a "):
        return any(map(str.isalnum, text))
    notes = [note for note in view.article.notes if note.of != "text"]
    if check == "mark lost":
        return not any(mark[2:] in bare(note.text) for note in notes)
    mended = {bare(note.to) for note in notes if note.of == "attribute" and note.kind == "changed"}
    return mark[2:] not in mended and not _resolved(mark, old) and not view.read_from_text(mark[2:])


def _bare_mark(mark: str) -> str:
    return f"a {bare(mark[2:])}" if mark.startswith("a ") else mark


def _bared(found: Mapping[str, list[Stretch]]) -> dict[str, list[Stretch]]:
    """The stretches of every mark, those of links by their bare addresses."""
    result: defaultdict[str, list[Stretch]] = defaultdict(list)
    for mark, ranges in found.items():
        result[_bare_mark(mark)] += ranges
    return dict(result)


def _resolved(mark: str, old: Mapping[str, list[Stretch]]) -> bool:
    """Whether an output's link is a relative one of the source that was resolved."""
    return mark not in old and any(other.startswith("a ") and mark.endswith(other[2:]) for other in old)
