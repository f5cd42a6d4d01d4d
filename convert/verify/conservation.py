"""Nothing lost, nothing invented: the source's text against body and notes, character by character."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from html import unescape

from convert.article import Article
from convert.verify.alignment import Run
from convert.verify.bare import bare
from convert.verify.difference import Difference, around, short
from convert.verify.tokens import without_inline_tags
from convert.verify.view import View
from convert.verify.visible import UNSEEN, Visible, solid

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE = "\u3001-\u3003\u3008-\u3011\u3014-\u301f\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_EITHER = "‘’“”…—·‧"
# One side at least is unmistakably Chinese: quotation marks and dashes belong to English as well.
_CHINESE = re.compile(f"[{_HAN}{_WIDE}][{_HAN}{_WIDE}{_EITHER}]|[{_EITHER}][{_HAN}{_WIDE}]")
# White space inside a text node (nodes are joined by NUL), or at its edge where no newline is in it.
_SPACED = r"(?:\s+|[^\S\n]*(?:\0[^\S\n]+)+\0?|[^\S\n]+\0)"
_GAP = re.compile(r"( )(?<=[^\x00-\x7f] ) *(?=[^\x00-\x7f])")


def conservation(view: View) -> list[Difference]:
    """Every visible character of the source stands in the body or in a note, in order.

    Visible text that is neither in the body nor in the text of a `removed`, `moved` or `changed` note is `lost`;
    text that stands in another place than in the source is `order`; a note of text that the source does not show,
    or that the output still has, is `note`. White space is not text.
    """
    laid, seen = view.laid, view.seen
    titles = [solid(note.text) for note in view.article.notes if note.kind == "moved" and note.to == "title"]
    found = []
    for run in laid.lost:
        place = f"{view.path}, character {run.at}"
        moved = any(_rearranged(run, other) for other in laid.invented)
        check, what = ("order", "elsewhere") if moved else ("lost", "")
        found.append(Difference(check, place, short(run.text), what, around(seen.text, run.at, run.at + len(run.text))))
    for was, now in laid.unused.elements():
        if was in seen.hidden or (was and not now and was in seen.values):
            continue  # text that a rule made of what no reader sees, and that another removed again
        if (bare_text := UNSEEN.sub("", was)) and bare_text in UNSEEN.sub("", seen.hidden):
            continue  # the same, laid beside the source without the characters that take no room
        if any(was in title for title in titles):
            continue  # the whole title moved, and was changed where it stands now
        found.append(Difference("note", view.path, "a note of text that went", short(f"{was} → {now}")))
    return found


def _explained(run: Run, seen: Visible, lost: list[Run]) -> bool:
    """Whether an address or another attribute of the source holds the text, or it only moved."""
    return run.text in seen.values or any(_rearranged(other, run) for other in lost)


def _rearranged(lost: Run, invented: Run) -> bool:
    """Whether two runs are the same text in another place or another order."""
    return lost.text in invented.text or invented.text in lost.text or Counter(lost.text) == Counter(invented.text)


def invention(view: View) -> list[Difference]:
    """No text in the body, and no picture's description, that the source does not have.

    Text may come from an attribute of the source (a link made of an address), or from a `changed` note.
    """
    laid, seen, output = view.laid, view.seen, view.text
    found = [
        Difference("invented", view.path, "", short(run.text), around(output, run.at, run.at + len(run.text)))
        for run in laid.invented
        if not _explained(run, seen, laid.lost)
    ]
    for picture in view.article.body.find_all("img"):
        alt = solid(picture.attr("alt") or "")
        if not alt or any(alt in text for text in (seen.values, seen.text)) or _noted(alt, view.article):
            continue
        if alt not in view.apart.values:
            found.append(Difference("invented", view.path, "", short(alt), "alt"))
    return found


def _noted(alt: str, article: Article) -> bool:
    """Whether a `changed` note ends in the text."""
    return any(note.kind == "changed" and alt in solid(note.to) for note in article.notes)


def descriptions(view: View) -> list[Difference]:
    """Every picture's `alt` of the source is an `alt` of the output, or in a note of an attribute or element.

    A note of the picture's address stands for the whole picture.
    """
    if not any(picture.attr("alt") for picture in view.seen.document.select("img[alt]")):
        return []
    left = Counter(solid(picture.attr("alt") or "") for picture in view.article.body.find_all("img"))
    notes = [note.text for note in view.article.notes if note.of != "text"]
    found = []
    for picture in view.seen.document.find_all("img"):
        alt, address = picture.attr("alt") or "", picture.attr("src") or ""
        if left[solid(alt)]:
            left[solid(alt)] -= 1
        elif solid(alt) and not any(_tells(text, alt, address) for text in notes):
            found.append(Difference("description lost", view.path, short(alt), ""))
    return found


def _tells(note: str, alt: str, address: str) -> bool:
    """Whether a note's text holds a picture's description or its address."""
    return solid(unescape(alt)) in solid(unescape(note)) or (bool(address) and bare(address) in bare(note))


def _doubtful(view: View) -> bool:
    """Whether the body has a space between two Chinese characters that the same place of the source does not show."""
    output = view.text
    spaces = [at for at, gap in view.here.gaps.items() if gap == "space" and _CHINESE.match(output[at - 1 : at + 1])]
    return any(view.placed.get(at) not in ("space", "end") for at in spaces)


def han_spaces(view: View) -> list[Difference]:
    """No space between two Chinese characters or marks that the source does not have in a text node.

    The mirror's line breaks at tags are no spaces. Counted for each pair of neighbours.
    """
    if not _doubtful(view):
        return []
    text = without_inline_tags(view.html).replace("&nbsp;", " ")
    places: defaultdict[str, list[int]] = defaultdict(list)
    for gap in _GAP.finditer(text):
        pair = text[gap.start() - 1] + text[gap.end()]
        if _CHINESE.match(pair):
            places[pair].append(gap.start())
    # an entity that was escaped twice is a space as well
    known = UNSEEN.sub("", unescape("\0".join(view.seen.nodes))) if places else ""
    found = []
    for pair, starts in places.items():
        there = len(re.findall(re.escape(pair[0]) + _SPACED + f"(?={re.escape(pair[1])})", known))
        found += [
            Difference("han space", view.path, pair, f"{pair[0]} {pair[1]}", around(text, start))
            for start in starts[there:]
        ]
    return found
