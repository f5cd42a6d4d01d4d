"""Where in its source each note of an article has its place; nothing is said where that cannot be told.

Text is looked for where source and output, laid side by side, prove that it stood (`convert.verify.alignment`), or
else where it stands as often as notes tell of it. Attributes and elements are looked for among the source's tags.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from convert.article import Article, Note
from convert.preview.scanning import Scan, Stretch, TagAt, scan, tag_of, within
from convert.verify import View
from convert.verify.alignment import Alignment, align
from convert.verify.pieces import lead_text, pieces, pieces_of, spelled
from convert.verify.visible import solid

Piece = tuple[str, str]

MOST = 512 * 1024
"""Characters of a source that is laid beside its output; of a larger one only what stands once has a place."""

_SURE = 6
"""Characters that must be alike in one stretch, for a source and what it shows to be taken for laid well."""

_MARKS = re.compile(r"\]\([^\s()]*\)|([*_#`~>|\\\[\]!+=-])\1*|[0-9]{1,9}[.)]")
"""What Markdown adds to a text: an address behind a link, signs, an item's number."""

_LINK = re.compile(r"\]\(<?([^\s()<>]+)")
"""Where Markdown has the address of a link or picture."""

_TRIED = 2000
"""Steps of the search for the order of the pieces in one gap."""


def places(article: Article, source: str) -> dict[int, list[Stretch]]:
    """For each note that has a place, by its number in `article.notes`, the stretches of the source that it tells of.

    source: the article's source as text, as the parser decoded it. The stretches are sorted, and do not overlap.
    """
    seen = scan(source, article.profile.masked_tags)
    told = list(article.notes)
    found = {
        number: joined
        for number, stretches in _texts(article, seen).items()
        if (joined := sorted(one for begin, end in stretches for one in seen.stretch(source, begin, end)))
    }
    found |= _tags(told, seen, source, found)
    return found


def _texts(article: Article, seen: Scan) -> dict[int, list[Stretch]]:
    """The stretches of the visible text that notes of text tell of."""
    told = list(article.notes)
    view = View(article)
    output = view.text
    found = _proved(view, seen, told) if len(seen.text) <= MOST else {}
    alike: defaultdict[Note, list[int]] = defaultdict(list)
    for number, note in enumerate(told):
        if note.of == "text" and number not in found:
            alike[note].append(number)
    for note, numbers in alike.items():
        text = solid(note.text)
        others = any(other in found for other, one in enumerate(told) if one == note)
        # what went and is there all the same stood elsewhere, or in a text that another rule had changed before
        if not others and (note.kind in ("guessed", "wrong") or text not in output):
            found |= _as_often(text, numbers, seen.text)
    return found


def _proved(view: View, seen: Scan, told: Sequence[Note]) -> dict[int, list[Stretch]]:
    """The stretches that are proved, where source and output can be laid side by side without a rest."""
    laid = _laid(view)
    if laid is None:
        return {}
    shown = view.seen.text
    shared = _shared(seen.text, shown)
    found = {}
    for number, stretches in _by_gaps(laid, shown, view.text, told).items():
        carried = [_carried(one, shared) for one in stretches]
        if all(carried):
            found[number] = [one for some in carried for one in some]
    return found


def _laid(view: View) -> Alignment | None:
    """Source and output side by side, where every character of both, and every note, has its place."""
    told = pieces(view.article)
    source, output = view.seen.text, view.text
    lead = lead_text(view.article)
    tries = [(output, told, False), (output, told, True)]
    if lead:
        tries.append((output[len(lead) :], [*told, (lead, "")], True))
    for text, some, own in tries:
        result = align(source, text, some, spelled(view.article, view.seen, output) if own else [])
        # what is only balanced as a multiset of characters has left its stretch of the kept ones
        if not result.size and not result.unused and _is_whole(result, source, text, some):
            return result
    return None


def _is_whole(laid: Alignment, source: str, output: str, told: Sequence[Piece]) -> bool:
    """Whether the characters outside of the kept stretches are those of the pieces, and no others."""
    kept = sum(length for _, _, length in laid.kept)
    was = sum(len(one) for one, now in told if one != now)
    return len(source) - kept == was and len(output) - kept >= sum(len(now) for one, now in told if one != now)


def _by_gaps(laid: Alignment, source: str, output: str, told: Sequence[Note]) -> dict[int, list[Stretch]]:
    """For each note the stretches of the source's visible text that its pieces filled."""
    owners: defaultdict[Piece, list[int]] = defaultdict(list)
    for number, note in enumerate(told):
        for piece in pieces_of(note):
            if piece[0] and piece[0] != piece[1]:
                owners[piece].append(number)
    left = Counter({piece: len(numbers) for piece, numbers in owners.items()})
    filled: defaultdict[Piece, list[Stretch]] = defaultdict(list)
    for (begin, end), (twin, till) in _gaps(laid, len(source), len(output)):
        order = _in_order(source[begin:end], output[twin:till], left)
        at = begin
        for piece in order or ():
            filled[piece].append((at, at + len(piece[0])))
            left[piece] -= 1
            at += len(piece[0])
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    for piece, stretches in filled.items():
        numbers = owners[piece]
        # where rules of two names took the same text away, nobody knows which of them took which
        if len(stretches) == len(numbers) and len({told[number] for number in numbers}) == 1:
            for number, stretch in zip(numbers, stretches, strict=True):
                found[number].append(stretch)
    whole = {number: len([one for one in pieces_of(told[number]) if one[0]]) for number in found}
    return {number: stretches for number, stretches in found.items() if len(stretches) == whole[number]}


def _gaps(laid: Alignment, source: int, output: int) -> Iterator[tuple[Stretch, Stretch]]:
    """What lies between the kept stretches, there and here."""
    at = there = 0
    for begin, twin, length in [*sorted(laid.kept), (source, output, 0)]:
        if (begin, twin) != (at, there):
            yield (at, begin), (there, twin)
        at, there = begin + length, twin + length


def _in_order(was: str, now: str, left: Mapping[Piece, int]) -> list[Piece] | None:
    """The pieces that make a gap, one behind the other, the longest first where several fit; None where none do."""
    near = sorted((one for one, count in left.items() if count and one[0] in was), key=lambda one: -len(one[0]))
    # a point of the search: how far both are explained, and by which pieces
    stack: list[tuple[int, int, tuple[Piece, ...]]] = [(0, 0, ())]
    for _ in range(_TRIED):
        if not stack:
            return None
        at, there, used = stack.pop()
        if at == len(was) and there == len(now):
            return list(used)
        for piece in reversed(near):
            fits = was.startswith(piece[0], at) and now.startswith(piece[1], there)
            if fits and used.count(piece) < left[piece]:
                stack.append((at + len(piece[0]), there + len(piece[1]), (*used, piece)))
    return None


def _shared(seen: str, shown: str) -> list[tuple[int, int, int]]:
    """The stretches that the tokenizer's text and what the source shows have in common: places in both, and length."""
    if seen == shown:
        return [(0, 0, len(seen))]
    laid = align(seen, shown, [], [(mark[0], "") for mark in _MARKS.finditer(seen)])
    return [one for one in laid.kept if not laid.size or one[2] >= _SURE]


def _carried(stretch: Stretch, shared: Sequence[tuple[int, int, int]]) -> list[Stretch]:
    """A stretch of what a source shows, in the tokenizer's text; none where a part of it is not known there.

    It comes in several pieces where Markdown's marks stand in it.
    """
    found, known = [], 0
    for there, at, length in shared:
        begin, end = max(at, stretch[0]), min(at + length, stretch[1])
        if begin < end:
            found.append((begin - at + there, end - at + there))
            known += end - begin
    return found if known == stretch[1] - stretch[0] else []


def _as_often(text: str, numbers: Sequence[int], seen: str) -> dict[int, list[Stretch]]:
    """The places of equal notes of a text that the source shows as often as there are notes of it."""
    if len(text) < 2 or seen.count(text) != len(numbers):
        return {}
    found: dict[int, list[Stretch]] = {}
    at = -1
    for number in numbers:
        at = seen.find(text, at + 1)
        found[number] = [(at, at + len(text))]
    # one that overlaps the one before was not counted, and then nothing is known
    return found if len({stretch[0] for (stretch,) in found.values()}) == len(numbers) else {}


def _tags(
    told: Sequence[Note], seen: Scan, source: str, texts: Mapping[int, list[Stretch]]
) -> dict[int, list[Stretch]]:
    """The places of the notes of attributes and elements."""
    alike: defaultdict[Note, list[int]] = defaultdict(list)
    for number, note in enumerate(told):
        if note.of != "text" and note.text:
            alike[note].append(number)
    asked = Counter((note.of, note.text) for note in alike)
    found: dict[int, list[Stretch]] = {}
    for note, numbers in alike.items():
        there = _elements(note.text, seen.tags) if note.of == "element" else _values(note.text, seen, source)
        if len(there) != len(numbers) or asked[note.of, note.text] > 1:
            # of a link that also stands elsewhere: the one in the text that the same rule took away
            near = [texts[number] for number, one in enumerate(told) if one.rule == note.rule and number in texts]
            there = [place for place in there if any(within(place, stretches) for stretches in near)]
        if len(there) == len(numbers):
            found |= {number: [place] for number, place in zip(numbers, there, strict=True)}
    return found


def _elements(text: str, tags: Sequence[TagAt]) -> list[Stretch]:
    wanted = tag_of(text)
    return [tag.place for tag in tags if (tag.name, tag.attributes) == wanted] if wanted else []


def _values(text: str, seen: Scan, source: str) -> list[Stretch]:
    """Where a value stands among the attributes; or else as the address of a link in Markdown."""
    found = [place for tag in seen.tags if (place := tag.value(text))]
    if not found:
        # a reader of Markdown writes signs that are not ASCII in another way
        wanted = unquote(text)
        found = [link.span(1) for link in _LINK.finditer(source) if unquote(link[1]) == wanted]
    return found
