"""The pieces that notes and links put beside a body's text when it is laid beside its source."""

from __future__ import annotations

from convert.article import Article
from convert.verify.bare import bare
from convert.verify.visible import solid

_ACCOUNTS = frozenset({"removed", "moved", "changed"})


def pieces(article: Article) -> list[tuple[str, str]]:
    """What each note says stood in the source, and what stands in the output in its place."""
    found = []
    for note in article.notes:
        if note.of == "text" and note.kind in _ACCOUNTS:
            if note.kind == "changed":
                found += _times(solid(note.text), solid(note.to))
            else:
                found.append((solid(note.text), ""))
    return found


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


def spelled(article: Article) -> list[tuple[str, str]]:
    """The texts of links that show their own address: they may come from an attribute of the source."""
    return [
        ("", solid(link.text))
        for link in article.body.find_all("a")
        if bare(link.text) == bare(link.attr("href") or "")
    ]
