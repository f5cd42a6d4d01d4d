"""Spaces and line ends: words stay apart, lines stay lines, and neither is invented."""

from __future__ import annotations

import re

from convert.article import Article, Source
from convert.verify.alignment import Alignment
from convert.verify.conservation import alignment
from convert.verify.difference import Difference
from convert.verify.tokens import Tag, tokens
from convert.verify.visible import solid, visible

BLOCKS = frozenset(
    """address article aside blockquote body br caption center dd details dialog dir div dl dt embed fieldset audio
    figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li main menu nav object
    ol option p pre section select summary table tbody td tfoot th thead tr ul video""".split()
)
_SPACE = re.compile(r"\s+")


def gaps(pieces: list[Tag | str]) -> dict[int, str]:
    """Where HTML, as tokens, has white space or a line end: number of solid characters before it, and what it is.

    `end` for a block's edge, a line break or a line separator; `space` for white space in a line; `wrap` where that
    holds a newline, which a mirror's pretty-printer may have put there; `picture` where a picture stands in a line.
    """
    found: dict[int, str] = {}
    at = 0
    for token in pieces:
        if not isinstance(token, str):
            if token.name in BLOCKS:
                found[at] = "end"
            elif token.name == "img":
                found.setdefault(at, "picture")
            continue
        if token.isspace() and found.get(at) in {"end", "picture"}:
            continue  # most of it: a pretty-printer's white space between blocks
        last = 0
        for white in _SPACE.finditer(token):
            at += white.start() - last
            last = white.end()
            if "\u2028" in white[0] or "\u2029" in white[0]:
                found[at] = "end"
            elif found.get(at) not in {"end", "picture"}:
                wrapped = "\n" in white[0] or found.get(at) == "wrap"
                found[at] = "wrap" if wrapped else "space"
        at += len(token) - last
    return found


def spacing(source: Source, article: Article, laid: Alignment | None = None) -> list[Difference]:
    """The source's spaces and line ends inside the text that the body kept.

    `space lost`: two words that a space divided in a line of the source stand together; `line lost`: two lines or
    blocks run together; `space invented`, `line invented`: the reverse. White space with a
    newline in it says nothing: the mirror's pretty-printer put it there. Only what is the same in both texts is judged,
    where the alignment proved it.
    """
    laid = laid or alignment(source, article)
    seen = visible(source, article.profile)
    output = solid(article.body.text)
    if laid.size:
        return []
    there, here = gaps(seen.tokens), gaps(tokens(article.body.inner_html))
    found = []
    for begin, twin, length in laid.kept:
        places = {at - begin for at in there if begin < at < begin + length}
        places |= {at - twin for at in here if twin < at < twin + length}
        for offset in sorted(places):
            old, new = there.get(begin + offset), here.get(twin + offset)
            if old != new and (check := _fault(old, new)):
                context = output[max(0, twin + offset - 12) : twin + offset] + "¦" + output[twin + offset :][:12]
                found.append(Difference(check, source.path, str(old or ""), str(new or ""), context))
    return found


def _fault(old: str | None, new: str | None) -> str:
    """The name of the fault where the source has `old` and the output `new`; a picture may have got its own line."""
    if "picture" in (old, new):
        return ""
    if new is None:
        return {"space": "space lost", "end": "line lost"}.get(old or "", "")
    if new == "end":
        return "line invented"
    return {None: "space invented", "end": "line lost"}.get(old, "")
