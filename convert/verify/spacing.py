"""Spaces and line ends: words stay apart, lines stay lines, and neither is invented."""

from __future__ import annotations

import re

from convert.verify.difference import Difference
from convert.verify.view import View

# Han, kana, bopomofo, full-width signs; Chinese and Latin share the marks, which may stand between
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
_MARKS = "‘-”…—·‧•"
_CHINESE_BEFORE = re.compile(f"[{_CHINESE}][{_MARKS}]*$")
_CHINESE_BEHIND = re.compile(f"[{_MARKS}]*[{_CHINESE}]")


def spacing(view: View) -> list[Difference]:
    """The source's spaces and line ends inside the text that the body kept.

    `space lost`: two words that a space divided in the source, or a line end with no Chinese beside it, stand together;
    `line lost`: two lines or blocks run together; `space invented`, `line invented`: the reverse. Line ends on both
    sides of a tag say nothing: the mirror's pretty-printer put them there. Only what is the same in both texts is
    judged, where the alignment proved it.
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
        if old and at not in here and (check := _fault(old, None)) and not (old == "soft" and _beside(output, at)):
            found.append((at, check, old, None))
    return [
        Difference(check, view.path, old or "", new or "", f"{output[max(0, at - 12) : at]}¦{output[at : at + 12]}")
        for at, check, old, new in sorted(found, key=lambda fault: fault[0])
    ]


def _beside(text: str, at: int) -> bool:
    """Whether Chinese stands beside a place of a text: a line end was no space there."""
    return bool(_CHINESE_BEFORE.search(text[max(0, at - 9) : at]) or _CHINESE_BEHIND.match(text, at))


def _fault(old: str | None, new: str | None) -> str:
    """The name of the fault where the source has `old` and the output `new`; a picture may have got its own line."""
    if "picture" in (old, new):
        return ""
    if new is None:
        return {"space": "space lost", "soft": "space lost", "end": "line lost"}.get(old or "", "")
    if new == "end":
        return "line invented"
    if (old, new) == ("end", "soft"):
        return ""  # a line of code; nowhere else does canonical HTML have a line end in a text
    return {None: "space invented", "end": "line lost"}.get(old, "")
