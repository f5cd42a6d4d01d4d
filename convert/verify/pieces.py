"""The pieces that notes and links put beside a body's text when it is laid beside its source."""

from __future__ import annotations

from collections import Counter

from convert.article import Article, Note
from convert.verify.bare import bare
from convert.verify.visible import UNSEEN, Visible, solid

_ACCOUNTS = frozenset({"removed", "moved", "changed"})


def pieces(article: Article) -> list[tuple[str, str]]:
    """What each note says stood in the source, and what stands in the output in its place."""
    return [piece for note in article.notes for piece in pieces_of(note)]


def pieces_of(note: Note) -> list[tuple[str, str]]:
    """The same of one note: none, where it tells of nothing that went, and several of a change made several times."""
    if note.of != "text" or note.kind not in _ACCOUNTS:
        return []
    return _times(solid(note.text), solid(note.to)) if note.kind == "changed" else [(solid(note.text), "")]


def _times(was: str, now: str) -> list[tuple[str, str]]:
    """One note that tells the same change several times over, as so many pieces, which may stand apart."""
    period = (was + was).find(was, 1)
    count = len(was) // period if period > 0 else 1
    if count < 2 or len(now) % count:
        return [(was, now)]
    step = len(now) // count
    return [(was[:period], now[:step])] * count if now[:step] * count == now else [(was, now)]


def lead_text(article: Article) -> str:
    """The text of the figure that opens the body, if one does."""
    first = article.body.children[0] if len(article.body) else None
    return solid(first.text) if first is not None and getattr(first, "tag", "") == "figure" else ""


def spelled(article: Article, seen: Visible, output: str) -> list[tuple[str, str]]:
    """What may come from an attribute of the source: the texts of links that show their address, and any value."""
    values = frozenset(UNSEEN.sub("", seen.values).split("\n"))
    links = [
        text
        for link in article.body.find_all("a")
        if (text := solid(link.text)) and (text in values or bare(text) == bare(link.attr("href") or ""))
    ]
    bare_values = [value for value in values if len(value) > 3 and value not in links and value in output]
    return [("", text) for text in links] + [("", one) for one in bare_values for _ in range(output.count(one))]


def without_unseen(
    seen: str, output: str, told: list[tuple[str, str]]
) -> tuple[str, str, list[tuple[str, str]]] | None:
    """The same without the characters that take no room, where notes tell of every one of them in the source.

    A note of such a character may stand inside another note's text, which is then in one stretch again.
    """
    gone = Counter(was for was, now in told if not now and len(was) == 1 and UNSEEN.match(was))
    held = "".join(was for was, now in told if now or len(was) > 1)
    most = {one: times + output.count(one) + held.count(one) for one, times in gone.items()}
    if not gone or not all(times <= seen.count(one) <= most[one] for one, times in gone.items()):
        return None
    table = dict.fromkeys(map(ord, gone))
    rest = [(was.translate(table), now.translate(table)) for was, now in told]
    return seen.translate(table), output.translate(table), [piece for piece in rest if any(piece)]
