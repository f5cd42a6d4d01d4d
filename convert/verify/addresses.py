"""Addresses: every link and picture of the source is in the output or in a note."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from convert.article import Article, Source
from convert.verify.difference import Difference, short
from convert.verify.visible import Visible, visible

_ADDRESS = re.compile(r'<[^>]*?\s(?:href|src)="([^"]*)"')
_LEAD_IN = re.compile(r"^(?:https?:)?/+|^(?:\.{1,2}/)+", re.I)
_LOST = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff]+")


@lru_cache(maxsize=4096)
def bare(address: str) -> str:
    """An address without what resolving and encoding may change: scheme, leading dots, percent signs, spaces."""
    text = _LOST.sub("", unquote(unescape(address)))
    return _LEAD_IN.sub("", text).rstrip("/")


def _output(article: Article) -> list[str]:
    return [bare(unescape(value)) for value in _ADDRESS.findall(article.body.inner_html)]


def _noted(article: Article) -> list[str]:
    return [
        _LOST.sub("", unquote(unescape(f"{note.text} {note.to}")))
        for note in article.notes
        if note.of != "text" and note.kind != "guessed"
    ]


def _ends_with(wanted: str, have: Iterable[str]) -> str | None:
    """The output's address that the source's relative one was resolved to, if there is one."""
    return next((address for address in have if address.endswith("/" + wanted)), None)


def addresses(source: Source, article: Article) -> list[Difference]:
    """Every `href` and `src` of the source is in the output or in a note, as often as it stands there, in order.

    A note is one of an attribute or element whose text holds the address. The output has no address that the
    source does not have, and the addresses follow one another as in the source (those of the picture that opens
    the body may have moved).
    """
    seen = visible(source, article.profile)
    have = _output(article)
    wanted, found = _kept(seen, have, article)
    strange = set(have).difference(wanted)
    if strange:
        known = "\n".join([*map(bare, seen.values.split("\n")), *map(bare, _noted(article))])
        found += [
            Difference("address invented", source.path, "", short(address, 120))
            for address in sorted(strange)
            if address not in known
        ]
    return found + _order(source.path, wanted, have, article)


def _kept(seen: Visible, have: list[str], article: Article) -> tuple[list[str], list[Difference]]:
    """The source's addresses, as they stand in the output where they were resolved, and those that are nowhere."""
    left = Counter(have)
    notes = _noted(article)
    wanted: list[str] = []
    found: list[Difference] = []
    for raw in seen.addresses:
        address = bare(raw)
        if address and not left[address]:
            address = _ends_with(address, +left) or address
        wanted.append(address)
        if left[address]:
            left[address] -= 1
            continue
        at = next((index for index, text in enumerate(notes) if address in text), None)
        if at is not None:
            notes.pop(at)
        elif address:
            what = "one less" if address in have else ""
            found.append(Difference("address lost", article.path, short(raw, 120), what))
    return wanted, found


def _order(path: str, wanted: list[str], have: list[str], article: Article) -> list[Difference]:
    """Addresses that stand in another order than in the source."""
    first = article.body.children[0] if len(article.body) else None
    lead = len(_ADDRESS.findall(first.html)) if first is not None and getattr(first, "tag", "") == "figure" else 0
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, address in enumerate(wanted):
        places[address].append(index)
    last, found = -1, []
    for address in have[lead:]:
        known = places.get(address)
        if not known:
            continue
        at = bisect_right(known, last)
        if at == len(known) and have.count(address) > len(known):
            continue  # one link of the source, taken apart at the blocks inside it
        if at == len(known):
            found.append(Difference("address order", path, "the order of the source", short(address, 120)))
        else:
            last = known[at]
    return found
