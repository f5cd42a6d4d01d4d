"""What must be in no output: the mirror's apparatus, masked tags, script addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from convert.verify.difference import Difference, around

_SCRIPT = re.compile(
    r"(?:\]\(<?|<[a-z][^<>]*\s(?:href|src)\s*=\s*[\"']?)[\s\x00-\x20]*(?:javascript|vbscript)\s*:", re.I
)

_SCHEME_ENDS = frozenset({"t", "T", "", *map(chr, range(33))})


def residue(
    path: str, output: str, *, hosts: Iterable[str] = (), masked: Iterable[str] = (), marks: Iterable[str] = ()
) -> list[Difference]:
    """Search an output, as text, for what its profile says the mirror put there.

    output: the body as HTML, or the Markdown file's text. hosts: hosts of trackers. masked: names of masked tags.
    marks: further literal pieces, such as those of the navigation line.
    A tag is found where it stands as markup and where its `<` was escaped.
    """
    found = []
    if tag := _masked_tag(output, tuple(masked)):
        found.append(Difference("masked tag", path, "", tag[0], around(output, tag.start(), tag.end())))
    # A quick look for a colon that could end such a scheme spares the slow one.
    ends = any(before[-1:] in _SCHEME_ENDS or before[-1:].isspace() for before in output.split(":")[:-1])
    if ends and (script := _SCRIPT.search(output)):
        found.append(Difference("script address", path, "", script[0], around(output, script.start(), script.end())))
    return found + left_over(path, output, hosts, marks)


def left_over(path: str, output: str, hosts: Iterable[str], marks: Iterable[str] = ()) -> list[Difference]:
    """The trackers' hosts and the navigation's pieces that stand in an output."""
    found = []
    for name, pieces in (("tracker", hosts), ("navigation", marks)):
        for piece in pieces:
            at = output.find(piece)
            if at >= 0:
                found.append(Difference(name, path, "", piece, around(output, at, at + len(piece))))
    return found


def _masked_tag(output: str, masked: Sequence[str]) -> re.Match[str] | None:
    if (
        "&lt;" not in output
        and "\\<" not in output
        and not any(f"<{name}" in output or f"</{name}" in output for name in masked)
    ):
        return None
    tags = "|".join(re.escape(name) for name in masked)
    return re.search(rf"(?:<|&lt;|\\<)/?(?:{tags})(?![a-z0-9])", output, re.I) if tags else None
