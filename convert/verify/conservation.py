"""Nothing lost, nothing invented: the source's text against body and notes, character by character."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from html import unescape

from convert.article import Article, Source
from convert.verify.addresses import bare
from convert.verify.alignment import Alignment, Run, align
from convert.verify.difference import Difference, around, short
from convert.verify.tokens import without_inline_tags
from convert.verify.visible import Visible, solid, visible

_ACCOUNTS = frozenset({"removed", "moved", "changed"})

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE = "\u3001-\u3003\u3008-\u3011\u3014-\u301f\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_EITHER = "‘’“”…—·‧"
# One side at least is unmistakably Chinese: quotation marks and dashes belong to English as well.
_CHINESE = re.compile(f"[{_HAN}{_WIDE}][{_HAN}{_WIDE}{_EITHER}]|[{_EITHER}][{_HAN}{_WIDE}]")
# White space inside a text node (nodes are joined by NUL), or at its edge where no newline is in it.
_SPACED = r"(?:\s+|[^\S\n]*(?:\0[^\S\n]+)+\0?|[^\S\n]+\0)"
_GAP = re.compile(r"( )(?<=[^\x00-\x7f] ) *(?=[^\x00-\x7f])")
# Characters that take no room: a space beside one stands between its neighbours.
UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


def _seen(source: Source, article: Article) -> Visible:
    return visible(source, article.profile)


def _pieces(article: Article) -> list[tuple[str, str]]:
    """What each note says stood in the source, and what stands in the output in its place."""
    pieces = []
    for note in article.notes:
        if note.of == "text" and note.kind in _ACCOUNTS:
            was, now = solid(note.text), solid(note.to) if note.kind == "changed" else ""
            pieces += _times(was, now) if note.kind == "changed" else [(was, now)]
    return pieces


def _times(was: str, now: str) -> list[tuple[str, str]]:
    """One note that tells the same change several times over, as so many pieces, which may stand apart."""
    period = (was + was).find(was, 1)
    count = len(was) // period if period > 0 else 1
    if count < 2 or len(now) % count:
        return [(was, now)]
    step = len(now) // count
    return [(was[:period], now[:step])] * count if now[:step] * count == now else [(was, now)]


def _lead_text(article: Article) -> str:
    """The text of the figure that opens the body, if one does."""
    first = article.body.children[0] if len(article.body) else None
    return solid(first.text) if first is not None and getattr(first, "tag", "") == "figure" else ""


def _spelled(article: Article, seen: Visible, output: str) -> list[tuple[str, str]]:
    """What may come from an attribute of the source: the texts of links that show their address, and any value."""
    values = frozenset(UNSEEN.sub("", seen.values).split("\n"))
    links = [
        text
        for link in article.body.find_all("a")
        if (text := solid(link.text)) and (text in values or bare(text) == bare(link.attr("href") or ""))
    ]
    bare_values = [value for value in values if len(value) > 3 and value not in links and value in output]
    return [("", text) for text in links] + [("", one) for one in bare_values for _ in range(output.count(one))]


def _without_unseen(
    seen: str, output: str, pieces: list[tuple[str, str]]
) -> tuple[str, str, list[tuple[str, str]]] | None:
    """The same without the characters that take no room, where notes tell of every one of them in the source.

    A note of such a character may stand inside another note's text, which is then in one stretch again.
    """
    gone = Counter(was for was, now in pieces if not now and len(was) == 1 and UNSEEN.match(was))
    if not gone or any(seen.count(one) > times + output.count(one) for one, times in gone.items()):
        return None
    table = dict.fromkeys(map(ord, gone))
    rest = [(was.translate(table), now.translate(table)) for was, now in pieces]
    return seen.translate(table), output.translate(table), [piece for piece in rest if any(piece)]


def alignment(source: Source, article: Article) -> Alignment:
    """Lay body and notes beside the source; see `convert.verify.alignment.align` for what is proved.

    The figure that opens the body may have stood anywhere in the source.
    """
    shown = _seen(source, article)
    seen, output, pieces = shown.text, solid(article.body.text), _pieces(article)
    result = align(seen, output, pieces)
    spelled = _spelled(article, shown, output) if result.size or result.unused else []
    if spelled:
        result = align(seen, output, pieces, spelled)
    if result.size or result.unused:
        plain = _without_unseen(seen, output, pieces)
        if plain and not ((other := align(*plain, spelled)).size or other.unused):
            return other
    lead = _lead_text(article) if result.size else ""
    if lead:
        moved = align(seen, output[len(lead) :], [*pieces, (lead, "")], spelled)
        if moved.size < result.size:
            return moved
    return result


def conservation(source: Source, article: Article, laid: Alignment | None = None) -> list[Difference]:
    """Every visible character of the source stands in the body or in a note, in order.

    laid: the result of `alignment` for the same two, where it is at hand.
    Visible text that is neither in the body nor in the text of a `removed`, `moved` or `changed` note is `lost`;
    text that stands in another place than in the source is `order`; a note of text that the source does not show,
    or that the output still has, is `note`. White space is not text.
    """
    laid = laid or alignment(source, article)
    seen = _seen(source, article)
    titles = [solid(note.text) for note in article.notes if note.kind == "moved" and note.to == "title"]
    found = []
    for run in laid.lost:
        place = f"{source.path}, character {run.at}"
        moved = any(_rearranged(run, other) for other in laid.invented)
        check, what = ("order", "elsewhere") if moved else ("lost", "")
        found.append(Difference(check, place, short(run.text), what, around(seen.text, run.at, run.at + len(run.text))))
    for was, now in laid.unused.elements():
        if was in seen.hidden or (was and not now and was in seen.values):
            continue  # text that a rule made of what no reader sees, and that another removed again
        if any(was in title for title in titles):
            continue  # the whole title moved, and was changed where it stands now
        found.append(Difference("note", source.path, "a note of text that went", short(f"{was} → {now}")))
    return found


def _explained(run: Run, seen: Visible, lost: list[Run]) -> bool:
    """Whether an address or another attribute of the source holds the text, or it only moved."""
    return run.text in seen.values or any(_rearranged(other, run) for other in lost)


def _rearranged(lost: Run, invented: Run) -> bool:
    """Whether two runs are the same text in another place or another order."""
    return lost.text in invented.text or invented.text in lost.text or Counter(lost.text) == Counter(invented.text)


def invention(source: Source, article: Article, laid: Alignment | None = None) -> list[Difference]:
    """No text in the body, and no picture's description, that the source does not have.

    Text may come from an attribute of the source (a link made of an address), or from a `changed` note.
    """
    laid = laid or alignment(source, article)
    seen = _seen(source, article)
    output = solid(article.body.text)
    found = [
        Difference("invented", source.path, "", short(run.text), around(output, run.at, run.at + len(run.text)))
        for run in laid.invented
        if not _explained(run, seen, laid.lost)
    ]
    for picture in article.body.find_all("img"):
        alt = solid(picture.attr("alt") or "")
        if alt and alt not in seen.values and alt not in seen.text and not _noted(alt, article):
            found.append(Difference("invented", source.path, "", short(alt), "alt"))
    return found


def _noted(alt: str, article: Article) -> bool:
    """Whether a `changed` note ends in the text."""
    return any(note.kind == "changed" and alt in solid(note.to) for note in article.notes)


def descriptions(source: Source, article: Article) -> list[Difference]:
    """Every picture's `alt` of the source is an `alt` of the output, or in a note of an attribute or element.

    A note of the picture's address stands for the whole picture.
    """
    left = Counter(solid(picture.attr("alt") or "") for picture in article.body.find_all("img"))
    notes = [note.text for note in article.notes if note.of != "text"]
    found = []
    for picture in _seen(source, article).document.find_all("img"):
        alt, address = picture.attr("alt") or "", picture.attr("src") or ""
        if left[solid(alt)]:
            left[solid(alt)] -= 1
        elif solid(alt) and not any(_tells(text, alt, address) for text in notes):
            found.append(Difference("description lost", source.path, short(alt), ""))
    return found


def _tells(note: str, alt: str, address: str) -> bool:
    """Whether a note's text holds a picture's description or its address."""
    return solid(unescape(alt)) in solid(unescape(note)) or (bool(address) and bare(address) in bare(note))


def han_spaces(source: Source, article: Article) -> list[Difference]:
    """No space between two Chinese characters or marks that the source does not have in a text node.

    The mirror's line breaks at tags are no spaces. Counted for each pair of neighbours.
    """
    if not _GAP.search(article.body.text.replace("\xa0", " ")):
        return []
    text = without_inline_tags(article.body.inner_html).replace("&nbsp;", " ")
    places: defaultdict[str, list[int]] = defaultdict(list)
    for gap in _GAP.finditer(text):
        pair = text[gap.start() - 1] + text[gap.end()]
        if _CHINESE.match(pair):
            places[pair].append(gap.start())
    # an entity that was escaped twice is a space as well
    known = UNSEEN.sub("", unescape("\0".join(_seen(source, article).nodes))) if places else ""
    found = []
    for pair, starts in places.items():
        there = len(re.findall(re.escape(pair[0]) + _SPACED + f"(?={re.escape(pair[1])})", known))
        found += [
            Difference("han space", source.path, pair, f"{pair[0]} {pair[1]}", around(text, start))
            for start in starts[there:]
        ]
    return found
