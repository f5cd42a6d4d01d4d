"""Marks: what was bold, raised, struck out or a link in the source is so in the body, and nothing else is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

from convert.article import Article, Source
from convert.verify.addresses import bare
from convert.verify.alignment import Alignment
from convert.verify.conservation import alignment
from convert.verify.difference import Difference, around, short
from convert.verify.tokens import VOID, Tag, tokens
from convert.verify.visible import solid, visible

Stretch: TypeAlias = tuple[int, int]
"""A stretch of text: its first character, and the one behind its last."""

_MEANINGS = {
    "b": "strong", "i": "em", "cite": "em", "dfn": "em", "var": "em", "del": "s", "strike": "s", "tt": "code",
    "kbd": "code", "samp": "code",
}  # fmt: skip
_MARKS = frozenset({"strong", "em", "sup", "sub", "s", "code", "a"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LOUD = frozenset({"strong", "em"})


def stretches(pieces: list[Tag | str]) -> dict[str, list[Stretch]]:
    """Which stretches of the text, counted in solid characters, each mark covers; a link's mark is `a` and its address.

    Headings are one mark, `heading`.
    """
    found: defaultdict[str, list[Stretch]] = defaultdict(list)
    opened: list[tuple[str, str, int]] = []
    at = 0
    for token in pieces:
        if isinstance(token, str):
            at += len(solid(token))
        elif token.closes:
            while opened:  # serialised HTML closes what it opens, so that the first one is the one
                name, mark, start = opened.pop()
                if mark and at > start:
                    found[mark].append((start, at))
                if name == token.name:
                    break
        elif token.name not in VOID:
            name = "heading" if token.name in _HEADINGS else _MEANINGS.get(token.name, token.name)
            mark = name if name in _MARKS or name == "heading" else ""
            if name == "a" or token.get("href"):  # whatever a mirror called the tag, what has an address is a link
                mark = f"a {bare(token.get('href') or '')}" if token.get("href") else ""
            opened.append((token.name, mark, at))
    return found


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


def marks(source: Source, article: Article, laid: Alignment | None = None) -> list[Difference]:
    """Emphasis, scripts, code, strikethrough and links of the source cover the same text in the body.

    `mark lost`: a stretch that the body kept lost its mark; `mark invented`: the reverse. In headings bold and emphasis
    may go, punctuation alone may stand outside of them, and a link may go of whose address a note tells.
    """
    laid = laid or alignment(source, article)
    if laid.size:
        return []
    seen = visible(source, article.profile)
    old = stretches(seen.tokens)
    new = stretches(tokens(article.body.inner_html))
    output = solid(article.body.text)
    whole = [(twin, twin + length) for _, twin, length in laid.kept]
    notes = "\n".join(bare(note.text) for note in article.notes if note.of != "text")
    mended = {bare(note.to) for note in article.notes if note.of == "attribute" and note.kind == "changed"}
    found = []
    for mark in sorted({*old, *new} - {"heading"}):
        mine, theirs = _moved(old.get(mark, []), laid.kept), new.get(mark, [])
        quiet = new.get("heading", []) if mark in _LOUD else []
        for check, ranges in (
            ("mark lost", _without(_without(mine, theirs), quiet)),
            ("mark invented", _without(theirs, [*mine, *_without(theirs, whole)])),
        ):
            for start, end in ranges:
                text = output[start:end]
                if mark.startswith("a "):
                    if (check == "mark lost" and mark[2:] in notes) or (
                        check == "mark invented" and (mark[2:] in mended or _resolved(mark, old))
                    ):
                        continue
                elif not any(map(str.isalnum, text)):
                    continue
                pair = (mark, "") if check == "mark lost" else ("", mark)
                found.append(Difference(check, source.path, *pair, f"{short(text)}: {around(output, start, end)}"))
    return found


def _resolved(mark: str, old: Mapping[str, list[Stretch]]) -> bool:
    """Whether an output's link is a relative one of the source that was resolved."""
    return mark not in old and any(other.startswith("a ") and mark.endswith(other[2:]) for other in old)
