"""Spaces and line ends: words stay apart, lines stay lines, and neither is invented."""

from __future__ import annotations

from convert.verify.difference import Difference
from convert.verify.view import View


def spacing(view: View) -> list[Difference]:
    """The source's spaces and line ends inside the text that the body kept.

    `space lost`: two words that a space divided in a line of the source stand together; `line lost`: two lines or
    blocks run together; `space invented`, `line invented`: the reverse. White space with a
    newline in it says nothing: the mirror's pretty-printer put it there. Only what is the same in both texts is judged,
    where the alignment proved it.
    """
    if view.laid.size:
        return []
    there, here, output = view.placed, view.here.gaps, view.text
    found: list[tuple[int, str, str | None, str | None]] = []
    for at, new in here.items():
        old = there.get(at, "edge")
        if old != new and old != "edge" and (check := _fault(old, new)):
            found.append((at, check, old, new))
    for at, old in there.items():
        if old and at not in here and (check := _fault(old, None)):
            found.append((at, check, old, None))
    return [
        Difference(check, view.path, old or "", new or "", f"{output[max(0, at - 12) : at]}¦{output[at : at + 12]}")
        for at, check, old, new in sorted(found, key=lambda fault: fault[0])
    ]


def _fault(old: str | None, new: str | None) -> str:
    """The name of the fault where the source has `old` and the output `new`; a picture may have got its own line."""
    if "picture" in (old, new):
        return ""
    if new is None:
        return {"space": "space lost", "end": "line lost"}.get(old or "", "")
    if new == "end":
        return "line invented"
    if (old, new) == ("end", "wrap"):
        return ""  # a line of code; nowhere else does canonical HTML have a line end in a text
    return {None: "space invented", "end": "line lost"}.get(old, "")
