"""Where one space goes between Han characters and Latin letters or digits.

The rule is the first one of pangu (github.com/vinta/pangu.py, `CJK_ANS` and `ANS_CJK`); clreq (W3C, *Requirements for
Chinese Text Layout*, "Mixed text composition in horizontal writing mode") describes the gap that it stands for. What
else pangu does, which spaces and rewrites punctuation, is left out: here nothing comes but spaces, and nothing goes.
That is why the package itself is not used.
"""

from __future__ import annotations

import re

from convert.typesetting.addresses import ADDRESS

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_GAP = re.compile(
    rf"(?<=[{_HAN}])(?=[{_LATIN}])|(?:(?<=[{_LATIN}])|(?<=[{_LATIN}][%‰+])|(?<=[{_LATIN}]\+\+))(?=[{_HAN}])"
)
# Addresses, mail addresses, names of hosts and files, marks of people and subjects: a space in or beside one may make
# it another.
_WHOLE = re.compile(
    rf"(?i:{ADDRESS.pattern})"
    r"|[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9.-]+|[@#][A-Za-z0-9_]+"
    r"|(?<![A-Za-z0-9_.-])(?:[A-Za-z0-9_-]+\.)+(?:[a-z][a-z0-9]{1,9}|[A-Z][A-Z0-9]{1,3})(?![A-Za-z0-9])"
)


def gaps(text: str) -> list[int]:
    """The places in a text, in order, at which a space is missing between Han and Latin."""
    found = [gap.start() for gap in _GAP.finditer(text)]
    if not found:
        return found
    whole = [one.span() for one in _WHOLE.finditer(text)]
    if not whole:
        return found
    kept, number = [], 0
    for place in found:
        while number < len(whole) and whole[number][1] < place:
            number += 1
        if number == len(whole) or place < whole[number][0]:
            kept.append(place)
    return kept
