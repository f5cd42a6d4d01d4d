"""What a check reports: one difference, with its place."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One way in which an output is not what its source says.

    check: the name of the check that found it.
    place: the source's path, and where in the text or which block.
    expected: what should stand there; found: what does.
    context: text round the place, for a person who looks for it.
    """

    check: str
    place: str
    expected: str
    found: str
    context: str = ""

    def __str__(self) -> str:
        """The difference on one line: where, what was found, what was expected."""
        context = f" (near {self.context!r})" if self.context else ""
        return f"{self.place}: {self.check}: found {self.found!r}; expected {self.expected!r}{context}"


def short(text: str, room: int = SHOWN) -> str:
    """A text cut in its middle to `room` characters."""
    if len(text) <= room:
        return text
    half = room // 2
    return f"{text[:half]}…{text[-half:]}"


def around(text: str, start: int, end: int | None = None, room: int = 16) -> str:
    """The text from `room` characters before `start` to `room` after `end`."""
    stop = start if end is None else end
    return short(text[max(0, start - room) : stop + room], SHOWN + 2 * room)


def apart(expected: str, found: str, room: int = SHOWN) -> tuple[str, str]:
    """Two texts from a little before the place on where they begin to differ, each cut to `room` characters."""
    same = next((at for at, pair in enumerate(zip(expected, found, strict=False)) if pair[0] != pair[1]), None)
    start = max(0, (min(len(expected), len(found)) if same is None else same) - 12)
    before = "…" if start else ""

    def cut(text: str) -> str:
        return before + text[start : start + room] + ("…" if len(text) > start + room else "")

    return cut(expected), cut(found)
