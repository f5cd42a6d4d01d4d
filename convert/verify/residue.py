"""What must be in no output: the mirror's apparatus, masked tags, script addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from convert.verify.difference import Difference, around

_SCRIPT = re.compile(
    r"(?:\]\(<?|<[a-z][^<>]*\s(?:href|src)\s*=\s*[\"']?)[\s\x00-\x20]*(?:javascript|vbscript)\s*:", re.I
)


def residue(
    path: str, output: str, *, hosts: Iterable[str] = (), masked: Iterable[str] = (), marks: Iterable[str] = ()
) -> list[Difference]:
    """Search an output, as text, for what its profile says the mirror put there.

    output: the body as HTML, or the Markdown file's text. hosts: hosts of trackers. masked: names of masked tags.
    marks: further literal pieces, such as those of the navigation line.
    A tag is found where it stands as markup and where its `<` was escaped.
    """
    tags = "|".join(re.escape(name) for name in masked)
    found = []
    if tags and (tag := re.search(rf"(?:<|&lt;|\\<)/?(?:{tags})(?![a-z0-9])", output, re.I)):
        found.append(Difference("masked tag", path, "", tag[0], around(output, tag.start(), tag.end())))
    if script := _SCRIPT.search(output):
        found.append(Difference("script address", path, "", script[0], around(output, script.start(), script.end())))
    for name, pieces in (("tracker", hosts), ("navigation", marks)):
        for piece in pieces:
            at = output.find(piece)
            if at >= 0:
                found.append(Difference(name, path, "", piece, around(output, at, at + len(piece))))
    return found
